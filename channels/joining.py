"""Who is in a channel: join, leave, be invited, be a host, and how much one hears of it.

Sections in house order: queries, actions.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from channels.direct import call_by_its_people, may_seat_one_more
from channels.events import MembershipBegun, MembershipEnded, ReadingMoved
from channels.hosting import hold_whole, managed_for
from channels.models import Channel, ChannelRole, ChannelType, HearingLevel, Membership
from channels.policies import Standing, may_demote, may_host, may_invite, may_leave, may_remove
from channels.queries import channel_for, standing_in
from community import audit
from community.blocks import away_from, blocks_between
from community.database import Transaction
from community.errors import Conflict, Denied, NotFound
from community.members.models import Member
from community.members.queries import member_for
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.policies import require
from community.words import _

# Queries


def heads_in(session: Session, channel: Channel) -> tuple[int, int]:
    """How many have joined, and how many of them are hosts."""
    hosts = func.count().filter(Membership.role == ChannelRole.HOST)
    counted = select(func.count(), hosts).where(Membership.channel_id == channel.id)
    heads, hosting = session.execute(counted).one()
    return heads, hosting


# Actions


def join(tx: Transaction, member: Member, channel_id: int) -> Channel:
    """What was said before counts as read. Doing it twice is doing it once."""
    channel = tx.hold(channel_for, member, channel_id)
    if channel.type == ChannelType.CHANNEL:  # whoever sees a group or a direct room is in it
        seat(tx, channel, member)
    return channel


def leave(tx: Transaction, member: Member, channel_id: int) -> Channel:
    """Doing it twice is doing it once."""
    channel = hold_whole(tx, member, channel_id)
    standing, (heads, hosts) = standing_in(tx, member, channel), heads_in(tx, channel)
    if standing.joined:
        require(may_leave(channel, standing, hosts, heads - 1))
        with _called_anew(tx, channel):
            end_membership(tx, channel, member.id)
    return channel


def invite(tx: Transaction, host: Member, channel_id: int, member_id: int) -> Channel:
    """They are in it at once, are told so unless they keep away from the host, and can leave. Doing
    it twice is doing it once."""
    channel = hold_whole(tx, host, channel_id)
    require(may_invite(host, channel, standing_in(tx, host, channel)))
    member = member_for(tx, host, member_id)
    if not host.moderates and blocks_between(tx, host, member):
        raise Denied(_("You cannot invite this member."))
    require(may_seat_one_more(channel, heads_in(tx, channel)[0]))
    with _called_anew(tx, channel):
        new = seat(tx, channel, member)
    if new:
        if channel.type == ChannelType.CHANNEL:
            audit.record(tx, host, "channel.admitted", channel.address, member=member.id)
        link = f"/channels/{channel.id}"
        told = {member.id} - away_from(tx, host, [member.id])
        notify(
            tx, told, NoticeKind.INVITED, link=link, title=channel.name_for(member.id), actor=host
        )
    return channel


def remove(tx: Transaction, host: Member, channel_id: int, member_id: int) -> None:
    """Holds the channel as every speaker does: nothing of theirs commits after this."""
    channel = hold_whole(tx, host, channel_id)
    require(may_remove(host, channel, standing_in(tx, host, channel)))
    membership = tx.get(Membership, (channel.id, member_id))
    if membership is None:
        raise NotFound
    if membership.role == ChannelRole.HOST and not host.moderates:
        raise Denied(_("Hosts remove no hosts."))
    end_membership(tx, channel, member_id)
    audit.record(tx, host, "channel.removed", channel.address, member=member_id)


def give_role(
    tx: Transaction, host: Member, channel_id: int, member_id: int, role: ChannelRole
) -> None:
    """One host at least stays, as long as there was one."""
    channel = tx.hold(managed_for, host, channel_id)
    standing = standing_in(tx, host, channel)
    require(may_host(host, channel, standing))
    membership = tx.get(Membership, (channel.id, member_id))
    if membership is None:
        raise NotFound
    heads, hosts = heads_in(tx, channel)
    if membership.role == ChannelRole.HOST and role != ChannelRole.HOST:
        require(may_demote(host, member_id, standing))
        require(may_leave(channel, Standing(membership.role), hosts, heads - 1))
    membership.role = role
    audit.record(tx, host, "channel.hosted", channel.address, member=member_id, role=role)


def hear(tx: Transaction, member: Member, channel_id: int, level: HearingLevel) -> None:
    """A member's own matter: nobody else learns of it, and each tab of theirs what counts now."""
    _mine(tx, member, channel_id).level = level
    tx.publish(ReadingMoved(member_id=member.id))


def favour(tx: Transaction, member: Member, channel_id: int, favourite: bool) -> None:
    """First in their list."""
    _mine(tx, member, channel_id).favourite = favourite


def seat(tx: Transaction, channel: Channel, member: Member) -> bool:
    """Whether they were not in it. The caller holds the channel."""
    if tx.get(Membership, (channel.id, member.id)):
        return False
    tx.add(Membership(channel_id=channel.id, member_id=member.id, read_seq=channel.last_seq))
    tx.flush()
    tx.publish(MembershipBegun(member_id=member.id, channel_id=channel.id))
    return True


def end_membership(tx: Transaction, channel: Channel, member_id: int) -> None:
    """Also that of threads beside the channel, which the caller holds whole. Nothing there counts
    as unread any more, in no tab of theirs. Of a private one they hear nothing more, nor of its
    threads, whether they followed them or only looked on."""
    these = or_(Channel.id == channel.id, Channel.parent_id == channel.id)
    beside = select(Channel.id).where(these)
    theirs = Membership.member_id == member_id
    ended = delete(Membership).where(theirs, Membership.channel_id.in_(beside))
    if not tx.scalars(ended.returning(Membership.channel_id)).all():
        return
    if channel.private:
        for id in tx.scalars(beside.order_by(Channel.id)):
            tx.publish(MembershipEnded(member_id=member_id, channel=f"{Channel.kind}:{id}"))
    tx.publish(ReadingMoved(member_id=member_id))


@contextmanager
def _called_anew(tx: Transaction, channel: Channel) -> Iterator[None]:
    """A group that nobody has named is called by those who are in it afterwards."""
    yield
    if channel.called:
        call_by_its_people(tx, channel)


def _mine(tx: Transaction, member: Member, channel_id: int) -> Membership:
    channel = channel_for(tx, member, channel_id)
    membership = tx.get(Membership, (channel.id, member.id))
    if membership is None:
        raise Conflict(_("Join this channel first."))
    return membership
