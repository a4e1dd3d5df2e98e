"""Joining, and keeping what one joined with: address and password.

Whoever asks at the door learns nothing about who is a member: each question writes the same rows
and a letter, and what is true stands in the letter (OWASP ASVS 5.0, 6.3.8).

Sections in house order: policies, queries, actions.
"""

import re
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from community.addresses import canonical
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.invitations.actions import accept
from community.invitations.models import Held
from community.invitations.policies import may_come
from community.invitations.queries import good_invitation
from community.letters import MailKind
from community.members.actions import join, sign_out_others
from community.members.models import Member
from community.members.queries import member_with_email
from community.names import name_of_member
from community.outbox import post, post_to
from community.places import provinces, regencies
from community.policies import YES, Verdict, no, require
from community.tickets import (
    OVER,
    Purpose,
    Ticket,
    asked_lately,
    end,
    end_tickets,
    issue,
    one_at_a_time,
    ticket_for,
    use,
)
from community.words import _

SHORTEST = 8  # characters of a password (ASVS 6.2.1)
FEWEST = 5  # different characters
MOST_LETTERS = 3  # an hour, to one address
YOUNGEST = 16  # years (PP 17/2025)
WORD = re.compile(r"[^\W\d_]+")
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


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


# Policies


def may_join(application: Application, year: int) -> Verdict:
    """Only the year is asked for, so whoever may still be too young is."""
    if year - application.born <= YOUNGEST:
        too_young = _(
            "Members are 16 or older. As we ask only for the year: come back in %(year)s."
        )
        return no(too_young, year=str(application.born + YOUNGEST + 1))
    return YES


def may_protect(password: str, *known: str) -> Verdict:
    """`known` is what others know of the member; it makes no good password.

    Nor does a word that stands in a list of common ones, alone or with digits around it (ASVS
    6.2.4, 6.2.11). There are no rules about kinds of characters (6.2.5)."""
    if len(password) < SHORTEST:
        return no(_("A password has at least 8 characters."))
    said = password.lower()
    told = {word.lower() for text in (*known, "akar") for word in (text, *WORD.findall(text))}
    guessed = any(one in _common() or one in told for one in (said, AROUND.sub("", said)))
    if guessed or set(WORD.findall(said)) <= told or len(set(said)) < FEWEST:
        return no(_("This password is easily guessed. Three or four unexpected words are better."))
    return YES


