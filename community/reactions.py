"""What members say to an entry without a word: each of a few, once.

Each floor keeps a table of its own, knows who may react, and tells everybody how the entry reads.
Sections in house order: models, queries, actions.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, NamedTuple, TypedDict

from sqlalchemy import JSON, ColumnElement, ForeignKey, func, select
from sqlalchemy.orm import (
    Mapped,
    Session,
    declared_attr,
    joinedload,
    mapped_column,
    relationship,
)

from community.blocks import avoided_by
from community.clock import now
from community.database import Base, Transaction, batches
from community.members.models import Member
from community.streams import Entry
from community.words import _

PAGE = 50

# Models


class Word(StrEnum):
    AGREE = "agree"
    THANKS = "thanks"
    APPLAUSE = "applause"
    IDEA = "idea"
    CARE = "care"
    DOUBT = "doubt"


SIGNS = {
    Word.AGREE: "👍",
    Word.THANKS: "🙏",
    Word.APPLAUSE: "👏",
    Word.IDEA: "💡",
    Word.CARE: "❤️",
    Word.DOUBT: "🤔",
}
WORD_NAMES = {
    Word.AGREE: _("Agree"),
    Word.THANKS: _("Thank you"),
    Word.APPLAUSE: _("Well done"),
    Word.IDEA: _("Good idea"),
    Word.CARE: _("With you"),
    Word.DOUBT: _("Not sure yet"),
}


class Given(TypedDict):
    """One of the reactions to an entry."""

    total: int
    by: list[int]  # who, unless they are too many to name


class Reactable(Entry):
    __abstract__ = True

    reactions: Mapped[dict[str, Given]] = mapped_column(JSON, default=dict)


class Reaction(Base):
    """`Reactable.reactions` is what these add up to, kept in the same transaction."""

    __abstract__ = True
    # Whose ids travel with an entry; of more only the number, and their own page says "mine".
    named: ClassVar[int]

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    word: Mapped[str]
    made_at: Mapped[datetime]

    @declared_attr
    @classmethod
    def member(cls) -> Mapped[Member]:
        return relationship()


# Queries


class Reactions(NamedTuple):
    """A page of who reacted to an entry, the newest first, and what the reader said to it."""

    given: Sequence[Reaction] = ()
    mine: Collection[str] = ()
    older: int | None = None  # the next page begins before this id


def reactions_to(
    session: Session,
    reader: Member | None,
    kind: type[Reaction],
    entry: Reactable,
    before: int | None = None,
) -> Reactions:
    """Without those the reader keeps away from. What is gone has none."""
    if entry.gone or not entry.reactions:
        return Reactions()
    page = select(kind).where(kind.entry_id == entry.id).options(joinedload(kind.member))
    if reader:
        page = page.where(kind.member_id.not_in(avoided_by(reader)))
    if before:
        page = page.where(kind.id < before)
    given = session.scalars(page.order_by(kind.id.desc()).limit(PAGE)).all()
    older = given[-1].id if len(given) == PAGE else None
    return Reactions(given, _given_by(session, reader, kind, entry) if reader else (), older)


def _given_by(session: Session, member: Member, kind: type[Reaction], entry: Reactable) -> set[str]:
    return set(session.scalars(select(kind.word).where(*_theirs(member, kind, entry))))


def _theirs(
    member: Member, kind: type[Reaction], entry: Reactable
) -> tuple[ColumnElement[bool], ...]:
    return kind.entry_id == entry.id, kind.member_id == member.id


# Actions


def give(
    tx: Transaction, member: Member, kind: type[Reaction], entry: Reactable, word: Word
) -> bool:
    """Whether that is new. The caller holds the entry, so nobody counts beside us."""
    if word in _given_by(tx, member, kind, entry):
        return False
    tx.add(kind(entry_id=entry.id, member_id=member.id, word=word, made_at=now(tx)))
    _add_up(tx, kind, entry)
    return True


def take(
    tx: Transaction, member: Member, kind: type[Reaction], entry: Reactable, word: Word
) -> bool:
    """Whether there was one. The caller holds the entry."""
    mine = select(kind).where(*_theirs(member, kind, entry), kind.word == word)
    reaction = tx.scalar(mine)
    if reaction is None:
        return False
    tx.delete(reaction)
    _add_up(tx, kind, entry)
    return True


def carry(
    tx: Transaction, kind: type[Reaction], ids: Mapping[int, int], to: type[Reaction]
) -> None:
    """What was said to these entries, to what they are now: by the id of each the new one. What
    they add up to goes with the entry."""
    for some in batches(ids):
        for one in tx.scalars(select(kind).where(kind.entry_id.in_(some)).order_by(kind.id)).all():
            tx.add(to(entry_id=ids[one.entry_id], member_id=one.member_id, word=one.word,
                      made_at=one.made_at))  # fmt: skip
    tx.flush()


def _add_up(tx: Transaction, kind: type[Reaction], entry: Reactable) -> None:
    tx.flush()
    of_entry = kind.entry_id == entry.id
    counted = select(kind.word, func.count()).where(of_entry).group_by(kind.word)
    totals = {word: total for word, total in tx.execute(counted)}
    by: dict[str, list[int]] = {word: [] for word in totals}
    few = [word for word, total in totals.items() if total <= kind.named]
    named = select(kind.word, kind.member_id).where(of_entry, kind.word.in_(few))
    for word, member_id in tx.execute(named.order_by(kind.id)):
        by[word].append(member_id)
    entry.reactions = {word: Given(total=totals[word], by=by[word]) for word in totals}
