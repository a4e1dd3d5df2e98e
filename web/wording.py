"""The doors to words that stand in a topic and in no post, for those who look after it."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Invalid
from community.words import _
from forum.wording import retitle, strike_conclusion, strike_line, wording_of
from web.doors import acting, looking
from web.forms import Form, filled_in
from web.ids import Id, Line, MaybeLine
from web.pages import page


class Retitled(Form, frozen=True, kw_only=True):
    title: Line
    reason: MaybeLine = ""


class Struck(Form, frozen=True, kw_only=True):
    """One of them."""

    line: Id | None = None
    conclusion: Id | None = None


async def show(request: Request) -> Response:
    seen = await looking(request, wording_of, request.path_params["topic"])
    return page(request, "forum/wording.html", seen)


async def change_title(request: Request) -> Response:
    retitled, topic_id = await filled_in(request, Retitled), request.path_params["topic"]
    await acting(request, retitle, topic_id, retitled.title.strip(), retitled.reason)
    return RedirectResponse(f"/topics/{topic_id}", 303)


async def strike(request: Request) -> Response:
    struck, topic_id = await filled_in(request, Struck), request.path_params["topic"]
    if struck.line:
        await acting(request, strike_line, topic_id, struck.line)
    elif struck.conclusion:
        await acting(request, strike_conclusion, topic_id, struck.conclusion)
    else:
        raise Invalid(_("Something in the form is not right."))
    return RedirectResponse(request.app.url_path_for("wording", topic=topic_id), 303)


routes = [
    Route("/topics/{topic:id}/words", show, methods=["GET"], name="wording"),
    Route("/topics/{topic:id}/words", strike, methods=["POST"], name="strike"),
    Route("/topics/{topic:id}/title", change_title, methods=["POST"], name="retitle"),
]
