"""Messages that stay at hand: those who look after a channel pin them.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from channels.models import Channel, ChannelType, Message
from channels.policies import Standing, may_answer
from channels.queries import channel_for, message_for, said_there, standing_in
from channels.showing import show_anew
from community.clock import now
from community.database import Transaction
from community.errors import Conflict
from community.members.models import Member
from community.policies import Verdict, no, require
from community.words import _

MOST = 50  # in one channel; for another one has to be taken down

# Policies


def may_pin(member: Member, channel: Channel, standing: Standing) -> Verdict:
    """Hosts and moderators; in rooms of a few, who have no hosts, everybody."""
    among_few = channel.home.type in {ChannelType.DIRECT, ChannelType.GROUP} and standing.joined
    if not (standing.hosts or member.moderates or among_few):
        return no(_("Only hosts of the channel and moderators pin messages."))
    return may_answer(member, channel, standing)


# Queries


class Pins(NamedTuple):
    channel: Channel
    messages: Sequence[Message]  # the last pinned first


def pins_of(session: Session, member: Member, channel_id: int) -> Pins:
    """All of them: there are never many."""
    channel = channel_for(session, member, channel_id)
    pinned = (
        select(Message)
        .where(*_pinned(channel))
        .order_by(Message.pinned_at.desc(), Message.id.desc())
    )
    return Pins(channel, session.scalars(pinned.limit(MOST)).all())


def _pinned(channel: Channel) -> tuple[ColumnElement[bool], ...]:
    return Message.stream_id == channel.id, Message.pinned_at.is_not(None), *said_there()


# Actions


def pin(tx: Transaction, member: Member, message_id: int) -> Message:
    """Twice is once."""
    message = _held(tx, member, message_id)
    if message.pinned_at:
        return message
    if message.gone:
        raise Conflict(_("It is not there any more."))
    if _count(tx, message.channel) >= MOST:
        raise Conflict(_("At most %(most)s messages are pinned. Take one down first."), most=MOST)
    message.pinned_at = now(tx)
    return show_anew(tx, message)


def unpin(tx: Transaction, member: Member, message_id: int) -> Message:
    message = _held(tx, member, message_id)
    if not message.pinned_at:
        return message
    message.pinned_at = None
    return show_anew(tx, message)


def pin_again(tx: Transaction, channel: Channel, back: Collection[Message]) -> None:
    """What says again what it said is pinned as it was, as far as there is room: others may have
    been pinned meanwhile. The caller holds the channel, and shows these anew."""
    pinned = [one for one in back if one.pinned_at and not one.gone]
    room = max(0, MOST - _count(tx, channel, but=pinned)) if pinned else 0
    for message in pinned[room:]:
        message.pinned_at = None


def _count(session: Session, channel: Channel, but: Collection[Message] = ()) -> int:
    others = Message.id.not_in([one.id for one in but])
    return session.scalars(select(func.count()).where(*_pinned(channel), others)).one()


def _held(tx: Transaction, member: Member, message_id: int) -> Message:
    message = tx.hold(message_for, member, message_id)
    require(may_pin(member, message.channel, standing_in(tx, member, message.channel)))
    return message
