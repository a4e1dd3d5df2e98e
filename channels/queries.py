from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from channels.models import Channel, ChannelState, Membership, Message
from channels.policies import may_manage
from community.database import batches
from community.errors import NotFound
from community.members.models import Member
from community.members.queries import asked_by, built
from community.organisations.models import Mandate
from community.organisations.queries import mandates_held
from community.places import Lens
from community.policies import require
from community.streams import Version, latest, versions_of


class ListedChannel(NamedTuple):
    channel: Channel
    last: Message | None
    joined: bool
    unread: int


class ChannelList(NamedTuple):
    listed: Sequence[ListedChannel]
    places: Sequence[tuple[str, str]]  # (axis, code) of all channels the member sees, to filter by


class Room(NamedTuple):
    """What a channel page shows."""

    channel: Channel
    messages: Sequence[Message]
    earlier: bool  # whether there are older ones
    later: bool  # and newer ones
    read_seq: int  # how far the member had read
    unread: int  # how many of others' are unread, here or earlier
    mandates: Sequence[Mandate]


class ShownMessage(NamedTuple):
    """What a message's own page shows."""

    message: Message
    channel: Channel
    versions: Sequence[Version]


def channels_of(member: Member) -> Select[Channel]:
    """Every other query about channels starts here, so none can show too much."""
    mine = select(Membership.channel_id).where(Membership.member_id == member.id)
    return select(Channel).where(or_(Channel.private.is_(False), Channel.id.in_(mine)))


def channel_for(session: Session, member: Member, channel_id: int) -> Channel:
    channel = session.scalar(_one(member), asked_by(member) | {"channel": channel_id})
    if channel is None:
        raise NotFound
    return channel


@built
def _one(member: Member) -> Select[Channel]:
    return channels_of(member).where(Channel.id == bindparam("channel"))


def managed_for(session: Session, member: Member, channel_id: int) -> Channel:
    """For its name, its place and its members: administrators reach private ones, too, but read
    in them as little as anybody else who is not a member."""
    if not may_manage(member):
        return channel_for(session, member, channel_id)
    channel = session.get(Channel, channel_id)
    if channel is None:
        raise NotFound
    return channel


def channels_managed(session: Session, administrator: Member) -> Sequence[tuple[Channel, int]]:
    """All of them, with how many have joined each."""
    require(may_manage(administrator))
    joined = select(func.count()).where(Membership.channel_id == Channel.id).scalar_subquery()
    every = select(Channel, joined).order_by(Channel.state == ChannelState.ARCHIVED, Channel.name)
    return [(channel, count) for channel, count in session.execute(every)]


def members_in(session: Session, administrator: Member, channel_id: int) -> Sequence[Member]:
    """By name."""
    channel = managed_for(session, administrator, channel_id)
    require(may_manage(administrator))
    joined = select(Membership.member_id).where(Membership.channel_id == channel.id)
    return session.scalars(
        select(Member).where(Member.id.in_(joined)).order_by(Member.name, Member.id)
    ).all()


def message_for(session: Session, member: Member, message_id: int) -> Message:
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    channel_for(session, member, message.stream_id)
    return message


def message_is_there(session: Session, member: Member, channel_id: int, seq: int) -> bool:
    """Whether the member may see that message, and it says something."""
    seen = channels_of(member).where(Channel.id == channel_id).with_only_columns(Channel.id)
    there = select(Message.id).where(
        Message.stream_id.in_(seen),
        Message.seq == seq,
        Message.hidden_at.is_(None),
        Message.withdrawn_at.is_(None),
    )
    return session.scalar(there) is not None


def message_shown(session: Session, member: Member, message_id: int) -> ShownMessage:
    """With what it said before; nothing of one that is gone."""
    message = message_for(session, member, message_id)
    before = [] if message.gone else versions_of(session, Channel.kind, message.id)
    return ShownMessage(message, message.channel, before)


def room_for(session: Session, member: Member, channel_id: int, before: int = 0) -> Room:
    """With its newest messages, or those just before a seq."""
    channel = channel_for(session, member, channel_id)
    messages = latest(session, Message, channel, before)
    membership = session.get(Membership, (channel_id, member.id))
    unread = session.scalars(_unread_in(member), asked_by(member) | {"channel": channel_id})
    return Room(
        channel,
        messages,
        earlier=bool(messages) and messages[0].seq > 1,
        later=bool(messages) and messages[-1].seq < channel.last_seq,
        read_seq=membership.read_seq if membership else channel.last_seq,
        unread=unread.one(),
        mandates=mandates_held(session, member),
    )


def channels_listed(
    session: Session, member: Member, lens: Lens | None = None
) -> Sequence[ListedChannel]:
    """By name, with the last message of each and what the member has not read of those joined."""
    listed = session.execute(_listed(member, lens or Lens()), asked_by(member))
    return [ListedChannel(*row) for row in listed]


@built
def _listed(member: Member, lens: Lens) -> Select[Any]:
    joined = (Membership.channel_id == Channel.id) & (Membership.member_id == member.id)
    last = (Message.stream_id == Channel.id) & (Message.seq == Channel.last_seq)
    return (
        channels_of(member)
        .outerjoin(Membership, joined)
        .outerjoin(Message, last)
        .add_columns(Message, Membership.member_id.is_not(None), _unread(member))
        .where(lens.shows(Channel))
        .order_by(Channel.state == ChannelState.ARCHIVED, Channel.name)
    )


def channel_list(session: Session, member: Member, lens: Lens) -> ChannelList:
    """What the list of channels shows through a lens."""
    axes = channels_of(member).with_only_columns(Channel.region, Channel.cluster, Channel.theme)
    places = {pair for row in session.execute(axes) for pair in zip(Lens._fields, row, strict=True)}
    known = sorted((axis, code) for axis, code in places if code)
    return ChannelList(channels_listed(session, member, lens), known)


def unread_messages(member: Member) -> Select[int]:
    """How many messages of others are unread in the channels the member joined."""
    joined = Membership.channel_id == Message.stream_id
    return (
        select(func.count())
        .select_from(Message)
        .join(Membership, joined & (Membership.member_id == member.id))
        .where(*_counts(member))
    )


@built
def _unread_in(member: Member) -> Select[int]:
    return unread_messages(member).where(Message.stream_id == bindparam("channel"))


def still_in(session: Session, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (member, channel), those who may hear it."""
    found: set[tuple[int, int]] = set()
    for some in batches(pairs):
        channels = {channel for _, channel in some}
        public = set(session.scalars(
            select(Channel.id).where(Channel.id.in_(channels), Channel.private.is_(False))
        ))  # fmt: skip
        key = (Membership.member_id, Membership.channel_id)
        joined = {tuple(row) for row in session.execute(select(*key).where(tuple_(*key).in_(some)))}
        found |= {pair for pair in some if pair[1] in public or pair in joined}
    return found


def _unread(member: Member) -> ScalarSelect[int]:
    """Of the channel and the membership of the row around it."""
    theirs = aliased(Message)
    return (
        select(func.count())
        .select_from(theirs)
        .where(theirs.stream_id == Channel.id, *_counts(member, theirs))
        .correlate(Channel, Membership)
        .scalar_subquery()
    )


def _counts(member: Member, theirs: type[Message] = Message) -> Sequence[ColumnElement[bool]]:
    return (
        theirs.seq > Membership.read_seq,
        theirs.author_id != member.id,
        theirs.withdrawn_at.is_(None),
        theirs.hidden_at.is_(None),
    )
