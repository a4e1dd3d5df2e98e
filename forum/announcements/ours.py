"""What a member's own office published."""

from sqlalchemy import Select
from sqlalchemy.orm import Session

from community.errors import NotFound
from community.members.models import Member
from community.organisations.policies import may_use
from community.policies import require
from forum.announcements.models import Announcement
from forum.announcements.queries import announcements_of, published_by_us


def published(member: Member, announcement_id: int) -> Select[Announcement]:
    """That one, where the member speaks for the office that published it."""
    ours = announcements_of(member).where(published_by_us(member))
    return ours.where(Announcement.id == announcement_id)


def published_for(session: Session, member: Member, announcement_id: int) -> Announcement:
    """Raises NotFound for everybody else, and Denied where the member's powers rest."""
    announcement = session.scalar(published(member, announcement_id))
    if announcement is None:
        raise NotFound
    require(may_use(member, announcement.organisation))
    return announcement
