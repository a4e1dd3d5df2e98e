from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from moderation.reasons import Reason


class Action(StrEnum):
    """From the strictest."""

    BLOCK = "block"  # it is not said, and its author is told why
    HOLD = "hold"  # a moderator sees it first
    LABEL = "label"  # it is said with a line above it, and reported
    FLAG = "flag"  # it is said, and reported


class Scope(StrEnum):
    """Where a rule holds. Talk among few is looked into by no rule but its own."""

    EVERYWHERE = ""
    TOPICS = "topics"
    CHANNELS = "channels"  # open ones
    CLOSED = "closed"  # channels that people are let into
    FEW = "few"  # rooms of two, and groups


CATEGORY = "category:"  # and its number: in the forum there


class RuleBook(Base):
    """The one row that says which rules hold: each change gives it another mark, and whoever has
    read the rules of that mark knows them."""

    __tablename__ = "word_rule_books"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str]


class WordRule(Base):
    """Switched off, never deleted: what it once did has its reason."""

    __tablename__ = "word_rules"
    __table_args__ = (UniqueConstraint("pattern", "scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pattern: Mapped[str]
    action: Mapped[str]
    scope: Mapped[str] = mapped_column(default=Scope.EVERYWHERE)
    reason_code: Mapped[str] = mapped_column(ForeignKey("reasons.code"))
    why: Mapped[str] = mapped_column(default="")  # its author is told, or stands above it
    in_use: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))

    reason: Mapped[Reason] = relationship(lazy="joined")

    @property
    def address(self) -> str:
        return f"word_rule:{self.id}"
