"""What takes two floors at once: one call of each, in one transaction."""

from community import joining
from community.database import Transaction
from community.joining import Confirmation
from community.members.models import Member
from moderation.registrations import ask_to_be_let_in


def join_by(tx: Transaction, ticket_id: str, confirmation: Confirmation) -> Member | None:
    """As community/joining.py; where moderators let new members in, they are asked."""
    return _introduced(tx, joining.join_by(tx, ticket_id, confirmation))


def consent_to(tx: Transaction, guardianship_id: str, name: str, version: str) -> None:
    _introduced(tx, joining.consent_to(tx, guardianship_id, name, version))


def _introduced(tx: Transaction, member: Member | None) -> Member | None:
    if member and not member.admitted:
        tx.forget_turns()  # nobody else knows of them yet
        ask_to_be_let_in(tx, member)
    return member
