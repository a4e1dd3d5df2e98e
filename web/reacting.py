"""The doors to reactions: who reacted, to react, to take it back."""

from collections.abc import Callable

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.members.models import Member
from forum import reactions
from forum.reactions import Reactions, Word, may_react, reactions_to
from forum.topics.models import Post
from forum.topics.queries import post_for
from web.doors import acting, visiting
from web.forms import Before, Form, asked, filled_in
from web.pages import page
from web.writing import place_of


class Said(Form, frozen=True, kw_only=True):
    word: Word


async def index(request: Request) -> Response:
    before = asked(request, Before).before
    seen = await visiting(request, _listed, request.path_params["post"], before)
    post, given = seen.found
    may = may_react(seen.member, post) if seen.member else None
    return page(
        request, "forum/reactions.html", seen, post=post, reactions=given, may_react=may,
        further=before is not None,
    )  # fmt: skip


async def react(request: Request) -> Response:
    return await _said(request, reactions.react)


async def take_back(request: Request) -> Response:
    return await _said(request, reactions.take_back)


async def _said(request: Request, action: Callable[..., Post]) -> Response:
    said = await filled_in(request, Said)
    post = await acting(request, action, request.path_params["post"], said.word)
    return RedirectResponse(place_of(post), 303)


def _listed(
    session: Session, reader: Member | None, post_id: int, before: int | None
) -> tuple[Post, Reactions]:
    post = post_for(session, reader, post_id)
    return post, reactions_to(session, reader, post, before)


routes = [
    Route("/posts/{post:id}/reactions", index, methods=["GET"], name="reactions"),
    Route("/posts/{post:id}/reactions", react, methods=["POST"], name="react"),
    Route("/posts/{post:id}/reactions/withdrawal", take_back, methods=["POST"], name="take_back"),
]
