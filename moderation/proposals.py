"""What takes two people: one proposes it, another agrees or objects (seconding.py).

Sections in house order: models, queries, actions.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Select, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict
from community.members.models import Member
from community.words import _
from moderation.models import Case

# Models


class ProposalKind(StrEnum):
    DECIDE = "decide"
    REOPEN = "reopen"
    BULK = "bulk"  # many cases at once, named by their ProposedCases


class Answer(StrEnum):
    NONE = ""
    AGREED = "agreed"
    OBJECTED = "objected"
    TAKEN_BACK = "taken_back"


class Proposal(Base):
    __tablename__ = "proposals"
    __table_args__ = (
        Index("one_open_proposal_per_case", "case_id", unique=True,
              sqlite_where=text("answer = ''"), postgresql_where=text("answer = ''")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    judgement: Mapped[list[Any]] = mapped_column(JSON, default=list)  # as who reads it wrote it
    key: Mapped[str] = mapped_column(unique=True)
    fingerprint: Mapped[str]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    because: Mapped[str]  # why it takes two
    proposed_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default=Answer.NONE)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    answered_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="")  # of who objected

    proposed_by: Mapped[Member] = relationship(foreign_keys=[proposed_by_id], lazy="joined")
    answered_by: Mapped[Member | None] = relationship(foreign_keys=[answered_by_id], lazy="joined")


class ProposedCase(Base):
    """One of many, as it stood when they were named, and what became of it."""

    __tablename__ = "proposed_cases"
    __table_args__ = (
        Index("ix_proposed_cases_unsettled", "proposal_id", "case_id",
              sqlite_where=text("settled_at IS NULL"),
              postgresql_where=text("settled_at IS NULL")),
    )  # fmt: skip

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int]
    settled_at: Mapped[datetime | None]
    sentence: Mapped[str] = mapped_column(default="")  # why it was not done; it names nobody

    proposal: Mapped[Proposal] = relationship(lazy="joined")


# Queries


def proposals_of(session: Session, case: Case) -> list[Proposal]:
    """The latest first."""
    made = select(Proposal).where(Proposal.case_id == case.id).order_by(Proposal.id.desc())
    return list(session.scalars(made))


def open_proposal(session: Session, case: Case, kind: ProposalKind) -> Proposal:
    """Raises Conflict where nothing of that kind is proposed any more."""
    for proposal in proposals_of(session, case):
        if (proposal.kind, proposal.answer) == (kind, Answer.NONE):
            return proposal
    raise Conflict(_("Nothing is proposed any more. Please look at the case again."))


def proposed_with(session: Session, key: str) -> Proposal | None:
    return session.scalar(select(Proposal).where(Proposal.key == key))


def many_waiting() -> Select[Proposal]:
    """What is proposed for many cases at once and nobody has answered."""
    return select(Proposal).where(
        Proposal.kind == ProposalKind.BULK, Proposal.answer == Answer.NONE
    )


# Actions


def answered(tx: Transaction, proposal: Proposal, member: Member, said: Answer, words: str) -> None:
    """The proposal is held."""
    proposal.answer, proposal.words = said, words
    proposal.answered_by, proposal.answered_at = member, now(tx)
