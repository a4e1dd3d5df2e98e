"""What members agree to, the terms and the privacy page, by version.

When they change, each is asked again; until they agree they read on, and write nothing.

Sections in house order: models, policies, queries, actions.
"""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict
from community.members.models import Member
from community.policies import YES, Verdict, no
from community.words import _

TERMS = "2026-11"  # the version that holds
# What each version changed, for who agreed to an earlier one.
CHANGES = {
    "2026-11": _("These are the first terms that members agree to by name and day."),
}

# Models


class Consent(Base):
    """Which terms a member agreed to, and when."""

    __tablename__ = "consents"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    terms: Mapped[str] = mapped_column(primary_key=True)
    given_at: Mapped[datetime]


# Policies


def may_agree(version: str) -> Verdict:
    """`version` is what they were shown."""
    if version != TERMS:
        return no(_("The terms have changed meanwhile. Please look at them again."))
    return YES


# Queries


def has_agreed(member: Member) -> bool:
    """To the terms that hold."""
    return member.agreed_to == TERMS


# Actions


def agree(tx: Transaction, member: Member, terms: str) -> None:
    """`terms` is the version they were shown. Raises Conflict where another holds by now."""
    if terms != TERMS:
        raise Conflict(_("The terms have changed once more. Please look at them again."))
    if not has_agreed(member):
        agreed(tx, member, TERMS, now(tx))


def agreed(tx: Transaction, member: Member, version: str, at: datetime) -> None:
    """A child agrees some days before their guardian, and is a member after both."""
    member.agreed_to = version
    tx.add(Consent(member_id=member.id, terms=version, given_at=at))
