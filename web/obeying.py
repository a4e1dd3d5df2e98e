"""What each command of a tab does: one door a verb."""

from sqlalchemy.orm import Session
from starlette.websockets import WebSocket

from channels import actions as channels
from channels.policies import may_speak
from channels.queries import channel_for
from community.database import Transaction
from community.errors import Busy, Denied, NotFound
from community.members.models import Member
from community.policies import require
from community.words import _
from forum.topics import actions as topics
from web import commands, frames
from web.commands import AnyCommand
from web.doors import acting, glancing, settings_of, token_of
from web.drawing import draw
from web.hub import Hub
from web.presence import Typing
from web.streams import missed, parse
from web.tabs import Tab


async def obey(websocket: WebSocket, tab: Tab, command: AnyCommand) -> frames.Frame | None:
    """Answers what the tab is told. Raises the refusals of the domain."""
    match command:
        case commands.Watch():
            await _watch(websocket, tab, command)
        case commands.Unwatch():
            parse(command.stream)  # nobody stops listening for the end of their sign-in
            _hub(websocket).leave(tab, command.stream)
        case commands.Say():
            return await _say(websocket, tab, command)
        case commands.Edit():
            await acting(websocket, channels.edit, command.message, command.body)
        case commands.Withdraw():
            await acting(websocket, channels.withdraw, command.message)
        case commands.Typing():
            await _typing(websocket, tab, command)
        case commands.Read():
            await acting(websocket, _read, command.stream, command.seq)
        case commands.Hello():
            pass  # once more does no harm
    return None


async def _say(websocket: WebSocket, tab: Tab, command: commands.Say) -> frames.Ack:
    if wait := websocket.state.sends.take(tab.member):
        raise Busy(_("You are writing very fast. It will be sent in a moment."), retry_after=wait)
    said = await websocket.state.sayings.say(token_of(websocket), command)
    return frames.Ack(key=command.key, seq=said.seq, rev=said.rev)


async def _watch(websocket: WebSocket, tab: Tab, command: commands.Watch) -> None:
    """Join first, then read, so that nothing falls in between (D5)."""
    hub, stream, rev = _hub(websocket), command.stream, command.rev
    if len(tab.watching) + len(tab.held) >= settings_of(websocket).watches_per_socket:
        raise Denied(_("This page watches too much."))
    afresh = command.epoch != hub.epoch
    with hub.catching_up(tab, stream) as pile:
        while pile.must_read():
            found = await glancing(websocket, missed, stream, rev)
            if stream not in tab.streams:
                return  # removed while we were reading
            hub.starts_at(stream, found.rev)
            if afresh or found.changes is None:
                tab.send(frames.Reset(stream=stream))
            else:
                for change in found.changes:
                    tab.send(draw(change, tab.locale))
            rev = found.rev
        tab.send(frames.CaughtUp(stream=stream, rev=rev))


async def _typing(websocket: WebSocket, tab: Tab, command: commands.Typing) -> None:
    """Told to whoever watches the channel, by those who watch it themselves and may speak there."""
    address = f"channel:{command.channel}"
    if address not in tab.streams:
        raise NotFound
    await glancing(websocket, _may_type, command.channel)
    _hub(websocket).presence.typing(Typing(address=address, member_id=tab.member, name=tab.name))


def _may_type(session: Session, member: Member, channel_id: int) -> None:
    require(may_speak(member, channel_for(session, member, channel_id)))


def _read(tx: Transaction, member: Member, stream: str, seq: int) -> None:
    kind, id = stream.split(":")
    match kind:
        case "channel":
            channels.read(tx, member, int(id), seq)
        case "topic":
            topics.read(tx, member, int(id), seq)
        case _:
            raise NotFound


def _hub(websocket: WebSocket) -> Hub:
    hub: Hub = websocket.state.hub
    return hub
