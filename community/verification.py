"""What an organisation shows so that people may believe it is who it says.

Whoever looks at it is on a floor above (moderation/decisions/applications.py); here is what was
shown.

Sections in house order: models, policies, queries, actions.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.addresses import canonical
from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, Invalid
from community.files import File, files_of
from community.letters import MailKind
from community.members.models import Member
from community.organisations.models import Kind, Organisation
from community.outbox import post_to
from community.policies import YES, Verdict, no, require
from community.tickets import (
    HOUR,
    OVER,
    Purpose,
    Ticket,
    asked_lately,
    issue_beside,
    one_at_a_time,
    ticket_for,
    use,
)
from community.words import _

NIB = re.compile(r"[0-9]{13}")  # nomor induk berusaha (PP 28/2025)
OFFICE_DOMAIN = ("go", "id")
MOST_LETTERS = 3  # an hour, that one member has sent, for whatever organisations
MOST_TO_OFFICE = 30  # an hour, to one address, because of everybody

# Models


class Verification(Base):
    """One of an organisation is open at a time: until a moderator has decided."""

    __tablename__ = "verifications"
    __table_args__ = (
        Index("one_open_verification_per_organisation", "organisation_id", unique=True,
              sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    words: Mapped[str]
    nib: Mapped[str]
    office_mail: Mapped[str]
    office_mail_proven_at: Mapped[datetime | None]
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    blanked_at: Mapped[datetime | None]  # then nobody needs it any more

    organisation: Mapped[Organisation] = relationship()

    @property
    def chain(self) -> tuple[Base, ...]:
        return self.organisation, self

    @property
    def address(self) -> str:
        return f"verification:{self.id}"


class Shown(NamedTuple):
    """What its owner has to show; something of it."""

    words: str
    nib: str = ""
    office_mail: str = ""


def page_of(organisation: Organisation) -> str:
    """Where its owners show it, and read what became of it."""
    return f"/organisations/{organisation.id}/verification"


# Policies


def may_be_shown(kind: str, shown: Shown) -> Verdict:
    if shown.nib and not NIB.fullmatch(shown.nib):
        return no(_("A NIB has 13 digits."))
    if shown.office_mail and not is_of_office(shown.office_mail):
        return no(_("The address of an office ends with “.go.id”."))
    if kind == Kind.GOVERNMENT and not shown.office_mail:
        return no(_("A government office shows an address that ends with “.go.id”."))
    if not shown.words.strip():
        return no(_("Say in your own words how a moderator can see that it is you."))
    return YES


def is_of_office(address: str) -> bool:
    """By whole labels: “attacker-go.id” is none (Discourse CVE-2026-33393)."""
    labels = address.rpartition("@")[2].split(".")
    return len(labels) > len(OFFICE_DOMAIN) and tuple(labels[-2:]) == OFFICE_DOMAIN


# Queries


def open_verification_of(session: Session, organisation: Organisation) -> Verification | None:
    return session.scalar(
        select(Verification).where(
            Verification.organisation_id == organisation.id, Verification.closed_at.is_(None)
        )
    )


def verification_at(session: Session, address: str) -> Verification | None:
    """By what its pictures belong to."""
    kind, _, number = address.partition(":")
    return session.get(Verification, int(number)) if kind == "verification" else None


def pictures_for(session: Session, organisation_id: int) -> Sequence[File]:
    """All that was ever shown for it, the latest verification first."""
    shown = select(Verification).where(Verification.organisation_id == organisation_id)
    every = session.scalars(shown.order_by(Verification.id.desc())).all()
    return [file for one in every for file in files_of(session, one.address)]


def written_lately(session: Session, verification: Verification) -> Sequence[Ticket]:
    """The letters that offices got because of it within an hour, whoever asked for them."""
    lately = select(Ticket).where(
        Ticket.purpose == Purpose.OFFICE,
        Ticket.made_at > now(session) - HOUR,
        Ticket.about["verification"].as_integer() == verification.id,
    )
    return session.scalars(lately).all()


def asked_by(session: Session, member: Member) -> int:
    """How many letters they had sent to offices within an hour."""
    lately = select(func.count()).where(
        Ticket.purpose == Purpose.OFFICE,
        Ticket.made_at > now(session) - HOUR,
        Ticket.about["asker"].as_integer() == member.id,
    )
    return session.scalars(lately).one()


def office_asked(session: Session, ticket_id: str | None) -> tuple[Organisation, str]:
    """What the link of a letter is about, and the address it went to. Who follows it does not
    matter: they read the letters of that office. Raises Conflict where it is over."""
    ticket = ticket_for(session, Purpose.OFFICE, ticket_id)
    verification = _still_asking(session, ticket)
    return session.get_one(Organisation, verification.organisation_id), ticket.address


# Actions


def show(tx: Transaction, member: Member, organisation: Organisation, shown: Shown) -> Verification:
    """Opens a verification or adds to the open one. An office gets a letter to prove its address.
    The organisation is held."""
    if shown.office_mail:
        shown = shown._replace(office_mail=canonical(shown.office_mail))
    require(may_be_shown(organisation.kind, shown))
    verification = open_verification_of(tx, organisation) or Verification(
        organisation_id=organisation.id, asked_by_id=member.id, office_mail="", asked_at=now(tx)
    )
    verification.words, verification.nib = shown.words, shown.nib
    moved = verification.office_mail != shown.office_mail
    verification.office_mail = shown.office_mail
    tx.add(verification)
    tx.flush()
    if moved:
        verification.office_mail_proven_at = None
    if shown.office_mail and not verification.office_mail_proven_at:
        _write_to_office(tx, member, organisation, verification, again=not moved)
    return verification


def prove_office(tx: Transaction, ticket_id: str) -> Verification:
    """By the link of the letter, once. Raises Conflict where it is about nothing any more."""
    ticket = use(tx, Purpose.OFFICE, ticket_id)
    verification = tx.hold(_still_asking, ticket)
    verification.office_mail_proven_at = now(tx)
    return verification


def close(tx: Transaction, organisation: Organisation) -> None:
    if verification := open_verification_of(tx, organisation):
        verification.closed_at = now(tx)


def _write_to_office(
    tx: Transaction,
    member: Member,
    organisation: Organisation,
    verification: Verification,
    *,
    again: bool,
) -> None:
    """Once an hour to the same address, where the letter before was of no use. Whoever else names
    the office, too, keeps nobody from their own letters; all together they flood no office."""
    address = verification.office_mail
    one_at_a_time(tx, f"offices of {member.id}")
    one_at_a_time(tx, address)
    if again and any(one.address == address for one in written_lately(tx, verification)):
        return
    to_office = asked_lately(tx, Purpose.OFFICE, address)
    if asked_by(tx, member) >= MOST_LETTERS or to_office >= MOST_TO_OFFICE:
        raise Invalid(_("Several letters were sent within the hour. Please try it later."))
    ticket = issue_beside(
        tx, Purpose.OFFICE, address, verification=verification.id, asker=member.id
    )
    post_to(tx, member, MailKind.OFFICE, address, ticket=ticket.id, organisation=organisation.name)


def _still_asking(session: Session, ticket: Ticket) -> Verification:
    verification = session.get(Verification, ticket.about["verification"])
    if verification is None or verification.closed_at or verification.office_mail != ticket.address:
        raise Conflict(OVER)
    return verification
