"""What is planned comes at its minute, wherever its official sits, and once, whoever is at it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from community import clock
from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied, Invalid
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import Kind, MandateRole, Organisation
from forum.announcements.models import Announcement, Receipt
from forum.manuscripts.actions import hand_in, publish_due, take_back, write
from forum.manuscripts.models import AT_ONCE, Manuscript, Plan, State
from forum.manuscripts.policies import A_DAY_MOST
from tests.cast import BO, CY, DEE, DEE_FOR_OFFICE, GUS, LEATHER
from tests.conftest import Town
from tests.forum.announcing import HARBOUR, drafted, publish
from tests.moderation.reporting import as_, rows, the

SOON = timedelta(hours=1)
SECOND = timedelta(seconds=1)
FAR = datetime(9999, 12, 31, 16, 59, tzinfo=UTC)

Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return lambda by: monkeypatch.setattr(clock, "ahead", by)


async def planned(db: Database, many: int = 1, *, late: bool = True) -> list[int]:
    plan, ids = Plan(await db.look(now) + SOON, late), []
    for n in range(many):
        one = await as_(db, DEE, write, DEE_FOR_OFFICE, HARBOUR, plan, key=f"planned-{n}")
        await as_(db, DEE, hand_in, one.id, version=1)
        ids.append(one.id)
    return ids


async def test_two_workers_at_once_publish_it_once(db: Database, later: Later) -> None:
    """Also where both think that they were chosen."""
    await planned(db, 3)
    later(SOON)
    await asyncio.gather(*(db.act(publish_due) for _ in range(4)))
    assert len(await rows(db, Announcement)) == 3
    assert len(await rows(db, Receipt)) == 3 * 2
    told = [one.member_id for one in await rows(db, Notice)]
    assert sorted(told) == [BO] * 3 + [GUS] * 3


async def test_two_workers_at_once_skip_it_once(db: Database, later: Later) -> None:
    (id,) = await planned(db, late=False)
    later(SOON + timedelta(days=1))
    await asyncio.gather(*(db.act(publish_due) for _ in range(4)))
    assert await rows(db, Announcement) == []
    assert [one.kind for one in await rows(db, Notice)] == [NoticeKind.SKIPPED]
    assert (await the(db, Manuscript, id)).version == 3


async def test_what_is_taken_back_as_its_minute_comes_is_the_one_or_the_other(
    db: Database, later: Later
) -> None:
    (id,) = await planned(db)
    later(SOON)
    both = db.act(publish_due), as_(db, DEE, take_back, id, version=2)
    await asyncio.gather(*both, return_exceptions=True)
    state = (await the(db, Manuscript, id)).state
    assert state in {State.PUBLISHED, State.WRITTEN}
    assert len(await rows(db, Announcement)) == (state == State.PUBLISHED)


async def test_a_day_has_no_more_announcements_than_were_planned_for_others(
    db: Database, later: Later
) -> None:
    """The limit holds at the minute, too: planning ahead is no way around it."""
    ids = await planned(db, A_DAY_MOST + 2)
    later(SOON)
    await db.act(publish_due)
    states = [(await the(db, Manuscript, id)).state for id in ids]
    assert states == [State.PUBLISHED] * A_DAY_MOST + [State.SKIPPED] * 2
    assert "announcements a day" in (await the(db, Manuscript, ids[-1])).because


async def test_one_office_does_not_use_up_what_another_may(db: Database) -> None:
    def second_office(tx: Transaction) -> int:
        office = tx.get_one(Organisation, LEATHER)
        office.kind = Kind.GOVERNMENT
        given = give_mandate(tx, tx.get_one(Member, CY), office, MandateRole.SPEAKER)
        tx.flush()
        return given.id

    other = await db.act(second_office)
    for n in range(A_DAY_MOST):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key=f"k{n}")
    with pytest.raises(Denied, match="announcements a day"):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key="more")
    assert await as_(db, CY, publish, other, HARBOUR, key="theirs")


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Jakarta", 1), ("Asia/Makassar", 0), ("Asia/Jayapura", -1)]
)
async def test_the_minute_is_that_of_who_typed_it(
    town: Town, later: Later, zone: str, hour: int
) -> None:
    """08.00 WIB is 01.00 in the time that is stored, 08.00 WIT the day before 23.00."""

    def settle(tx: Transaction) -> None:
        tx.get_one(Member, DEE).zone = zone

    await town.db.act(settle)
    typed = {"publish_at": "2098-06-01T08:00", "acknowledge": "", "acknowledge_by": ""}
    where = await drafted(town.dee, **typed)
    assert 'value="2098-06-01T08:00"' in await town.dee.open(f"{where}/edit")
    await town.dee.post(f"{where}/handing-in", version=1)
    (one,) = await rows(town.db, Manuscript)
    minute = datetime(2098, 6, 1, tzinfo=UTC) + timedelta(hours=hour)
    assert one.publish_at == minute
    left = minute - await town.db.look(now)
    later(left - timedelta(minutes=1))
    await town.db.act(publish_due)
    assert await rows(town.db, Announcement) == []
    later(left + SECOND)
    await town.db.act(publish_due)
    assert len(await rows(town.db, Announcement)) == 1


@pytest.mark.parametrize("name", ["acknowledge_by", "expires_at", "valid_from", "valid_until"])
async def test_a_date_that_nobody_means_is_refused(db: Database, name: str) -> None:
    far: Any = FAR.date() if name.startswith("valid") else FAR
    for draft, plan in ((HARBOUR._replace(**{name: far}), AT_ONCE), (HARBOUR, Plan(FAR))):
        with pytest.raises(Invalid, match="too far ahead"):
            await as_(db, DEE, write, DEE_FOR_OFFICE, draft, plan, key="far")


async def test_where_one_of_the_planned_cannot_come_the_others_do(
    db: Database, later: Later
) -> None:
    """As with a deadline that nobody can reckon with, or commodities that cannot be read."""
    far, torn, well = await planned(db, 3)

    def spoil(tx: Transaction) -> None:
        tx.get_one(Manuscript, far).acknowledge_by = FAR
        tx.execute(update(Manuscript).where(Manuscript.id == torn).values(commodities=5))

    await db.act(spoil)
    later(SOON)
    await db.act(publish_due)
    why = {one.id: (one.state, one.because) for one in await rows(db, Manuscript)}
    assert why[far] == (State.SKIPPED, "This is too far ahead.")
    assert why[torn][0] == State.SKIPPED and "could not be published" in why[torn][1]
    assert why[well] == (State.PUBLISHED, "")
    assert len(await rows(db, Announcement)) == 1
