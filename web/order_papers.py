"""The doors to what authorities send with their orders: keeping it, and looking at it, which is
written down each time."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Busy
from community.files import FileKind
from moderation.orders.papers import MOST, hand_in, look_at, paper_for
from web.doors import acting, glancing, noting
from web.files import as_file, developed, sent, without_documents
from web.forms import Form
from web.legal_orders import REFUSED, order_shown


class HandedIn(Form, frozen=True, kw_only=True):
    """The papers come beside it."""


async def keep(request: Request) -> Response:
    order = request.path_params["order"]
    try:
        async with sent(request, HandedIn, most=MOST) as form:
            form, documents = await without_documents(form)
            pictures = await developed(request, form, FileKind.ATTACHMENT)
            await acting(request, hand_in, order, pictures, documents)
    except (*REFUSED, Busy) as refusal:
        return await order_shown(request, refusal=refusal)
    return RedirectResponse(f"{request.app.url_path_for('legal_order', order=order)}#papers", 303)


async def show(request: Request) -> Response:
    order, id = request.path_params["order"], request.path_params["file"]
    await noting(request, look_at, order, id)
    paper = await glancing(request, lambda s, member: paper_for(s, member, order, id))
    return as_file(id, paper.kind, paper.body)


routes = [
    Route("/moderation/orders/{order:id}/papers", keep, methods=["POST"], name="order_papers"),
    Route("/moderation/orders/{order:id}/papers/{file}", show, name="order_paper"),
]
