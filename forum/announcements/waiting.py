"""What waits for a member: to acknowledge it, or where it is urgent, to see it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from community.members.models import Member
from community.members.queries import asked_by, built
from forum.announcements.answers import asked_still
from forum.announcements.models import Announcement, Purpose, Receipt
from forum.announcements.readers import reads_still
from forum.announcements.standing import in_force


def waiting_for(session: Session, member: Member) -> Sequence[Announcement]:
    """Those the member still has to acknowledge, the nearest deadline first."""
    return session.scalars(waiting_of(member), asked_by(member)).all()


def unacknowledged(member: Member) -> Select[int]:
    return (
        select(func.count())
        .select_from(Receipt)
        .join(Announcement, Announcement.id == Receipt.announcement_id)
        .where(_waits(member))
    )


def pinned_for(member: Member) -> Select[int]:
    """The oldest urgent one that stands above every page: until the member has acknowledged it, or
    where nobody asks for that, has seen it."""
    unseen = and_(
        Announcement.acknowledge_by.is_(None),
        Receipt.seen_at.is_(None),
        Announcement.hidden_at.is_(None),
        in_force(),
        reads_still(member.id),
    )
    told = select(Announcement.id).join(Receipt, Receipt.announcement_id == Announcement.id)
    urgent = told.where(Receipt.member_id == member.id, Announcement.purpose == Purpose.URGENT)
    return urgent.where(or_(asked_still(), unseen)).order_by(Announcement.id).limit(1)


@built
def waiting_of(member: Member) -> Select[Announcement]:
    waiting = select(Announcement).join(Receipt, Receipt.announcement_id == Announcement.id)
    return waiting.where(_waits(member)).order_by(Announcement.acknowledge_by)


def _waits(member: Member) -> ColumnElement[bool]:
    return and_(Receipt.member_id == member.id, asked_still())
