"""For whom an announcement is acknowledged. Where one acknowledgement counts for all who speak for
the same, these are the organisations whose people were told; whoever speaks for none of them
acknowledges for themself.

Sections in house order: models, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    and_,
    bindparam,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column, relationship

from community.database import Base, Moment, Transaction
from community.members.models import Member
from community.members.queries import asked_by, built
from community.organisations.models import Mandate, MandateRole, Organisation
from forum.announcements.models import Announcement, Audience, Receipt
from forum.announcements.readers import reads_still
from forum.announcements.standing import in_force

# Models


class Answer(Base):
    """Of an organisation: who acknowledged it for all of them, and under which mandate. Once it is
    there it stays, whatever becomes of the mandate."""

    __tablename__ = "announcement_answers"
    __table_args__ = (Index("ix_announcement_answers_organisation", "organisation_id"),)

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    acknowledged_at: Mapped[datetime | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandates.id"))
    joined_at: Mapped[datetime | None]  # after it was published; None: at once

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    member: Mapped[Member | None] = relationship(lazy="joined")


# Queries


def spoken_in(audience: Audience) -> Select[int]:
    """Who speaks for an organisation that the audience means, by live mandates of verified ones."""
    spoken = (
        select(Mandate.member_id)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .where(Mandate.live, Organisation.level > 0)
    )
    if audience.kind:
        spoken = spoken.where(Organisation.kind == audience.kind)
    if audience.role == MandateRole.OWNER:  # who owns it speaks for it, too
        spoken = spoken.where(Mandate.role == MandateRole.OWNER)
    return spoken


def answered_for(
    member_id: ColumnElement[int] | InstrumentedAttribute[int] | int,
) -> ColumnElement[bool]:
    """Others have acknowledged the announcement for all that the member speaks for."""
    theirs = (
        select(Answer.organisation_id)
        .join(Mandate, Mandate.organisation_id == Answer.organisation_id)
        .where(Answer.announcement_id == Announcement.id)
        .where(Mandate.member_id == member_id, Mandate.live)
        .correlate_except(Answer, Mandate)
    )
    left = theirs.where(Answer.acknowledged_at.is_(None)).exists()
    done = theirs.where(Answer.acknowledged_at.is_not(None)).exists()
    return and_(Announcement.by_organisation, done, ~left)


def asked_still() -> ColumnElement[bool]:
    """Of a receipt and its announcement: this member has to acknowledge it."""
    return and_(
        Receipt.acknowledged_at.is_(None),
        Announcement.acknowledge_by.is_not(None),
        Announcement.hidden_at.is_(None),
        in_force(),
        reads_still(Receipt.member_id),
        ~answered_for(Receipt.member_id),
    )


def answers_by(
    session: Session, member: Member, announcement_id: int
) -> Sequence[tuple[Answer, Mandate]]:
    """What the member can acknowledge it for, with the mandate that lets them."""
    asked = asked_by(member) | {"announcement": announcement_id}
    return [(answer, mandate) for answer, mandate in session.execute(_answers_by(member), asked)]


@built
def _answers_by(member: Member) -> Select[Answer, Mandate]:
    theirs = (
        select(Answer, Mandate)
        .join(Mandate, Mandate.organisation_id == Answer.organisation_id)
        .where(Answer.announcement_id == bindparam("announcement"))
        .where(Mandate.member_id == member.id, Mandate.live)
    )
    return theirs.order_by(Answer.organisation_id)


# Actions


def ask_organisations(
    tx: Transaction, announcement: Announcement, *,
    joined_at: datetime | None = None, after: int = 0, last: int | None = None,
) -> None:  # fmt: skip
    """Those of whom some people were told, of the members after the one and up to the other. Asked
    again it adds those that are not there yet, with the moment when they `joined`. One statement,
    however many."""
    told = select(Receipt.member_id).where(
        Receipt.announcement_id == announcement.id, Receipt.member_id > after
    )
    if last is not None:
        told = told.where(Receipt.member_id <= last)
    there = select(Answer.organisation_id).where(Answer.announcement_id == announcement.id)
    meant = spoken_in(announcement.audience).with_only_columns(
        Mandate.organisation_id, literal(announcement.id), literal(joined_at, Moment)
    )
    new = meant.where(
        Mandate.member_id.in_(told),
        Mandate.organisation_id != announcement.organisation_id,
        Mandate.organisation_id.not_in(there),
    )
    columns = [Answer.organisation_id, Answer.announcement_id, Answer.joined_at]
    tx.execute(insert(Answer).from_select(columns, new.distinct()))
