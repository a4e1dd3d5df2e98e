from collections.abc import Iterable, Sequence
from typing import NamedTuple

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
from sqlalchemy.orm.attributes import set_committed_value

from channels.models import Channel, ChannelType, HearingLevel, Membership, Message
from channels.policies import Standing
from community.blocks import apart_from, blocked_among
from community.database import batches
from community.drafts import Draft
from community.errors import NotFound
from community.members.models import Member
from community.members.queries import asked_by, built
from community.organisations.models import Mandate
from community.organisations.queries import mandates_held
from community.streams import Version, latest, versions_of

PUBLIC = 0  # in place of a home: everybody sees it
HOME = func.coalesce(Channel.parent_id, Channel.id)  # whose members see it: of a thread its channel


# Asked with every pass, so built only once.
ROLES = select(Membership.member_id, Membership.channel_id, Membership.role).where(
    tuple_(Membership.member_id, Membership.channel_id).in_(bindparam("pairs", expanding=True))
)


class Room(NamedTuple):
    """What a channel page shows."""

    channel: Channel
    messages: Sequence[Message]
    earlier: bool  # whether there are older ones
    later: bool  # and newer ones
    read_seq: int  # how far the member had read
    unread: int  # how many of others' are unread, here or earlier
    mandates: Sequence[Mandate]
    standing: Standing
    membership: Membership | None
    others: Sequence[Member]  # beside the member, in a direct room or a group
    draft: Draft | None  # from the last time

    @property
    def name(self) -> str:
        """A direct room is called by the other."""
        if self.channel.type == ChannelType.DIRECT and self.others:
            return self.others[0].name
        return self.channel.name


class ShownMessage(NamedTuple):
    """What a message's own page shows."""

    message: Message
    channel: Channel
    versions: Sequence[Version]
    standing: Standing


def channels_of(member: Member) -> Select[Channel]:
    """Every other query about channels starts here, so none can show too much. Threads are among
    them, and direct rooms; lists of channels choose by type."""
    mine = select(Membership.channel_id).where(Membership.member_id == member.id)
    return select(Channel).where(or_(Channel.private.is_(False), HOME.in_(mine)))


def channel_for(session: Session, member: Member, channel_id: int) -> Channel:
    channel = session.scalar(_one(member), asked_by(member) | {"channel": channel_id})
    if channel is None:
        raise NotFound
    return channel


@built
def _one(member: Member) -> Select[Channel]:
    return channels_of(member).where(Channel.id == bindparam("channel"))


def standing_in(session: Session, member: Member, channel: Channel) -> Standing:
    (standing,) = standings_in(session, [(member.id, channel)]).values()
    return standing


def standings_in(
    session: Session, asked: Iterable[tuple[int, Channel]]
) -> dict[tuple[int, int], Standing]:
    """What each of these (member's id, channel) may go by, under the ids of both: one look for all
    who speak in a pass, and one more where direct rooms are among them."""
    homes = {(member, channel.id): channel.home for member, channel in asked}
    roles = _roles(session, {(member, home.id) for (member, _id), home in homes.items()})
    pairs = {home.id: home.two for home in homes.values() if home.pair}
    apart = blocked_among(session, set(pairs.values())) if pairs else ()
    return {
        (member, id): Standing(roles.get((member, home.id), ""), pairs.get(home.id) in apart)
        for (member, id), home in homes.items()
    }


