"""The queue as those who moderate see it: filtered, what is due first, with exact counts."""

from collections.abc import Hashable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    cast,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased, load_only

from community.clock import now
from community.database import Moment
from community.errors import NotFound
from community.members.models import Member
from community.members.queries import anyone, asked_by
from community.policies import Verdict, require
from moderation.models import Case, Evidence, Queue, State
from moderation.on_call import queue_and_on_call
from moderation.parties import parties_of
from moderation.places import read_by_few
from moderation.policies import Party, may_see_queue
from moderation.proposals import Proposal, many_waiting
from moderation.queries import THE_QUEUE, cases_of
from moderation.queue.filtering import (
    SHAPES,
    Age,
    Apart,
    Show,
    Wanted,
    filtered,
    is_waiting,
    moments,
)
from moderation.reasons import Reason, all_reasons
from moderation.states import Step, may

PAGE = 50
# No case is older. So what is open is counted by the index of that, which is short, and not by one
# of all that ever was.
EVER = datetime(2000, 1, 1, tzinfo=UTC)
PROPOSED = 20  # proposals for many cases that are listed above the queue, the oldest
PRESSING = (Case.due_at, Case.id)
LATEST = (Case.rev.desc(),)
SORTED = (Case.rev + 0).desc()  # as LATEST, by no index
COUNTED: tuple[Show, ...] = ("waiting", "mine", "asked")  # what is decided is past counting


class Listed(NamedTuple):
    case: Case
    evidence: Evidence
    party: Party
    private: bool  # its words are shown where it is written down who looks
    may_claim: Verdict
    at: datetime  # now, for what the clock says

    @property
    def stamp(self) -> Hashable:
        """Of all its line shows but the clock: what is of the same stamp looks the same."""
        case, evidence, reason = self.case, self.evidence, self.case.reason
        holder = case.claimed_by.name if case.held and case.claimed_by else ""
        return (
            case.id, case.rev, case.version, case.state, case.priority, case.flags, case.due_at,
            case.closed_at, case.author.name, holder, reason.code, reason.label_id, reason.label_en,
            evidence.html, evidence.place, self.private, self.party, bool(self.may_claim),
        )  # fmt: skip


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
    mine = filtered(cases_of(session, moderator), wanted)
    counts, proposed = _counted(session, moderator, mine)
    page, given = page_of(session, moderator, mine, wanted, after)
    return QueuePage(
        queue,
        rows_of(session, moderator, page, given),
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
    return _rows_among(session, moderator, cases_of(session, moderator), case_ids)


def row_among(session: Session, moderator: Member, cases: Select[Case], case_id: int) -> Listed:
    for row in _rows_among(session, moderator, cases, [case_id]):
        return row
    raise NotFound


def _rows_among(
    session: Session, moderator: Member, cases: Select[Case], case_ids: Sequence[int]
) -> list[Listed]:
    return rows_of(session, moderator, _these(cases), {"these": list(case_ids)})


def page_of(
    session: Session, moderator: Member, cases: Select[Case], wanted: Wanted, after: int
) -> tuple[Select[Case], Mapping[str, Any]]:
    """What is due first; of what is decided, the latest. With what it is run with."""
    given = _given(session, moderator)
    if last := session.get(Case, after) if after else None:
        place = {"last": last.id, "last_due": last.due_at, "last_rev": last.rev}
        return _page(cases, wanted, PAGE, behind=True), {**given, **place}
    return _page(cases, wanted, PAGE, behind=False), given


@lru_cache(SHAPES)
def _page(cases: Select[Case], wanted: Wanted, most: int, *, behind: bool) -> Select[Case]:
    """As the indexes have it: the first that pass are the page, and nothing else is looked at."""
    shown = cases.where(_shown(wanted.show)).with_only_columns(Case.id)
    if behind:
        shown = shown.where(_behind(wanted.show))
    order = LATEST if wanted.show == "decided" else PRESSING
    found_by = (SORTED,) if wanted.show == "decided" and _are_few(wanted) else order
    ids = shown.order_by(*found_by).limit(most).subquery()
    return select(Case).join(ids, ids.c.id == Case.id).order_by(*order)


def _are_few(wanted: Wanted) -> bool:
    """Of all that was ever decided: those are found by what they are, and then sorted."""
    return wanted.age == Age.NEW or wanted.kind == Apart.APPEAL


def rows_of(
    session: Session, moderator: Member, cases: Select[Case], given: Mapping[str, Any]
) -> list[Listed]:
    """With what a row of the queue shows of each, the latest evidence among it."""
    found = session.execute(_with_evidence(cases), given).all()
    parties = parties_of(session, moderator, [case for case, _evidence, _private in found])
    at = now(session)
    return [
        Listed(case, evidence, party, private, may(Step.CLAIM, moderator, case, party), at)
        for case, evidence, private in found
        for party in [parties[case.id]]
    ]


@lru_cache(SHAPES)
def _with_evidence(cases: Select[Case]) -> Select[Case, Evidence, bool]:
    taken = aliased(Evidence)
    latest = select(func.max(taken.id)).where(taken.case_id == Case.id).scalar_subquery()
    found = cases.join(Evidence, Evidence.id == latest).add_columns(Evidence, read_by_few())
    return found.options(load_only(Evidence.html, Evidence.place, raiseload=True))


@lru_cache(SHAPES)
def _these(cases: Select[Case]) -> Select[Case]:
    return cases.where(Case.id.in_(bindparam("these", expanding=True)))


def _counted(
    session: Session, moderator: Member, cases: Select[Case]
) -> tuple[dict[Show, int], Sequence[int]]:
    """How many of each there are, in one look at what is open; and what is proposed for many of
    them at once, the oldest first."""
    *counts, many = session.execute(_counting(cases), _given(session, moderator)).one()
    found = sorted(map(int, many.split(","))) if many else []
    return dict(zip(COUNTED, counts, strict=True)), found[:PROPOSED]


@lru_cache(SHAPES)
def _counting(cases: Select[Case]) -> Select[Any]:
    each: list[Any] = [func.count().filter(_shown(show)) for show in COUNTED]
    numbers = func.aggregate_strings(cast(Proposal.id, String), ",")
    proposed = many_waiting().with_only_columns(numbers).scalar_subquery()
    waits = and_(Case.closed_at.is_(None), Case.due_at > EVER)
    return cases.where(waits).with_only_columns(*each, proposed)


def _given(session: Session, moderator: Member) -> dict[str, Any]:
    return {**asked_by(moderator), **moments(session)}


def _shown(show: Show) -> ColumnElement[bool]:
    match show:
        case "mine":
            return and_(Case.closed_at.is_(None), Case.claimed_by_id == anyone().id)
        case "decided":
            return and_(Case.queue_id == THE_QUEUE, Case.closed_at.is_not(None))
        case "asked":
            return and_(Case.closed_at.is_(None), Case.state == State.ASKED)
        case "waiting":
            return is_waiting()


def _behind(show: Show) -> ColumnElement[bool]:
    if show == "decided":
        return Case.rev < bindparam("last_rev")
    return tuple_(Case.due_at, Case.id) > tuple_(
        bindparam("last_due", type_=Moment), bindparam("last", type_=BigInteger)
    )
