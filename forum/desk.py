"""What waits for an official: one page of their offices' drafts and approvals, of how far their
announcements have come, and of whose right to speak ends soon.

Sections in house order: queries.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from community.clock import now
from community.members.models import Member
from community.organisations.deputies import Deputy, deputies_around, standing_in
from community.organisations.models import Mandate, MandateRole, Organisation
from community.policies import Verdict
from forum.announcements.answers import Answer
from forum.announcements.models import Announcement, Receipt
from forum.manuscripts.models import Manuscript, State
from forum.manuscripts.policies import may_approve, may_publish
from forum.manuscripts.queries import manuscripts_open, publishing, publishing_mandates_of
from forum.responses.models import OPEN, RUNNING, Response
from forum.responses.queries import STANDS, responses_of
from forum.topics.models import Post

SOON = timedelta(days=30)  # before a mandate ends
RENEWING = timedelta(days=60)  # before a verification ends: papers take a while
OVER = timedelta(days=14)  # that an announcement stays on the desk after its deadline
ASKED = 5  # announcements whose progress is shown, the nearest deadline first
QUESTIONS = 10  # the nearest deadline first
ENDING = 20  # mandates that end soon


class Asked(NamedTuple):
    """An announcement with a deadline, and how many have acknowledged it: members or, where one
    does for all of one, organisations."""

    announcement: Announcement
    acknowledged: int
    told: int
    overdue: bool


class Question(NamedTuple):
    response: Response
    overdue: bool


class Desk(NamedTuple):
    """`may`: why somebody has none."""

    may: Verdict
    offices: Sequence[Organisation] = ()
    waiting: Sequence[Manuscript] = ()  # for the reader to approve
    drafts: Sequence[Manuscript] = ()  # all others that are no announcements yet
    asked: Sequence[Asked] = ()
    ending: Sequence[Mandate] = ()  # of those whom the reader may renew
    renewing: Sequence[Organisation] = ()  # whose verification ends, and the reader owns
    deputies: Sequence[Deputy] = ()  # of the offices, now and later
    questions: Sequence[Question] = ()  # for the reader to see to, or for nobody yet


def desk_of(session: Session, official: Member) -> Desk:
    mandates = publishing_mandates_of(session, official)
    may = may_publish(official, next(iter(mandates), None))
    if not mandates:
        return Desk(may)
    by_office = {one.organisation_id: one for one in mandates}
    opened = manuscripts_open(session, official)
    deputies = deputies_around(session, official)
    absent = frozenset(
        one.absent.member_id
        for one in deputies
        if one.begun_at and one.present.member_id == official.id
    )
    waiting = [
        one
        for one in opened
        if one.state == State.WAITING
        and may_approve(official, by_office[one.organisation_id], one, absent)
    ]
    return Desk(
        may,
        [one.organisation for one in mandates],
        waiting,
        [one for one in opened if one not in waiting],
        _asked(session, list(by_office)),
        _ending(session, mandates),
        _renewing(mandates, now(session)),
        deputies,
        _questions(session, official, list(by_office), absent),
    )


def on_desk(official: Member) -> Select[Any]:
    """How much waits there for the member alone to do; null for whoever has no desk. Part of what
    frames every page, so it is run with asked_by()."""
    offices = publishing(official).with_only_columns(Mandate.organisation_id).order_by(None)
    absent, present = aliased(Mandate), aliased(Mandate)
    instead = standing_in(absent, present).where(
        present.member_id == official.id, _wrote(absent.member_id)
    )
    waiting = select(func.count(Manuscript.id)).where(
        Manuscript.organisation_id.in_(offices),
        Manuscript.state == State.WAITING,
        ~_wrote(official.id),
        ~exists(instead.correlate(Manuscript)),
    )
    for_them = standing_in(absent, present).where(
        present.member_id == official.id, absent.organisation_id == Response.agency_id
    )
    owners = for_them.with_only_columns(absent.member_id).correlate(Response)
    questions = (
        select(func.count(Response.id))
        .join(Post, Post.id == Response.post_id)
        .where(
            Response.agency_id.in_(offices),
            Response.state.in_(RUNNING),
            or_(Response.owner_id == official.id, Response.owner_id.in_(owners)),
            *STANDS,
        )
    )
    both = waiting.scalar_subquery() + questions.scalar_subquery()
    return select(case((exists(offices), both)))


def _questions(
    session: Session, official: Member, offices: Sequence[int], absent: Collection[int]
) -> list[Question]:
    mine = or_(Response.owner_id.in_({official.id, *absent}), Response.owner_id.is_(None))
    theirs = responses_of(official).where(
        Response.agency_id.in_(offices), Response.state.in_(OPEN), mine
    )
    at = now(session)
    found = session.scalars(theirs.order_by(Response.due_at, Response.id).limit(QUESTIONS))
    return [Question(one, one.overdue(at)) for one in found]


def _wrote(member_id: Any) -> ColumnElement[bool]:
    """Any of a manuscript, as may_approve() asks. A list of numbers in JSON, "[4, 12]", becomes
    " 4, 12,", where both databases find " 12,"."""
    writers = func.replace(cast(Manuscript.writers, String), "[", " ")
    return func.replace(writers, "]", ",").like("% " + cast(member_id, String) + ",%", escape="/")


def _asked(session: Session, offices: Sequence[int]) -> list[Asked]:
    at = now(session)
    nearest = (
        select(Announcement.id, Announcement.by_organisation)
        .where(
            Announcement.organisation_id.in_(offices),
            Announcement.acknowledge_by > at - OVER,
            Announcement.hidden_at.is_(None),
        )
        .order_by(Announcement.acknowledge_by, Announcement.id)
        .limit(ASKED)
        .subquery()
    )
    members = _counted(Receipt).where(
        Receipt.announcement_id.in_(select(nearest.c.id).where(~nearest.c.by_organisation))
    )
    organisations = _counted(Answer).where(
        Answer.announcement_id.in_(select(nearest.c.id).where(nearest.c.by_organisation))
    )
    counted = members.union_all(organisations).subquery()
    found = (
        select(Announcement, func.coalesce(counted.c.done, 0), func.coalesce(counted.c.told, 0))
        .join(nearest, nearest.c.id == Announcement.id)
        .outerjoin(counted, counted.c.id == Announcement.id)
        .order_by(Announcement.acknowledge_by, Announcement.id)
    )
    return [
        Asked(one, done, told, one.acknowledge_by is not None and one.acknowledge_by < at)
        for one, done, told in session.execute(found)
    ]


def _counted(asked: type[Receipt] | type[Answer]) -> Select[int, int, int]:
    """Of each announcement: how many are asked, members or organisations, and have acknowledged."""
    return select(
        asked.announcement_id.label("id"),
        func.count().label("told"),
        func.count(asked.acknowledged_at).label("done"),
    ).group_by(asked.announcement_id)


def _ending(session: Session, mandates: Sequence[Mandate]) -> Sequence[Mandate]:
    """Of the offices that the reader owns: they may offer another one."""
    owned = [one.organisation_id for one in mandates if one.role == MandateRole.OWNER]
    soon = and_(Mandate.live, Mandate.ends_at <= now(session) + SOON)
    ending = select(Mandate).where(Mandate.organisation_id.in_(owned), soon)
    with_member = ending.options(joinedload(Mandate.member))
    return session.scalars(with_member.order_by(Mandate.ends_at, Mandate.id).limit(ENDING)).all()


def _renewing(mandates: Sequence[Mandate], at: datetime) -> list[Organisation]:
    owned = [one.organisation for one in mandates if one.role == MandateRole.OWNER]
    return [one for one in owned if one.verified_until and one.verified_until <= at + RENEWING]
