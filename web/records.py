"""The doors to how an office answers: its public page, and a feed of the same."""

from datetime import datetime
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response as Answer
from starlette.routing import Route

from community.places import Lens
from community.words import _
from forum.responses.models import STATE_NAMES, Response, State
from forum.responses.record import newest_of, record_of
from forum.topics.models import Post
from web.doors import visiting
from web.feeds import feed_of
from web.pages import page
from web.words import locale_of, said_in

TITLE = _("Official responses of %(office)s")


class Item(NamedTuple):
    """A request as it is now, with the answer once visitors read one."""

    response: Response
    answer: Post | None
    state: str

    @property
    def path(self) -> str:
        return f"/responses/{self.response.id}"

    @property
    def title(self) -> str:
        return f"{self.state}: {self.response.post.topic.title}"

    @property
    def post(self) -> Post:
        return self.answer or self.response.post

    @property
    def updated(self) -> datetime:
        return self.response.changed_at


async def show(request: Request) -> Answer:
    seen = await visiting(request, record_of, request.path_params["organisation"])
    return page(request, "forum/record.html", seen)


async def feed(request: Request) -> Answer:
    id, locale = request.path_params["organisation"], locale_of(request)
    seen = await visiting(request, lambda session, _reader: newest_of(session, id))
    agency, newest = seen.found
    items = [
        Item(one, answer, said_in(locale, STATE_NAMES[State(one.state)])) for one, answer in newest
    ]
    title = said_in(locale, TITLE, {"office": agency.name})
    path = f"/organisations/{id}/responses"
    return feed_of(request, seen, path, Lens(), title=title, items=items)


routes = [
    Route("/organisations/{organisation:id}/responses", show, name="record"),
    Route("/organisations/{organisation:id}/responses/feed", feed, name="record_feed"),
]
