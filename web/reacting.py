"""The doors to reactions: who reacted, to react, to take it back; to posts and to messages."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from channels import reactions as to_messages
from channels.models import Message
from channels.queries import message_for, standing_in
from community.members.models import Member
from community.policies import Verdict
from community.reactions import Reactions, Word
from community.words import _
from forum import reactions as to_posts
from forum.topics.models import Post
from forum.topics.queries import post_for
from web import messages
from web.doors import Seen, acting, looking, visiting
from web.forms import Before, Form, asked, filled_in
from web.pages import locale_of, page
from web.words import said_in
from web.writing import place_of


class Said(Form, frozen=True, kw_only=True):
    word: Word


async def to_post(request: Request) -> Response:
    before = asked(request, Before).before
    seen = await visiting(request, _to_post, request.path_params["post"], before)
    post, given = seen.found
    title = _said(request, seen, _("Reactions to post %(number)s"), number=post.seq)
    number = _said(request, seen, _("Post %(number)s"), number=post.seq)
    return page(
        request, "community/reactions.html", seen, heading=title, at=f"/posts/{post.id}",
        crumb=[(post.topic.title, f"/topics/{post.stream_id}"), (number, f"/posts/{post.id}")],
        reactions=given, further=before is not None,
        may_react=to_posts.may_react(seen.member, post) if seen.member else None,
    )  # fmt: skip


async def to_message(request: Request) -> Response:
    before = asked(request, Before).before
    seen = await looking(request, _to_message, request.path_params["message"], before)
    assert seen.member
    message, given, may = seen.found
    author = message.author.name
    title = _said(request, seen, _("Reactions to the message of %(name)s"), name=author)
    its = _said(request, seen, _("Message of %(name)s"), name=author)
    return page(
        request, "community/reactions.html", seen, heading=title, at=f"/messages/{message.id}",
        crumb=[(message.channel.name_for(seen.member.id), f"/channels/{message.stream_id}"),
               (its, f"/messages/{message.id}")],
        reactions=given, further=before is not None,
        may_react=may,
    )  # fmt: skip


async def react(request: Request) -> Response:
    return RedirectResponse(place_of(await _post(request, to_posts.react)), 303)


async def take_back(request: Request) -> Response:
    return RedirectResponse(place_of(await _post(request, to_posts.take_back)), 303)


async def react_to_message(request: Request) -> Response:
    return messages.to(await _message(request, to_messages.react))


async def take_back_from_message(request: Request) -> Response:
    return messages.to(await _message(request, to_messages.take_back))


async def _post(request: Request, action: Callable[..., Post]) -> Post:
    said = await filled_in(request, Said)
    return await acting(request, action, request.path_params["post"], said.word)


async def _message(request: Request, action: Callable[..., Message]) -> Message:
    said = await filled_in(request, Said)
    return await acting(request, action, request.path_params["message"], said.word)


def _to_post(
    session: Session, reader: Member | None, post_id: int, before: int | None
) -> tuple[Post, Reactions]:
    post = post_for(session, reader, post_id)
    return post, to_posts.reactions_to(session, reader, post, before)


def _to_message(
    session: Session, reader: Member, message_id: int, before: int | None
) -> tuple[Message, Reactions, Verdict]:
    message = message_for(session, reader, message_id)
    standing = standing_in(session, reader, message.channel)
    given = to_messages.reactions_to(session, reader, message, before)
    return message, given, to_messages.may_react(reader, message, standing)


def _said(request: Request, seen: Seen[Any], sentence: str, **values: Any) -> str:
    return said_in(locale_of(request, seen), sentence, values)


routes = [
    Route("/posts/{post:id}/reactions", to_post, methods=["GET"], name="reactions"),
    Route("/posts/{post:id}/reactions", react, methods=["POST"], name="react"),
    Route("/posts/{post:id}/reactions/withdrawal", take_back, methods=["POST"], name="take_back"),
    Route("/messages/{message:id}/reactions", to_message, methods=["GET"],
          name="message_reactions"),
    Route("/messages/{message:id}/reactions", react_to_message, methods=["POST"],
          name="react_to_message"),
    Route("/messages/{message:id}/reactions/withdrawal", take_back_from_message, methods=["POST"],
          name="take_back_from_message"),
]  # fmt: skip
