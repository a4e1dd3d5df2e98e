"""Deputies: from one day until another, under their own mandate, and gone by themselves."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from community import clock
from community.audit import AuditEntry
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.deputies import (
    LONGEST,
    Deputy,
    absent_for,
    change_deputies,
    end_deputy,
    name_deputy,
    with_deputies,
)
from community.organisations.granting import give_mandate, withdraw_mandate
from community.organisations.models import MandateRole, Organisation
from tests.cast import BO_FOR_DODOL, CY, DEE, DEE_FOR_OFFICE, EVA, GUS, HARBOUR_OFFICE
from tests.moderation.reporting import as_, rows, the

DAY = timedelta(days=1)
CY_FOR_OFFICE, EVA_FOR_OFFICE = 4, 5
Later = Callable[[timedelta], None]


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return lambda by: monkeypatch.setattr(clock, "ahead", by)


@pytest.fixture(autouse=True)
async def colleagues(db: Database) -> None:
    """Cy and Eva speak for the office, too."""

    def offer(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        for one in (CY, EVA):
            give_mandate(tx, tx.get_one(Member, one), office, MandateRole.SPEAKER)
            tx.flush()

    await db.act(offer)


async def named(
    db: Database, by: int = DEE, absent: int = DEE_FOR_OFFICE, present: int = CY_FOR_OFFICE,
    begins: timedelta = DAY, ends: timedelta = 3 * DAY, key: str = "k1",
) -> int:  # fmt: skip
    at = await db.look(now)
    done = await as_(db, by, name_deputy, absent, present, at + begins, at + ends, key=key)
    return done.id


async def stands_in(db: Database, member: int = CY) -> set[int]:
    return {*await db.look(lambda s: absent_for(s, s.get_one(Member, member)))}


async def told(db: Database) -> list[int]:
    return [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.DEPUTY]


async def test_it_begins_and_ends_by_itself(db: Database, later: Later) -> None:
    await named(db)
    await db.act(change_deputies)
    assert await stands_in(db) == set()
    later(1.5 * DAY)
    for _ in range(2):
        await db.act(change_deputies)
    assert await stands_in(db) == {DEE} and await stands_in(db, EVA) == set()
    asked = await db.look(lambda s: with_deputies(s, HARBOUR_OFFICE, {DEE}))
    assert asked == {DEE, CY}
    later(3 * DAY)
    for _ in range(2):
        await db.act(change_deputies)
    assert await stands_in(db) == set()
    verbs = [one.verb for one in await rows(db, AuditEntry) if one.verb.startswith("deputy.")]
    assert verbs == ["deputy.named", "deputy.begun", "deputy.ended"]
    assert await told(db) == [CY, CY, CY, DEE]


async def test_one_that_begins_now_holds_at_once(db: Database) -> None:
    id = await named(db, begins=timedelta())
    assert await stands_in(db) == {DEE}
    await as_(db, CY, end_deputy, id)
    assert await stands_in(db) == set()
    with pytest.raises(NotFound):
        await as_(db, CY, end_deputy, id)


async def test_with_either_mandate_it_ends_at_once(db: Database) -> None:
    id = await named(db, begins=timedelta())
    await as_(db, DEE, withdraw_mandate, CY_FOR_OFFICE)
    assert await stands_in(db) == set()  # before the worker has come
    await db.act(change_deputies)
    assert (await the(db, Deputy, id)).ended_at


async def test_naming_twice_is_naming_once(db: Database) -> None:
    assert await named(db) == await named(db)
    assert len(await rows(db, Deputy)) == 1 and await told(db) == [CY]
    with pytest.raises(Conflict, match="used for something else"):
        await named(db, present=EVA_FOR_OFFICE)


async def test_an_owner_names_one_for_who_has_fallen_ill_and_others_do_not(db: Database) -> None:
    with pytest.raises(Denied, match="they themselves and owners"):
        await named(db, by=CY, absent=EVA_FOR_OFFICE)
    await named(db, absent=EVA_FOR_OFFICE)
    assert sorted(await told(db)) == [CY, EVA]


@pytest.mark.parametrize("by", [GUS, CY])
async def test_mandates_of_others_are_not_there(db: Database, by: int) -> None:
    with pytest.raises(NotFound):
        await named(db, by=by, absent=BO_FOR_DODOL)
    with pytest.raises(NotFound):
        await named(db, by=by, absent=CY_FOR_OFFICE, present=BO_FOR_DODOL)


async def test_a_stranger_ends_none_and_a_colleague_neither(db: Database) -> None:
    id = await named(db)
    with pytest.raises(NotFound):
        await as_(db, GUS, end_deputy, id)
    with pytest.raises(Denied):
        await as_(db, EVA, end_deputy, id)
    await as_(db, DEE, end_deputy, id)
    assert (await the(db, Deputy, id)).ended_by_id == DEE


@pytest.mark.parametrize(
    ("begins", "ends", "why"),
    [
        (2 * DAY, DAY, "end before it begins"),
        (-3 * DAY, -DAY, "end before it begins"),
        (DAY, DAY + LONGEST + DAY, "at most 120 days"),
        (400 * DAY, 410 * DAY, "within a year"),
    ],
)
async def test_days_that_make_no_sense_are_refused(
    db: Database, begins: timedelta, ends: timedelta, why: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await named(db, begins=begins, ends=ends)
    assert why in refused.value.sentence % refused.value.values


async def test_nobody_is_deputy_of_a_deputy_or_of_themselves(db: Database) -> None:
    with pytest.raises(Denied, match="Somebody else has to"):
        await named(db, present=DEE_FOR_OFFICE)
    await named(db)
    with pytest.raises(Conflict, match="already"):
        await named(db, present=EVA_FOR_OFFICE, begins=2 * DAY, key="k2")
    with pytest.raises(Conflict, match="away themselves"):
        await named(db, absent=EVA_FOR_OFFICE, present=DEE_FOR_OFFICE, key="k3")
    with pytest.raises(Conflict, match="stand in for somebody else"):
        await named(db, absent=CY_FOR_OFFICE, present=EVA_FOR_OFFICE, key="k4")
    await named(db, present=EVA_FOR_OFFICE, begins=3 * DAY, ends=5 * DAY, key="k5")
