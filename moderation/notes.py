"""What moderators tell each other about a case; nobody else ever reads it.

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community import audit
from community.clock import now
from community.database import Base, Transaction
from community.errors import Invalid
from community.members.models import Member
from community.policies import Verdict, no
from community.words import _
from moderation.models import Case
from moderation.policies import Party, may_read_reports

# Models


class Note(Base):
    __tablename__ = "case_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    body: Mapped[str]
    written_at: Mapped[datetime]

    member: Mapped[Member] = relationship(lazy="joined")


# Policies


def may_note(member: Member, case: Case, party: Party) -> Verdict:
    """Not about what is their own: they do not read what the others write."""
    if not member.moderates:
        return no(_("Only moderators write notes."))
    return may_read_reports(member, case, party)


# Queries


def notes_of(session: Session, case: Case) -> Sequence[Note]:
    """The oldest first."""
    written = select(Note).where(Note.case_id == case.id).order_by(Note.id)
    return session.scalars(written).all()


# Actions


def write_note(tx: Transaction, member: Member, case: Case, words: str) -> Note:
    """The case is held. Raises Invalid where nothing is said."""
    if not words.strip():
        raise Invalid(_("Write a few words for the other moderators."))
    note = Note(case_id=case.id, member=member, body=words.strip(), written_at=now(tx))
    tx.add(note)
    audit.record(tx, member, "case.noted", case.address)
    return note
