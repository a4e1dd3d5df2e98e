"""Members who sign in with an account they have elsewhere (OpenID Connect), and which one that is.

Sections in house order: models, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.clock import now
from community.database import Base, Transaction
from community.errors import HalfSignedIn, SignedOut
from community.factors.actions import use_code
from community.letters import MailKind
from community.members.actions import sign_in, still_proven
from community.members.models import Member
from community.members.queries import member_with_email
from community.outbox import post_to
from community.words import _

UNFIT = _("This did not work. Please try again, or sign in with your password.")

# Models


class AccountElsewhere(Base):
    """Known by what its provider calls it for good; addresses change hands (OIDC Core, 5.7)."""

    __tablename__ = "accounts_elsewhere"

    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    linked_at: Mapped[datetime]


class Arrival(NamedTuple):
    """What a provider said of whoever comes from there."""

    issuer: str
    subject: str
    email: str  # which the provider has verified; empty where it has not
    name: str


# Queries


def holder_of(session: Session, arrival: Arrival) -> Member | None:
    """Whose account it is here, since they linked it."""
    account = session.get(AccountElsewhere, (arrival.issuer, arrival.subject))
    return session.get_one(Member, account.member_id) if account else None


def namesake_of(session: Session, arrival: Arrival) -> Member | None:
    """Who has its address here, and may link it."""
    return member_with_email(session, arrival.email) if arrival.email else None


def links_of(session: Session, member: Member) -> Sequence[AccountElsewhere]:
    """By which accounts elsewhere they come in here."""
    linked = select(AccountElsewhere).where(AccountElsewhere.member_id == member.id)
    return session.scalars(linked.order_by(AccountElsewhere.linked_at)).all()


# Actions


def forget_links(tx: Transaction, member: Member) -> None:
    """What somebody else may have linked opens nothing any more."""
    tx.execute(delete(AccountElsewhere).where(AccountElsewhere.member_id == member.id))


def sign_in_from(tx: Transaction, arrival: Arrival, **browser: str) -> str:
    """Raises HalfSignedIn for whoever has a second step: another site's word is no second one."""
    member = holder_of(tx, arrival)
    if member is None:
        raise SignedOut(_("Please sign in."))
    tx.lock(member)
    if member.protected:
        raise HalfSignedIn(_("One more step: show that it is you."))
    return sign_in(tx, member.id, **browser)


def link(
    tx: Transaction, arrival: Arrival, member_id: int, proven: str, key: bytes, code: str
) -> Member:
    """Once, with all they sign in with here: whoever has only the address elsewhere gets nothing.
    `proven` is what their password was compared with."""
    member = still_proven(tx, member_id, proven)
    if member.protected:
        use_code(tx, member, key, code)
    told = {"issuer": arrival.issuer, "subject": arrival.subject}
    tx.add(AccountElsewhere(**told, member_id=member.id, linked_at=now(tx)))
    audit.record(tx, member, "member.linked", f"member:{member.id}")
    post_to(tx, member, MailKind.LINKED)
    return member
