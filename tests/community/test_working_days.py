"""Working days: holidays of the file, those that administrators changed, and the three zones."""

from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.audit import AuditEntry
from community.clock import now
from community.database import Database
from community.errors import Denied, Invalid
from community.places import provinces
from community.working_days import (
    FARTHEST,
    WIB,
    WIT,
    WITA,
    Calendar,
    change_day,
    changes_so_far,
    frozen,
    holidays_of,
    zone_of,
)
from tests.cast import BO, DEE, EVA, FAY
from tests.moderation.reporting import as_, rows

ZONES = st.sampled_from([WIB, WITA, WIT])
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
DAYS = st.dates(date(2026, 1, 1), date(2028, 6, 1))
GIVEN = [one.day for one in frozen().values()]
MANY = st.integers(1, 60)


@pytest.mark.parametrize(
    ("region", "zone"),
    [("", WIB), ("32.05", WIB), ("61", WIB), ("62", WIB), ("63", WITA), ("51.03", WITA),
     ("73.71", WITA), ("81", WIT), ("91.05", WIT), ("97", WIT)],
)  # fmt: skip
def test_an_office_has_the_time_of_its_province(region: str, zone: ZoneInfo) -> None:
    assert zone_of(region) == zone


def test_every_province_has_one_of_the_three() -> None:
    assert {zone_of(code) for code in provinces()} == {WIB, WITA, WIT}


def test_the_file_has_holidays_and_collective_leave_of_these_years() -> None:
    leave = [one for one in frozen().values() if one.leave]
    assert {one.day.year for one in frozen().values()} >= {2026, 2027, 2028}
    assert frozen()[date(2026, 8, 17)].name.endswith("Kemerdekaan Republik Indonesia")
    assert {one.day.year for one in leave} >= {2026} and all(one.name for one in frozen().values())


# Idul Fitri 2026 with its collective leave: of 18 to 24 March nobody works.
@pytest.mark.parametrize("zone", [WIB, WITA, WIT])
@pytest.mark.parametrize(
    ("came", "days", "last"),
    [
        ("2026-11-23T10:00", 5, "2026-11-30"),  # a Monday, over a weekend
        ("2026-11-20T23:59", 1, "2026-11-23"),  # on Friday evening: by Monday
        ("2026-11-21T00:01", 1, "2026-11-23"),  # on Saturday: the same
        ("2026-08-14T09:00", 1, "2026-08-18"),  # Independence Day is a Monday
        ("2026-03-17T09:00", 1, "2026-03-25"),
        ("2026-12-23T09:00", 1, "2026-12-28"),  # collective leave before Christmas, and a weekend
    ],
)
def test_it_is_due_when_its_last_working_day_ends_there(
    zone: ZoneInfo, came: str, days: int, last: str
) -> None:
    calendar = Calendar(zone, frozen().keys())
    at = datetime.fromisoformat(came).replace(tzinfo=zone)
    midnight = datetime.combine(date.fromisoformat(last), datetime.min.time(), zone)
    assert calendar.after(at, days) == midnight + timedelta(days=1)
    assert calendar.begun(at, days) == midnight


def test_the_same_moment_is_another_day_elsewhere() -> None:
    """23:30 of a Thursday in Jakarta is Friday in Makassar and Jayapura."""
    at = datetime(2026, 11, 26, 23, 30, tzinfo=WIB)
    due = {zone: Calendar(zone, ()).after(at, 1) for zone in (WIB, WITA, WIT)}
    assert due[WIB] == datetime(2026, 11, 28, tzinfo=WIB)
    assert due[WITA] == datetime(2026, 12, 1, tzinfo=WITA)
    assert due[WIT] == datetime(2026, 12, 1, tzinfo=WIT)


@given(zone=ZONES, at=MOMENTS, days=MANY, holidays=st.sets(DAYS, max_size=40))
def test_between_then_and_its_end_lie_so_many_working_days(
    zone: ZoneInfo, at: datetime, days: int, holidays: AbstractSet[date]
) -> None:
    calendar = Calendar(zone, holidays | {*GIVEN})
    end = calendar.after(at, days)
    last = calendar.day_of(end - timedelta(seconds=1))
    assert calendar.works(last)
    assert calendar.days_between(calendar.day_of(at), last) == days
    assert calendar.end_of(last) == end
    assert calendar.begun(at, days) == end - timedelta(days=1)


@given(zone=ZONES, at=MOMENTS, days=MANY, more=DAYS)
def test_one_more_holiday_never_brings_the_end_nearer(
    zone: ZoneInfo, at: datetime, days: int, more: date
) -> None:
    before, after = Calendar(zone, GIVEN), Calendar(zone, [*GIVEN, more])
    assert after.after(at, days) >= before.after(at, days)


async def test_administrators_set_days_right(db: Database) -> None:
    easter, strike = date(2027, 3, 26), date(2027, 3, 29)
    assert easter in frozen() and strike not in frozen()
    for _twice in range(2):
        await as_(db, FAY, change_day, strike, " Hari Kapal ", holiday=True)
        await as_(db, FAY, change_day, easter, "", holiday=False)
    held = await db.look(holidays_of)
    assert held[strike].name == "Hari Kapal" and held[strike].changed
    assert easter not in held
    assert await db.look(changes_so_far) == 2
    verbs = [one.verb for one in await rows(db, AuditEntry) if one.verb.startswith("holiday.")]
    assert verbs == ["holiday.added", "holiday.taken_away"]
    await as_(db, FAY, change_day, easter, "Wafat Isa Almasih", holiday=True)
    assert easter in await db.look(holidays_of)


async def test_nobody_else_does_and_not_without_a_name_nor_anywhere(db: Database) -> None:
    day = (await db.look(now)).date()
    for other in (BO, DEE, EVA):
        with pytest.raises(Denied):
            await as_(db, other, change_day, day, "Mine", holiday=True)
    with pytest.raises(Invalid, match="called"):
        await as_(db, FAY, change_day, day, " ", holiday=True)
    with pytest.raises(Invalid, match="too far"):
        await as_(db, FAY, change_day, day + timedelta(days=FARTHEST + 9), "Far", holiday=True)
