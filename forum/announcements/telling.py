"""The notices of an announcement. Who is told is settled when it is published (their receipts); of
many the first are told then, the others by the worker, bit by bit, so that nobody else waits long.

Sections in house order: models, queries, actions.
"""

from sqlalchemy import ColumnElement, ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.chores import each_due
from community.database import Base, Transaction
from community.members.models import Member
from community.notices.actions import heard_by, notify_many
from community.notices.models import NoticeKind
from forum.announcements.events import audience
from forum.announcements.models import Announcement, Receipt
from forum.announcements.readers import reads_still

FIRST = 200  # members that are told as it is published
BATCH = 2_000  # members that one turn of the worker tells: who writes waits for the whole turn

# Models


class Telling(Base):
    """There as long as somebody is still to be told. Up to `after_id` all members are; of who comes
    after `until_id` nobody is."""

    __tablename__ = "announcement_tellings"

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    after_id: Mapped[int] = mapped_column(default=0)
    until_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(default=NoticeKind.ANNOUNCEMENT)  # of their notices

    announcement: Mapped[Announcement] = relationship(lazy="joined")


# Queries


def telling_due() -> Select[Telling]:
    """What is hidden waits until it is shown again."""
    shown = Announcement.hidden_at.is_(None)
    due = select(Telling).join(Announcement, Announcement.id == Telling.announcement_id)
    return due.where(shown).order_by(Telling.announcement_id)


def _last_of(session: Session, telling: Telling, many: int) -> int | None:
    """The last of as many members; None where there are fewer."""
    waiting = select(Receipt.member_id).where(*_left(telling))
    return session.scalar(waiting.order_by(Receipt.member_id).offset(many - 1).limit(1))


def _left(telling: Telling) -> list[ColumnElement[bool]]:
    left = [Receipt.announcement_id == telling.announcement_id,
            Receipt.member_id > telling.after_id]  # fmt: skip
    return left if telling.until_id is None else [*left, Receipt.member_id <= telling.until_id]


# Actions


def begin_to_tell(tx: Transaction, announcement: Announcement) -> None:
    """Called in the transaction that publishes it, when its receipts are there."""
    telling = Telling(announcement_id=announcement.id, announcement=announcement, after_id=0)
    tx.add(telling)
    tx.flush()
    _tell_on(tx, telling, FIRST)


def tell_anew(tx: Transaction, announcement: Announcement, kind: NoticeKind) -> None:
    """Called in the transaction that corrects or withdraws it: all of them from the first on. Whom
    the worker has not told of it yet is not told that it was withdrawn."""
    going = select(Telling).where(Telling.announcement_id == announcement.id)
    held = going.with_for_update(of=Telling).execution_options(populate_existing=True)
    telling = tx.scalar(held)
    if telling is None:
        telling = Telling(announcement_id=announcement.id, announcement=announcement)
        tx.add(telling)
    elif kind == NoticeKind.WITHDRAWN and telling.kind == NoticeKind.ANNOUNCEMENT:
        telling.until_id = telling.after_id
    telling.after_id, telling.kind = 0, kind
    tx.flush()
    _tell_on(tx, telling, FIRST)


def tell_on(tx: Transaction) -> bool:
    """The worker's: some more, and whether anybody is left. Whatever ends it half-way, each is told
    once: how far it has come is stored with the notices."""
    for telling in each_due(tx, telling_due(), most=1):
        _tell_on(tx, telling, BATCH)
    tx.flush()
    return tx.scalar(telling_due().with_only_columns(func.count()).order_by(None)) != 0


def _tell_on(tx: Transaction, telling: Telling, many: int) -> None:
    """Their tabs ask for their numbers once all are told."""
    one, last = telling.announcement, _last_of(tx, telling, many)
    members = select(Member.id).join(Receipt, Receipt.member_id == Member.id)
    members = members.join(Receipt.announcement).where(*_left(telling), reads_still(Member.id))
    if telling.kind != NoticeKind.WITHDRAWN:  # who was quicker needs no notice
        members = members.where(Receipt.acknowledged_at.is_(None))
    if last is not None:
        members = members.where(Receipt.member_id <= last)
    notify_many(
        tx, members, NoticeKind(telling.kind), actor=one.organisation.name, title=one.title,
        link=f"/announcements/{one.id}", stream=one.address,
    )  # fmt: skip
    if last is not None:
        telling.after_id = last
    else:
        tx.delete(telling)
        heard_by(tx, audience(one.audience))
