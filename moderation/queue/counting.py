"""What numbers.py shows, counted by the database in one look at the cases a moderator may see.

Every number comes as a cell of one of the tables there: which table, which row, which column.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from community.clock import now
from community.members.models import Member
from community.restrictions import HIDING, Restriction
from community.seconds import Seconds
from moderation.models import Case, Decision
from moderation.queries import cases_of
from moderation.queue.filtering import is_waiting

A_DAY = 24 * 3600  # seconds
AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))  # of what waits; the rest is older
HALF, MOST = 50, 90  # percent
UPHELD = "uphold"  # of a decision that was looked at anew; any other ruling changed it


class Table(StrEnum):
    OPEN = "open"  # by priority and age
    LATE = "late"  # by priority
    CAME = "came"  # by day
    WENT = "went"  # by day
    FIRST = "first"  # by priority and percent: seconds until somebody claimed it
    DECIDED = "decided"  # the same until it was decided
    HIDDEN = "hidden"  # the same until nobody read it any more
    KEPT = "kept"  # by priority, and whether it was decided in time
    LOAD = "load"  # by moderator
    REASON = "reason"  # decisions by reason, and whether they were changed later
    JUDGE = "judge"  # the same by moderator


TIMES = (Table.FIRST, Table.DECIDED, Table.HIDDEN)
BETWEEN = ","


class Cell(NamedTuple):
    table: str
    code: str
    number: int
    column: int
    value: int


def cells(session: Session, moderator: Member, since: datetime, offset: int) -> Iterator[Cell]:
    """Of the time since then; a day is one of a place so many seconds ahead of UTC."""
    mine = _mine(session, moderator, since)
    decided, hidden = _decided(mine, since), _hidden(mine, since)
    at = now(session)
    each = (
        _waiting(mine, at),
        _late(mine, at),
        _by_day(Table.CAME, mine.c.began, mine.c.opened_at >= since, offset),
        _by_day(Table.WENT, mine.c.ended, mine.c.closed_at >= since, offset),
        _times(Table.FIRST, mine.c.priority, mine.c.taken - mine.c.began).where(
            mine.c.first_action_at >= since
        ),
        _times(Table.DECIDED, decided.c.priority, decided.c.took),
        _times(Table.HIDDEN, hidden.c.priority, hidden.c.took),
        _cells(Table.KEPT, decided.c.priority, decided.c.in_time),
        _cells(Table.LOAD, decided.c.moderator_id),
        _cells(Table.REASON, column=decided.c.changed, code=decided.c.reason_code),
        _cells(Table.JUDGE, decided.c.moderator_id, decided.c.changed),
    )
    for table, code, number, column, value in session.execute(union_all(*each)):
        if table in TIMES:
            yield from _spread(table, number, value)
        else:
            yield Cell(table, code, number, column, int(value))


def _mine(session: Session, moderator: Member, since: datetime) -> CTE:
    """What waits and what came or went since; nothing that they could not open."""
    seen = cases_of(session, moderator).where(
        or_(is_waiting(), Case.opened_at >= since, Case.closed_at >= since)
    )
    columns = (Case.id, Case.priority, Case.opened_at, Case.first_action_at, Case.closed_at)
    once = (
        Seconds(Case.opened_at).label("began"),
        Seconds(Case.first_action_at).label("taken"),
        Seconds(Case.closed_at).label("ended"),
    )
    waits = is_waiting().label("waits")
    return seen.with_only_columns(*columns, *once, Case.due_at, waits).cte("mine")


def _decided(mine: CTE, since: datetime) -> CTE:
    """First decisions, as opposed to those that looked at one anew."""
    anew = aliased(Decision)
    changed = select(anew.answers_id).where(anew.answers_id.is_not(None), anew.ruling != UPHELD)
    return (
        select(
            mine.c.priority,
            (Seconds(Decision.decided_at) - mine.c.began).label("took"),
            Decision.moderator_id,
            Decision.reason_code,
            _yes(Decision.decided_at <= mine.c.due_at).label("in_time"),
            _yes(Decision.id.in_(changed)).label("changed"),
        )
        .join(mine, mine.c.id == Decision.case_id)
        .where(
            Decision.decided_at >= since,
            Decision.answers_id.is_(None),
            Decision.moderator_id.is_not(None),
        )
        .cte("decided")
    )


def _hidden(mine: CTE, since: datetime) -> CTE:
    """Of what came since, whatever hid it first: by itself, or a decision."""
    took = func.min(Seconds(Restriction.imposed_at)) - mine.c.began
    return (
        select(mine.c.priority, took.label("took"))
        .join(Restriction, Restriction.case_id == mine.c.id)
        .where(
            mine.c.opened_at >= since,
            Restriction.imposed_at >= since,
            Restriction.kind.in_(HIDING),
        )
        .group_by(mine.c.id, mine.c.priority, mine.c.began)
        .cte("hidden")
    )


def _times(table: Table, priority: ColumnElement[int], took: ColumnElement[int]) -> Select[Any]:
    """How long each took, in a line: to rank them takes the database longer than all else here."""
    times = func.aggregate_strings(cast(took, String), BETWEEN)
    row: tuple[ColumnElement[Any], ...] = (
        literal(table.value), literal(""), priority, literal(0), times,
    )  # fmt: skip
    return select(*row).group_by(priority)


def _spread(table: str, priority: int, times: str) -> Iterator[Cell]:
    """By nearest rank, so it is the time of one of them; and under 0, how many there are."""
    took = sorted(map(int, times.split(BETWEEN)))
    yield Cell(table, "", priority, 0, len(took))
    for percent in (HALF, MOST):
        yield Cell(table, "", priority, percent, took[(len(took) * percent + 99) // 100 - 1])


def _waiting(mine: CTE, at: datetime) -> Select[Any]:
    whens = [(mine.c.opened_at > at - age, n) for n, age in enumerate(AGES)]
    age = case(*whens, else_=len(AGES))
    return _cells(Table.OPEN, mine.c.priority, age).where(mine.c.waits)


def _late(mine: CTE, at: datetime) -> Select[Any]:
    late = and_(mine.c.waits, mine.c.due_at < at)
    return _cells(Table.LATE, mine.c.priority).where(late)


def _by_day(
    table: Table, moment: ColumnElement[int], lately: ColumnElement[bool], offset: int
) -> Select[Any]:
    return _cells(table, (moment + offset) // A_DAY).where(lately)


def _cells(
    table: Table,
    number: ColumnElement[Any] | None = None,
    column: ColumnElement[Any] | None = None,
    code: ColumnElement[Any] | None = None,
) -> Select[Any]:
    """How many there are by each of these."""
    by = [one for one in (number, column, code) if one is not None]
    row = (
        literal("") if code is None else code,
        literal(0) if number is None else number,
        literal(0) if column is None else column,
    )
    return select(literal(table.value), *row, cast(func.count(), String)).group_by(*by)


def _yes(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
