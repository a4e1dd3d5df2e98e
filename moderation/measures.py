"""What a decision does: to what was reported and to its author, several things at once.

Sections in house order: models.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base


class Measure(Base):
    """Added with its decision, never changed. What it restricts are rows of
    community/restrictions.py, which can be lifted."""

    __tablename__ = "measures"

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]  # "post:9", "member:4", "topic:3"
    days: Mapped[int] = mapped_column(default=0)  # 0: without an end
    ends_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="")  # of a label
    from_id: Mapped[int] = mapped_column(default=0)  # where it was moved from,
    to_id: Mapped[int] = mapped_column(default=0)  # and to


class MeasureKind(StrEnum):
    LABEL = "label"
    ASK_EDIT = "ask_edit"  # hidden until its author has changed it
    HIDE = "hide"
    REMOVE = "remove"
    MOVE = "move"
    LOCK = "lock"
    WARN = "warn"
    SLOW = "slow"
    MUTE = "mute"
    SUSPEND = "suspend"
    BAN = "ban"
