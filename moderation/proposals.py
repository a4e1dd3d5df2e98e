"""What takes two people: one proposes it, another agrees or objects.

Sections in house order: models.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base


class ProposalKind(StrEnum):
    DECIDE = "decide"
    REOPEN = "reopen"
    BULK = "bulk"  # more than a hundred cases at once


class Answer(StrEnum):
    NONE = ""
    AGREED = "agreed"
    OBJECTED = "objected"
    WITHDRAWN = "withdrawn"


class Proposal(Base):
    __tablename__ = "proposals"
    __table_args__ = (
        Index("one_open_proposal_per_case", "case_id", unique=True,
              sqlite_where=text("answer = ''"), postgresql_where=text("answer = ''")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    items: Mapped[list[int]] = mapped_column(JSON, default=list)  # cases, of a bulk
    judgement: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    key: Mapped[str] = mapped_column(unique=True)
    fingerprint: Mapped[str]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    because: Mapped[str]
    proposed_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default=Answer.NONE)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    answered_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="")
