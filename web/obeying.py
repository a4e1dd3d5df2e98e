"""What each command of a tab does: one door a verb."""

import asyncio
from collections.abc import Mapping
from functools import partial

from sqlalchemy.orm import Session
from starlette.websockets import WebSocket

from channels import actions as channels
from channels.models import Message
from channels.policies import may_speak
from channels.queries import channel_for, standing_in
from channels.saying import Said
from community.database import Transaction
from community.errors import Denied, NotFound, Refusal, SignedOut, TooFast
from community.members.models import Member
from community.policies import require
from community.words import _
from forum.announcements import acknowledging as announcements
from forum.topics import actions as topics
from moderation.before import actions as before
from moderation.before.asking import prints_in
from web import commands, frames
from web.calling import around_in, around_message
from web.commands import AnyCommand
from web.doors import acting, glancing, noting, settings_of, token_of
from web.drawing import draw
from web.hub import Hub
from web.one_look import OneLook
from web.open_lists import Listed
from web.presence import Typing
from web.streams import Missed, Wanted, is_news, news_of, parse
from web.tabs import Pile, Tab

AT_A_TIME = 10  # changes sent to a tab before others have their turn
GOOD_FOR = 0.5  # seconds that what was read may wait for a tab, once the stream has changed


async def obey(  # noqa: C901 - one case a verb
    websocket: WebSocket, tab: Tab, command: AnyCommand
) -> frames.Frame | None:
    """Answers what the tab is told. Raises the refusals of the domain."""
    if tab.saying and not isinstance(command, commands.Say):
        await asyncio.wait([tab.saying])  # what one tab asks for happens in the order it asked
    match command:
        case commands.Watch():
            await _watch(websocket, tab, command)
        case commands.Listen():
            await _listen(websocket, tab, command.channels)
        case commands.Unwatch():
            parse(command.stream)  # nobody stops listening for the end of their sign-in
            _hub(websocket).leave(tab, command.stream)
        case commands.Say():
            await _say(websocket, tab, command)
        case commands.Edit():
            around = await around_message(websocket, command.message, command.body, command.reach)
            edited = await acting(
                websocket, before.edit_message, command.message, command.body,
                away=frozenset(command.away), around=around, began=command.rev,
                knowing=prints_in(command.knowing),
            )  # fmt: skip
            return _done(command, edited)
        case commands.Withdraw():
            return _done(command, await acting(websocket, channels.withdraw, command.message))
        case commands.Typing():
            await _typing(websocket, tab, command)
        case commands.Attend(hidden=hidden, since=since):
            _hub(websocket).presence.attend(tab, since if hidden else None)
        case commands.Read():
            await noting(websocket, _read, command.stream, command.seq, command.stream in tab.read)
            tab.read |= {command.stream}
        case commands.Hello():
            pass  # once more does no harm
    return None


async def _say(websocket: WebSocket, tab: Tab, command: commands.Say) -> None:
    """Answered once it is stored, or not: meanwhile the tab may say more, in this order."""
    if wait := websocket.state.sends.take(tab.member, command.channel):
        sentence = _("You are writing very fast. It will be sent in a moment.")
        raise TooFast(sentence, retry_after=wait)
    answer = await websocket.state.sayings.hear(
        token_of(websocket),
        command,
        around_in(websocket, command.channel, command.body, command.reach),
    )
    answer.add_done_callback(partial(_tell_outcome, tab, command))
    tab.saying = answer


def _tell_outcome(tab: Tab, command: commands.Say, answer: asyncio.Future[Said]) -> None:
    match answer.exception():
        case None:
            said = answer.result()
            held = said.held > 0
            tab.send(frames.Ack(key=command.key, seq=said.seq, rev=said.rev, held=held))
        case SignedOut():
            tab.line.hang_up(frames.SIGN_IN, "signed out")
        case Refusal() as refusal:
            tab.send(refused(tab, command, refusal))


def refused(tab: Tab, command: commands.Command, refusal: Refusal) -> frames.Refused:
    stream = command.stream if isinstance(command, commands.Watch) else None
    return frames.Refused.of(refusal, tab.locale, key=command.key, stream=stream)


def _done(command: AnyCommand, message: Message) -> frames.Ack | None:
    """Whoever gave a key is told; everybody sees the change itself."""
    return frames.Ack(key=command.key, seq=message.seq, rev=message.rev) if command.key else None


