"""Keeping what one joined with: address and password.

Whoever asks at the door learns nothing about who is a member: each question writes the same rows
and a letter, and what is true stands in the letter (OWASP ASVS 5.0, 6.3.8).

Sections in house order: policies, queries, actions.
"""

import re
from functools import cache

from sqlalchemy.orm import Session

from community.addresses import canonical
from community.database import Transaction
from community.elsewhere import forget_links
from community.errors import Conflict, Invalid
from community.letters import MailKind
from community.members.actions import sign_out_others
from community.members.models import Member
from community.members.queries import member_with_email
from community.outbox import post, post_to
from community.places import provinces, regencies
from community.policies import YES, Verdict, no
from community.tickets import (
    OVER,
    Purpose,
    Ticket,
    end,
    end_tickets,
    issue,
    ticket_for,
    too_many_letters,
    use,
)
from community.words import _

SHORTEST = 8  # characters of a password (ASVS 6.2.1)
FEWEST = 5  # different characters
WORD = re.compile(r"[^\W\d_]+")
AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


# Policies


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


def may_change_to(password: str, now: str) -> Verdict:
    if password == now:
        return no(_("This is the password you have now. Choose another one."))
    return YES


@cache
def _common() -> frozenset[str]:
    """Words that are guessed first. Read when somebody first chooses a password: reading them takes
    longer than anything else at the start of a process."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    places = " ".join((*provinces().values(), *regencies().values())).lower()
    return frozenset().union(*FREQUENCY_LISTS.values(), WORD.findall(places))


# Queries


def resetting(session: Session, ticket_id: str | None) -> Ticket:
    return ticket_for(session, Purpose.RESET, ticket_id)


def moving(session: Session, member: Member, ticket_id: str | None) -> Ticket:
    """One's own only: a link that went astray moves nobody else's account."""
    ticket = ticket_for(session, Purpose.MOVE, ticket_id)
    if ticket.member_id != member.id:
        raise Invalid(_("This link belongs to another account. Sign in with that one first."))
    return ticket


# Actions


def ask_to_reset(tx: Transaction, email: str, locale: str) -> None:
    """`locale` is for those who are no members."""
    email = canonical(email)
    if too_many_letters(tx, Purpose.RESET, email):
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
    forget_links(tx, member)
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
    if too_many_letters(tx, Purpose.MOVE, email):
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
    forget_links(tx, member)
    end_tickets(tx, Ticket.member_id == member.id)


def _protect(tx: Transaction, member: Member, password_hash: str) -> None:
    member.password_hash = password_hash
    sign_out_others(tx, member, staying="")
    end_tickets(tx, Ticket.member_id == member.id)
    post_to(tx, member, MailKind.PASSWORD_CHANGED)