def _roles(session: Session, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Of those who have joined."""
    roles: dict[tuple[int, int], str] = {}
    for some in batches(pairs):
        for member, channel, role in session.execute(ROLES, {"pairs": some}):
            roles[member, channel] = role
    return roles


def message_for(session: Session, member: Member, message_id: int) -> Message:
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    channel = channel_for(session, member, message.stream_id)
    set_committed_value(message, "channel", channel)
    return message


def message_is_there(session: Session, member: Member, channel_id: int, seq: int) -> bool:
    """Whether the member may see that message, and it says something."""
    seen = channels_of(member).where(Channel.id == channel_id).with_only_columns(Channel.id)
    there = select(Message.id).where(
        Message.stream_id.in_(seen),
        Message.seq == seq,
        *said_there(),
    )
    return session.scalar(there) is not None


def message_shown(session: Session, member: Member, message_id: int) -> ShownMessage:
    """With what it said before; nothing of one that is gone."""
    message = message_for(session, member, message_id)
    before = [] if message.gone else versions_of(session, Channel.kind, message.id)
    standing = standing_in(session, member, message.channel)
    return ShownMessage(message, message.channel, before, standing)


def room_for(session: Session, member: Member, channel_id: int, before: int = 0) -> Room:
    """With its newest messages, or those just before a seq."""
    channel = channel_for(session, member, channel_id)
    messages = latest(session, Message, channel, before)
    asked = asked_by(member) | {"channel": channel_id, "place": channel.address}
    membership, unread, draft = session.execute(_place_in(member), asked).one()
    others, apart = _others(session, member, channel)
    standing = Standing(membership.role if membership else "", apart)
    return Room(
        channel,
        messages,
        earlier=bool(messages) and messages[0].seq > 1,
        later=bool(messages) and messages[-1].seq < channel.last_seq,
        read_seq=membership.read_seq if membership else channel.last_seq,
        unread=unread,
        mandates=mandates_held(session, member),
        standing=standing if not channel.parent_id else standing_in(session, member, channel),
        membership=membership,
        others=others,
        draft=draft,
    )


@built
def _place_in(member: Member) -> Select[Membership, int, Draft]:
    """Their membership and their draft, if there are any, and how much they have not read there."""
    theirs = (Membership.channel_id == Channel.id) & (Membership.member_id == member.id)
    begun = (Draft.member_id == member.id) & (Draft.place == bindparam("place"))
    here = select(Membership, _unread_in(member), Draft).select_from(Channel)
    here = here.outerjoin(Membership, theirs).outerjoin(Draft, begun)
    return here.where(Channel.id == bindparam("channel"))


def _unread_in(member: Member) -> ScalarSelect[int]:
    """Of the channel and the membership of the row around it, whatever they want to hear of it."""
    theirs = aliased(Message)
    unread = select(func.count()).select_from(theirs).where(theirs.stream_id == Channel.id)
    return unread.where(*counts(member, theirs)).correlate(Channel, Membership).scalar_subquery()


def _others(session: Session, member: Member, channel: Channel) -> tuple[Sequence[Member], bool]:
    """Of a direct room or a group, and whether of two one has blocked the other."""
    if channel.type not in (ChannelType.DIRECT, ChannelType.GROUP):
        return (), False
    joined = select(Membership.member_id).where(Membership.channel_id == channel.id)
    others = select(Member, Member.id.in_(apart_from(member))).where(Member.id.in_(joined))
    found = session.execute(others.where(Member.id != member.id).order_by(Member.id)).all()
    apart = channel.type == ChannelType.DIRECT and any(apart for _other, apart in found)
    return [other for other, _apart in found], apart


def unread_messages(member: Member) -> Select[int]:
    """How many messages of others are unread in the channels of which the member wants to hear
    all."""
    joined = Membership.channel_id == Message.stream_id
    return (
        select(func.count())
        .select_from(Message)
        .join(Membership, joined & (Membership.member_id == member.id))
        .where(*counts(member), Membership.level == HearingLevel.ALL)
    )


def still_in(session: Session, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (member, channel), those who may hear it: what is beside a channel is heard by
    those who hear that."""
    found: set[tuple[int, int]] = set()
    for some in batches(pairs):
        asked = select(Channel.id, Channel.private, HOME)
        there = session.execute(asked.where(Channel.id.in_({channel for _, channel in some})))
        homes: dict[int, int] = {id: home if private else PUBLIC for id, private, home in there}
        inside = {(who, homes[id]) for who, id in some if homes.get(id, PUBLIC) != PUBLIC}
        joined = _roles(session, inside) if inside else {}
        hearing = ((who, id) for who, id in some if id in homes)
        found |= {
            (who, id) for who, id in hearing if homes[id] == PUBLIC or (who, homes[id]) in joined
        }
    return found


def deaf_in(session: Session, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (member, channel), those who want to hear nothing of it."""
    deaf: set[tuple[int, int]] = set()
    key = (Membership.member_id, Membership.channel_id)
    for some in batches(pairs):
        theirs = select(*key).where(tuple_(*key).in_(some))
        rows = session.execute(theirs.where(Membership.level == HearingLevel.NOTHING))
        deaf |= {(member, channel) for member, channel in rows}
    return deaf


def counts(member: Member, theirs: type[Message] = Message) -> Sequence[ColumnElement[bool]]:
    """As unread, beside the membership of the query around it."""
    return (
        theirs.seq > Membership.read_seq,
        theirs.author_id != member.id,
        *said_there(theirs),
    )


def said_there(theirs: type[Message] = Message) -> Sequence[ColumnElement[bool]]:
    """What says something where it was said."""
    return (
        theirs.withdrawn_at.is_(None),
        theirs.hidden_at.is_(None),
        theirs.departure_id.is_(None),
        theirs.blanked_at.is_(None),
    )
