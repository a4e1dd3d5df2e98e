"""The queue as those who moderate see it: filtered, what is due first, with exact counts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from channels.models import Channel
from community.clock import now
from community.errors import NotFound
from community.members.models import Member
from community.places import Lens
from community.policies import Verdict, require
from forum.categories import Category
from forum.topics.models import Topic
from moderation.appeals import Appeal
from moderation.models import Case, Evidence, Queue, State, SubjectKind
from moderation.on_call import queue_and_on_call
from moderation.parties import parties_of
from moderation.places import read_by_few, standing_in
from moderation.policies import Party, may_see_queue
from moderation.proposals import Proposal, many_waiting
from moderation.queries import THE_QUEUE, cases_of
from moderation.reasons import Reason, all_reasons
from moderation.states import Step, may

PAGE = 50
# No case is older. So what is open is counted by the index of that, which is short, and not by one
# of all that ever was.
EVER = datetime(2000, 1, 1, tzinfo=UTC)
PROPOSED = 20  # proposals for many cases that are listed above the queue, the oldest
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)

Show = Literal["waiting", "mine", "asked", "decided"]
PRESSING = (Case.due_at, Case.id)
LATEST = (Case.rev.desc(),)
ANEW = (State.APPEALED, State.APPEAL_CLAIMED)
SORTED = (Case.rev + 0).desc()  # as LATEST, by no index
COUNTED: tuple[Show, ...] = ("waiting", "mine", "asked")  # what is decided is past counting


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


class Listed(NamedTuple):
    case: Case
    evidence: Evidence
    party: Party
    private: bool  # its words are shown where it is written down who looks
    may_claim: Verdict
    at: datetime  # now, for what the clock says


class QueuePage(NamedTuple):
    queue: Queue  # read first: what changes afterwards is caught up on
    rows: Sequence[Listed]
    counts: dict[Show, int]  # exact, under the same filters
    reasons: dict[str, Reason]
    on_call: Sequence[Member]  # now
    many: Sequence[int]  # numbers of what is proposed for many cases at once, unanswered


def queue_page(session: Session, moderator: Member, wanted: Wanted, after: int = 0) -> QueuePage:
    """`after` is the last id that was seen."""
    require(may_see_queue(moderator))
    queue, on_call = queue_and_on_call(session)
    mine = filtered(session, cases_of(session, moderator), wanted)
    counts, proposed = _counted(session, moderator, mine)
    return QueuePage(
        queue,
        rows_of(session, moderator, page_of(session, moderator, mine, wanted, after)),
        counts,
        all_reasons(session),
        on_call,
        proposed,
    )


def row_for(session: Session, moderator: Member, case_id: int) -> Listed:
    return row_among(session, moderator, cases_of(session, moderator), case_id)


def rows_for(session: Session, moderator: Member, case_ids: Sequence[int]) -> Sequence[Listed]:
    """Those of them that they may see."""
    require(may_see_queue(moderator))
    return rows_of(session, moderator, cases_of(session, moderator).where(Case.id.in_(case_ids)))


def row_among(session: Session, moderator: Member, cases: Select[Case], case_id: int) -> Listed:
    for row in rows_of(session, moderator, cases.where(Case.id == case_id)):
        return row
    raise NotFound


def page_of(
    session: Session, moderator: Member, cases: Select[Case], wanted: Wanted, after: int
) -> Select[Case]:
    """What is due first; of what is decided, the latest. As the indexes have it: the first that
    pass are the page, and nothing else is looked at."""
    shown = cases.where(_shown(wanted.show, moderator)).with_only_columns(Case.id)
    if last := session.get(Case, after) if after else None:
        shown = shown.where(_behind(wanted.show, last))
    order = LATEST if wanted.show == "decided" else PRESSING
    found_by = (SORTED,) if wanted.show == "decided" and _are_few(wanted) else order
    ids = shown.order_by(*found_by).limit(PAGE).subquery()
    return select(Case).join(ids, ids.c.id == Case.id).order_by(*order)


def _are_few(wanted: Wanted) -> bool:
    """Of all that was ever decided: those are found by what they are, and then sorted."""
    return wanted.age == Age.NEW or wanted.kind == Apart.APPEAL


def rows_of(session: Session, moderator: Member, cases: Select[Case]) -> list[Listed]:
    """With what a row of the queue shows of each, the latest evidence among it."""
    taken = aliased(Evidence)
    latest = select(func.max(taken.id)).where(taken.case_id == Case.id).scalar_subquery()
    with_evidence = cases.join(Evidence, Evidence.id == latest).add_columns(Evidence, read_by_few())
    found = session.execute(with_evidence).all()
    parties = parties_of(session, moderator, [case for case, _evidence, _private in found])
    at = now(session)
    return [
        Listed(case, evidence, party, private, may(Step.CLAIM, moderator, case, party), at)
        for case, evidence, private in found
        for party in [parties[case.id]]
    ]


def filtered(session: Session, cases: Select[Case], wanted: Wanted) -> Select[Case]:
    """By all but what they are shown by."""
    if wanted.reason:
        cases = cases.where(Case.reason_code == wanted.reason)
    if wanted.priority is not None:
        cases = cases.where(Case.priority == wanted.priority)
    if wanted.kind:
        cases = cases.where(_of_kind(wanted.kind))
    if wanted.age:
        cases = cases.where(_of_age(wanted.age, now(session)))
    if any(wanted.lens):
        topics = select(Topic).where(wanted.lens.shows(Topic))
        channels = select(Channel).where(wanted.lens.shows(Channel))
        cases = cases.where(standing_in(topics, channels, wanted.lens, select(Category)))
    return cases


def is_waiting() -> ColumnElement[bool]:
    """For those who moderate; where an applicant was asked, for them."""
    return and_(Case.closed_at.is_(None), Case.state != State.ASKED)


def _counted(
    session: Session, moderator: Member, cases: Select[Case]
) -> tuple[dict[Show, int], Sequence[int]]:
    """How many of each there are, in one look at what is open; and what is proposed for many of
    them at once, the oldest first."""
    each = (func.count().filter(_shown(show, moderator)) for show in COUNTED)
    numbers = func.aggregate_strings(cast(Proposal.id, String), ",")
    proposed = many_waiting().with_only_columns(numbers).scalar_subquery()
    waits = and_(Case.closed_at.is_(None), Case.due_at > EVER)
    open_ones = cases.where(waits).with_only_columns(*each, proposed)
    *counts, many = session.execute(open_ones).one()
    found = sorted(map(int, many.split(","))) if many else []
    return dict(zip(COUNTED, counts, strict=True)), found[:PROPOSED]


def _shown(show: Show, moderator: Member) -> ColumnElement[bool]:
    match show:
        case "mine":
            return and_(Case.closed_at.is_(None), Case.claimed_by_id == moderator.id)
        case "decided":
            return and_(Case.queue_id == THE_QUEUE, Case.closed_at.is_not(None))
        case "asked":
            return and_(Case.closed_at.is_(None), Case.state == State.ASKED)
        case "waiting":
            return is_waiting()


def _behind(show: Show, last: Case) -> ColumnElement[bool]:
    if show == "decided":
        return Case.rev < last.rev
    return tuple_(Case.due_at, Case.id) > tuple_(literal(last.due_at), literal(last.id))


def _of_kind(kind: SubjectKind | Apart) -> ColumnElement[bool]:
    match kind:
        case Apart.APPEAL:
            asked = Case.id.in_(select(Appeal.case_id))
            return and_(asked, or_(Case.closed_at.is_not(None), Case.state.in_(ANEW)))
        case Apart.ORDER:
            return Case.ordered.is_(True)
        case SubjectKind():
            return Case.subject_kind == kind


def _of_age(age: Age, at: datetime) -> ColumnElement[bool]:
    match age:
        case Age.LATE:
            return Case.due_at < at
        case Age.HOUR:
            return Case.due_at.between(at, at + HOUR)
        case Age.DAY:
            return Case.due_at.between(at, at + DAY)
        case Age.NEW:
            return Case.opened_at > at - DAY
        case Age.OLD:
            return Case.opened_at <= at - WEEK
