"""One socket per browser tab: commands come in, frames go out."""

import asyncio
import logging
from collections.abc import AsyncIterator
from math import ceil

from starlette.websockets import WebSocket

from community.errors import Busy, Refusal, SignedOut
from community.members.queries import hash_of
from community.notices.events import NoticesChanged
from community.words import _
from web import commands, frames
from web.arriving import Chair
from web.doors import settings_of, token_of
from web.drawing import draw
from web.frames import (
    NOT_UNDERSTOOD,
    RESTARTING,
    SIGN_IN,
    STANDING_CHANGED,
    TOO_MUCH,
    TRY_LATER,
    Hello,
    Refused,
)
from web.hub import Hub
from web.obeying import obey, refused
from web.tabs import Tab
from web.wire import Line, line_to
from web.words import locale_of, said_in

log = logging.getLogger(__name__)

GREETING = 10  # seconds a tab has to say hello
CROWDED = 30  # seconds after which a tab too many may ask again


async def live(websocket: WebSocket) -> None:
    hub: Hub = websocket.state.hub
    await websocket.accept()  # a browser cannot read the code of a refusal before this
    line = line_to(websocket)
    tab = Tab(line, locale_of(websocket))
    try:
        texts = _texts(websocket, tab)
        if await _greeted(texts, line) and await _seated(websocket, tab):
            async for text in texts:
                if wait := websocket.state.frames.take(tab.member):
                    line.hang_up(TOO_MUCH, f"too much; come back in {ceil(wait)} s")
                    return
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
    except (TimeoutError, ValueError) as error:
        log.info("no hello: %r", error)
    line.hang_up(NOT_UNDERSTOOD, "say hello first; reload the page")
    return False


async def _seated(websocket: WebSocket, tab: Tab) -> bool:
    """Joins the streams that would end this, then asks whether it has ended (D11)."""
    hub: Hub = websocket.state.hub
    if websocket.app.state.draining:
        tab.line.hang_up(RESTARTING, "restarting")
        return False
    tab.sign_in = hash_of(token_of(websocket))
    chair: Chair = await websocket.state.arrivals.ask(tab.sign_in)
    tab.standing, tab.name, tab.locale = chair.standing, chair.name, chair.locale
    if hub.sockets_of(tab.member) >= settings_of(websocket).sockets_per_member:
        tab.line.hang_up(TOO_MUCH, f"too many pages are open; come back in {CROWDED} s")
        return False
    hub.join(tab, [f"sign-in:{tab.sign_in}", f"member:{tab.member}", "site", *chair.streams])
    hub.seat(tab)
    tab.send(Hello(epoch=hub.epoch, member=tab.member, tick=round(hub.tick)))
    tab.send(hub.status)
    return await _still_stands(websocket, tab, chair)


async def _still_stands(websocket: WebSocket, tab: Tab, chair: Chair) -> bool:
    now: Chair = await websocket.state.arrivals.ask(tab.sign_in)
    if now.standing != chair.standing:
        tab.line.hang_up(STANDING_CHANGED, "standing changed")
        return False
    if now.streams != chair.streams:
        tab.line.hang_up(RESTARTING, "rights changed; come back")
        return False
    tab.send(draw(NoticesChanged(member_id=tab.member, unread=now.unread), tab.locale))
    return True


async def _texts(websocket: WebSocket, tab: Tab) -> AsyncIterator[str]:
    """What the tab sends, until it leaves or sends bytes."""
    while (message := await websocket.receive())["type"] == "websocket.receive":
        if (text := message.get("text")) is None:
            tab.line.hang_up(NOT_UNDERSTOOD, "text only; reload the page")
            return
        yield text


async def _answer(websocket: WebSocket, tab: Tab, text: str) -> frames.Frame | None:
    try:
        command = commands.decode(text)
    except ValueError as error:
        log.info("not understood: %s", error)
        return _not_understood(tab, text)
    try:
        return await obey(websocket, tab, command)
    except SignedOut:
        raise
    except Refusal as refusal:
        return refused(tab, command, refusal)
    except Exception:
        # Unforeseen, so perhaps undone: the tab may try again, as after no answer at all (D2).
        log.exception("could not obey a %s", type(command).__name__)
        return refused(tab, command, Busy(_("Something went wrong here. Please try again.")))


def _not_understood(tab: Tab, text: str) -> Refused | None:
    """With the key, where one can be made out, so that the tab stops sending it; else it ends."""
    key = commands.key_in(text)
    if key is None:
        tab.line.hang_up(NOT_UNDERSTOOD, "not understood; reload the page")
        return None
    return Refused(reason=said_in(tab.locale, _("This was not understood.")), final=True, key=key)
