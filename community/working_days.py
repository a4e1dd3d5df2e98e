"""Working days: Monday to Friday without holidays, where an office is (WIB, WITA, WIT).

Holidays are those of data/holidays.csv, but for the days that an administrator changed. A deadline
counts from the first working day after the day something came, at whatever hour that was, and ends
when its last working day ends, at midnight.

Sections in house order: models, queries, actions.
"""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.clock import now
from community.database import Base, Transaction
from community.errors import Invalid
from community.members.models import Member
from community.members.policies import may_administer
from community.places import DATA
from community.policies import require
from community.words import _

WIB, WITA, WIT = ZoneInfo("Asia/Jakarta"), ZoneInfo("Asia/Makassar"), ZoneInfo("Asia/Jayapura")
# By province (Keppres 41/1987 and the provinces founded since); all others, and the whole country,
# have WIB.
IN_WITA = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
IN_WIT = {"81", "82", "91", "92", "93", "94", "95", "96", "97"}
DAY = timedelta(days=1)
SATURDAY = 5
FARTHEST = 5 * 366  # days from today that an administrator can change
LONGEST = 80  # characters of a name

# Models


class ChangedDay(Base):
    """A day that is a holiday although the file does not say so, or none although it does."""

    __tablename__ = "changed_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    holiday: Mapped[bool]
    name: Mapped[str] = mapped_column(default="")
    change: Mapped[int] = mapped_column(unique=True)  # counts all changes there were
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    changed_at: Mapped[datetime]


class Holiday(NamedTuple):
    day: date
    name: str
    estimated: bool = False  # worked out, not decreed yet
    leave: bool = False  # that offices take together
    changed: bool = False  # by an administrator


class Calendar(NamedTuple):
    """The working days of one zone."""

    zone: ZoneInfo
    holidays: Collection[date]

    def works(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self.holidays

    def after(self, at: datetime, days: int) -> datetime:
        """When so many working days after that moment have ended; at least one."""
        left, day = max(days, 1), self.day_of(at)
        while left:
            day += DAY
            left -= self.works(day)
        return self._midnight(day + DAY)

    def begun(self, at: datetime, days: int) -> datetime:
        """When the last of so many working days after that moment begins."""
        return self._midnight(self.day_of(self.after(at, days) - DAY / 2))

    def between(self, start: datetime, end: datetime) -> int:
        """How many working days began after the day of `start`, up to that of `end`."""
        return self.days_between(self.day_of(start), self.day_of(end))

    def days_between(self, first: date, last: date) -> int:
        """How many are working days after the one, up to the other."""
        return sum(self.works(first + DAY * one) for one in range(1, (last - first).days + 1))

    def end_of(self, day: date) -> datetime:
        """Midnight after it."""
        return self._midnight(day + DAY)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


# Queries

CHANGES = select(func.coalesce(func.max(ChangedDay.change), 0))


def zone_of(region: str) -> ZoneInfo:
    province = region[:2]
    return WITA if province in IN_WITA else WIT if province in IN_WIT else WIB


@cache
def frozen() -> Mapping[date, Holiday]:
    """Those of the file."""
    return {one.day: one for one in _read()}


def holidays_of(session: Session) -> Mapping[date, Holiday]:
    """By day, as they hold now."""
    held = dict(frozen())
    for change in session.scalars(select(ChangedDay)):
        held.pop(change.day, None)
        if change.holiday:
            held[change.day] = Holiday(change.day, change.name, changed=True)
    return held


def changes_so_far(session: Session) -> int:
    """Whoever counted days before the last of them counts again."""
    return session.scalars(CHANGES).one()


def calendar_of(session: Session, region: str) -> Calendar:
    return Calendar(zone_of(region), holidays_of(session).keys())


def holidays_in(session: Session, year: int) -> tuple[Sequence[Holiday], Sequence[Holiday]]:
    """Of that year, and those of the file that are none any more."""
    held = holidays_of(session)
    within = sorted(one for day, one in held.items() if day.year == year)
    lost = sorted(one for day, one in frozen().items() if day.year == year and day not in held)
    return within, lost


# Actions


def change_day(
    tx: Transaction, administrator: Member, day: date, name: str, *, holiday: bool
) -> None:
    """It is a holiday from now on, called so, or none any more. Doing it twice is doing it once."""
    require(may_administer(administrator))
    if abs((day - now(tx).date()).days) > FARTHEST:
        raise Invalid(_("This day is too far away."))
    name = name.strip()[:LONGEST] if holiday else ""
    if holiday and not name:
        raise Invalid(_("Say what the holiday is called."))
    change = tx.get(ChangedDay, day)
    if _as_it_is(day, change) == (holiday, name):
        return
    change = change or ChangedDay(day=day)
    change.holiday, change.name, change.change = holiday, name, changes_so_far(tx) + 1
    change.changed_by_id, change.changed_at = administrator.id, now(tx)
    tx.add(change)
    tx.flush()
    verb = "holiday.added" if holiday else "holiday.taken_away"
    audit.record(tx, administrator, verb, f"day:{day:%Y%m%d}", until=day.isoformat())


def _as_it_is(day: date, change: ChangedDay | None) -> tuple[bool, str]:
    if change:
        return change.holiday, change.name
    given = frozen().get(day)
    return given is not None, given.name if given else ""


def _read() -> Iterator[Holiday]:
    with (DATA / "holidays.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["day"])
            yield Holiday(day, row["name"], bool(row["estimated"]), row["kind"] == "leave")
