"""What of the queue is wanted: by reason, urgency, kind, age and place."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal, NamedTuple

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from channels.models import Channel
from community.clock import now
from community.database import Moment
from community.places import Lens
from forum.categories import Category
from forum.topics.models import Topic
from moderation.appeals import Appeal
from moderation.models import ANEW, Case, State, SubjectKind
from moderation.places import standing_in

SHAPES = 500  # different queries that are kept built, by whose cases and what is wanted
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
MOMENTS = {"this_moment": timedelta(), "in_an_hour": HOUR, "in_a_day": DAY, "a_day_ago": -DAY,
           "a_week_ago": -WEEK}  # fmt: skip

Show = Literal["waiting", "mine", "asked", "decided"]


class Age(StrEnum):
    """How long there is left, or how long it has waited."""

    LATE = "late"
    HOUR = "hour"  # is due within it
    DAY = "day"
    NEW = "new"  # came within a day
    OLD = "old"  # came a week ago or before


class Apart(StrEnum):
    """What a case is besides what it is about."""

    APPEAL = "appeal"  # another look is asked for, or was taken
    ORDER = "order"  # of an authority


class Wanted(NamedTuple):
    """What a queue page shows; what is empty lets everything pass."""

    show: Show = "waiting"
    reason: str = ""
    priority: int | None = None
    kind: SubjectKind | Apart | None = None
    age: Age | None = None
    lens: Lens = Lens()


ALL = Wanted()
KINDS: dict[str, SubjectKind | Apart] = {kind.value: kind for kind in (*SubjectKind, *Apart)}


@lru_cache(SHAPES)
def filtered(cases: Select[Case], wanted: Wanted) -> Select[Case]:
    """By all but what they are shown by. Run with moments()."""
    if wanted.reason:
        cases = cases.where(Case.reason_code == wanted.reason)
    if wanted.priority is not None:
        cases = cases.where(Case.priority == wanted.priority)
    if wanted.kind:
        cases = cases.where(_of_kind(wanted.kind))
    if wanted.age:
        cases = cases.where(_of_age(wanted.age))
    if any(wanted.lens):
        topics = select(Topic).where(wanted.lens.shows(Topic))
        channels = select(Channel).where(wanted.lens.shows(Channel))
        cases = cases.where(standing_in(topics, channels, wanted.lens, select(Category)))
    return cases


def is_waiting() -> ColumnElement[bool]:
    """For those who moderate; where an applicant was asked, for them."""
    return and_(Case.closed_at.is_(None), Case.state != State.ASKED)


def moments(session: Session) -> dict[str, datetime]:
    """What the ages of a filtered query are counted from."""
    at = now(session)
    return {name: at + apart for name, apart in MOMENTS.items()}


def _of_kind(kind: SubjectKind | Apart) -> ColumnElement[bool]:
    match kind:
        case Apart.APPEAL:
            asked = Case.id.in_(select(Appeal.case_id))
            return and_(asked, or_(Case.closed_at.is_not(None), Case.state.in_(ANEW)))
        case Apart.ORDER:
            return Case.ordered.is_(True)
        case SubjectKind():
            return Case.subject_kind == kind


def _of_age(age: Age) -> ColumnElement[bool]:
    match age:
        case Age.LATE:
            return Case.due_at < _moment("this_moment")
        case Age.HOUR:
            return Case.due_at.between(_moment("this_moment"), _moment("in_an_hour"))
        case Age.DAY:
            return Case.due_at.between(_moment("this_moment"), _moment("in_a_day"))
        case Age.NEW:
            return Case.opened_at > _moment("a_day_ago")
        case Age.OLD:
            return Case.opened_at <= _moment("a_week_ago")


def _moment(name: str) -> BindParameter[datetime]:
    return bindparam(name, type_=Moment)
