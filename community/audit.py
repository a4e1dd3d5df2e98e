"""What was done with power, by whom and when. Rows are added; the database refuses anything else.

It stands on the ground floor because every floor appoints, hides or publishes; moderation reads it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.clock import now
from community.database import Base, Transaction
from community.members.models import Member


class AuditEntry(Base):
    """Ids and words of ours only, never what a member wrote, so that erasure never touches it."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # None: the system
    verb: Mapped[str]  # "case.decided"
    subject: Mapped[str] = mapped_column(index=True)  # "post:9"
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    done_at: Mapped[datetime]

    actor: Mapped[Member | None] = relationship(lazy="joined")


def record(tx: Transaction, actor: Member | None, verb: str, subject: str, **details: Any) -> None:
    """In the transaction of the deed: both are there or neither."""
    actor_id = actor.id if actor else None
    tx.add(
        AuditEntry(actor_id=actor_id, verb=verb, subject=subject, details=details, done_at=now(tx))
    )


def entries_with(session: Session, member: Member, most: int = 20) -> Sequence[AuditEntry]:
    """What was done about the member or by them, the latest first."""
    theirs = or_(AuditEntry.subject == f"member:{member.id}", AuditEntry.actor_id == member.id)
    latest = select(AuditEntry).where(theirs).order_by(AuditEntry.id.desc()).limit(most)
    return session.scalars(latest).all()
