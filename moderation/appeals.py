"""Another look at a decision, by somebody who has not decided it.

Sections in house order: models.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base


class Side(StrEnum):
    AUTHOR = "author"
    REPORTER = "reporter"


class Appeal(Base):
    """Once for each side of a decision."""

    __tablename__ = "appeals"
    __table_args__ = (UniqueConstraint("decision_id", "party"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    party: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    flag_id: Mapped[int | None] = mapped_column(ForeignKey("flags.id"))  # of a reporter
    words: Mapped[str]
    made_at: Mapped[datetime]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))
