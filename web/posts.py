"""The doors to one post: its page with what is below it, reply, edit, withdrawal."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from channels.queries import message_for
from community.errors import NotFound
from community.members.models import Member
from community.policies import Verdict
from community.reactions import Reactions
from forum.arriving.queries import message_again
from forum.holding import may_edit
from forum.moving.queries import left_by, post_behind
from forum.reactions import may_react, reactions_to
from forum.topics import actions
from forum.topics.models import Post
from forum.topics.policies import may_bring_back, may_change, may_reply
from forum.topics.queries import Branch, branch_for, post_for
from moderation.before import actions as before
from moderation.before.asking import prints_in
from web.doors import acting, looking, visiting
from web.pages import page
from web.threads import tree
from web.writing import answer, place_of, write, write_at


async def show(request: Request) -> Response:
    """Where it was moved away, where it is now; where it went back to a channel, that message."""
    post_id = request.path_params["post"]
    try:
        seen = await visiting(request, _shown, post_id)
    except NotFound:
        return RedirectResponse((await visiting(request, _behind, post_id)).found, 303)
    (branch, reactions, stub, may), member = seen.found, seen.member
    return page(
        request,
        "forum/post_page.html",
        seen,
        branch=branch,
        nodes=tree([branch.entry, *branch.replies]),
        reactions=reactions,
        stub=stub,
        may_react=may_react(member, branch.post) if member else None,
        may_reply=may_reply(member, branch.post.topic) if member else None,
        may_change=may_change(member, branch.post) if member else None,
        may_edit=may,
        may_bring_back=may_bring_back(member, branch.post) if member else None,
    )


async def reply_page(request: Request) -> Response:
    return await write_at(request, f"reply:{request.path_params['post']}")


async def reply(request: Request) -> Response:
    return await answer(request, parent_id=request.path_params["post"])


async def edit_page(request: Request) -> Response:
    return await write_at(request, f"post:{request.path_params['post']}")


async def edit(request: Request) -> Response:
    post_id = request.path_params["post"]
    return await write(
        request,
        lambda writing: acting(
            request, before.edit_post, post_id, writing.said, writing.reason.strip(),
            along=writing.along, began=writing.rev, knowing=prints_in(writing.knowing),
        ),
    )  # fmt: skip


async def withdrawal(request: Request) -> Response:
    seen = await looking(request, post_for, request.path_params["post"])
    may = may_change(seen.member, seen.found) if seen.member else None
    return page(request, "forum/withdrawal.html", seen, post=seen.found, may_change=may)


async def withdraw(request: Request) -> Response:
    post = await acting(request, actions.withdraw, request.path_params["post"])
    return RedirectResponse(place_of(post), 303)


async def bring_back(request: Request) -> Response:
    post = await acting(request, actions.bring_back, request.path_params["post"])
    return RedirectResponse(place_of(post), 303)


def _shown(
    session: Session, reader: Member | None, post_id: int
) -> tuple[Branch, Reactions, Post | None, Verdict | None]:
    branch = branch_for(session, reader, post_id)
    reactions = reactions_to(session, reader, branch.post)
    may = may_edit(session, reader, branch.post) if reader else None
    return branch, reactions, left_by(session, reader, branch.post), may


def _behind(session: Session, reader: Member | None, post_id: int) -> str:
    try:
        return place_of(post_behind(session, reader, post_id))
    except NotFound:
        if reader is None:
            raise
        return f"/messages/{message_for(session, reader, message_again(session, post_id)).id}"


routes = [
    Route("/posts/{post:id}", show, name="post"),
    Route("/posts/{post:id}/reply", reply_page, name="reply_page"),
    Route("/posts/{post:id}/replies", reply, methods=["POST"], name="reply_to"),
    Route("/posts/{post:id}/edit", edit_page, methods=["GET"], name="edit_page"),
    Route("/posts/{post:id}/edit", edit, methods=["POST"], name="edit"),
    Route("/posts/{post:id}/withdrawal", withdrawal, methods=["GET"], name="withdrawal"),
    Route("/posts/{post:id}/withdrawal", withdraw, methods=["POST"], name="withdraw"),
    Route("/posts/{post:id}/return", bring_back, methods=["POST"], name="bring_back"),
]
