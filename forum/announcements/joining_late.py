"""Who comes to belong to the audience of an announcement after it was published. Its audience is
frozen, so that its numbers mean something; where its office chose so, those are told, too, and are
counted apart.

Sections in house order: models, queries, actions.
"""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, Select, func, insert, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.chores import each_due
from community.clock import now
from community.database import Base, Moment, Transaction
from community.members.models import Member
from community.notices.actions import heard_by, notify_many
from community.notices.models import NoticeKind
from forum.announcements.answers import ask_organisations
from forum.announcements.events import audience
from forum.announcements.models import Announcement, Receipt
from forum.announcements.queries import targeted_by

EVERY = timedelta(minutes=10)  # between two looks at all members
SLICE = 5_000  # members that one turn of the worker looks at: who writes waits for the whole turn

# Models


class LateLook(Base):
    """There as long as late ones are told. Up to `after_id` all were looked at this time."""

    __tablename__ = "announcement_late_looks"
    __table_args__ = (Index("ix_announcement_late_looks_due_at", "due_at"),)

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    after_id: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]

    announcement: Mapped[Announcement] = relationship(lazy="joined")


# Queries


def looks_due(session: Session) -> Select[LateLook]:
    """What moderation has hidden waits until it is shown again."""
    at = now(session)
    return (
        select(LateLook)
        .join(Announcement, Announcement.id == LateLook.announcement_id)
        .where(LateLook.due_at <= at, Announcement.hidden_at.is_(None))
        .order_by(LateLook.due_at, LateLook.announcement_id)
    )


def _is_over(announcement: Announcement, at: datetime) -> bool:
    """Nobody is asked what they cannot do in time any more."""
    if announcement.withdrawn_at or announcement.expired_at:
        return True
    return announcement.acknowledge_by is not None and announcement.acknowledge_by <= at


def _last_of(session: Session, look: LateLook) -> int | None:
    """Of the slice; None where it is the last one."""
    rest = select(Member.id).where(Member.id > look.after_id).order_by(Member.id)
    return session.scalar(rest.offset(SLICE - 1).limit(1))


def _new_among(look: LateLook, last: int | None) -> Select[int]:
    """Members of the slice that belong to its audience and have no receipt."""
    announcement = look.announcement
    told = select(Receipt.member_id).where(
        Receipt.announcement_id == announcement.id, Receipt.member_id == Member.id
    )
    new = targeted_by(announcement.audience, announcement.author).where(
        Member.id > look.after_id, ~told.exists()
    )
    return new if last is None else new.where(Member.id <= last)


def _late(look: LateLook, last: int | None, at: datetime) -> Select[int]:
    """Members of the slice that got their receipt at that moment."""
    late = (
        select(Member.id)
        .join(Receipt, Receipt.member_id == Member.id)
        .where(Receipt.announcement_id == look.announcement_id, Receipt.joined_at == at)
        .where(Member.id > look.after_id)
    )
    return late if last is None else late.where(Member.id <= last)


# Actions


def look_for_late_ones(tx: Transaction, announcement: Announcement) -> None:
    """Called in the transaction that publishes it."""
    due = now(tx) + EVERY
    tx.add(LateLook(announcement_id=announcement.id, announcement=announcement, due_at=due))


def add_late_ones(tx: Transaction) -> bool:
    """The worker's: some more, and whether there is more to look at now. Each is told once, for
    their receipts are there from then on."""
    for look in each_due(tx, looks_due(tx), most=1):
        if _is_over(look.announcement, now(tx)):
            tx.delete(look)
        else:
            _add(tx, look, _last_of(tx, look))
    tx.flush()
    return tx.scalar(looks_due(tx).with_only_columns(func.count()).order_by(None)) != 0


def _add(tx: Transaction, look: LateLook, last: int | None) -> None:
    announcement, at = look.announcement, now(tx)
    new = _new_among(look, last).add_columns(literal(announcement.id), literal(at, Moment))
    columns = [Receipt.member_id, Receipt.announcement_id, Receipt.joined_at]
    tx.execute(insert(Receipt).from_select(columns, new))
    if announcement.by_organisation and announcement.acknowledge_by:
        ask_organisations(tx, announcement, joined_at=at, after=look.after_id, last=last)
    _tell(tx, announcement, _late(look, last, at))
    look.after_id = last or 0
    if last is None:
        look.due_at = at + EVERY


def _tell(tx: Transaction, announcement: Announcement, late: Select[int]) -> None:
    if tx.scalar(late.limit(1)) is None:
        return  # nobody's tab need ask
    notify_many(
        tx, late, NoticeKind.ANNOUNCEMENT, actor=announcement.organisation.name,
        title=announcement.title, link=f"/announcements/{announcement.id}",
        stream=announcement.address,
    )  # fmt: skip
    heard_by(tx, audience(announcement.audience))
