"""Joining: asked for by anybody, finished by whoever the address belongs to.

Whoever asks at the door learns nothing about who is a member: each question writes the same rows
and letters, and what is true stands in the letter (OWASP ASVS 5.0, 6.3.8).

Sections in house order: queries, actions.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from community.addresses import canonical
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.guardians import (
    NO_YEAR,
    Guardianship,
    TooYoung,
    ask_guardian,
    consent,
    guardians_asked_lately,
    guardianship_for,
    looks_after,
    may_be_young,
    may_join_young,
)
from community.invitations.actions import accept
from community.invitations.models import Held, Invitation
from community.invitations.policies import may_come, vouches
from community.invitations.queries import good_invitation
from community.letters import MailKind
from community.members.actions import enrol
from community.members.models import Member, Trust
from community.members.queries import member_with_email
from community.names import name_of_member
from community.outbox import post, post_to
from community.policies import require
from community.site import site_of
from community.terms import agreed, may_agree
from community.tickets import (
    MOST_LETTERS,
    Purpose,
    Ticket,
    end,
    end_tickets,
    issue_beside,
    one_at_a_time,
    ticket_for,
    too_many_letters,
    use,
)


class Application(NamedTuple):
    """What somebody who wants to join says of themself."""

    email: str
    name: str
    region: str
    clusters: tuple[str, ...]
    about: str
    born: int  # year
    locale: str
    invitation: Held | None = None
    guardian: str = ""  # their address, where the applicant may be under 16
    confirmed: str = ""  # an address of theirs that somebody else has seen to


class Confirmation(NamedTuple):
    """What whoever the address belongs to says in the end, of all that was said in their name."""

    name: str
    region: str
    clusters: tuple[str, ...]
    about: str
    password_hash: str
    terms: str  # the version they were shown, and agree to


class Joining(NamedTuple):
    """What was asked for with an address, as its owner looks at it."""

    ticket: Ticket
    guardian: str  # who was asked for their consent
    invitation: Invitation | None


# Queries


def joining(session: Session, ticket_id: str | None) -> Ticket:
    return ticket_for(session, Purpose.JOIN, ticket_id)


def joining_shown(session: Session, ticket_id: str | None) -> Joining:
    ticket = joining(session, ticket_id)
    guardian, invitation = ticket.about.get("guardian"), None
    with suppress(Conflict):  # over by now, so that they join without it
        invitation = good_invitation(session, ticket.about["invitation"])
    asked = guardianship_for(session, guardian).address if guardian else ""
    return Joining(ticket, asked, invitation)


# Actions


def ask_to_join(tx: Transaction, application: Application) -> Ticket | None:
    """Answers the ticket where an invitation that was sent to their address has confirmed it; else
    it goes there by letter."""
    application = _looked_at(tx, application)
    email = application.email
    invited = _confirmed_by(tx, application.invitation, email)
    confirmed = invited or application.confirmed == email
    many = too_many_letters(tx, Purpose.JOIN, email) and not confirmed  # then none is written
    if many or _guardian_asked(tx, application):
        return None
    guardian = _ask_guardian(tx, application)
    ticket = issue_beside(tx, Purpose.JOIN, email, guardian=guardian, **_kept_of(application))
    if member := member_with_email(tx, email):
        end(ticket)
        post_to(tx, member, MailKind.HERE_ALREADY)
        return None
    if confirmed:
        return ticket
    kind = MailKind.JOIN_YOUNG if application.guardian else MailKind.JOIN
    post(tx, kind, email, application.locale, ticket=ticket.id)
    return None


def join_by(tx: Transaction, ticket_id: str, confirmation: Confirmation) -> Member | None:
    """The address is confirmed by the ticket. Whoever holds it agrees to the terms, and says anew
    who they are: anybody may have asked to join with their address.

    None where the guardian has still to consent; they join when that is done. Raises Denied where
    other terms hold by now."""
    require(may_agree(confirmation.terms))
    one_at_a_time(tx, joining(tx, ticket_id).address)
    told = use(tx, Purpose.JOIN, ticket_id).about
    said = confirmation._replace(name=name_of_member(tx, confirmation.name))
    confirmed = told | said._asdict() | {"agreed_at": now(tx).isoformat()}
    guardian = told.get("guardian")
    if guardian is None:
        return _move_in(tx, confirmed)
    guardianship = tx.hold(guardianship_for, guardian)
    guardianship.confirmed = confirmed
    return _move_in_with(tx, guardianship) if guardianship.given else None


def consent_to(tx: Transaction, guardianship_id: str, name: str, version: str) -> Member | None:
    """The guardian's. Whoever has confirmed their address meanwhile is a member now: who."""
    guardianship = consent(tx, guardianship_id, name, version)
    if guardianship.confirmed:
        with suppress(Conflict):  # somebody has the address by now, and knows nothing of this
            member = _move_in_with(tx, guardianship)
            post_to(tx, member, MailKind.GUARDIAN_AGREED)
            return member
    return None


