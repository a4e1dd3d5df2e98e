"""The doors to what hangs at a post: pictures and documents, added and taken away by its author."""

from typing import Annotated

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Busy, Denied, Invalid, Refusal
from community.files import FileKind
from community.members.models import Member
from community.policies import Verdict
from community.words import _
from forum.attachments import MOST, attach, detach, may_attach
from forum.topics.models import Post
from forum.topics.queries import post_for
from web.doors import looking, showing_self
from web.errors import refused
from web.files import developed, sent, without_documents
from web.forms import Form, filled_in
from web.pages import page, why
from web.writing import place_of

AT_ONCE = 4  # files of one form


class Given(Form, frozen=True, kw_only=True):
    """The files come beside it."""


class Chosen(Form, frozen=True, kw_only=True):
    file: Annotated[str, Meta(max_length=40)]


async def index(request: Request) -> Response:
    return await _form(request)


async def add(request: Request) -> Response:
    """The member is held alone, so that the quota is exact."""
    try:
        async with sent(request, Given, most=AT_ONCE) as form:
            form, documents = await without_documents(form)
            pictures = await developed(request, form, FileKind.ATTACHMENT)
        if not pictures and not documents:
            raise Invalid(_("Choose a file first."))
        post_id = request.path_params["post"]
        post = await showing_self(request, attach, post_id, pictures, documents)
    except (Invalid, Denied, Busy) as refusal:
        return await _form(request, refusal)
    return RedirectResponse(place_of(post), 303)


async def remove(request: Request) -> Response:
    chosen = await filled_in(request, Chosen)
    post = await showing_self(request, detach, request.path_params["post"], chosen.file)
    return RedirectResponse(request.app.url_path_for("attachments", post=post.id), 303)


async def _form(request: Request, refusal: Refusal | None = None) -> Response:
    seen = await looking(request, _own, request.path_params["post"])
    post, may = seen.found
    error = why(request, seen, refusal)
    shown = page(request, "forum/attachments.html", seen, post=post, may_attach=may, error=error,
                 most=MOST, at_once=AT_ONCE)  # fmt: skip
    return refused(shown, refusal)


def _own(session: Session, member: Member, post_id: int) -> tuple[Post, Verdict]:
    post = post_for(session, member, post_id)
    return post, may_attach(member, post)


routes = [
    Route("/posts/{post:id}/attachments", index, methods=["GET"], name="attachments"),
    Route("/posts/{post:id}/attachments", add, methods=["POST"], name="attach"),
    Route("/posts/{post:id}/attachments/removal", remove, methods=["POST"], name="detach"),
]
