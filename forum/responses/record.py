"""How an office answers: what is open and overdue with it, and how long its answers took, quarter
by quarter. The same for everybody: counted is what visitors may read.

Sections in house order: queries.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from community.clock import now
from community.errors import NotFound
from community.members.models import Member
from community.organisations.models import Kind, Organisation
from community.organisations.queries import organisation_for
from community.working_days import zone_of
from forum.responses.models import OPEN, RUNNING, SETTLED, Response, State
from forum.responses.queries import STANDS, responses_of
from forum.topics.models import Post, Topic
from forum.topics.queries import topics_of

QUARTERS = 8  # that are shown, with the present one
SHOWN = 10  # open requests on the page, the nearest deadline first; the register has them all
NEWEST = 20  # entries of a feed


class Quarter(NamedTuple):
    """`begins`, where the office is. `median`: working days that half of the answers took at most;
    None where nothing was answered."""

    begins: datetime
    answered: int
    in_time: int
    median: float | None

    @property
    def number(self) -> int:
        return (self.begins.month + 2) // 3

    @property
    def share(self) -> float | None:
        return self.in_time / self.answered if self.answered else None


class Asked(NamedTuple):
    response: Response
    overdue: bool


class Changed(NamedTuple):
    response: Response
    answer: Post | None  # as far as visitors read it


class Record(NamedTuple):
    """`open` and `overdue` are all there are; `asked` the first of them."""

    agency: Organisation
    open: int
    overdue: int
    refused: int
    asked: Sequence[Asked]
    quarters: Sequence[Quarter]  # the oldest first

    @property
    def answered(self) -> int:
        return sum(one.answered for one in self.quarters)

    @property
    def in_time(self) -> int:
        return sum(one.in_time for one in self.quarters)


def agency_for(session: Session, organisation_id: int) -> Organisation:
    """Raises NotFound for one that is no office. One that is verified no more keeps its record."""
    agency = organisation_for(session, None, organisation_id)
    if agency.kind != Kind.GOVERNMENT:
        raise NotFound
    return agency


def record_of(session: Session, _reader: Member | None, organisation_id: int) -> Record:
    agency, at = agency_for(session, organisation_id), now(session)
    theirs = responses_of(None).where(Response.agency_id == agency.id)
    late = Response.state.in_(RUNNING) & (Response.due_at <= at)
    counted = theirs.with_only_columns(
        func.count().filter(Response.state.in_(OPEN)),
        func.count().filter(late),
        func.count().filter(Response.state == State.REFUSED),
    )
    open_ones, overdue, refused = session.execute(counted.order_by(None)).one()
    nearest = theirs.where(Response.state.in_(OPEN)).order_by(Response.due_at, Response.id)
    asked = session.scalars(nearest.limit(SHOWN)).all()
    return Record(
        agency, open_ones, overdue, refused,
        [Asked(one, one.overdue(at)) for one in asked],
        _quarters(session, agency, at),
    )  # fmt: skip


def newest_of(session: Session, organisation_id: int) -> tuple[Organisation, Sequence[Changed]]:
    """What has changed last, as visitors read it."""
    agency = agency_for(session, organisation_id)
    theirs = responses_of(None).where(
        Response.agency_id == agency.id, Response.state != State.TAKEN_BACK
    )
    newest = theirs.order_by(Response.changed_at.desc(), Response.id.desc()).limit(NEWEST)
    asked = contains_eager(Response.post).contains_eager(Post.topic).joinedload(Topic.category)
    found = session.scalars(newest.options(asked)).all()
    answers = _answers_of(session, found)
    return agency, [Changed(one, answers.get(one.answer_id or 0)) for one in found]


def _answers_of(session: Session, responses: Sequence[Response]) -> dict[int, Post]:
    """Those that visitors read: one may have been moved since to where they do not."""
    seen = topics_of(None).with_only_columns(Topic.id)
    given = Post.id.in_([one.answer_id for one in responses if one.answer_id])
    found = select(Post).where(given, Post.stream_id.in_(seen), *STANDS)
    with_topics = found.options(joinedload(Post.topic).joinedload(Topic.category))
    return {one.id: one for one in session.scalars(with_topics)}


def _quarters(session: Session, agency: Organisation, at: datetime) -> list[Quarter]:
    """Counted by the database: of thousands of answers it gives as many rows as there are different
    numbers of days."""
    zone = zone_of(agency.region)
    begins = quarters_to(at, zone)
    latest_first = list(enumerate(begins))[::-1]
    which = case(*((Response.answered_at >= one, number) for number, one in latest_first))
    in_time = func.count().filter(Response.answered_at < Response.due_at)
    counted = (
        responses_of(None)
        .where(
            Response.agency_id == agency.id,
            Response.state.in_(SETTLED),
            Response.answered_at >= begins[0],
        )
        .with_only_columns(which, Response.took, func.count(), in_time)
        .group_by(which, Response.took)
        .order_by(Response.took)
    )
    rows = session.execute(counted).all()
    found = []
    for number, one in enumerate(begins):
        these = [(took or 0, many, kept) for which, took, many, kept in rows if which == number]
        all_, kept = sum(many for _took, many, _kept in these), sum(kept for *_, kept in these)
        middle = median([(took, many) for took, many, _kept in these])
        found.append(Quarter(one.astimezone(zone), all_, kept, middle))
    return found


def median(counted: Sequence[tuple[int, int]]) -> float | None:
    """Of values and how often there is each, in their order."""
    so_far = list(accumulate(many for _value, many in counted))
    if not so_far:
        return None
    low, high = (so_far[-1] + 1) // 2, so_far[-1] // 2 + 1
    return (counted[bisect_left(so_far, low)][0] + counted[bisect_left(so_far, high)][0]) / 2


def quarters_to(at: datetime, zone: ZoneInfo) -> list[datetime]:
    """The beginnings of the last of them, where the office is, the oldest first."""
    there = at.astimezone(zone)
    number = there.year * 4 + (there.month - 1) // 3
    return [
        datetime(one // 4, one % 4 * 3 + 1, 1, tzinfo=zone).astimezone(UTC)
        for one in range(number - QUARTERS + 1, number + 1)
    ]
