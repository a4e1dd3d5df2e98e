"""Guardians: who may be under 16 joins with the consent of one (Indonesia, PP 17/2025), where the
administrators let them join at all.

A guardian has one link, in one letter: by it they consent, and by it they take that back. What they
said is kept until the child is certainly 16, and about the child no more than that takes.

Sections in house order: models, policies, queries, actions.
"""

from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import JSON, ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community import audit, terms
from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, Denied, Invalid
from community.letters import MailKind
from community.members.events import StandingChanged
from community.members.models import Member
from community.members.policies import may_administer
from community.members.queries import member_for
from community.outbox import post, post_to
from community.policies import YES, Verdict, no, require
from community.tickets import HOUR
from community.words import _

OF_AGE = 16  # years; as only the year of birth is asked for, whoever may be younger counts as such
ANSWER = timedelta(days=7)  # for a guardian to answer
EARLIEST = 1900
NO_YEAR = _("Write the year of your birth in four digits, for example 1991.")
OVER = _("This link is over: it was not answered in time, or is not needed any more.")


class TooYoung(Denied):
    """By the year of birth somebody told us."""


# Models


class Guardianship(Base):
    """A guardian who was asked, and what they said. `given_at` without `withdrawn_at` is a yes."""

    __tablename__ = "guardianships"

    id: Mapped[str] = mapped_column(primary_key=True)  # 256 random bits; the letter proves it
    address: Mapped[str] = mapped_column(index=True)
    child: Mapped[str]  # as they called themself; empty once they are a member
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    confirmed: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the joining that waits for it
    name: Mapped[str] = mapped_column(default="")  # the guardian's
    terms: Mapped[str] = mapped_column(default="")  # the version they consented to
    asked_at: Mapped[datetime]
    given_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    grown_at: Mapped[datetime]  # when the child is 16 for certain
    ends_at: Mapped[datetime] = mapped_column(index=True)  # of the link; then the worker forgets it

    member: Mapped[Member | None] = relationship(lazy="joined")

    @property
    def given(self) -> bool:
        return self.given_at is not None and self.withdrawn_at is None

    @property
    def chain(self) -> tuple[Base, ...]:
        return (self.member, self) if self.member else (self,)


# Policies


def may_be_young(born: int, year: int) -> bool:
    return year - born <= OF_AGE


def may_join_young(born: int, email: str, guardian: str, consent_asked: bool) -> Verdict:
    """`consent_asked` is the community's choice; without it nobody so young joins."""
    if not consent_asked:
        too_young = _(
            "Members are 16 or older. As we ask only for the year: come back in %(year)s."
        )
        return no(too_young, year=str(born + OF_AGE + 1))
    if not guardian:
        return no(_("Under 16 one joins with the consent of a guardian. Give us their address."))
    if _person(guardian) == _person(email):
        return no(_("The address of the guardian has to be another one than your own."))
    return YES


def may_be_released(member: Member) -> Verdict:
    if not member.paused:
        return no(_("No guardian keeps them from writing."))
    return YES


def _person(email: str) -> str:
    """a+mum@b.id is a@b.id."""
    name, _at, domain = email.partition("@")
    return f"{name.partition('+')[0]}@{domain}"


def year_in(text: str) -> int:
    """Of birth, as somebody wrote it. Raises Invalid."""
    text = text.strip()
    if not (text.isascii() and text.isdecimal() and len(text) == 4 and int(text) >= EARLIEST):
        raise Invalid(NO_YEAR)
    return int(text)


# Queries


def guardianship_for(session: Session, id: str | None) -> Guardianship:
    """Raises Conflict where it is over. Whether the child's own link is still good is not looked
    at: for an address that a member has it never was, and nobody learns that here."""
    guardianship = session.get(Guardianship, id) if id else None
    if guardianship is None or guardianship.ends_at <= now(session):
        raise Conflict(OVER)
    return guardianship


def guardians_asked_lately(session: Session, address: str) -> int:
    """How many such letters the address got within an hour."""
    lately = select(func.count()).where(
        Guardianship.address == address, Guardianship.asked_at > now(session) - HOUR
    )
    return session.scalars(lately).one()


# Actions


def ask_guardian(
    tx: Transaction, address: str, *, child: str, born: int, locale: str
) -> Guardianship:
    asked = Guardianship(
        id=token_urlsafe(32),
        address=address,
        child=child,
        asked_at=now(tx),
        grown_at=datetime(born + OF_AGE + 1, 1, 1, tzinfo=UTC),
        ends_at=now(tx) + ANSWER,
    )
    tx.add(asked)
    post(tx, MailKind.GUARDIAN, address, locale, ticket=asked.id, child=child)
    return asked


def consent(tx: Transaction, id: str, name: str, version: str) -> Guardianship:
    """`version` is of the terms they were shown. Raises Conflict where others hold by now."""
    if not (may := terms.may_agree(version)):
        raise Conflict(may.reason)
    guardianship = tx.hold(guardianship_for, id)
    guardianship.name, guardianship.terms = name, version
    guardianship.given_at, guardianship.withdrawn_at = now(tx), None
    if member := guardianship.member:
        _pause(tx, member, False)
    return guardianship


def withdraw(tx: Transaction, id: str) -> None:
    """The child reads on and writes nothing, until they consent again or the child is 16."""
    guardianship = tx.hold(guardianship_for, id)
    if not guardianship.given:
        return
    guardianship.withdrawn_at, guardianship.confirmed = now(tx), None
    if member := guardianship.member:
        _pause(tx, member, True)
        post_to(tx, member, MailKind.GUARDIAN_WITHDREW)


def agree_as_member(tx: Transaction, member: Member, version: str) -> None:
    """To the terms that hold now. A guardian is told; they can take their consent back."""
    if terms.has_agreed(member):
        return
    terms.agree(tx, member, version)
    theirs = select(Guardianship).where(Guardianship.member_id == member.id)
    for guardianship in tx.scalars(theirs).all():
        post(tx, MailKind.GUARDIAN_TERMS, guardianship.address, member.locale,
             ticket=guardianship.id, child=member.name)  # fmt: skip


def looks_after(tx: Transaction, guardianship: Guardianship, member: Member) -> None:
    """From now on, until they are 16."""
    guardianship.member, guardianship.child, guardianship.confirmed = member, "", None
    guardianship.ends_at = guardianship.grown_at


def release(tx: Transaction, administrator: Member, member_id: int) -> None:
    """Whoever was named as their guardian has no say any more: it was somebody else's address, or
    a quarrel. Raises Denied where they have none who does."""
    require(may_administer(administrator))
    member = tx.hold(member_for, administrator, member_id)
    require(may_be_released(member))
    theirs = delete(Guardianship).where(Guardianship.member_id == member.id)
    tx.execute(theirs)
    _pause(tx, member, False)
    audit.record(tx, administrator, "member.released", f"member:{member.id}")


def end_guardianships(tx: Transaction) -> None:
    """The worker's: what nobody answered is forgotten, and what is not needed any more."""
    over = select(Guardianship).where(Guardianship.ends_at <= now(tx))
    for guardianship in each_due(tx, over.order_by(Guardianship.member_id)):
        if guardianship.member:
            _pause(tx, guardianship.member, False)
        tx.delete(guardianship)


def _pause(tx: Transaction, member: Member, paused: bool) -> None:
    if member.paused != paused:
        member.paused = paused
        tx.publish(StandingChanged(member_id=member.id))
