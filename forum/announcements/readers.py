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
# Of a mandate, its organisation and an announcement.
MEANT = (
    Mandate.live, Organisation.level > 0, Announcement.kind.in_(["", Organisation.kind]),
    Announcement.role.in_(["", MandateRole.SPEAKER, Mandate.role]),  # who owns it speaks for it
)  # fmt: skip
FOR_ANYBODY = or_(Announcement.public, and_(Announcement.kind == "", Announcement.role == ""))


def meant_still(member_id: Whose) -> ColumnElement[bool]:
    """Of an announcement and one who was told of it: what is said from now on is for them, too."""
    speaks = select(Mandate.id).join(Organisation, Organisation.id == Mandate.organisation_id)
    speaks = speaks.where(Mandate.member_id == member_id, *MEANT)
    speaks = speaks.correlate_except(Mandate, Organisation)
    return or_(FOR_ANYBODY, speaks.exists())


def reads_still(member_id: Whose) -> ColumnElement[bool]:
    """The same of what it says now."""
    return or_(UNCHANGED, meant_still(member_id))


def told_to(member: Member) -> list[Select[int]]:
    """The ids of announcements, of those for nobody in particular and of the others. No list within
    a list, for these are asked within others, and SQLite reads only so deep."""
    told = _told(member).where(SHOWN)
    return [told.where(Announcement.kind == "", Announcement.role == ""), _meant(told)]


def told_as_it_reads(member: Member) -> list[Select[int]]:
    """The same of those that say nothing they are not to read, hidden or not."""
    told = _told(member)
    anybody = told.where(Announcement.kind == "", Announcement.role == "")
    return [told.where(UNCHANGED), anybody, _meant(told)]


def _told(member: Member) -> Select[int]:
    told = select(Receipt.announcement_id).join(Receipt.announcement)
    return told.where(Receipt.member_id == member.id)


def _meant(told: Select[int]) -> Select[int]:
    speaks = told.join(Mandate, Mandate.member_id == Receipt.member_id)
    return speaks.join(Organisation, Organisation.id == Mandate.organisation_id).where(*MEANT)


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
