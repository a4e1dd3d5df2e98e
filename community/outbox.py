"""What leaves by mail. A row is written in the transaction of the deed; the postman (web/post.py)
carries it, tries again when the mail server is away, and gives up in the end.

Sections in house order: models, queries, actions.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import JSON, ForeignKey, Index, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.clock import now
from community.database import Base, Transaction
from community.letters import MailKind
from community.members.models import Member
from community.tickets import Ticket

LEASE = timedelta(minutes=5)  # a postman that died with a letter in hand is not waited for longer
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
    """A mail in somebody's hands, for the time of its lease."""

    id: int
    tries: int  # this is which
    kind: MailKind
    address: str
    locale: str
    about: dict[str, Any]


# What a letter says, looked at again each time it is carried; None where nothing is left of it, or
# where it was put off.
Contents = Callable[[Transaction, Mail], dict[str, Any] | None]

# Queries


def next_due(session: Session) -> Mail | None:
    """New passwords first, somebody waits for them, and news last; another postman's are left to
    them."""
    due = select(Mail).where(Mail.due_at <= now(session)).limit(1)
    urgency = Mail.kind == MailKind.NOTICES, Mail.kind != MailKind.RESET
    in_order = due.order_by(*urgency, Mail.due_at)
    return session.scalar(in_order.with_for_update(skip_locked=True))


def letters_waiting(session: Session, kind: MailKind) -> int:
    """That nobody has tried to carry yet."""
    untried = select(func.count()).where(Mail.due_at.is_not(None), Mail.tries == 0)
    return session.scalars(untried.where(Mail.kind == kind)).one()


def as_written(_tx: Transaction, mail: Mail) -> dict[str, Any]:
    return dict(mail.about)


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


def post_to(
    tx: Transaction, member: Member, kind: MailKind, address: str = "", **about: Any
) -> None:
    """To a member, in their tongue and by their name; to their own address where none is given.
    Who was erased has none."""
    if member.erased_at:
        return
    post(tx, kind, address or member.email, member.locale, member_id=member.id, name=member.name,
         **about)  # fmt: skip


def take(tx: Transaction, contents: Contents = as_written) -> Letter | None:
    """One that is due, for one who carries it now. It has to be sent() or returned()."""
    while mail := next_due(tx):
        about = contents(tx, mail)
        trouble = _pointless(tx, mail)
        if trouble or about is None:
            if trouble or not _is_put_off(tx, mail):
                _give_up(mail, trouble or "nothing is left of it to tell")
            tx.flush()
            continue
        mail.due_at = now(tx) + LEASE
        mail.tries += 1
        return Letter(mail.id, mail.tries, MailKind(mail.kind), mail.address, mail.locale, about)
    return None


def sent(tx: Transaction, letter: Letter) -> None:
    if mail := _still_ours(tx, letter):
        mail.sent_at, mail.due_at, mail.trouble, mail.about = now(tx), None, "", {}


def returned(tx: Transaction, letter: Letter, trouble: str, *, for_good: bool = False) -> bool:
    """Tried again later, unless that would not help or was done often enough: whether it will."""
    mail = _still_ours(tx, letter)
    if mail is None:
        return True
    if for_good or mail.tries > len(WAITS):
        _give_up(mail, trouble)
        return False
    mail.trouble, mail.due_at = trouble[:500], now(tx) + WAITS[mail.tries - 1]
    return True


def _pointless(tx: Transaction, mail: Mail) -> str:
    """Why it is not to be carried; empty where it is."""
    if mail.tries > len(WAITS):
        return mail.trouble or "whoever carried it did not come back"
    ticket = tx.get(Ticket, mail.about["ticket"]) if "ticket" in mail.about else None
    if ticket and ticket.ends_at <= now(tx):
        return "its link is over"
    return ""


def _is_put_off(tx: Transaction, mail: Mail) -> bool:
    return mail.due_at is not None and mail.due_at > now(tx)


def _give_up(mail: Mail, trouble: str) -> None:
    mail.trouble, mail.due_at, mail.about = trouble[:500], None, {}


def _still_ours(tx: Transaction, letter: Letter) -> Mail | None:
    """Unless the lease ran out and another took it."""
    mail = tx.get_one(Mail, letter.id)
    return mail if mail.tries == letter.tries and mail.due_at else None


def forget_old_mail(tx: Transaction) -> None:
    """The worker's."""
    old = Mail.made_at < now(tx) - KEPT
    tx.execute(delete(Mail).where(old, Mail.due_at.is_(None)))
