"""Whether an announcement, or a version of one, still holds."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from community.clock import now
from community.working_days import WIB
from forum.announcements.models import Announcement, Wording


class Standing(StrEnum):
    CURRENT = "current"
    REPLACED = "replaced"  # of a version: there is a newer one
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"  # by moderators


def standing_of(announcement: Announcement, version: int | None = None) -> Standing:
    """Of the version, or of the last one. What is worse is said first."""
    if announcement.hidden_at:
        return Standing.HIDDEN
    if announcement.withdrawn_at:
        return Standing.WITHDRAWN
    if version not in {None, announcement.version}:
        return Standing.REPLACED
    if announcement.expired_at:
        return Standing.EXPIRED
    return Standing.CURRENT


def has_lapsed(session: Session, one: Wording) -> bool:
    """The last day on which it held is over, everywhere in the country."""
    return one.valid_until is not None and one.valid_until < now(session).astimezone(WIB).date()


def in_force() -> ColumnElement[bool]:
    """Neither withdrawn nor expired."""
    return and_(Announcement.withdrawn_at.is_(None), Announcement.expired_at.is_(None))