@cache
def _common() -> frozenset[str]:
    """Words that are guessed first. Read when somebody first chooses a password: reading them takes
    longer than anything else at the start of a process."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    places = " ".join((*provinces().values(), *regencies().values())).lower()
    return frozenset().union(*FREQUENCY_LISTS.values(), WORD.findall(places))


# Queries


def joining(session: Session, ticket_id: str | None) -> Ticket:
    return ticket_for(session, Purpose.JOIN, ticket_id)


def resetting(session: Session, ticket_id: str | None) -> Ticket:
    return ticket_for(session, Purpose.RESET, ticket_id)


def moving(session: Session, member: Member, ticket_id: str | None) -> Ticket:
    """One's own only: a link that went astray moves nobody else's account."""
    ticket = ticket_for(session, Purpose.MOVE, ticket_id)
    if ticket.member_id != member.id:
        raise Invalid(_("This link belongs to another account. Sign in with that one first."))
    return ticket


# Actions


def ask_to_join(tx: Transaction, application: Application) -> Ticket | None:
    """Answers the ticket where an invitation that was sent to their address has confirmed it; else
    it goes there by letter."""
    require(may_join(application, now(tx).year))
    name, email = name_of_member(tx, application.name), canonical(application.email)
    application = application._replace(name=name, email=email)
    confirmed = _confirmed_by(tx, application.invitation, email)
    if _too_many_letters(tx, Purpose.JOIN, email):
        return None
    ticket = issue(tx, Purpose.JOIN, email, **_kept_of(application))
    if member := member_with_email(tx, email):
        end(ticket)
        post_to(tx, member, MailKind.HERE_ALREADY)
        return None
    if confirmed:
        return ticket
    post(tx, MailKind.JOIN, email, application.locale, ticket=ticket.id)
    return None


def join_by(tx: Transaction, ticket_id: str, password_hash: str, name: str) -> Member:
    """The address is confirmed by the ticket. Whoever holds it agrees to the terms, and says anew
    what they are called: anybody may have asked to join with their address."""
    told = use(tx, Purpose.JOIN, ticket_id).about
    member = join(
        tx,
        name=name_of_member(tx, name),
        email=told["email"],
        password_hash=password_hash,
        region=told["region"],
        clusters=tuple(told["clusters"]),
    )
    member.about, member.locale = told["about"], told["locale"]
    if invitation := told.get("invitation"):
        with suppress(Conflict):  # it was over by now: they join without what it offered
            accept(tx, member, invitation)
    return member


def ask_to_reset(tx: Transaction, email: str, locale: str) -> None:
    """`locale` is for those who are no members."""
    email = canonical(email)
    if _too_many_letters(tx, Purpose.RESET, email):
        return
    member = member_with_email(tx, email)
    ticket = issue(tx, Purpose.RESET, email, member_id=member.id if member else None)
    if member is None:
        end(ticket)
        post(tx, MailKind.NOT_HERE, email, locale)
    else:
        post_to(tx, member, MailKind.RESET, ticket=ticket.id)


def reset_by(tx: Transaction, ticket_id: str, password_hash: str) -> Member:
    """Ends every sign-in: whoever had the account has it no more."""
    member = tx.get_one(Member, resetting(tx, ticket_id).member_id)
    tx.lock(member)
    if use(tx, Purpose.RESET, ticket_id).address != member.email:
        raise Conflict(OVER)
    _protect(tx, member, password_hash)
    return member


def change_password(tx: Transaction, member: Member, password_hash: str, *, proven: str) -> Member:
    """`proven` is what the password they gave was compared with; it must still be theirs. All sign
    in anew, the browser they sit at, too: a copy of its cookie is worth nothing (S10)."""
    if member.password_hash != proven:
        raise Conflict(_("Your password was changed meanwhile."))
    _protect(tx, member, password_hash)
    return member


def ask_to_move(tx: Transaction, member: Member, email: str) -> None:
    email = canonical(email)
    if _too_many_letters(tx, Purpose.MOVE, email):
        return
    other = member_with_email(tx, email)
    ticket = issue(tx, Purpose.MOVE, email, member_id=member.id)
    if other:
        end(ticket)
        post_to(tx, other, MailKind.HERE_ALREADY)
    else:
        post_to(tx, member, MailKind.MOVE, email, ticket=ticket.id)


def move_by(tx: Transaction, member: Member, ticket_id: str) -> None:
    """From now on the member signs in with the ticket's address; the old one is told."""
    moving(tx, member, ticket_id)
    ticket = use(tx, Purpose.MOVE, ticket_id)
    if member_with_email(tx, ticket.address):
        raise Invalid(_("Another account has this address by now."))
    post_to(tx, member, MailKind.MOVED)
    member.email = ticket.address
    end_tickets(tx, Ticket.member_id == member.id)


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
    del kept["born"]
    return kept


def _protect(tx: Transaction, member: Member, password_hash: str) -> None:
    member.password_hash = password_hash
    sign_out_others(tx, member, staying="")
    end_tickets(tx, Ticket.member_id == member.id)
    post_to(tx, member, MailKind.PASSWORD_CHANGED)


def _too_many_letters(tx: Transaction, purpose: Purpose, email: str) -> bool:
    """Nobody's letter-box is filled through us (Discourse CVE-2022-31184). Counted by purpose: who
    plays at joining with another's address keeps them from no new password."""
    one_at_a_time(tx, email)
    return asked_lately(tx, purpose, email) >= MOST_LETTERS
