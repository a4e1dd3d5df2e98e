"""Who reads what is written under an announcement that is not for everybody: whom it is for, and
who speaks for the office. While moderation hides the announcement, nobody.

Whoever was told of what is for certain organisations alone, and speaks for none of them any more,
goes on to read what they were told, and nothing that was said since.
"""

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from community.members.models import Member
from community.organisations.models import Mandate, MandateRole, Organisation
from community.organisations.queries import mandates_of
from forum.announcements.models import Announcement, Receipt

Whose = ColumnElement[int] | InstrumentedAttribute[int] | int

SHOWN = Announcement.hidden_at.is_(None)
UNCHANGED = Announcement.corrected_at.is_(None)
FOR_ANYBODY = or_(Announcement.public, and_(Announcement.kind == "", Announcement.role == ""))


def meant_still(member_id: Whose) -> ColumnElement[bool]:
    """Of an announcement and one who was told of it: what is said from now on is for them, too."""
    speaks = (
        select(Mandate.id)
        .join(Organisation, Organisation.id == Mandate.organisation_id)
        .where(Mandate.member_id == member_id, Mandate.live, Organisation.level > 0)
        .where(or_(Announcement.kind == "", Organisation.kind == Announcement.kind))
        .where(or_(Announcement.role != MandateRole.OWNER, Mandate.role == MandateRole.OWNER))
        .correlate_except(Mandate, Organisation)
    )
    return or_(FOR_ANYBODY, speaks.exists())


def reads_still(member_id: Whose) -> ColumnElement[bool]:
    """The same of what it says now."""
    return or_(UNCHANGED, meant_still(member_id))


def told_to(member: Member) -> Select[int]:
    """The ids of announcements."""
    told = select(Receipt.announcement_id).join(Receipt.announcement)
    return told.where(Receipt.member_id == member.id, SHOWN, meant_still(member.id))


def announced_by(member: Member) -> Select[int]:
    """The same of those that an office of theirs published."""
    offices = mandates_of(member).order_by(None).with_only_columns(Mandate.organisation_id)
    return select(Announcement.id).where(Announcement.organisation_id.in_(offices), SHOWN)


def reads(announcement_id: int) -> ColumnElement[bool]:
    """Which members: the same, asked the other way round."""
    told = select(Receipt.member_id).join(Receipt.announcement)
    told = told.where(meant_still(Receipt.member_id))
    speak = select(Mandate.member_id).join(
        Announcement, Announcement.organisation_id == Mandate.organisation_id
    )
    this = (Announcement.id == announcement_id, SHOWN)
    return or_(Member.id.in_(told.where(*this)), Member.id.in_(speak.where(*this, Mandate.live)))
