"""Talk among few: the direct room of two, and groups. They have no place in the lens, stand in no
list but that of those who are in them, and nobody who moderates or administers sees into them.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from channels.events import ChannelChanged, RoomParted
from channels.hosting import hold_whole
from channels.models import Channel, ChannelType, Membership
from channels.policies import may_name
from channels.queries import are_apart, standing_in
from community.blocks import Extent, apart_from, avoided_by, extents_between
from community.database import Transaction
from community.members.models import Member
from community.members.policies import may_write
from community.members.queries import member_for
from community.policies import YES, Verdict, no, require
from community.streams import change
from community.words import _

MOST = 20  # in one group
NAMED = 4  # of those in a group stand in its name, until somebody names it
SOME = 20  # found by a part of their names
FEW = (ChannelType.DIRECT, ChannelType.GROUP)

# Policies


def may_begin(member: Member, other: Member, mine: Extent, theirs: Extent) -> Verdict:
    """How far each keeps away from the other. Who is muted may write, and is not told of it."""
    if not may_write(member):
        return may_write(member)
    if member.id == other.id:
        return no(_("This is you."))
    if mine != Extent.NONE:
        return no(
            _("You keep away from %(name)s. Change that on their page first."), name=other.name
        )
    if theirs == Extent.BLOCKED:
        return no(_("You cannot write to this member."))
    return YES


def may_seat_one_more(channel: Channel, heads: int) -> Verdict:
    if channel.type == ChannelType.GROUP and heads >= MOST:
        return no(_("A group has room for %(most)s."), most=MOST)
    return YES


# Queries


def pair_of(one: int, other: int) -> str:
    """What the direct room of these two is known by."""
    return ":".join(map(str, sorted((one, other))))


def people_in(session: Session, channel: Channel) -> Sequence[Member]:
    """Those of a direct room or a group, in the order they joined the community."""
    joined = select(Membership.member_id).where(Membership.channel_id == channel.id)
    found = select(Member).where(Member.id.in_(joined)).order_by(Member.id)
    return session.scalars(found.limit(MOST)).all()


def people_called(session: Session, member: Member, words: str) -> Sequence[Member]:
    """A few others whose names hold these words, and who can be written to."""
    if not words.strip():
        return []
    called = select(Member).where(Member.name.icontains(words.strip(), autoescape=True))
    called = called.where(Member.id != member.id, Member.id.not_in(apart_from(member)))
    called = called.where(Member.id.not_in(avoided_by(member)))
    return session.scalars(called.order_by(func.length(Member.name), Member.id).limit(SOME)).all()


# Actions


def begin(tx: Transaction, member: Member, other_id: int) -> Channel:
    """The direct room of these two: one for all time, whoever of them begins, and how often. Two at
    once both find none; the second fails on the unique pair, and act() runs it again."""
    other = member_for(tx, member, other_id)
    pair = pair_of(member.id, other.id)
    if room := tx.scalar(select(Channel).where(Channel.pair == pair)):
        return room
    require(may_begin(member, other, *extents_between(tx, member, other)))
    return _opened(tx, ChannelType.DIRECT, [member, other], pair=pair)


def found_group(tx: Transaction, member: Member, name: str = "") -> Channel:
    """Of the member alone at first."""
    require(may_write(member))
    return _opened(tx, ChannelType.GROUP, [member], name=name)


def name_group(tx: Transaction, member: Member, channel_id: int, name: str) -> Channel:
    """Nothing in place of a name: as those are called who are in it."""
    channel = hold_whole(tx, member, channel_id)
    require(may_name(member, channel, standing_in(tx, member, channel)))
    if name:
        return _called(tx, channel, name, {})
    return call_by_its_people(tx, channel)


def call_by_its_people(tx: Transaction, channel: Channel) -> Channel:
    """Somebody came or went, or has a new name. The caller holds the room, which nobody has named,
    and its threads."""
    tx.flush()
    return _called(tx, channel, *names_by(people_in(tx, channel)))


def renamed(tx: Transaction, member: Member) -> None:
    """Where talk among few is called by its people, it is called by the new name of this one; what
    somebody named keeps its name."""
    for room in _held_rooms(tx, member):
        if room.called:
            call_by_its_people(tx, room)


def names_by(people: Sequence[Member]) -> tuple[str, dict[str, str]]:
    """What the talk of these is called, and what by each of them: nobody is called by oneself who
    is not alone."""
    names = {one.id: one.name for one in people}
    others = {me: [name for id, name in names.items() if id != me] for me in names}
    return _joined([*names.values()]), {
        str(me): _joined(theirs or [names[me]]) for me, theirs in others.items()
    }


def _held_rooms(tx: Transaction, member: Member) -> list[Channel]:
    """Of a few, with the threads beside them: in the order of whoever speaks there."""
    mine = select(Membership.channel_id).where(Membership.member_id == member.id)
    rooms = select(Channel.id).where(Channel.id.in_(mine), Channel.type.in_(FEW))
    held = tx.scalars(_with_threads(tx.scalars(rooms).all())).all()
    return [one for one in held if not one.parent_id]


def _with_threads(ids: Sequence[int]) -> Select[Channel]:
    """Held, the rooms last."""
    these = select(Channel).where(or_(Channel.id.in_(ids), Channel.parent_id.in_(ids)))
    in_order = these.order_by(Channel.parent_id.is_(None), Channel.id)
    return in_order.with_for_update(key_share=True)


def part(tx: Transaction, member: Member, other_id: int) -> None:
    """Whether these two may write to each other has changed, or may have: whoever speaks in their
    direct room, or beside it, commits before us or sees what we changed. Where one has blocked the
    other, neither shows there any more that they are there."""
    pair = pair_of(member.id, other_id)
    room = tx.scalar(select(Channel.id).where(Channel.pair == pair))
    held = tx.scalars(_with_threads([room])).all() if room else ()
    for one in held if held and are_apart(tx, held[-1]) else ():
        tx.publish(RoomParted(channel=one.address))


def _opened(
    tx: Transaction,
    kind: ChannelType,
    people: Sequence[Member],
    *,
    name: str = "",
    pair: str | None = None,
) -> Channel:
    all, called = (name, {}) if name else names_by(people)
    channel = Channel(type=kind, name=all, called=called, private=True, pair=pair)
    tx.add(channel)
    tx.flush()
    tx.add_all(Membership(channel_id=channel.id, member_id=one.id) for one in people)
    tx.flush()
    return channel


def _joined(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    few = ", ".join(names[:NAMED])
    return f"{few} +{more}" if more > 0 else few


def _called(tx: Transaction, channel: Channel, name: str, called: dict[str, str]) -> Channel:
    """So are its threads."""
    channel.name, channel.called = name, called
    beside = update(Channel).where(Channel.parent_id == channel.id)
    tx.execute(beside.values(name=name, called=called))
    change(channel)
    tx.publish(ChannelChanged.of(channel))
    return channel
