"""Who has not acknowledged an announcement is reminded at 50, 80 and 100 % of the time they have.
Then the owners of organisations hear of it; and where that did not help, the offices of their
regions.

Sections in house order: models, queries, actions.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import ForeignKey, Index, Select, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.members.models import Member
from community.notices.actions import News, heard_by, notify_each, notify_many
from community.notices.models import NoticeKind
from community.organisations.models import Kind, Mandate, MandateRole, Organisation
from community.places import regions_around
from forum.announcements.answers import Answer, asked_still
from forum.announcements.events import audience
from forum.announcements.models import Announcement, Receipt
from forum.announcements.standing import in_force
from forum.announcements.telling import BATCH

LEFT_TO_OWNERS = timedelta(days=1)  # before anybody else hears what their organisation left

T = TypeVar("T")

# Models


class Step(StrEnum):
    HALF = "50"
    MOST = "80"
    LAST = "100"
    OWNERS = "owners"
    OFFICES = "offices"


SHARES = {Step.HALF: 50, Step.MOST: 80, Step.LAST: 100}


class Reminder(Base):
    """Each is sent once, in batches: `after` is the last member, or organisation, that it was sent
    to, or about."""

    __tablename__ = "announcement_reminders"
    __table_args__ = (
        Index("ix_announcement_reminders_due", "due_at", sqlite_where=text("done_at IS NULL"),
              postgresql_where=text("done_at IS NULL")),
    )  # fmt: skip

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    after: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]

    announcement: Mapped[Announcement] = relationship(lazy="joined")


# Queries


def due(session: Session) -> Select[Reminder]:
    """Nobody is asked about what is hidden by moderation, withdrawn or expired."""
    at = now(session)
    return (
        select(Reminder)
        .join(Announcement, Announcement.id == Reminder.announcement_id)
        .where(Reminder.done_at.is_(None), Reminder.due_at <= at)
        .where(Announcement.hidden_at.is_(None), in_force())
        .order_by(Reminder.due_at, Reminder.step)
    )


# Actions


def plan_reminders(tx: Transaction, announcement: Announcement) -> None:
    """By how long they have from its publication, or its correction, to its deadline."""
    for step, due_at in _steps(announcement):
        tx.add(Reminder(announcement_id=announcement.id, step=step, due_at=due_at))


def plan_anew(tx: Transaction, announcement: Announcement) -> None:
    """Called in the transaction that asks everybody once more. What the worker is about to send
    stays a row that it can hold: it waits, and finds that it is not due yet."""
    theirs = select(Reminder).where(Reminder.announcement_id == announcement.id)
    held = theirs.order_by(Reminder.step).with_for_update(of=Reminder, key_share=True)
    rows = tx.scalars(held, execution_options={"populate_existing": True})
    there = {reminder.step: reminder for reminder in rows}
    for step, due_at in _steps(announcement):
        if reminder := there.get(step):
            reminder.due_at, reminder.after, reminder.done_at = due_at, 0, None
        else:
            tx.add(Reminder(announcement_id=announcement.id, step=step, due_at=due_at))


def remind_due(tx: Transaction) -> bool:
    """The worker's: some more, and whether there is more. Of several reminders that came due while
    nobody was there, the last one is sent."""
    for reminder in each_due(tx, due(tx), most=1):
        match Step(reminder.step):
            case Step.OWNERS:
                _tell_owners(tx, reminder)
            case Step.OFFICES:
                _tell_offices(tx, reminder)
            case _ if _overtaken(tx, reminder):
                reminder.done_at = now(tx)
            case _:
                _remind(tx, reminder)
    tx.flush()
    return tx.scalar(due(tx).with_only_columns(func.count()).order_by(None)) != 0


def _steps(announcement: Announcement) -> Iterator[tuple[Step, datetime]]:
    assert announcement.acknowledge_by
    begun = announcement.corrected_at or announcement.published_at
    time = announcement.acknowledge_by - begun
    for step, share in SHARES.items():
        yield step, begun + time * share / 100
    if announcement.by_organisation:
        yield Step.OWNERS, announcement.acknowledge_by
        yield Step.OFFICES, announcement.acknowledge_by + LEFT_TO_OWNERS


def _overtaken(tx: Transaction, reminder: Reminder) -> bool:
    later = due(tx).where(
        Reminder.announcement_id == reminder.announcement_id,
        Reminder.step.in_(list(SHARES)),
        Reminder.due_at > reminder.due_at,
    )
    return reminder.after == 0 and tx.scalar(later.limit(1)) is not None


def _remind(tx: Transaction, reminder: Reminder) -> None:
    announcement = reminder.announcement
    asked = (
        select(Receipt.member_id)
        .join(Announcement, Announcement.id == Receipt.announcement_id)
        .where(Receipt.announcement_id == announcement.id, Receipt.member_id > reminder.after)
        .where(asked_still())
    )
    some = tx.scalars(asked.order_by(Receipt.member_id).limit(BATCH)).all()
    if some:
        members = asked.where(Receipt.member_id <= some[-1])
        notify_many(
            tx, select(Member.id).where(Member.id.in_(members)), NoticeKind.REMINDER,
            actor=announcement.organisation.name, title=announcement.title,
            link=f"/announcements/{announcement.id}", stream=announcement.address,
        )  # fmt: skip
    _go_on(tx, reminder, some)
    if reminder.done_at:
        heard_by(tx, audience(announcement.audience))


def _tell_owners(tx: Transaction, reminder: Reminder) -> None:
    """Of each organisation that has not answered. What is not public only those hear of who were
    told of it."""
    announcement = reminder.announcement
    some = _unanswered(tx, reminder)
    named = {answer.organisation_id: answer.organisation.name for answer in some}
    owners = select(Mandate.organisation_id, Mandate.member_id).where(
        Mandate.live,
        Mandate.role == MandateRole.OWNER,
        Mandate.organisation_id.in_(list(named)),
    )
    told = [
        (member, _news(announcement, named[organisation]))
        for organisation, member in tx.execute(_who_may_know(owners, announcement))
    ]
    notify_each(tx, NoticeKind.UNANSWERED, told)
    _go_on(tx, reminder, list(named))


def _tell_offices(tx: Transaction, reminder: Reminder) -> None:
    """Who speaks for a verified office of a region hears how many organisations there have not
    answered."""
    announcement = reminder.announcement
    counted = (
        select(Organisation.region, func.count())
        .join(Answer, Answer.organisation_id == Organisation.id)
        .where(Answer.announcement_id == announcement.id, Answer.acknowledged_at.is_(None))
        .group_by(Organisation.region)
    )
    missing = {region: many for region, many in tx.execute(counted) if region}
    offices = _who_may_know(_offices_of(missing), announcement)
    told = [
        (member, _news(announcement, str(_within(missing, region))))
        for region, member in tx.execute(offices)
    ]
    notify_each(tx, NoticeKind.REGION, told)
    reminder.done_at = now(tx)


def _unanswered(tx: Transaction, reminder: Reminder) -> Sequence[Answer]:
    missing = select(Answer).where(
        Answer.announcement_id == reminder.announcement_id,
        Answer.acknowledged_at.is_(None),
        Answer.organisation_id > reminder.after,
    )
    return tx.scalars(missing.order_by(Answer.organisation_id).limit(BATCH)).all()


def _offices_of(missing: dict[str, int]) -> Select[str, int]:
    around = {one for region in missing for one in regions_around(region) if one}
    offices = select(Organisation.region, Mandate.member_id).join(Mandate.organisation)
    return offices.where(
        Mandate.live,
        Organisation.kind == Kind.GOVERNMENT,
        Organisation.level > 0,
        Organisation.region.in_(list(around)),
    )


def _within(missing: dict[str, int], region: str) -> int:
    return sum(many for part, many in missing.items() if region in regions_around(part))


def _who_may_know(people: Select[T, int], announcement: Announcement) -> Select[T, int]:
    if announcement.public:
        return people
    told = select(Receipt.member_id).where(Receipt.announcement_id == announcement.id)
    ours = Mandate.organisation_id == announcement.organisation_id
    return people.where(or_(Mandate.member_id.in_(told), ours))


def _news(announcement: Announcement, reason: str) -> News:
    link = f"/announcements/{announcement.id}"
    return News(announcement.title, link, stream=announcement.address, seq=1, reason=reason)


def _go_on(tx: Transaction, reminder: Reminder, some: Sequence[int]) -> None:
    """The next round takes the rest, where there is any."""
    if len(some) < BATCH:
        reminder.done_at = now(tx)
    else:
        reminder.after = some[-1]