async def _watch(websocket: WebSocket, tab: Tab, command: commands.Watch) -> None:
    """Join first, then read, so that nothing falls in between (D5)."""
    hub, stream, rev = _hub(websocket), command.stream, command.rev
    catching_up = websocket.state.catching_up
    parse(stream)  # what a tab hears without asking is not given up by asking for it
    if is_news(stream):
        raise NotFound  # it listens to that, to all it shows at once
    if stream not in tab.streams and _too_many(websocket, tab):
        raise Denied(_("This page watches too much."))
    with hub.catching_up(tab, stream) as pile:
        while pile.must_read():
            await tab.line.has_room()  # what is read now is told now
            wanted = Wanted(tab.sign_in, stream, rev)
            found: Missed = await catching_up.ask(wanted)
            if stream not in tab.streams:
                return  # removed while we were reading
            hub.admit(tab, stream, found.rev, apart=found.apart)
            if command.epoch != hub.epoch or found.changes is None:
                return tab.send(frames.Reset(stream=stream))  # it loads the page, then asks again
            rev = await _send(tab, wanted, found, pile)
        if stream in tab.streams:
            tab.send(frames.CaughtUp(stream=stream, rev=rev))


async def _listen(websocket: WebSocket, tab: Tab, shown: Mapping[int, int]) -> None:
    """Join first, then look, so that nothing falls in between."""
    hub, listed = _hub(websocket), Listed(tab.sign_in, tuple(shown))
    listening: OneLook[Listed, dict[int, int]] = websocket.state.listening
    hub.listen(tab, await listening.ask(listed))
    now = await listening.ask(listed)
    for id in shown:
        if id not in now:
            hub.leave(tab, news_of(f"channel:{id}"))  # removed from it meanwhile
        elif now[id] > shown[id]:
            hub.ring(tab, f"channel:{id}", now[id])


def _too_many(websocket: WebSocket, tab: Tab) -> bool:
    watched = [stream for _, stream in tab.watching if not is_news(stream)]
    return len(watched) >= settings_of(websocket).watches_per_socket


async def _send(tab: Tab, wanted: Wanted, found: Missed, pile: Pile) -> int:
    """Answers how far the tab knows it now. No faster than it reads, or what it missed would fill
    its pile (D9); some at a time, for a hundred that lost their line together are told at once.

    Not to who may not hear it any more, which they may have become while they read (D11). And not
    what has waited for them where something has changed since: perhaps it was hidden (I10)."""
    clock = asyncio.get_running_loop().time
    waited, rev = 0.0, wanted.rev
    for number, change in enumerate(found.changes or ()):
        if number % AT_A_TIME == 0:
            await asyncio.sleep(0)
        before = clock()
        await tab.line.has_room()
        waited += clock() - before
        if wanted.address not in tab.streams:
            break
        if pile.is_behind and waited > GOOD_FOR:
            pile.drop()
            return rev
        tab.send(draw(change, tab.locale))
        rev = change.rev
    return found.rev


async def _typing(websocket: WebSocket, tab: Tab, command: commands.Typing) -> None:
    """Told to whoever watches the channel, by those who watch it themselves and may speak there,
    unless they do not want to be seen."""
    address = f"channel:{command.channel}"
    if address not in tab.streams:
        raise NotFound
    staff = await glancing(websocket, _typing_as_staff, command.channel)
    event = Typing(address=address, member_id=tab.member, name=tab.name, staff=staff)
    if tab.is_shown:
        _hub(websocket).presence.typing(event)


def _typing_as_staff(session: Session, member: Member, channel_id: int) -> bool:
    channel = channel_for(session, member, channel_id)
    require(may_speak(member, channel, standing_in(session, member, channel)))
    return member.moderates


def _read(tx: Transaction, member: Member, stream: str, seq: int, on: bool) -> None:
    """`on` where the tab has told before how far they had read it."""
    kind, id = stream.split(":")
    match kind:
        case "channel":
            (channels.read_on if on else channels.read)(tx, member, int(id), seq)
        case "topic":
            topics.read(tx, member, int(id), seq)
        case "announcement":
            announcements.read(tx, member, int(id))
        case _:
            raise NotFound


def _hub(websocket: WebSocket) -> Hub:
    hub: Hub = websocket.state.hub
    return hub
