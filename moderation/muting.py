"""Mutes in one channel: hosts mute in theirs, moderators wherever they see. A restriction like any
other, with an end, after which the worker lifts it; `Channel.mutes` is what they add up to, so that
nobody who speaks has to add.

Sections in house order: policies, queries, actions.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.hosting import hold_whole, set_muted
from channels.models import Channel, ChannelType
from channels.policies import Standing, is_heard
from channels.queries import channel_for, message_for, standing_in, standings_in
from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.policies import Verdict, no, require
from community.restrictions import Restriction, RestrictionKind, active_on, muted_in
from community.words import _

LONGEST = 30 * 24  # hours
NO_CASE = 0

# Policies


def may_see_mutes(member: Member, channel: Channel, standing: Standing) -> Verdict:
    """Not in rooms of a few: there nobody is above the others, whoever moderates elsewhere."""
    if channel.home.type != ChannelType.CHANNEL:
        return no(_("Here nobody is host."))
    if not (standing.hosts or member.moderates):
        return no(_("Only hosts of the channel and moderators do this."))
    return is_heard(member, channel)


def may_mute_in(
    member: Member, channel: Channel, standing: Standing, other: Member, theirs: Standing
) -> Verdict:
    """Whether they may mute the other one there."""
    if other.id == member.id or other.moderates or (theirs.hosts and not member.moderates):
        return no(_("Nobody mutes themself, a moderator or another host."))
    return may_see_mutes(member, channel, standing)


# Queries


class Imposed(NamedTuple):
    """Several may hold at once: who is muted is so until the last of them ends."""

    by: Member | None  # moderators are named to each other alone
    role: str  # of theirs
    until: datetime | None
    because: str


class Muted(NamedTuple):
    member: Member
    until: datetime
    imposed: Sequence[Imposed]


class Mutes(NamedTuple):
    channel: Channel
    muted: Sequence[Muted]


class Mutable(NamedTuple):
    """Who is to be muted, and where."""

    channel: Channel
    member: Member
    may: Verdict


def mutes_in(session: Session, member: Member, channel_id: int) -> Mutes:
    """For those who may end them."""
    channel = channel_for(session, member, channel_id).home
    require(may_see_mutes(member, channel, standing_in(session, member, channel)))
    ids = [int(one) for one in channel.mutes]
    found = session.scalars(select(Member).where(Member.id.in_(ids)).order_by(Member.name)).all()
    imposed = _imposed_in(session, member, channel, ids)
    return Mutes(
        channel,
        [
            Muted(one, until, imposed[one.id])
            for one in found
            if (until := channel.muted_until(one.id))
        ],
    )


def _imposed_in(
    session: Session, member: Member, channel: Channel, ids: Sequence[int]
) -> dict[int, list[Imposed]]:
    active = active_on(session, *(muted_in(channel.id, one) for one in ids))
    theirs = select(Member).where(Member.id.in_({one.imposed_by_id for one in active}))
    members = {one.id: one for one in session.scalars(theirs)}
    imposed: dict[int, list[Imposed]] = defaultdict(list)
    for one in active:
        by = members.get(one.imposed_by_id or 0)
        named = by if by and (member.moderates or not by.moderates) else None
        role = by.role if by else ""
        imposed[_of(one)[1]].append(Imposed(named, role, one.ends_at, one.because))
    return imposed


def mutable_for(session: Session, member: Member, message_id: int) -> Mutable:
    """By something they said."""
    message = message_for(session, member, message_id)
    channel, author = message.channel.home, message.author
    standings = standings_in(session, [(one.id, channel) for one in (member, author)])
    mine, theirs = (standings[one.id, channel.id] for one in (member, author))
    may = may_mute_in(member, channel, mine, author, theirs)
    return Mutable(channel, author, may)


# Actions


def mute_in(
    tx: Transaction, member: Member, message_id: int, *, hours: int, because: str
) -> Channel:
    """Its author, in its channel and the threads beside it. They are told until when, and why."""
    if not 1 <= hours <= LONGEST:
        raise Invalid(_("That lasts 1 hour to 30 days."))
    if not because.strip():
        raise Invalid(_("Say what you found: the author reads it."))
    found = mutable_for(tx, member, message_id)
    channel = hold_whole(tx, member, found.channel.id)
    require(mutable_for(tx, member, message_id).may)
    other = found.member
    until = now(tx) + timedelta(hours=hours)
    tx.add(Restriction(kind=RestrictionKind.MUTED_IN, subject=muted_in(channel.id, other.id),
                       case_id=NO_CASE, imposed_at=now(tx), imposed_by_id=member.id,
                       ends_at=until, because=because.strip()))  # fmt: skip
    audit.record(tx, member, "channel.muted", channel.address, member=other.id, hours=hours)
    _settle(tx, channel, other.id)
    notify(tx, [other.id], NoticeKind.MUTED, title=channel.name, reason=because.strip(),
           link=f"/channels/{channel.id}")  # fmt: skip
    return channel


def unmute_in(tx: Transaction, member: Member, channel_id: int, member_id: int) -> Channel:
    """What a moderator imposed, moderators end. Doing it twice is doing it once."""
    home = channel_for(tx, member, channel_id).home_id
    channel = hold_whole(tx, member, home)
    require(may_see_mutes(member, channel, standing_in(tx, member, channel)))
    active = active_on(tx, muted_in(channel.id, member_id))
    theirs = [one for one in active if member.moderates or not _by_moderator(tx, one)]
    if active and not theirs:
        raise Conflict(_("A moderator did this, so moderators end it."))
    for restriction in theirs:
        restriction.lifted_at, restriction.lifted_by_id = now(tx), member.id
    if theirs:
        audit.record(tx, member, "channel.unmuted", channel.address, member=member_id)
        _settle(tx, channel, member_id)
    return channel


def lift_channel_mutes(tx: Transaction) -> None:
    """The worker's chore: those whose time is over."""
    over = select(Restriction).where(
        Restriction.kind == RestrictionKind.MUTED_IN,
        Restriction.lifted_at.is_(None),
        Restriction.ends_at <= now(tx),
    )
    for restriction in each_due(tx, over.order_by(Restriction.id), _hold):
        restriction.lifted_at = now(tx)
        channel_id, member_id = _of(restriction)
        channel = tx.get_one(Channel, channel_id)
        audit.record(tx, None, "restriction.ended", channel.address, member=member_id)
        _settle(tx, channel, member_id)


def _settle(tx: Transaction, channel: Channel, member_id: int) -> None:
    """Muted there until the latest end of the active ones. The channel is held."""
    tx.flush()
    ends = [one.ends_at for one in active_on(tx, muted_in(channel.id, member_id)) if one.ends_at]
    set_muted(tx, channel, member_id, max(ends, default=None))


def _hold(tx: Transaction, restriction: Restriction) -> None:
    tx.lock(tx.get_one(Channel, _of(restriction)[0]))


def _by_moderator(tx: Transaction, restriction: Restriction) -> bool:
    by = tx.get(Member, restriction.imposed_by_id) if restriction.imposed_by_id else None
    return by is None or by.moderates


def _of(restriction: Restriction) -> tuple[int, int]:
    _kind, channel_id, member_id = restriction.subject.split(":")
    return int(channel_id), int(member_id)
