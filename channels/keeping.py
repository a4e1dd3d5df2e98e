"""Channels that keep what is said for so many days only: then the words go, and the place stays.

The worker's chore. Rows are never deleted, so numbers have no holes, and whoever watches sees the
words go as any other change.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from channels.beside import recount_replies
from channels.events import HeldChanged, MessageChanged
from channels.models import Channel, HeldMessage, Message
from channels.queries import HOME
from community.chores import SOME, each_due
from community.clock import now
from community.database import Transaction
from community.files import drop
from community.histories import blank
from community.holding import HeldState
from community.search.actions import put_anew
from community.streams import revise

KEPT = (7, 30, 90, 180, 365)  # days a channel can be set to keep what is said; else for good


def blank_old(tx: Transaction) -> None:
    """Beside a channel words are kept as long as in it. The next round takes what is left."""
    for channel, days in tx.execute(_due(tx)).all():
        tx.forget_turns()
        tx.lock(*channel.chain)
        old = list(_old(_next(tx, channel), now(tx) - timedelta(days=days)))
        for message in old:
            _blank(tx, channel, message)
        if old:
            recount_replies(tx, channel)


def blank_refused(tx: Transaction) -> None:
    """What was held and not let through was said in its channel, too. What a moderator decided
    about stays with the decision, as evidence; what still waits is not decided about."""
    for held in each_due(tx, _refused(tx)):
        drop(tx, held.address)
        held.blank(now(tx))
        tx.publish(HeldChanged.of(held))


def _due(tx: Transaction) -> Select[Channel, int]:
    """Whose oldest words are too old, as their home keeps them."""
    home = aliased(Channel)
    oldest = (Message.stream_id == Channel.id) & (Message.seq == Channel.blanked_seq + 1)
    due = select(Channel, home.keep_days).join(home, home.id == HOME).join(Message, oldest)
    return due.where(_too_old(tx, home, Message.written_at)).order_by(Channel.id).limit(SOME)


def _refused(tx: Transaction) -> Select[HeldMessage]:
    home = aliased(Channel)
    refused = select(HeldMessage).join(Channel, Channel.id == HeldMessage.channel_id)
    there = (HeldMessage.state == HeldState.REFUSED, HeldMessage.blanked_at.is_(None))
    old = _too_old(tx, home, HeldMessage.said_at)
    return refused.join(home, home.id == HOME).where(*there, old).order_by(HeldMessage.said_at)


def _too_old(
    tx: Transaction, home: type[Channel], said_at: InstrumentedAttribute[datetime]
) -> ColumnElement[bool]:
    """For its home."""
    moments = ((days, now(tx) - timedelta(days=days)) for days in KEPT)
    return or_(*(and_(home.keep_days == days, said_at <= moment) for days, moment in moments))


def _next(tx: Transaction, channel: Channel) -> Sequence[Message]:
    left = select(Message).where(Message.stream_id == channel.id, Message.seq > channel.blanked_seq)
    return tx.scalars(left.order_by(Message.seq).limit(SOME)).all()


def _old(messages: Iterable[Message], than: datetime) -> Iterable[Message]:
    return takewhile(lambda one: one.written_at <= than, messages)


def _blank(tx: Transaction, channel: Channel, message: Message) -> None:
    """With what it said before, and with its files."""
    blank(tx, Channel.kind, message)
    if message.attachments:
        drop(tx, f"{Message.kind}:{message.id}")
    message.attachments = []
    message.blanked_at, message.pinned_at = now(tx), None
    channel.blanked_seq = message.seq
    revise(channel, message)
    put_anew(tx, message.thing)
    tx.publish(MessageChanged.of(channel, message))
