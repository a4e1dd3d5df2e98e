from datetime import datetime

from sqlalchemy import update

from channels.events import ChannelChanged, MembershipEnded, MessageChanged
from channels.models import Channel, ChannelState, Membership, Message
from channels.policies import may_change, may_manage, may_remove
from channels.queries import channel_for, managed_for, message_for
from channels.saying import Said, Saying, say_all
from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import NotFound, Refusal
from community.members.models import Member
from community.members.queries import member_for
from community.notices.actions import read_along
from community.places import Lens
from community.policies import require
from community.streams import change, revise, rewrite
from community.text import written


def say(
    tx: Transaction,
    member: Member,
    channel_id: int,
    body: str,
    *,
    key: str,
    mandate_id: int | None = None,
) -> Said:
    """Doing it again with the same key answers the same. The case of one of `say_all`."""
    saying = Saying(
        member=member,
        channel_id=channel_id,
        body=body,
        written=written(body),
        key=key,
        mandate_id=mandate_id,
    )
    (outcome,) = say_all(tx, [saying])
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def edit(tx: Transaction, member: Member, message_id: int, body: str) -> Message:
    message = tx.hold(message_for, member, message_id)
    require(may_change(member, message))
    if body == message.body:
        return message  # sent twice, or nothing to change: no version is made of it
    rewrite(tx, message.channel, message, body)
    return _published(tx, message)


def withdraw(tx: Transaction, member: Member, message_id: int) -> Message:
    message = tx.hold(message_for, member, message_id)
    if message.withdrawn_at and message.author_id == member.id:
        return message
    require(may_change(member, message))
    message.withdrawn_at = now(tx)
    revise(message.channel, message)
    return _published(tx, message)


def read(tx: Transaction, member: Member, channel_id: int, seq: int) -> None:
    """Remembers how far; never back. Who reads a public channel has joined it."""
    channel = channel_for(tx, member, channel_id)
    seq = min(seq, channel.last_seq)
    if tx.get(Membership, (channel.id, member.id)) is None:
        if channel.private:
            raise NotFound  # somebody has removed them since we looked
        tx.add(Membership(channel_id=channel.id, member_id=member.id))
        tx.flush()
    # Two tabs may say how far at once: the database compares, so that the farther one stays.
    theirs = (Membership.channel_id == channel.id, Membership.member_id == member.id)
    farther = update(Membership).where(*theirs, Membership.read_seq < seq).values(read_seq=seq)
    tx.execute(farther)
    read_along(tx, member, channel.address, seq)


def admit(tx: Transaction, administrator: Member, channel_id: int, member_id: int) -> None:
    """Doing it twice is doing it once."""
    channel = tx.hold(managed_for, administrator, channel_id)
    require(may_manage(administrator))
    member = member_for(tx, administrator, member_id)
    if tx.get(Membership, (channel.id, member.id)) is None:
        tx.add(Membership(channel_id=channel.id, member_id=member.id))
        audit.record(tx, administrator, "channel.admitted", channel.address, member=member.id)


def remove(tx: Transaction, moderator: Member, channel_id: int, member_id: int) -> None:
    """Holds the channel as every speaker does: nothing of theirs commits after this."""
    channel = tx.hold(managed_for, moderator, channel_id)
    require(may_remove(moderator))
    membership = tx.get(Membership, (channel.id, member_id))
    if membership is None:
        raise NotFound
    tx.delete(membership)
    audit.record(tx, moderator, "channel.removed", channel.address, member=member_id)
    tx.publish(MembershipEnded(member_id=member_id, channel=channel.address))


def open_channel(
    tx: Transaction, administrator: Member, name: str, about: str, place: Lens, *, private: bool
) -> Channel:
    require(may_manage(administrator))
    channel = Channel(name=name, about=about, private=private, **place._asdict())
    tx.add(channel)
    tx.flush()
    tx.add(Membership(channel_id=channel.id, member_id=administrator.id))
    audit.record(tx, administrator, "channel.opened", channel.address, private=private)
    return channel


def change_channel(
    tx: Transaction, administrator: Member, channel_id: int, name: str, about: str, place: Lens
) -> Channel:
    channel = tx.hold(managed_for, administrator, channel_id)
    require(may_manage(administrator))
    channel.name, channel.about = name, about
    channel.region, channel.cluster, channel.theme = place
    return _changed(tx, administrator, channel, "channel.changed")


def archive(tx: Transaction, administrator: Member, channel_id: int) -> Channel:
    channel = tx.hold(managed_for, administrator, channel_id)
    require(may_manage(administrator))
    channel.state = ChannelState.ARCHIVED
    return _changed(tx, administrator, channel, "channel.archived")


def unarchive(tx: Transaction, administrator: Member, channel_id: int) -> Channel:
    channel = tx.hold(managed_for, administrator, channel_id)
    require(may_manage(administrator))
    channel.state = ChannelState.OPEN
    return _changed(tx, administrator, channel, "channel.unarchived")


def hide_message(tx: Transaction, message: Message) -> None:
    """Called by moderation, which has checked who may and writes down why."""
    _hidden_since(tx, message, now(tx))


def restore_message(tx: Transaction, message: Message) -> None:
    _hidden_since(tx, message, None)


def _hidden_since(tx: Transaction, message: Message, at: datetime | None) -> None:
    tx.lock(*message.chain)
    message.hidden_at = at
    revise(message.channel, message)
    _published(tx, message)


def _published(tx: Transaction, message: Message) -> Message:
    tx.publish(MessageChanged.of(message.channel, message))
    return message


def _changed(tx: Transaction, administrator: Member, channel: Channel, verb: str) -> Channel:
    change(channel)
    audit.record(tx, administrator, verb, channel.address)
    tx.publish(ChannelChanged.of(channel))
    return channel
