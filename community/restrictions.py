"""What is hidden, who is muted or suspended: a set of rows, no flag. Only moderation writes them.

An entry is visible when no restriction on it is active, a member may write when none mutes them and
sign in when none suspends them; lifting one never lifts another's. `Entry.hidden_at`,
`Member.muted_until` and `Member.suspended_until` are what these rows add up to, kept in the same
transaction, so that no page has to add.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, false, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.database import Base


class RestrictionKind(StrEnum):
    HIDDEN = "hidden"
    REMOVED = "removed"  # hidden from its author, too
    EDIT_ASKED = "edit_asked"  # hidden until its author has changed it
    LABELLED = "labelled"  # read with what moderation says of it
    LOCKED = "locked"  # a topic, or a thread in a channel
    SLOWED = "slowed"  # writes little
    MUTED = "muted"
    SUSPENDED = "suspended"
    BANNED = "banned"  # suspended without an end
    MUTED_IN = "muted_in"  # one channel
    KEPT = "kept"  # name and profile stay as they are


HIDING = (RestrictionKind.HIDDEN, RestrictionKind.REMOVED, RestrictionKind.EDIT_ASKED)
KEEPING_OUT = (RestrictionKind.SUSPENDED, RestrictionKind.BANNED)
CHECKING = "being checked"  # the label of what nobody has decided about
FOREVER = datetime(3000, 1, 1, tzinfo=UTC)  # the end of a ban, where an end is asked for


class Restriction(Base):
    __tablename__ = "restrictions"
    __table_args__ = (
        Index("ix_restrictions_active", "subject", sqlite_where=text("lifted_at IS NULL"),
              postgresql_where=text("lifted_at IS NULL")),
        Index("ix_restrictions_ending", "ends_at", 
              sqlite_where=text("ends_at IS NOT NULL AND lifted_at IS NULL"),
              postgresql_where=text("ends_at IS NOT NULL AND lifted_at IS NULL")),
        Index("ix_restrictions_interim", "case_id", sqlite_where=text("interim IS 1"),
              postgresql_where=text("interim IS true")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]  # "post:9", "message:4", "member:12", "channel:7:12"
    case_id: Mapped[int]  # of moderation, which this floor does not know; 0: there was none
    because: Mapped[str] = mapped_column(default="", server_default="")  # where no case says it
    decision_id: Mapped[int] = mapped_column(default=0, server_default="0")  # of that case
    interim: Mapped[bool] = mapped_column(default=False, server_default=false())  # until decided
    imposed_at: Mapped[datetime] = mapped_column(index=True)
    imposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    ends_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))


def why_gone(hidden_at: datetime | None, hidden_as: str, withdrawn_at: datetime | None) -> str:
    """Why nobody reads it: "hidden" by a moderator, "asked" where its author was asked to change
    it, "checked" until a moderator has looked, or "withdrawn"."""
    if hidden_at:
        return hidden_as or "hidden"
    return "withdrawn" if withdrawn_at else ""


def out_until(session: Session, member_id: int) -> datetime | None:
    """When the last of their suspensions ended, or is to end; of a ban, FOREVER."""
    ended = func.coalesce(Restriction.lifted_at, Restriction.ends_at, FOREVER)
    theirs = select(func.max(ended)).where(
        Restriction.subject == f"member:{member_id}", Restriction.kind.in_(KEEPING_OUT)
    )
    return session.scalar(theirs)


def active_on(session: Session, *subjects: str) -> Sequence[Restriction]:
    active = select(Restriction).where(
        Restriction.subject.in_(subjects), Restriction.lifted_at.is_(None)
    )
    return session.scalars(active.order_by(Restriction.id)).all()


def muted_in(channel_id: int, member_id: int) -> str:
    """The subject of a mute in one channel."""
    return f"channel:{channel_id}:{member_id}"
