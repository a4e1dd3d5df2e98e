"""The doors to what posts and messages said before."""

import asyncio
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels import histories as of_messages
from channels.models import Message
from community.differences import Piece, difference
from community.histories import Edit, Edits
from community.words import _
from forum import histories as of_posts
from forum.topics.models import Post
from web.doors import Seen, looking, visiting
from web.forms import Before, asked
from web.pages import locale_of, page
from web.words import said_in


async def of_post(request: Request) -> Response:
    before = asked(request, Before).before
    seen = await visiting(request, of_posts.history_for, request.path_params["post"], before)
    post: Post = seen.found[0]
    title = _said(request, seen, _("History of post %(number)s"), number=post.seq)
    number = _said(request, seen, _("Post %(number)s"), number=post.seq)
    crumb = [(post.topic.title, f"/topics/{post.stream_id}"), (number, f"/posts/{post.id}")]
    return await _page(request, seen, heading=title, crumb=crumb, at=f"/posts/{post.id}")


async def of_message(request: Request) -> Response:
    before = asked(request, Before).before
    message_id = request.path_params["message"]
    seen = await looking(request, of_messages.history_for, message_id, before)
    message: Message = seen.found[0]
    assert seen.member
    its = _said(request, seen, _("Message of %(name)s"), name=message.author.name)
    title = _said(request, seen, _("What it said before"))
    at = f"/messages/{message_id}"
    name = message.channel.name_for(seen.member.id)
    crumb = [(name, f"/channels/{message.stream_id}"), (its, at)]
    return await _page(request, seen, heading=title, crumb=crumb, at=at)


async def _page(request: Request, seen: Seen[Any], **about: Any) -> Response:
    entry, edits = seen.found
    changes = await asyncio.to_thread(_differences, edits)
    further = asked(request, Before).before is not None
    return page(
        request, "community/history.html", seen, entry=entry, edits=edits, changes=changes,
        further=further, **about,
    )  # fmt: skip


def _differences(edits: Edits) -> list[list[Piece]]:
    page: Sequence[Edit] = edits.page
    return [difference(edit.before.body, edit.after) for edit in page]


def _said(request: Request, seen: Seen[Any], sentence: str, **values: Any) -> str:
    return said_in(locale_of(request, seen), sentence, values)


routes = [
    Route("/posts/{post:id}/history", of_post, name="history"),
    Route("/messages/{message:id}/history", of_message, name="message_history"),
]
