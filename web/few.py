"""The doors to talk among few: whom to write to, direct rooms, groups, and the list of both."""

from typing import Annotated

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from channels.direct import found_group, people_called
from channels.listing import PAGE, few_listed
from community.errors import NotFound, Refusal, SignedOut
from community.members.models import Member
from community.text import plain
from moderation.before.actions import begin_direct as begin_direct_room
from web.doors import acting, looking
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import MaybeLine
from web.pacing import not_too_fast
from web.pages import page

Cursor = Annotated[str, Meta(pattern=r"\A[0-9]{1,18}-[1-9][0-9]{0,17}\Z")]


class Wanted(Form, frozen=True, kw_only=True):
    """A part of the name of somebody to write to."""

    who: MaybeLine = ""


class Named(Form, frozen=True, kw_only=True):
    """Empty: as its people are called."""

    name: Annotated[str, Meta(max_length=60, pattern=r"\A[^\0\r\n]*\Z")] = ""


class Older(Form, frozen=True, kw_only=True):
    """The ids of the last message and of the room that were seen last."""

    before: Cursor | None = None

    @property
    def last_seen(self) -> tuple[int, int] | None:
        if self.before is None:
            return None
        said, room = map(int, self.before.split("-"))
        return said, room


async def index(request: Request) -> Response:
    older = asked(request, Older)
    seen = await looking(request, few_listed, older.last_seen)
    last = seen.found[-1] if len(seen.found) == PAGE else None
    cursor = f"{last.last.id if last.last else 0}-{last.channel.id}" if last else ""
    return page(
        request,
        "channels/few.html",
        seen,
        plain=plain,
        older=f"?before={cursor}" if cursor else None,
        further=older.before is not None,
    )


async def new(request: Request) -> Response:
    return await _new(request, asked(request, Wanted).who)


async def begin_direct(request: Request) -> Response:
    try:
        await not_too_fast(request)
        room = await acting(request, begin_direct_room, request.path_params["member"])
    except (NotFound, SignedOut):
        raise
    except Refusal as refusal:
        return await _new(request, "", refusal)
    return RedirectResponse(request.app.url_path_for("channel", channel=room.id), 303)


async def begin_group(request: Request) -> Response:
    name = (await filled_in(request, Named)).name
    try:
        await not_too_fast(request)
        group = await acting(request, found_group, name)
    except SignedOut:
        raise
    except Refusal as refusal:
        return await _new(request, "", refusal)
    return RedirectResponse(request.app.url_path_for("channel_about", channel=group.id), 303)


async def _new(request: Request, words: str, refusal: Refusal | None = None) -> Response:
    seen = await looking(request, _called, words)
    drawn = page(request, "channels/new.html", seen, words=words, refusal=refusal)
    return refused(drawn, refusal)


def _called(session: Session, member: Member, words: str) -> list[Member]:
    return [*people_called(session, member, words)]


routes = [
    Route("/channels/few", index, name="few"),
    Route("/channels/new", new, name="new_message"),
    Route("/channels/groups", begin_group, methods=["POST"], name="found_group"),
    Route("/members/{member:id}/direct", begin_direct, methods=["POST"], name="begin_direct"),
]
