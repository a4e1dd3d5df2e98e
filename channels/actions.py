from datetime import datetime, timedelta

from sqlalchemy import select, update

from channels.beside import recount_replies
from channels.events import ChannelChanged, MessageChanged, ReadingMoved
from channels.holding import may_edit
from channels.mentions import NOBODY_HERE, Around, call_anew, tell_anew
from channels.models import Channel, ChannelState, Membership, Message
from channels.pinning import pin_again
from channels.policies import NOTHING, may_bring_back, may_withdraw
from channels.queries import channel_for, counts, message_for, standing_in
from channels.saying import Said, Saying, say_all
from channels.showing import show_anew
from community.attachments import ALONE, Along, hang
from community.clock import now
from community.database import Transaction
from community.errors import Invalid, Refusal
from community.histories import words_after
from community.members.models import Member
from community.notices.actions import read_along
from community.policies import require
from community.restrictions import RestrictionKind, active_on
from community.streams import change, rewrite
from community.text import spoken

NONE: frozenset[str] = frozenset()
ALONGSIDE = timedelta(seconds=6)  # who reads along tells it every five


def say(
    tx: Transaction,
    member: Member,
    channel_id: int,
    body: str,
    *,
    key: str,
    mandate_id: int | None = None,
    along: Along = ALONE,
    around: Around = NOBODY_HERE,
    parent_id: int | None = None,
) -> Said:
    """Doing it again with the same key answers the same. The case of one of `say_all`."""
    saying = Saying(
        member=member,
        channel_id=channel_id,
        body=body,
        written=spoken(body),
        key=key,
        mandate_id=mandate_id,
        files=along.files,
        draft=along.version,
        around=around,
        parent_id=parent_id,
    )
    (outcome,) = say_all(tx, [saying])
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def edit(
    tx: Transaction,
    member: Member,
    message_id: int,
    body: str,
    *,
    away: frozenset[str] = NONE,
    around: Around = NOBODY_HERE,
    began: int | None = None,
) -> Message:
    """`away` are files that are not wanted any more, `began` is the rev of the message that was
    edited. Raises EditedElsewhere where it says something else by now."""
    message = tx.hold(message_for, member, message_id)
    standing = standing_in(tx, member, message.channel)
    require(may_edit(tx, member, message, standing))
    body = words_after(tx, Channel.kind, message, body, began)
    there = message.attachments
    message.attachments = hang(tx, member, f"message:{message.id}", there, Along(away=away))
    if not body.strip() and not message.attachments:
        raise Invalid(NOTHING)
    if body == message.body and message.attachments == there:
        return message  # sent twice, or nothing to change: no version is made of it
    called = call_anew(tx, member, message, body, standing, around)
    rewrite(tx, message.channel, message, body)
    tell_anew(tx, member, message, called)
    tx.publish(MessageChanged.of(message.channel, message))
    return message


def withdraw(tx: Transaction, member: Member, message_id: int) -> Message:
    """Also where its author may say nothing any more. It is not pinned any more, and not again if
    it is brought back."""
    message = tx.hold(message_for, member, message_id)
    if message.withdrawn_at and message.author_id == member.id:
        return message
    require(may_withdraw(member, message))
    message.withdrawn_at, message.pinned_at = now(tx), None
    return gone_or_back(tx, message)


def bring_back(tx: Transaction, member: Member, message_id: int) -> Message:
    """What its author withdrew says again what it said, where it stood."""
    message = tx.hold(message_for, member, message_id)
    require(may_bring_back(member, message, standing_in(tx, member, message.channel)))
    if not message.withdrawn_at:
        return message
    message.withdrawn_at = None
    return gone_or_back(tx, message)


def read(tx: Transaction, member: Member, channel_id: int, seq: int) -> None:
    """Remembers how far those have read who joined it; never back.

    Where something had been unread, each tab of theirs asks what is unread now."""
    _read_so_far(tx, member, channel_id, seq, now(tx))


def read_on(tx: Transaction, member: Member, channel_id: int, seq: int) -> None:
    """The same of who goes on reading where they tell it every few seconds: what was said since
    the last time is in the number of no tab."""
    _read_so_far(tx, member, channel_id, seq, now(tx) - ALONGSIDE)


def _read_so_far(
    tx: Transaction, member: Member, channel_id: int, seq: int, counted: datetime
) -> None:
    """What was said up to `counted` is in the number of some tab."""
    channel = channel_for(tx, member, channel_id)
    seq = min(seq, channel.last_seq)
    # Two tabs may say how far at once: the database compares, so that the farther one stays.
    theirs = (Membership.channel_id == channel.id, Membership.member_id == member.id)
    farther = update(Membership).where(*theirs, Membership.read_seq < seq).values(read_seq=seq)
    waited = _waited(tx, member, channel.id, seq, counted)
    if tx.scalars(farther.returning(Membership.channel_id)).all() and waited:
        tx.publish(ReadingMoved(member_id=member.id))
    read_along(tx, member, channel.address, seq)


def _waited(tx: Transaction, member: Member, channel_id: int, seq: int, counted: datetime) -> bool:
    """Whether something up to that seq was unread."""
    joined = Membership.channel_id == Message.stream_id
    theirs = (Message.stream_id == channel_id, Membership.member_id == member.id)
    found = select(Message.id).join(Membership, joined).where(*theirs, *counts(member))
    earlier = found.where(Message.seq <= seq, Message.written_at <= counted)
    return bool(tx.scalars(earlier.limit(1)).all())


def gone_or_back(tx: Transaction, message: Message) -> Message:
    """It says nothing any more, or again what it said. The caller holds it."""
    pin_again(tx, message.channel, [message])
    show_anew(tx, message)
    recount_replies(tx, message.channel)
    return message


def hide_message(tx: Transaction, message: Message, how: str = "hidden") -> None:
    """Called by moderation, which has checked who may and writes down why."""
    message.hidden_as = how
    _hidden_since(tx, message, message.hidden_at or now(tx))


def restore_message(tx: Transaction, message: Message) -> None:
    message.hidden_as = ""
    _hidden_since(tx, message, None)


def label_message(tx: Transaction, message: Message, label: str) -> None:
    """Called by moderation, too."""
    tx.lock(*message.chain)
    message.label = label
    show_anew(tx, message)


def _hidden_since(tx: Transaction, message: Message, at: datetime | None) -> None:
    tx.lock(*message.chain)
    message.hidden_at = at
    gone_or_back(tx, message)
    if message.thread:  # nobody goes on beside what was hidden
        settle_thread(tx, message.thread)


def settle_thread(tx: Transaction, thread: Channel) -> None:
    """Read only as long as what it is beside is hidden, or a restriction locks it. It is held."""
    beside = select(Message.hidden_at).where(Message.thread_id == thread.id)
    tx.flush()
    locked = any(one.kind == RestrictionKind.LOCKED for one in active_on(tx, thread.address))
    shut = locked or tx.scalar(beside) is not None
    thread.state = ChannelState.READ_ONLY if shut else ChannelState.OPEN
    change(thread)
    tx.publish(ChannelChanged.of(thread))
