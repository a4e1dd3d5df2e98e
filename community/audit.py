"""What was done with power, by whom and when. Rows are added; the database refuses anything else.

It stands on the ground floor because every floor appoints, hides or publishes; moderation reads it.
chain.py seals each row, so that a change the database did not refuse is found.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.clock import now
from community.database import Base, Transaction
from community.members.models import Member

VERB = re.compile(r"[a-z_]+\.[a-z_]+")
ADDRESS = re.compile(r"[a-z_]+:[a-z0-9_]+")
CODE = re.compile(r"[a-z0-9_.-]{1,40}")  # one of a closed set of ours
DAY = re.compile(r"\d{4}-\d\d-\d\d")
HASH = re.compile(r"[0-9a-f]{64}")

# What a deed can be told with, and how each is written: nothing here has room for what people say.
DETAILS: dict[str, type | re.Pattern[str]] = {
    "about": ADDRESS,
    "action": CODE,
    "announcing": bool,
    "approval": bool,
    "banner": HASH,
    "case": int,
    "cases": int,
    "category": int,
    "cluster": CODE,
    "days": int,
    "decision": int,
    "departure": int,
    "evidence": HASH,
    "facilitators": bool,
    "from": int,
    "guardian_consent": bool,
    "held_first": int,
    "hide_at": int,
    "holder": int,
    "holders": ADDRESS,  # "role:moderator"
    "hours": int,
    "in_use": bool,
    "key": HASH,  # of what is done once
    "letters": int,
    "material": bool,
    "measures": CODE,
    "member": int,
    "organisation": int,
    "percent": int,
    "places": int,
    "position": int,
    "priority": int,
    "private": bool,
    "read_only": bool,
    "reason": CODE,
    "region": CODE,
    "reporters": int,
    "role": CODE,
    "ruling": CODE,
    "rush": int,
    "rush_days": int,
    "rush_minutes": int,
    "seconding": CODE,
    "targets": int,
    "until": DAY,
    "urgent": bool,
    "uses": int,
    "version": int,
    "words": HASH,
}


class NotForTheAudit(Exception):
    """Our own mistake: what is kept for good holds ids, codes and hashes, and no words."""


class AuditEntry(Base):
    """Ids and words of ours only, never what a member wrote, so that erasure never touches it."""

    __tablename__ = "audit"
    __table_args__ = (  # each way the log is searched, the latest first
        Index(None, "done_at", "id"),
        Index(None, "actor_id", "done_at", "id"),
        Index(None, "verb", "done_at", "id"),
        Index(None, "subject", "done_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # None: the system
    verb: Mapped[str]  # "case.decided"
    subject: Mapped[str]  # "post:9"
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    done_at: Mapped[datetime]

    actor: Mapped[Member | None] = relationship(lazy="joined")
    seal: Mapped["Seal | None"] = relationship(lazy="raise", viewonly=True)


class Unsealed(Base):
    """Stands beside an entry from the deed to its seal. The database itself adds it, so that
    nobody can forget to."""

    __tablename__ = "audit_unsealed"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True)


class Seal(Base):
    """A link of the chain. Kept for good, as the entries are."""

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3, no gaps
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), unique=True)
    previous: Mapped[str]  # the hash of the seal before it
    hash: Mapped[str]
    key_id: Mapped[str]
    sealed_at: Mapped[datetime]


def record(tx: Transaction, actor: Member | None, verb: str, subject: str, **details: Any) -> None:
    """In the transaction of the deed: both are there or neither. Raises NotForTheAudit."""
    if not (VERB.fullmatch(verb) and ADDRESS.fullmatch(subject)):
        raise NotForTheAudit(f"{verb} of {subject}")
    for name, value in details.items():
        if not all(_fits(name, each) for each in (value if isinstance(value, list) else [value])):
            raise NotForTheAudit(f"{verb} with {name}; see DETAILS")
    actor_id = actor.id if actor else None
    tx.add(
        AuditEntry(actor_id=actor_id, verb=verb, subject=subject, details=details, done_at=now(tx))
    )


def fingerprint(*texts: str) -> str:
    """What stands in the place of words: who has them can show that they are these."""
    return sha256("\0".join(texts).encode()).hexdigest()


def entries_with(session: Session, member: Member, most: int = 20) -> Sequence[AuditEntry]:
    """What was done about the member or by them, the latest first."""
    theirs = or_(AuditEntry.subject == f"member:{member.id}", AuditEntry.actor_id == member.id)
    latest = select(AuditEntry).where(theirs).order_by(AuditEntry.id.desc()).limit(most)
    return session.scalars(latest).all()


def _fits(name: str, value: object) -> bool:
    match DETAILS.get(name):
        case None:
            return False
        case re.Pattern() as written:
            return not value or (isinstance(value, str) and bool(written.fullmatch(value)))
        case kind:
            return not value or isinstance(value, kind)
