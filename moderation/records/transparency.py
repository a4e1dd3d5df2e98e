"""What anybody may know of moderation: what was done and for what reason, never to whom.

The log tells by day what became of things that were written: where they stood, everybody sees that
a moderator was there. What was done to accounts it tells by month, without a reason, and no number
below FEW, so that no line fits one person. The report of a half-year counts all of it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from community.clock import now
from community.seconds import Seconds
from moderation.appeals import Appeal
from moderation.measures import LASTING, ON_AUTHOR, Measure
from moderation.models import REPORTABLE, Case, Decision, Flag, Ruling
from moderation.orders.queries import Answer, orders_between
from moderation.reasons import Reason, all_reasons

WIB = ZoneInfo("Asia/Jakarta")
AHEAD = 7 * 3600  # seconds that WIB is ahead of UTC, all year
# What is decided of a case that is opened anew is a decision of its own, and no answer to anybody.
ANOTHER_LOOK = (Ruling.UPHOLD, Ruling.MODIFY, Ruling.OVERTURN)
A_DAY = 24 * 3600
FEW = 3
WEEK, ALONE = 7, 30  # days: the lengths that are told
EPOCH = date(1970, 1, 1)


class Span(NamedTuple):
    """A month or a half-year, as the calendar in WIB has it."""

    since: datetime
    until: datetime

    def holds(self, moment: Any) -> ColumnElement[bool]:
        within: ColumnElement[bool] = moment.between(self.since, self.until - timedelta.resolution)
        return within


def month_of(year: int, month: int, months: int = 1) -> Span:
    last = year * 12 + month - 1 + months
    return Span(_midnight(year, month), _midnight(last // 12, last % 12 + 1))


def half_of(year: int, half: int) -> Span:
    return month_of(year, 6 * half - 5, months=6)


def _midnight(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=WIB).astimezone(UTC)


def first_decided(session: Session) -> datetime:
    """Since when there is something to tell."""
    return session.scalar(select(func.min(Decision.decided_at))) or now(session)


# The log


class Line(NamedTuple):
    day: date
    deed: str  # a measure, or that it was kept
    reason: Reason
    kind: str
    many: int


class Done(NamedTuple):
    """To accounts, within a month."""

    measure: str
    length: str  # "week", "month", "longer"; empty where it has none
    many: int  # 0: fewer than FEW


class Log(NamedTuple):
    lines: Sequence[Line]  # the latest day first
    accounts: Sequence[Done]
    answers: Sequence[tuple[str, int]]  # to whoever asked for another look, by what came of it
    since: datetime  # the first that was ever decided


def log_of(session: Session, month: Span) -> Log:
    reasons = all_reasons(session)
    day = (Seconds(Decision.decided_at) + AHEAD) // A_DAY
    by = (day, Decision.reason_code, Case.subject_kind)
    first = _decided(month).where(Decision.ruling.not_in(ANOTHER_LOOK))
    acted = first.join(Measure, Measure.decision_id == Decision.id)
    kept = _by(first.where(Decision.ruling == Ruling.KEEP), *by, Decision.ruling)
    on_entry = _by(acted.where(Measure.kind.not_in(ON_AUTHOR)), *by, Measure.kind)
    found = session.execute(union_all(kept, on_entry)).all()
    lines = [
        Line(EPOCH + timedelta(days=number), deed, reasons[reason], kind, many)
        for number, reason, kind, deed, many in sorted(found, key=lambda row: (-row[0], *row[1:4]))
    ]
    return Log(lines, _accounts(session, acted), _answers(session, month), first_decided(session))


def _accounts(session: Session, acted: Select[Any]) -> Sequence[Done]:
    length = case(
        (Measure.kind.not_in(LASTING), ""),
        (Measure.days <= WEEK, "week"),
        (Measure.days <= ALONE, "month"),
        else_="longer",
    )
    counted = _by(acted.where(Measure.kind.in_(ON_AUTHOR)), Measure.kind, length)
    rows = session.execute(counted.order_by(Measure.kind, length))
    return [Done(kind, long, many if many >= FEW else 0) for kind, long, many in rows]


def _answers(session: Session, month: Span) -> Sequence[tuple[str, int]]:
    counted = _by(_decided(month).where(Decision.ruling.in_(ANOTHER_LOOK)), Decision.ruling)
    return [(ruling, many) for ruling, many in session.execute(counted.order_by(Decision.ruling))]


def _by(rows: Select[Any], *by: Any) -> Select[Any]:
    """How many there are by each of these."""
    return rows.with_only_columns(*by, func.count()).group_by(*by)


def _decided(span: Span) -> Select[Any]:
    """About what was reported, by whomever."""
    about = select(Decision).join(Decision.case).where(Case.subject_kind.in_(REPORTABLE))
    return about.where(span.holds(Decision.decided_at))


# The report


class Counts(NamedTuple):
    tables: dict[str, dict[str, int]]  # by the name of a table, by code: how many, or seconds
    reasons: dict[str, Reason]
    since: datetime

    def all(self, table: str) -> int:
        return sum(self.tables[table].values())


def counts_of(session: Session, half: Span) -> Counts:
    """Each number is a cell: which table, which code. Whoever has something else to count adds a
    select of that kind to `_cells`; what came of orders is no select, and stands below."""
    tables: dict[str, dict[str, int]] = defaultdict(dict)
    for table, code, many in session.execute(union_all(*_cells(half))):
        tables[table][code] = many
    for table, cells in _of_orders(session, half):
        tables[table] = cells
    return Counts(tables, all_reasons(session), first_decided(session))


def _cells(half: Span) -> Sequence[Select[Any]]:
    flags = select(Flag).where(half.holds(Flag.flagged_at))
    decided = _decided(half).where(Decision.ruling.not_in(ANOTHER_LOOK))
    measures = decided.join(Measure, Measure.decision_id == Decision.id)
    again = _decided(half).where(Decision.ruling.in_(ANOTHER_LOOK))
    by_machine = case((Decision.moderator_id.is_(None), "automated"), else_="people")
    return (
        _counted("source", Flag.source, flags),
        _counted("reason", Flag.reason_code, flags),
        _counted("ruling", Decision.ruling, decided),
        _counted("ground", Decision.reason_code, decided.where(Decision.ruling == Ruling.ACT)),
        _counted("measure", Measure.kind, measures),
        _counted("decider", by_machine, decided),
        _counted("appeal", Appeal.party, select(Appeal).where(half.holds(Appeal.made_at))),
        _counted("answer", Decision.ruling, again),
        _median("first", Case.first_action_at, half),
        _median("decided", Case.closed_at, half),
    )


def _of_orders(session: Session, half: Span) -> Iterator[tuple[str, dict[str, int]]]:
    """By when they came. An order is a deed of its authority, so each counts; how long they took is
    not told of fewer than FEW, for that would be how long one took."""
    answers = orders_between(session, half.since, half.until)
    at = now(session)
    yield "order", Counter(_pace(one) for one in answers)
    yield "authority", Counter(one.order.authority_kind for one in answers)
    yield "obeyed", Counter(str(one.outcome) for one in answers)
    yield "late", Counter(_pace(one) for one in answers if (one.done_at or at) > one.order.due_at)
    took: dict[str, list[float]] = defaultdict(list)
    for one in answers:
        if one.took:
            took[_pace(one)].append(one.took.total_seconds())
    yield "took", {pace: int(median(all)) for pace, all in took.items() if len(all) >= FEW}


def _pace(answer: Answer) -> str:
    return "urgent" if answer.order.urgent else "ordinary"


def _counted(table: str, code: Any, rows: Select[Any]) -> Select[Any]:
    return rows.with_only_columns(literal(table), code, func.count()).group_by(code)


def _median(table: str, moment: Any, half: Span) -> Select[Any]:
    """Seconds from the first report until then; it is the time of one of them."""
    took = Seconds(moment) - Seconds(Case.opened_at)
    rank, many = func.row_number().over(order_by=took), func.count().over()
    done = select(took.label("took"), rank.label("rank"), many.label("many")).where(
        Case.subject_kind.in_(REPORTABLE), half.holds(moment)
    )
    ranked = done.subquery()
    middle = ranked.c.rank == (ranked.c.many + 1) // 2
    return select(literal(table), literal("median"), ranked.c.took).where(middle)
