"""One socket per browser tab: commands come in, frames go out."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import NamedTuple

from msgspec import DecodeError
from sqlalchemy.orm import Session
from starlette.websockets import WebSocket

from community.errors import Busy, NotFound, Refusal, SignedOut
from community.members.models import Member
from community.members.queries import Standing, hash_of, standing_of
from community.words import _
from forum.announcements.queries import audiences_of
from forum.categories import Category, categories_of
from web import commands, frames
from web.commands import Command
from web.doors import cookie_name, glancing, settings_of
from web.frames import NOT_UNDERSTOOD, SIGN_IN, TOO_MUCH, TRY_LATER, Hello, Refused
from web.hub import TICK, Hub
from web.limits import Bucket
from web.obeying import obey
from web.tabs import Tab
from web.wire import Line, line_to
from web.words import locale_of, said_in

log = logging.getLogger(__name__)

GREETING = 10  # seconds a tab has to say hello


class Seat(NamedTuple):
    """What a tab is from hello on."""

    standing: Standing
    name: str
    locale: str
    streams: list[str]


async def live(websocket: WebSocket) -> None:
    hub: Hub = websocket.state.hub
    settings = settings_of(websocket)
    await websocket.accept()  # a browser cannot read the code of a refusal before this
    line = line_to(websocket)
    bucket = Bucket(settings.frames_per_second, settings.frames_burst)
    tab = Tab(line, locale_of(websocket), bucket)
    try:
        texts = _texts(websocket, tab)
        if await _greeted(texts, line):
            await _sit_down(websocket, tab)
            async for text in texts:
                if (answer := await _answer(websocket, tab, text)) is not None:
                    tab.send(answer)
    except SignedOut:
        line.hang_up(SIGN_IN, "signed out")
    except Busy:
        line.hang_up(TRY_LATER, "busy; come back in a moment")
    finally:
        hub.forget(tab)


async def _greeted(texts: AsyncIterator[str], line: Line) -> bool:
    """The first command is hello, with a protocol we speak."""
    try:
        async with asyncio.timeout(GREETING):
            async for text in texts:
                if isinstance(commands.decode(text), commands.Hello):
                    return True
                break
    except (TimeoutError, DecodeError) as error:
        log.info("no hello: %r", error)
    line.hang_up(NOT_UNDERSTOOD, "say hello first; reload the page")
    return False


async def _sit_down(websocket: WebSocket, tab: Tab) -> None:
    """First the stream that would end this, then the question whether it has ended."""
    hub: Hub = websocket.state.hub
    tab.sign_in = hash_of(websocket.cookies.get(cookie_name(websocket), ""))
    hub.join(tab, [f"sign-in:{tab.sign_in}"])
    seat = await glancing(websocket, _seat_of)
    if hub.sockets_of(seat.standing.member_id) >= settings_of(websocket).sockets_per_member:
        return tab.line.hang_up(TOO_MUCH, "too many pages are open; close one")
    hub.leave(tab, f"sign-in:{tab.sign_in}")  # it goes on in the member's own language
    tab.standing, tab.name, tab.locale, streams = seat
    hub.join(tab, [f"sign-in:{tab.sign_in}", *streams])  # what ended meanwhile, the next look finds
    tab.send(Hello(epoch=hub.epoch, member=tab.member, tick=TICK))
    tab.send(hub.status)


def _seat_of(session: Session, member: Member) -> Seat:
    categories = session.scalars(categories_of(member).with_only_columns(Category.id))
    streams = [
        "site",
        f"member:{member.id}",
        *audiences_of(session, member),
        *(f"category:{id}" for id in categories),
    ]
    return Seat(standing_of(member), member.name, member.locale, streams)


async def _texts(websocket: WebSocket, tab: Tab) -> AsyncIterator[str]:
    """What the tab sends, until it leaves, sends bytes, or sends too much."""
    while (message := await websocket.receive())["type"] == "websocket.receive":
        if (text := message.get("text")) is None:
            tab.line.hang_up(NOT_UNDERSTOOD, "text only; reload the page")
            return
        if wait := tab.frames_allowed.take():
            tab.line.hang_up(TOO_MUCH, f"too much; come back in {wait:.0f} s")
            return
        yield text


async def _answer(websocket: WebSocket, tab: Tab, text: str) -> frames.Frame | None:
    try:
        command = commands.decode(text)
    except DecodeError as error:
        log.info("not understood: %s", error)
        return _not_understood(tab, text)
    try:
        return await obey(websocket, tab, command)
    except SignedOut:
        raise
    except Refusal as refusal:
        return _refused(tab, command, refusal)
    except Exception:
        log.exception("could not obey a %s", type(command).__name__)  # the tab tries again
        return _refused(tab, command, Busy(_("Something went wrong here. Please try again.")))


def _refused(tab: Tab, command: Command, refusal: Refusal) -> Refused:
    sentence = refusal.sentence or (
        _("That is not there any more.") if isinstance(refusal, NotFound) else ""
    )
    return Refused(
        reason=said_in(tab.locale, sentence, refusal.values),
        final=not isinstance(refusal, Busy),
        key=command.key,
        stream=getattr(command, "stream", None),
        retry_after=refusal.values.get("retry_after"),
    )


def _not_understood(tab: Tab, text: str) -> Refused | None:
    """With the key, where one can be made out, so that the tab stops sending it; else it ends."""
    key = commands.key_in(text)
    if key is None:
        tab.line.hang_up(NOT_UNDERSTOOD, "not understood; reload the page")
        return None
    return Refused(reason=said_in(tab.locale, _("This was not understood.")), final=True, key=key)
