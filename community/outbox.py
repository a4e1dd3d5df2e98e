"""What leaves by mail. A row is written in the transaction of the deed; the postman (web/post.py)
carries it, tries again when the mail server is away, and gives up in the end.

Sections in house order: models, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import JSON, ForeignKey, Index, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.clock import now
from community.database import Base, Transaction
from community.letters import MailKind

AT_ONCE = 20  # letters one round carries
LEASE = timedelta(minutes=5)  # a postman that died with letters in hand is not waited for longer
# Until it is tried again, by how often it was; then it is dead.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720)]
KEPT = timedelta(days=30)  # how long we can say what became of a letter

# Models


class Mail(Base):
    """Due until it is sent or dead. What it says is forgotten then; that it was sent is not."""

    __tablename__ = "mails"
    __table_args__ = (
        Index("ix_mails_due", "due_at", sqlite_where=text("due_at IS NOT NULL"),
              postgresql_where=text("due_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    address: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    locale: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(index=True)
    due_at: Mapped[datetime | None]  # not before; while one carries it, until when it may
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")  # what the mail server said last


class Letter(NamedTuple):
    """A mail in somebody's hands."""

    id: int
    kind: MailKind
    address: str
    locale: str
    about: dict[str, Any]


# Queries


def mails_due(session: Session) -> Sequence[Mail]:
    """The longest due first; another postman's are left to them."""
    due = select(Mail).where(Mail.due_at <= now(session)).order_by(Mail.due_at).limit(AT_ONCE)
    return session.scalars(due.with_for_update(skip_locked=True)).all()


# Actions


def post(
    tx: Transaction,
    kind: MailKind,
    address: str,
    locale: str,
    *,
    member_id: int | None = None,
    **about: Any,
) -> None:
    """Carried after the commit, within seconds where the mail server answers."""
    tx.add(
        Mail(kind=kind, address=address, locale=locale, member_id=member_id, about=about,
             made_at=now(tx), due_at=now(tx))
    )  # fmt: skip


def take(tx: Transaction) -> list[Letter]:
    """Those that are due, for one who carries them now. Each has to be sent() or returned()."""
    letters = []
    for mail in mails_due(tx):
        mail.due_at = now(tx) + LEASE
        mail.tries += 1
        letters.append(
            Letter(mail.id, MailKind(mail.kind), mail.address, mail.locale, dict(mail.about))
        )
    return letters


def sent(tx: Transaction, id: int) -> None:
    mail = tx.get_one(Mail, id)
    mail.sent_at, mail.due_at, mail.trouble, mail.about = now(tx), None, "", {}


def returned(tx: Transaction, id: int, trouble: str, *, for_good: bool = False) -> bool:
    """Tried again later, unless that would not help or was done often enough: whether it will."""
    mail = tx.get_one(Mail, id)
    mail.trouble = trouble[:500]
    again = not for_good and mail.tries <= len(WAITS)
    mail.due_at = now(tx) + WAITS[mail.tries - 1] if again else None
    if not again:
        mail.about = {}
    return again


def forget_old_mail(tx: Transaction) -> None:
    """The worker's."""
    old = Mail.made_at < now(tx) - KEPT
    tx.execute(delete(Mail).where(old, Mail.due_at.is_(None)))
