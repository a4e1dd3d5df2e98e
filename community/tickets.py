"""Tickets: who holds one may do one thing, once, for a while. They go out by mail.

A link holds the ticket's id and a proof that we made it. The proof needs AKAR_SECRET_KEY, so
whoever reads the rows alone opens nothing, and no row and no letter in the outbox holds it.

Sections in house order: models, queries, actions.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import JSON, ForeignKey, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict
from community.proofs import prove, proven
from community.words import _

HOUR = timedelta(hours=1)
MOST_LETTERS = 3  # an hour, to one address
TICKETS = 7_287  # the first number of our locks; any, as long as nothing else uses it
OVER = _("It was used already, or is too old. If you have just used it, simply sign in.")
KEPT = timedelta(days=1)  # after its end, to say that it was good once

# Models


class Purpose(StrEnum):
    JOIN = "join"
    RESET = "reset"
    MOVE = "move"
    OFFICE = "office"
    REPORT = "report"


LASTS = {
    Purpose.JOIN: timedelta(hours=24),
    Purpose.RESET: timedelta(minutes=30),
    Purpose.MOVE: timedelta(hours=24),
    Purpose.OFFICE: timedelta(days=7),
    Purpose.REPORT: timedelta(hours=24),
}


class Ticket(Base):
    """Of each purpose an address has one that is good; a new one ends the one before. Of those that
    anybody can ask for with an address that is not theirs, several stand side by side."""

    __tablename__ = "tickets"
    turn = 2  # before what it opens

    id: Mapped[str] = mapped_column(primary_key=True)  # 256 random bits
    purpose: Mapped[str]
    address: Mapped[str] = mapped_column(index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)  # made_at, once it was used


def link_for(key: bytes, ticket_id: str) -> str:
    """What stands in the link of a letter."""
    return prove(key, "ticket", ticket_id)


def id_in(key: bytes, link: str) -> str | None:
    """Of the ticket, where this is a link we made."""
    return proven(key, "ticket", link)


# Queries


def ticket_for(session: Session, purpose: Purpose, id: str | None) -> Ticket:
    """Raises Conflict where it is not good, or not any more."""
    ticket = session.get(Ticket, id) if id else None
    if ticket is None or ticket.purpose != purpose or ticket.ends_at <= now(session):
        raise Conflict(OVER)
    return ticket


def asked_lately(session: Session, purpose: Purpose, address: str) -> int:
    """How many such tickets the address got within an hour."""
    lately = select(func.count()).where(
        Ticket.purpose == purpose, Ticket.address == address, Ticket.made_at > now(session) - HOUR
    )
    return session.scalars(lately).one()


# Actions


def one_at_a_time(tx: Transaction, address: str) -> None:
    """Who asks for the same address waits until we commit, so that what they count is true."""
    if not tx.alone:
        tx.execute(select(func.pg_advisory_xact_lock(TICKETS, func.hashtext(address))))


def too_many_letters(tx: Transaction, purpose: Purpose, address: str) -> bool:
    """Nobody's letter-box is filled through us (Discourse CVE-2022-31184). Counted by purpose: who
    plays at joining with another's address keeps them from no new password."""
    one_at_a_time(tx, address)
    return asked_lately(tx, purpose, address) >= MOST_LETTERS


def issue(
    tx: Transaction, purpose: Purpose, address: str, *, member_id: int | None = None, **about: Any
) -> Ticket:
    end_tickets(tx, Ticket.purpose == purpose, Ticket.address == address)
    return issue_beside(tx, purpose, address, member_id=member_id, **about)


def issue_beside(
    tx: Transaction, purpose: Purpose, address: str, *, member_id: int | None = None, **about: Any
) -> Ticket:
    """Those before stay good: of an office that several name, each by itself; and whoever asks with
    another's address takes no link from them."""
    ticket = Ticket(
        id=token_urlsafe(32),
        purpose=purpose,
        address=address,
        member_id=member_id,
        about=about,
        made_at=now(tx),
        ends_at=now(tx) + LASTS[purpose],
    )
    tx.add(ticket)
    return ticket


def use(tx: Transaction, purpose: Purpose, id: str) -> Ticket:
    """Once: whoever comes second finds it ended."""
    ticket = tx.hold(ticket_for, purpose, id)
    end(ticket)
    return ticket


def end(ticket: Ticket) -> None:
    """Before every clock: of two that use it at once one remembers an earlier now."""
    ticket.ends_at = ticket.made_at


def end_tickets(tx: Transaction, *which: Any) -> None:
    good = Ticket.ends_at > now(tx)
    tx.execute(update(Ticket).where(good, *which).values(ends_at=Ticket.made_at))


def forget_old_tickets(tx: Transaction) -> None:
    """The worker's: they hold names and addresses of people who never came."""
    tx.execute(delete(Ticket).where(Ticket.ends_at < now(tx) - KEPT))
