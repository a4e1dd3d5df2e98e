"""What members say or ask as they acknowledge an announcement: to the office that published it, and
read there alone.

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.clock import now
from community.database import Base, Transaction
from community.errors import Invalid
from community.members.models import Member
from community.members.policies import may_write
from community.organisations.models import Organisation
from community.policies import require
from community.words import _
from forum.announcements.models import Announcement
from forum.announcements.ours import published_for

LONGEST = 1_000  # characters
PAGE = 50

# Models


class Remark(Base):
    """One of each member about each announcement; `organisation` they speak for, if any."""

    __tablename__ = "announcement_remarks"
    __table_args__ = (
        Index("ix_announcement_remarks_member", "member_id"),
        Index("one_remark_of_each", "announcement_id", "member_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))
    body: Mapped[str]  # as it was written; of somebody erased nothing
    said_at: Mapped[datetime]

    member: Mapped[Member] = relationship(lazy="joined")
    organisation: Mapped[Organisation | None] = relationship(lazy="joined")


class Remarks(NamedTuple):
    announcement: Announcement
    said: Sequence[Remark]


# Queries


def remarks_for(session: Session, member: Member, announcement_id: int, before: int = 0) -> Remarks:
    """For those who speak for the office that published it, the latest first; `before` is the id of
    the last one seen. Raises NotFound."""
    announcement = published_for(session, member, announcement_id)
    said = select(Remark).where(Remark.announcement_id == announcement.id, Remark.body != "")
    if before:
        said = said.where(Remark.id < before)
    return Remarks(announcement, session.scalars(said.order_by(Remark.id.desc()).limit(PAGE)).all())


# Actions


def remark(
    tx: Transaction, member: Member, announcement_id: int, organisation_id: int | None, body: str
) -> None:
    """Called with an acknowledgement, which holds its row. Who said something before, said it.
    Raises Invalid, Denied."""
    body = body.strip()
    if not body or _said(tx, member, announcement_id):
        return
    if len(body) > LONGEST:
        raise Invalid(_("Please shorten it to %(most)s characters."), most=LONGEST)
    require(may_write(member))
    tx.add(
        Remark(announcement_id=announcement_id, member_id=member.id, body=body, said_at=now(tx),
               organisation_id=organisation_id)
    )  # fmt: skip


def _said(tx: Transaction, member: Member, announcement_id: int) -> bool:
    theirs = select(Remark.id).where(
        Remark.announcement_id == announcement_id, Remark.member_id == member.id
    )
    return tx.scalar(theirs) is not None
