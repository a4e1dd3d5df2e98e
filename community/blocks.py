"""Of whom a member wants to see less. Their own matter: nobody else learns of it, and what is drawn
for many is the same for them (web/people.py hides it in their browser alone).

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ForeignKey,
    Select,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.clock import now
from community.database import Base, Transaction
from community.errors import Invalid
from community.keyed import found, keyed
from community.members.events import StandingChanged
from community.members.models import Member
from community.members.queries import member_for
from community.policies import YES, Verdict, no, require
from community.words import _

MOST = 200  # people one member keeps away from

# Models


class Extent(StrEnum):
    NONE = "none"
    MUTED = "muted"  # what they write is folded up, and no notice comes of it
    BLOCKED = "blocked"  # also: they see no more of the member than must be seen


class Block(Base):
    """No row: they see each other as all do."""

    __tablename__ = "blocks"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
    extent: Mapped[str]
    made_at: Mapped[datetime]


# Policies


def may_keep_away(member: Member, other: Member) -> Verdict:
    if member.id == other.id:
        return no(_("This is you."))
    return YES


# Queries

# Asked with every notice, so built only once.
_pair = (Block.member_id, Block.other_id)
AWAY = keyed(select(*_pair), *_pair)
BLOCKED = AWAY.where(Block.extent == Extent.BLOCKED)


def extents_between(session: Session, member: Member, other: Member) -> tuple[Extent, Extent]:
    """How far the member keeps away from the other, and the other from them."""
    extents = dict.fromkeys((member.id, other.id), Extent.NONE)
    for block in session.scalars(select(Block).where(_either(member, other))):
        extents[block.member_id] = Extent(block.extent)
    return extents[member.id], extents[other.id]


def kept_away_by(session: Session, member: Member) -> Sequence[tuple[Member, Extent]]:
    """By name."""
    kept = select(Member, Block.extent).join(Block, Block.other_id == Member.id)
    theirs = kept.where(Block.member_id == member.id).order_by(Member.name, Member.id)
    return [(other, Extent(extent)) for other, extent in session.execute(theirs)]


def avoided_by(member: Member) -> Select[int]:
    """Their ids."""
    return select(Block.other_id).where(Block.member_id == member.id)


def away_from(session: Session, speaker: Member, member_ids: Collection[int]) -> set[int]:
    """Who of these wants no notice of what the speaker writes. Moderators reach everybody."""
    pairs = [(id, speaker) for id in member_ids]
    return {member_id for member_id, _speaker in away_among(session, pairs)}


def away_among(session: Session, pairs: Iterable[tuple[int, Member]]) -> set[tuple[int, int]]:
    """The same of many: who keeps away from which speaker, by their ids."""
    asked = ((id, speaker.id) for id, speaker in pairs if not speaker.moderates)
    return {(who, from_whom) for who, from_whom in found(session, AWAY, asked)}


def apart_from(member: Member) -> CompoundSelect[int]:
    """The ids of those whom a block keeps apart from the member, whoever of the two made it."""
    blocked = Block.extent == Extent.BLOCKED
    by_them = select(Block.member_id).where(Block.other_id == member.id, blocked)
    return select(Block.other_id).where(Block.member_id == member.id, blocked).union(by_them)


def blocks_between(session: Session, one: Member, other: Member) -> bool:
    """Whether either has blocked the other: then they say nothing to each other directly."""
    either = _either(one, other)
    blocked = select(Block.member_id).where(either, Block.extent == Extent.BLOCKED)
    return session.scalar(blocked.limit(1)) is not None


def blocked_among(
    session: Session, pairs: Collection[tuple[int, int]]
) -> Collection[tuple[int, int]]:
    """Of these pairs of members those in which one has blocked the other, whichever it was."""
    both = {pair: (pair, pair[::-1]) for pair in pairs}
    asked = (one for ways in both.values() for one in ways)
    blocks = {(member, other) for member, other in found(session, BLOCKED, asked)}
    return {pair for pair, ways in both.items() if blocks.intersection(ways)}


def _either(one: Member, other: Member) -> ColumnElement[bool]:
    return or_(
        (Block.member_id == one.id) & (Block.other_id == other.id),
        (Block.member_id == other.id) & (Block.other_id == one.id),
    )


# Actions


def keep_away(tx: Transaction, member: Member, other_id: int, extent: Extent) -> Member:
    """Their open pages start anew, with less or more of the other."""
    other = member_for(tx, member, other_id)
    require(may_keep_away(member, other))
    theirs = Block.member_id == member.id
    tx.execute(delete(Block).where(theirs, Block.other_id == other.id))
    if extent != Extent.NONE:
        tx.add(Block(member_id=member.id, other_id=other.id, extent=extent, made_at=now(tx)))
        tx.flush()
    member.keeps_away_from = tx.scalars(select(func.count()).where(theirs)).one()
    if member.keeps_away_from > MOST:
        raise Invalid(_("You have muted or blocked as many people as you can."))
    tx.publish(StandingChanged(member_id=member.id))
    return other
