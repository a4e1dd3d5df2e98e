"""What a channel is, and who is in it: the verbs of hosts and administrators.

Sections in house order: queries, actions.
"""

from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from channels.events import ChannelChanged, MembershipEnded
from channels.models import Channel, ChannelRole, ChannelState, ChannelType, Membership
from channels.policies import may_manage, may_remove
from channels.queries import channel_for
from community import audit
from community.database import Transaction
from community.errors import NotFound
from community.members.models import Member
from community.members.queries import member_for
from community.places import Lens
from community.policies import require
from community.streams import change

# Queries


def managed_for(session: Session, member: Member, channel_id: int) -> Channel:
    """For its name, its place and its members: administrators reach private ones, too, but read
    in them as little as anybody else who is not a member. Of direct rooms, groups and threads they
    reach what everybody reaches."""
    channel = session.get(Channel, channel_id) if may_manage(member) else None
    if channel is None or channel.type != ChannelType.CHANNEL:
        return channel_for(session, member, channel_id)
    return channel


def channels_managed(session: Session, administrator: Member) -> Sequence[tuple[Channel, int]]:
    """All of them, with how many have joined each."""
    require(may_manage(administrator))
    joined = select(func.count()).where(Membership.channel_id == Channel.id).scalar_subquery()
    every = select(Channel, joined).where(Channel.type == ChannelType.CHANNEL)
    every = every.order_by(Channel.state == ChannelState.ARCHIVED, Channel.name)
    return [(channel, count) for channel, count in session.execute(every)]


def members_in(session: Session, administrator: Member, channel_id: int) -> Sequence[Member]:
    """By name."""
    channel = managed_for(session, administrator, channel_id)
    require(may_manage(administrator))
    joined = select(Membership.member_id).where(Membership.channel_id == channel.id)
    return session.scalars(
        select(Member).where(Member.id.in_(joined)).order_by(Member.name, Member.id)
    ).all()


# Actions


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
    channel = hold_whole(tx, moderator, channel_id)
    require(may_remove(moderator))
    membership = tx.get(Membership, (channel.id, member_id))
    if membership is None:
        raise NotFound
    end_membership(tx, channel, member_id)
    audit.record(tx, moderator, "channel.removed", channel.address, member=member_id)


def open_channel(
    tx: Transaction, administrator: Member, name: str, about: str, place: Lens, *, private: bool
) -> Channel:
    require(may_manage(administrator))
    channel = Channel(name=name, about=about, private=private, **place._asdict())
    tx.add(channel)
    tx.flush()
    tx.add(Membership(channel_id=channel.id, member_id=administrator.id, role=ChannelRole.HOST))
    audit.record(tx, administrator, "channel.opened", channel.address, private=private)
    return channel


def change_channel(
    tx: Transaction, administrator: Member, channel_id: int, name: str, about: str, place: Lens
) -> Channel:
    channel = tx.hold(managed_for, administrator, channel_id)
    require(may_manage(administrator))
    channel.name, channel.about = name, about
    beside = update(Channel).where(Channel.parent_id == channel.id)
    tx.execute(beside.values(place._asdict()))
    channel.region, channel.cluster, channel.theme = place
    return _changed(tx, administrator, channel, "channel.changed")


def archive(tx: Transaction, administrator: Member, channel_id: int) -> Channel:
    channel = hold_whole(tx, administrator, channel_id)
    require(may_manage(administrator))
    channel.state = ChannelState.ARCHIVED
    return _changed(tx, administrator, channel, "channel.archived")


def unarchive(tx: Transaction, administrator: Member, channel_id: int) -> Channel:
    channel = hold_whole(tx, administrator, channel_id)
    require(may_manage(administrator))
    channel.state = ChannelState.OPEN
    return _changed(tx, administrator, channel, "channel.unarchived")


def hold_whole(tx: Transaction, member: Member, channel_id: int) -> Channel:
    """With the threads beside it: who speaks in one holds that alone."""
    found = managed_for(tx, member, channel_id)
    beside = select(Channel).where(Channel.parent_id == found.id).order_by(Channel.id)
    tx.scalars(beside.with_for_update(key_share=True)).all()
    return tx.hold(managed_for, member, channel_id)


def end_membership(tx: Transaction, channel: Channel, member_id: int) -> None:
    """Also that of threads beside the channel, which the caller holds whole."""
    beside = select(Channel.id).where(
        or_(Channel.id == channel.id, Channel.parent_id == channel.id)
    )
    theirs = Membership.member_id == member_id
    ended = delete(Membership).where(theirs, Membership.channel_id.in_(beside))
    for id in tx.scalars(ended.returning(Membership.channel_id)).all():
        if channel.private:
            tx.publish(MembershipEnded(member_id=member_id, channel=f"{Channel.kind}:{id}"))


def _changed(tx: Transaction, administrator: Member, channel: Channel, verb: str) -> Channel:
    change(channel)
    audit.record(tx, administrator, verb, channel.address)
    tx.publish(ChannelChanged.of(channel))
    return channel
