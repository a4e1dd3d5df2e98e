"""The doors to what waits for a moderator, for its author: where it stands, and why it was not let
through."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.holding import HeldState
from community.members.models import Member
from forum.holding import HeldPost, held_post_for
from forum.topics.models import Post
from moderation.decisions.holding import refusal_of
from moderation.models import SubjectKind
from web.doors import looking
from web.pages import page
from web.writing import held_at, place_of


class Shown(NamedTuple):
    held: HeldPost
    post: Post | None  # that became of it


async def show(request: Request) -> Response:
    """A topic that is to begin; a reply stands in its topic, and what was let through is a post."""
    seen = await looking(request, _shown, request.path_params["held_post"])
    held, post = seen.found
    if post:
        return RedirectResponse(place_of(post), 303)
    if held.topic_id:
        return RedirectResponse(held_at(held.topic_id), 303)
    return page(request, "forum/held_post.html", seen)


async def message_refused(request: Request) -> Response:
    return await _to_decision(request, SubjectKind.HELD, request.path_params["held"])


async def post_refused(request: Request) -> Response:
    return await _to_decision(request, SubjectKind.HELD_POST, request.path_params["held_post"])


async def _to_decision(request: Request, kind: SubjectKind, held_id: int) -> Response:
    seen = await looking(request, refusal_of, kind, held_id)
    return RedirectResponse(f"/decisions/{seen.found}", 303)


def _shown(session: Session, member: Member, held_id: int) -> Shown:
    held = held_post_for(session, member, held_id)
    if held.state != HeldState.RELEASED:
        return Shown(held, None)
    written = select(Post).where(Post.author_id == member.id, Post.key == held.key)
    return Shown(held, session.scalars(written).one())


routes = [
    Route("/held/{held:id}", message_refused, name="held_message"),
    Route("/held-posts/{held_post:id}", show, name="held_post"),
    Route("/held-posts/{held_post:id}/decision", post_refused, name="held_post_refused"),
]