def _move_in_with(tx: Transaction, guardianship: Guardianship) -> Member:
    assert guardianship.confirmed
    member = _move_in(tx, guardianship.confirmed)
    looks_after(tx, guardianship, member)
    return member


def _move_in(tx: Transaction, told: Mapping[str, Any]) -> Member:
    member = enrol(
        tx,
        name=told["name"],
        email=told["email"],
        password_hash=told["password_hash"],
        region=told["region"],
        clusters=tuple(told["clusters"]),
    )
    agreed(tx, member, told["terms"], datetime.fromisoformat(told["agreed_at"]))
    end_tickets(tx, Ticket.purpose == Purpose.JOIN, Ticket.address == member.email)
    member.about, member.locale = told["about"], told["locale"]
    site = site_of(tx)
    member.admitted, member.observed = not site.approval, site.held_first > 0
    member.trust, member.weighed_at = Trust.NEW, now(tx)
    if invitation := told.get("invitation"):
        with suppress(Conflict):  # it was over by now: they join without what it offered
            vouched = vouches(accept(tx, member, invitation))
            member.admitted |= vouched
            member.observed &= not vouched
            member.trust = Trust.REGULAR if vouched else Trust.NEW
    return member


def _looked_at(tx: Transaction, application: Application) -> Application:
    """As it can be kept. Raises TooYoung, and Invalid for what is misspelled."""
    name, email = name_of_member(tx, application.name), canonical(application.email)
    if application.born > now(tx).year:
        raise Invalid(NO_YEAR)
    if not may_be_young(application.born, now(tx).year):
        return application._replace(name=name, email=email, guardian="")
    guardian = canonical(application.guardian) if application.guardian else ""
    asked = site_of(tx).guardian_consent
    if not (may := may_join_young(application.born, email, guardian, asked)):
        raise TooYoung(may.reason, **may.values)
    return application._replace(name=name, email=email, guardian=guardian)


def _guardian_asked(tx: Transaction, application: Application) -> bool:
    """Whether a guardian would get too many letters."""
    if not application.guardian:
        return False
    one_at_a_time(tx, application.guardian)
    return guardians_asked_lately(tx, application.guardian) >= MOST_LETTERS


def _ask_guardian(tx: Transaction, application: Application) -> str | None:
    """The number of what they are asked; None where nobody is."""
    if not application.guardian:
        return None
    asked = ask_guardian(tx, application.guardian, child=application.name, born=application.born,
                         locale=application.locale)  # fmt: skip
    return asked.id


def _confirmed_by(tx: Transaction, held: Held | None, email: str) -> bool:
    """Whether the invitation was sent to that address. Raises Conflict where it is over, Denied
    where it is somebody else's."""
    if held is None:
        return False
    invitation = good_invitation(tx, held.id)
    require(may_come(invitation, email))
    return held.by_letter and invitation.email == email


def _kept_of(application: Application) -> dict[str, Any]:
    """What the ticket remembers; their year of birth is asked once and kept nowhere."""
    kept = application._asdict()
    kept["invitation"] = application.invitation.id if application.invitation else None
    del kept["born"], kept["guardian"], kept["confirmed"]
    return kept
