from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from channels.models import Channel, HearingLevel, Membership, Message
from channels.policies import Standing
from community.blocks import blocked_among
from community.database import batches
from community.errors import NotFound
from community.keyed import found, keyed
from community.members.models import Member
from community.members.queries import asked_by, built

PUBLIC = 0  # in place of a home: everybody sees it
HOME = func.coalesce(Channel.parent_id, Channel.id)  # whose members see it: of a thread its channel


# Asked with every pass, so built only once.
ROLES = keyed(
    select(Membership.member_id, Membership.channel_id, Membership.role),
    Membership.member_id, Membership.channel_id,
)  # fmt: skip
DEAF = keyed(
    select(Membership.member_id, Channel.id)
    .join(Channel, Membership.channel_id.in_((Channel.id, Channel.parent_id)))
    .where(Membership.level == HearingLevel.NOTHING),
    Membership.member_id, Channel.id,
)  # fmt: skip

ANSWERED = (
    select(Message)
    .where(Message.id.in_(bindparam("ids", expanding=True)))
    .options(lazyload(Message.parent))
)


class ShownMessage(NamedTuple):
    """What a message's own page shows."""

    message: Message
    channel: Channel
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


def revs_of(session: Session, member: Member, ids: Collection[int]) -> dict[int, int]:
    """How far those of these channels are that the member sees."""
    found = session.execute(_revs(member), asked_by(member) | {"channels": list(ids)})
    return {id: rev for id, rev in found}


@built
def _revs(member: Member) -> Select[int, int]:
    these = channels_of(member).where(Channel.id.in_(bindparam("channels", expanding=True)))
    return these.with_only_columns(Channel.id, Channel.rev)


def standing_in(session: Session, member: Member, channel: Channel) -> Standing:
    (standing,) = standings_in(session, [(member.id, channel)]).values()
    return standing


def standings_in(
    session: Session, asked: Iterable[tuple[int, Channel]]
) -> dict[tuple[int, int], Standing]:
    """What each of these (member's id, channel) may go by, under the ids of both: one look for all
    who speak in a pass, and one more where direct rooms are among them."""
    homes = {(member, channel.id): channel.home for member, channel in asked}
    roles = roles_of(session, {(member, home.id) for (member, _id), home in homes.items()})
    pairs = {home.id: home.two for home in homes.values() if home.pair}
    apart = blocked_among(session, set(pairs.values())) if pairs else ()
    return {
        (member, id): Standing(roles.get((member, home.id), ""), pairs.get(home.id) in apart)
        for (member, id), home in homes.items()
    }


def are_apart(session: Session, channel: Channel) -> bool:
    """Whether it is the room of two, or beside it, of whom one has blocked the other."""
    return bool(channel.home.pair and blocked_among(session, {channel.home.two}))


def roles_of(session: Session, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Of those who have joined."""
    return {(member, channel): role for member, channel, role in found(session, ROLES, pairs)}


def message_for(session: Session, member: Member, message_id: int) -> Message:
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound
    channel = channel_for(session, member, message.stream_id)
    set_committed_value(message, "channel", channel)
    return message


def answered_in(session: Session, ids: Iterable[int]) -> dict[int, Message]:
    """What is answered, by id: one look for all of a pass."""
    there: dict[int, Message] = {}
    for some in batches(ids):
        there |= {one.id: one for one in session.scalars(ANSWERED, {"ids": some})}
    return there


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
    message = message_for(session, member, message_id)
    standing = standing_in(session, member, message.channel)
    return ShownMessage(message, message.channel, standing)


def unread_messages(member: Member) -> Select[int]:
    """How many messages of others are unread in the channels of which the member wants to hear
    all, and in the threads that they follow beside those."""
    joined = Membership.channel_id == Message.stream_id
    home = aliased(Membership)
    at_home = (home.channel_id == Channel.parent_id) & (home.member_id == member.id)
    return (
        select(func.count())
        .select_from(Message)
        .join(Membership, joined & (Membership.member_id == member.id))
        .join(Channel, Channel.id == Membership.channel_id)
        .outerjoin(home, at_home)
        .where(*counts(member), Membership.level == HearingLevel.ALL, hears_all(home))
    )


def hears_all(home: type[Membership]) -> ColumnElement[bool]:
    """Who has not joined the home of a thread has not said that they want to hear less."""
    return func.coalesce(home.level, HearingLevel.ALL) == HearingLevel.ALL


def still_in(session: Session, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (member, channel), those who may hear it: what is beside a channel is heard by
    those who hear that."""
    heard: set[tuple[int, int]] = set()
    for some in batches(pairs):
        asked = select(Channel.id, Channel.private, HOME)
        there = session.execute(asked.where(Channel.id.in_({channel for _, channel in some})))
        homes: dict[int, int] = {id: home if private else PUBLIC for id, private, home in there}
        inside = {(who, homes[id]) for who, id in some if homes.get(id, PUBLIC) != PUBLIC}
        joined = roles_of(session, inside) if inside else {}
        hearing = ((who, id) for who, id in some if id in homes)
        heard |= {
            (who, id) for who, id in hearing if homes[id] == PUBLIC or (who, homes[id]) in joined
        }
    return heard


def deaf_in(session: Session, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (member, channel), those who want to hear nothing of it, or of what it stands
    beside."""
    return {(member, channel) for member, channel in found(session, DEAF, pairs)}


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
