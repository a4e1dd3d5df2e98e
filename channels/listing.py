"""The list of channels, as a member sees it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased

from channels.models import Channel, ChannelState, ChannelType, HearingLevel, Membership, Message
from channels.queries import channels_of, counts
from community.members.models import Member
from community.members.queries import asked_by, built
from community.places import Lens


class ListedChannel(NamedTuple):
    channel: Channel
    last: Message | None
    joined: bool
    unread: int


class ChannelList(NamedTuple):
    listed: Sequence[ListedChannel]
    places: Sequence[tuple[str, str]]  # (axis, code) of all channels the member sees, to filter by


def channel_list(session: Session, member: Member, lens: Lens) -> ChannelList:
    """What the list of channels shows through a lens."""
    axes = _channels(member).with_only_columns(Channel.region, Channel.cluster, Channel.theme)
    places = {pair for row in session.execute(axes) for pair in zip(Lens._fields, row, strict=True)}
    known = sorted((axis, code) for axis, code in places if code)
    return ChannelList(channels_listed(session, member, lens), known)


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
        _channels(member)
        .outerjoin(Membership, joined)
        .outerjoin(Message, last)
        .add_columns(Message, Membership.member_id.is_not(None), _unread(member))
        .where(lens.shows(Channel))
        .order_by(Channel.state == ChannelState.ARCHIVED, Channel.name)
    )


def _channels(member: Member) -> Select[Channel]:
    return channels_of(member).where(Channel.type == ChannelType.CHANNEL)


def _unread(member: Member) -> ScalarSelect[int]:
    """Of the channel and the membership of the row around it."""
    theirs = aliased(Message)
    return (
        select(func.count())
        .select_from(theirs)
        .where(
            theirs.stream_id == Channel.id,
            *counts(member, theirs),
            Membership.level == HearingLevel.ALL,
        )
        .correlate(Channel, Membership)
        .scalar_subquery()
    )
