"""What stands in the link of a letter: this member may acknowledge this announcement without
signing in, under this mandate, once, until the deadline or until everybody is asked anew.

Whoever holds the letter holds the pass, so it opens nothing else. Each time it is shown everything
is looked at again: whether the mandate still holds, whether they may still read it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from community.clock import now
from community.database import Transaction
from community.errors import Conflict, NotFound
from community.members.models import Member
from community.members.policies import may_take_part
from community.organisations.models import Mandate
from community.organisations.policies import may_speak_for
from community.organisations.queries import mandates_of
from community.words import _
from forum.announcements.acknowledging import acknowledge_for
from forum.announcements.answers import Answer, answers_by, spoken_in
from forum.announcements.models import Announcement
from forum.announcements.queries import announcement_read, receipt_of
from forum.announcements.standing import Standing, standing_of
from forum.announcements.versions import asked_with

MOST = 5  # links of one letter about one announcement
OVER = _("This link does not hold any more. Please sign in.")


class Pass(NamedTuple):
    announcement: int
    member: int
    mandate: int  # 0: of a member for themself
    version: int = 1  # that the letter told of

    def __str__(self) -> str:
        return ":".join(map(str, self))

    @classmethod
    def read(cls, text: str) -> "Pass":
        return cls(*map(int, text.split(":")))


class Passed(NamedTuple):
    """What a pass opens."""

    announcement: Announcement
    member: Member
    mandate: Mandate | None
    done: bool  # somebody has acknowledged it for them, or they themself


def passes_for(
    session: Session, member: Member, announcement_id: int
) -> Sequence[tuple[Pass, str]]:
    """Each with what the organisation is called; none where nothing is to be acknowledged, or not
    in time."""
    announcement = session.get_one(Announcement, announcement_id)
    if not (_is_open(session, announcement) and may_take_part(member)):
        return []
    theirs = answers_by(session, member, announcement_id)
    if waiting := [mandate for answer, mandate in theirs if answer.acknowledged_at is None]:
        return [_of(announcement, one) for one in waiting[:MOST]]
    receipt = receipt_of(session, member, announcement_id)
    if theirs or receipt is None or receipt.acknowledged_at:
        return []
    if not (announcement.kind or announcement.role):
        return [(Pass(announcement_id, member.id, 0, announcement.version), "")]
    mandate = _meant(session, member, announcement)
    return [_of(announcement, mandate)] if mandate else []


def passed(session: Session, shown: Pass) -> Passed:
    """Raises Conflict where the pass does not hold any more."""
    member = session.get(Member, shown.member)
    if member is None or not may_take_part(member):
        raise Conflict(OVER)
    try:
        announcement = announcement_read(session, member, shown.announcement)
    except NotFound:
        raise Conflict(OVER) from None
    if shown.version < asked_with(session, announcement.id):
        raise Conflict(OVER)
    mandate = session.get(Mandate, shown.mandate) if shown.mandate else None
    if not _is_open(session, announcement) or (shown.mandate and not _holds(member, mandate)):
        raise Conflict(OVER)
    return Passed(announcement, member, mandate, _is_done(session, member, announcement, mandate))


def acknowledge_with(tx: Transaction, shown: Pass, said: str, version: int) -> Passed:
    """Doing it twice is doing it once; `version` is the one they had before them. Raises Conflict,
    and of these Corrected where the pass holds, but there is another version."""
    found = passed(tx, shown)
    if not found.done:
        theirs = _answers(tx, found.member, found.announcement, found.mandate)
        acknowledge_for(tx, found.member, found.announcement, theirs, said, version)
    return found._replace(done=True)


def _is_open(session: Session, announcement: Announcement) -> bool:
    by = announcement.acknowledge_by
    current = standing_of(announcement) == Standing.CURRENT
    return by is not None and by > now(session) and current


def _holds(member: Member, mandate: Mandate | None) -> bool:
    return mandate is not None and bool(may_speak_for(member, mandate))


def _is_done(
    session: Session, member: Member, announcement: Announcement, mandate: Mandate | None
) -> bool:
    if theirs := _answers(session, member, announcement, mandate):
        return all(answer.acknowledged_at for answer, _mandate in theirs)
    receipt = receipt_of(session, member, announcement.id)
    return receipt is not None and receipt.acknowledged_at is not None


def _answers(
    session: Session, member: Member, announcement: Announcement, mandate: Mandate | None
) -> Sequence[tuple[Answer, Mandate]]:
    theirs = answers_by(session, member, announcement.id)
    return [(answer, one) for answer, one in theirs if mandate and one.id == mandate.id]


def _meant(session: Session, member: Member, announcement: Announcement) -> Mandate | None:
    """By which the member belongs to its audience."""
    meant = spoken_in(announcement.audience).with_only_columns(Mandate.id)
    return session.scalars(mandates_of(member).where(Mandate.id.in_(meant)).limit(1)).first()


def _of(announcement: Announcement, mandate: Mandate) -> tuple[Pass, str]:
    shown = Pass(announcement.id, mandate.member_id, mandate.id, announcement.version)
    return shown, mandate.organisation.name
