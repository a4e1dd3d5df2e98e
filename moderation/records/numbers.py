"""How it goes: what waits, what came and went, how long it took, whether it held and who did it, of
the cases a moderator may see, over some days. counting.py has what the database counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.clock import now
from community.members.models import Member
from community.policies import require
from moderation.policies import may_see_queue
from moderation.queue.counting import AGES, HALF, MOST, Cell, Table, cells
from moderation.reasons import LOWEST, Reason, all_reasons

PERIODS = (7, 30, 90)  # days
EPOCH = date(1970, 1, 1)

By = dict[tuple[str, int, int], int]  # a table's values by code, number and column


class Open(NamedTuple):
    priority: int
    ages: Sequence[int]  # how many are as young as each of AGES; the last are older
    late: int

    @property
    def all(self) -> int:
        return sum(self.ages)


class Day(NamedTuple):
    day: date
    came: int
    went: int


class Spread(NamedTuple):
    """How long some took: half of them at most so long, nine of ten at most so long."""

    many: int = 0
    half: timedelta | None = None
    most: timedelta | None = None

    @property
    def minutes(self) -> float:
        """Of nine of ten, for a bar."""
        return self.most / timedelta(minutes=1) if self.most else 0


class Pace(NamedTuple):
    priority: int
    first: Spread  # until somebody claimed it
    decided: Spread
    hidden: Spread  # of what came in these days
    in_time: int

    @property
    def share(self) -> float | None:
        return share(self.in_time, self.decided.many)


class Load(NamedTuple):
    name: str
    decided: int
    a_day: float


class Held(NamedTuple):
    """Of decisions: how many another look has changed."""

    decided: int
    changed: int

    @property
    def share(self) -> float | None:
        return share(self.changed, self.decided)


class Numbers(NamedTuple):
    days: int
    open: Sequence[Open]
    flow: Sequence[Day]
    pace: Sequence[Pace]
    load: Sequence[Load]
    by_reason: Sequence[tuple[Reason, Held]]
    by_moderator: Sequence[tuple[str, Held]]  # for administrators alone


def numbers(session: Session, moderator: Member, days: int) -> Numbers:
    """Of today and the days before it, as they are counted where the moderator lives."""
    require(may_see_queue(moderator))
    zone = ZoneInfo(moderator.zone)
    today = now(session).astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time(), zone)
    offset = int((since.utcoffset() or timedelta()).total_seconds())
    found = _tables(cells(session, moderator, since, offset))
    names = _names(session, {number for _code, number, _column in found[Table.LOAD]})
    return Numbers(
        days,
        [_open(found, priority) for priority in range(LOWEST + 1)],
        [_day(found, first + timedelta(days=n)) for n in range(days)],
        [_pace(found, priority) for priority in range(LOWEST + 1)],
        _load(found, names, days),
        _by_reason(found, all_reasons(session)),
        _by_moderator(found, names) if moderator.administers else [],
    )


def share(some: int, many: int) -> float | None:
    """None of nothing."""
    return some / many if many else None


def _tables(found: Iterable[Cell]) -> dict[str, By]:
    tables: dict[str, By] = defaultdict(lambda: defaultdict(int))
    for cell in found:
        tables[cell.table][cell.code, cell.number, cell.column] = cell.value
    return tables


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    named = select(Member.id, Member.name).where(Member.id.in_(ids))
    return {id: name for id, name in session.execute(named)}


def _open(found: dict[str, By], priority: int) -> Open:
    ages = [found[Table.OPEN]["", priority, age] for age in range(len(AGES) + 1)]
    return Open(priority, ages, found[Table.LATE]["", priority, 0])


def _day(found: dict[str, By], day: date) -> Day:
    at = ("", (day - EPOCH).days, 0)
    return Day(day, found[Table.CAME][at], found[Table.WENT][at])


def _pace(found: dict[str, By], priority: int) -> Pace:
    first, decided = _spread(found[Table.FIRST], priority), _spread(found[Table.DECIDED], priority)
    hidden = _spread(found[Table.HIDDEN], priority)
    return Pace(priority, first, decided, hidden, found[Table.KEPT]["", priority, 1])


def _spread(took: By, priority: int) -> Spread:
    many = took["", priority, 0]
    if not many:
        return Spread()
    half, most = (timedelta(seconds=took["", priority, percent]) for percent in (HALF, MOST))
    return Spread(many, half, most)


def _load(found: dict[str, By], names: dict[int, str], days: int) -> Sequence[Load]:
    loads = ((names[id], many) for (_code, id, _column), many in found[Table.LOAD].items())
    listed = [Load(name, many, many / days) for name, many in loads]
    return sorted(listed, key=lambda load: (-load.decided, load.name))


def _by_reason(found: dict[str, By], reasons: dict[str, Reason]) -> Sequence[tuple[Reason, Held]]:
    by = {code: _held(found[Table.REASON], code, 0) for code in reasons}
    return [(reasons[code], held) for code, held in by.items() if held.decided]


def _by_moderator(found: dict[str, By], names: dict[int, str]) -> Sequence[tuple[str, Held]]:
    by = [(name, _held(found[Table.JUDGE], "", id)) for id, name in names.items()]
    return sorted(by, key=lambda one: (-(one[1].share or 0), one[0]))


def _held(by: By, code: str, number: int) -> Held:
    kept, changed = by[code, number, 0], by[code, number, 1]
    return Held(kept + changed, changed)
