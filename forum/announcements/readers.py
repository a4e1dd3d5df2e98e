"""Who reads what is written under an announcement that is not for everybody: whom it is for, and
who speaks for the office. While moderation hides the announcement, nobody."""

from sqlalchemy import ColumnElement, Select, or_, select

from community.members.models import Member
from community.organisations.models import Mandate
from community.organisations.queries import mandates_of
from forum.announcements.models import Announcement, Receipt

SHOWN = Announcement.hidden_at.is_(None)


def told_to(member: Member) -> Select[int]:
    """The ids of announcements."""
    told = select(Receipt.announcement_id).join(Receipt.announcement)
    return told.where(Receipt.member_id == member.id, SHOWN)


def announced_by(member: Member) -> Select[int]:
    """The same of those that an office of theirs published."""
    offices = mandates_of(member).order_by(None).with_only_columns(Mandate.organisation_id)
    return select(Announcement.id).where(Announcement.organisation_id.in_(offices), SHOWN)


def reads(announcement_id: int) -> ColumnElement[bool]:
    """Which members: the same, asked the other way round."""
    told = select(Receipt.member_id).join(Receipt.announcement)
    speak = select(Mandate.member_id).join(
        Announcement, Announcement.organisation_id == Mandate.organisation_id
    )
    this = (Announcement.id == announcement_id, SHOWN)
    return or_(Member.id.in_(told.where(*this)), Member.id.in_(speak.where(*this, Mandate.live)))
