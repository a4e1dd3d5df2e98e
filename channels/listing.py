"""The lists of channels and of talk among few, as a member sees them."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    func,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from channels.direct import FEW
from channels.models import Channel, ChannelState, ChannelType, HearingLevel, Membership, Message
from channels.queries import channels_of, counts, hears_all, said_there, unread_messages
from community.members.models import Member
from community.members.queries import asked_by, built
from community.places import Lens

PAGE = 50
SHOWN = 15  # rooms of a few that stand above the list of channels


class ListedChannel(NamedTuple):
    channel: Channel
    last: Message | None
    membership: Membership | None
    unread: int
    beside: int = 0  # the same in threads that they follow
    other: Member | None = None  # of a direct room

    @property
    def joined(self) -> bool:
        return self.membership is not None

    @property
    def favourite(self) -> bool:
        return self.membership is not None and self.membership.favourite

    @property
    def name(self) -> str:
        """As the member calls it, who has joined what is called otherwise by each."""
        joined = self.membership
        return self.channel.name_for(joined.member_id) if joined else self.channel.name


class ChannelList(NamedTuple):
    listed: Sequence[ListedChannel]
    places: Sequence[tuple[str, str]]  # (axis, code) of all channels the member sees, to filter by
    few: Sequence[ListedChannel]  # direct rooms and groups, the latest


class ListNews(NamedTuple):
    listed: Sequence[ListedChannel]  # in no order
    few: Sequence[ListedChannel]  # the latest
    unread: int  # anywhere


def channel_list(session: Session, member: Member, lens: Lens) -> ChannelList:
    """What the list of channels shows through a lens. What has no place is seen through none."""
    axes = _channels(member).with_only_columns(Channel.region, Channel.cluster, Channel.theme)
    places = {
        pair
        for row in session.execute(axes.distinct())
        for pair in zip(Lens._fields, row, strict=True)
    }
    known = sorted((axis, code) for axis, code in places if code)
    few = [] if any(lens) else few_listed(session, member, most=SHOWN)
    return ChannelList(channels_listed(session, member, lens), known, few)


def channels_listed(
    session: Session, member: Member, lens: Lens | None = None
) -> Sequence[ListedChannel]:
    """By name, with the last message of each and what the member has not read of those joined."""
    listed = session.execute(_listed(member, lens or Lens()), asked_by(member))
    return [ListedChannel(*row) for row in listed]


def list_news(session: Session, member: Member, ids: Collection[int], lens: Lens) -> ListNews:
    """What a list that was drawn earlier shows of these by now, as far as it would show them."""
    asked = asked_by(member) | {"these": list(ids)}
    these = session.execute(_these(member, lens), asked) if ids else ()
    few = [] if any(lens) else few_listed(session, member, most=SHOWN)
    unread = session.scalars(unread_messages(member)).one()
    return ListNews([ListedChannel(*row) for row in these], few, unread)


def few_listed(
    session: Session, member: Member, before: tuple[int, int] | None = None, most: int = PAGE
) -> Sequence[ListedChannel]:
    """Direct rooms in which something was said, and groups: what was said last comes first.
    `before` are the ids of the last message and of the room that were seen last."""
    said, room = before or (0, 0)
    asked = {"said": said, "room": room, "most": most}
    listed = session.execute(_few(member, bool(before)), asked_by(member) | asked)
    return [ListedChannel(*row) for row in listed]


def unread_of(session: Session, member: Member, most: int) -> Sequence[ListedChannel]:
    """Where something waits for the member: first what was said among few."""
    waiting = session.execute(_waiting(member), asked_by(member) | {"most": most})
    return [one for one in (ListedChannel(*row) for row in waiting) if one.unread or one.beside]


@built
def _listed(member: Member, lens: Lens) -> Select[Any]:
    listed = _with_last(_channels(member), member).where(lens.shows(Channel))
    return listed.order_by(Channel.state == ChannelState.ARCHIVED, Channel.name, Channel.id)


@built
def _these(member: Member, lens: Lens) -> Select[Any]:
    placed = (Channel.type == ChannelType.CHANNEL) & lens.shows(Channel)
    seen = channels_of(member).where(placed | (Channel.type.in_(FEW) & _begun()))
    these = seen.where(Channel.id.in_(bindparam("these", expanding=True)))
    return _with_other(these, member)


@built
def _few(member: Member, further: bool) -> Select[Any]:
    key = (func.coalesce(Message.id, 0), Channel.id)
    seen = tuple_(bindparam("said", type_=BigInteger), bindparam("room", type_=BigInteger))
    mine = select(Membership.channel_id).where(Membership.member_id == member.id)
    rooms = select(Channel).where(Channel.id.in_(mine), Channel.type.in_(FEW), _begun())
    listed = _with_other(rooms, member).where(tuple_(*key) < seen if further else true())
    return listed.order_by(*(one.desc() for one in key)).limit(bindparam("most"))


@built
def _waiting(member: Member) -> Select[Any]:
    """What waits in threads waits where those stand beside."""
    mine = select(Membership.channel_id).where(Membership.member_id == member.id)
    joined = select(Channel).where(Channel.id.in_(mine), Channel.type != ChannelType.THREAD)
    waiting = _with_other(joined, member).where(_unread(member) + unread_beside(member) > 0)
    among_few = Channel.type.in_(FEW)
    return waiting.order_by(among_few.desc(), Channel.name, Channel.id).limit(bindparam("most"))


def _begun() -> ColumnElement[bool]:
    return (Channel.type == ChannelType.GROUP) | (Channel.last_seq > 0)


def _with_last(channels: Select[Channel], member: Member) -> Select[Any]:
    """And the membership, and how much is unread."""
    joined = (Membership.channel_id == Channel.id) & (Membership.member_id == member.id)
    last = (Message.stream_id == Channel.id) & (Message.seq == Channel.last_seq)
    with_both = channels.outerjoin(Membership, joined).outerjoin(Message, last)
    return with_both.add_columns(Message, Membership, _unread(member), unread_beside(member))


def _with_other(channels: Select[Channel], member: Member) -> Select[Any]:
    """And, of a direct room, the other of the two."""
    theirs, other = aliased(Membership), aliased(Member)
    beside = (theirs.channel_id == Channel.id) & (theirs.member_id != member.id)
    direct = Channel.type == ChannelType.DIRECT
    listed = _with_last(channels, member).outerjoin(theirs, beside & direct)
    return listed.outerjoin(other, other.id == theirs.member_id).add_columns(other)


def _channels(member: Member) -> Select[Channel]:
    return channels_of(member).where(Channel.type == ChannelType.CHANNEL)


def _unread(member: Member) -> ScalarSelect[int]:
    """Of the channel and the membership of the row around it."""
    theirs = aliased(Message)
    return (
        select(func.count())
        .select_from(theirs)
        .where(theirs.stream_id == Channel.id, *counts(member, theirs))
        .where(Membership.level == HearingLevel.ALL)
        .correlate(Channel, Membership)
        .scalar_subquery()
    )


def unread_beside(member: Member) -> ScalarSelect[int]:
    """The same of the threads beside that channel, as far as the member wants to hear all of it."""
    theirs, thread, follows = aliased(Message), aliased(Channel), aliased(Membership)
    followed = (follows.channel_id == thread.id) & (follows.member_id == member.id)
    return (
        select(func.count())
        .select_from(thread)
        .join(follows, followed)
        .join(theirs, theirs.stream_id == thread.id)
        .where(thread.parent_id == Channel.id, theirs.seq > follows.read_seq)
        .where(theirs.author_id != member.id, *said_there(theirs))
        .where(follows.level == HearingLevel.ALL, hears_all(Membership))
        .correlate(Channel, Membership)
        .scalar_subquery()
    )
