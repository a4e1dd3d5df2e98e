"""Who comes to belong to an audience later is told where its office chose so, once, and is counted
apart. Nobody else is told."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community import clock
from community.database import Database, Transaction
from community.notices.models import NoticeKind
from forum.announcements import joining_late
from forum.announcements.acknowledging import acknowledge
from forum.announcements.actions import hide_announcement, restore_announcement
from forum.announcements.joining_late import EVERY, LateLook, add_late_ones
from forum.announcements.models import Announcement, Audience, Receipt
from forum.announcements.progress import progress_for
from forum.announcements.reminding import remind_due
from tests.cast import ADA, BO, CY, DEE, DODOL, EVA, GUS
from tests.conftest import Town
from tests.forum.acknowledging import DAYS, answered, called, live_in, speaks, told_by_notice
from tests.moderation.reporting import as_, rows


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "ahead", timedelta())


async def look(db: Database) -> None:
    """As the worker does, when it is time."""
    clock.ahead += EVERY
    while await db.act(add_late_ones):
        pass


def late(session: Session) -> dict[int, bool]:
    """Who was told, and whether after it was published."""
    found = session.execute(select(Receipt.member_id, Receipt.joined_at))
    return {member: joined_at is not None for member, joined_at in found}


async def test_who_moves_there_later_is_told_once_and_counted_apart(db: Database) -> None:
    call = await db.act(lambda tx: called(tx, late_joiners=True))
    await live_in(db, "32.05", CY)
    assert await db.look(late) == {BO: False, GUS: False}, "not before it is time"
    for _round in range(2):
        await look(db)
        assert await db.look(late) == {BO: False, GUS: False, CY: True}
    assert await db.look(told_by_notice, NoticeKind.ANNOUNCEMENT) == [BO, CY, GUS]
    found = await as_(db, DEE, progress_for, call.id)
    assert (found.told, found.late.told, found.late.acknowledged) == (3, 1, 0)
    await as_(db, CY, acknowledge, call.id)
    assert (await as_(db, DEE, progress_for, call.id)).late == (1, 1)


async def test_the_organisation_of_a_late_one_is_asked_too(db: Database) -> None:
    audience = Audience(region="32", kind="brand")
    await db.act(lambda tx: called(tx, late_joiners=True, audience=audience))
    assert await db.look(answered) == {DODOL: None}
    await live_in(db, "32.05", CY)
    await look(db)
    assert await db.look(late) == {BO: False}, "Cy speaks for no brand"
    await speaks(db, CY, DODOL)
    await look(db)
    assert await db.look(late) == {BO: False, CY: True}
    assert await db.look(answered) == {DODOL: None}


async def test_where_the_office_did_not_choose_so_nobody_is(db: Database) -> None:
    await db.act(called)
    await live_in(db, "32.05", ADA, CY, EVA)
    await look(db)
    assert await db.look(late) == {BO: False, GUS: False}
    assert await rows(db, LateLook) == []


async def test_who_belonged_and_left_stays_and_nobody_else_is_told(db: Database) -> None:
    await db.act(lambda tx: called(tx, late_joiners=True))
    await live_in(db, "33", BO)
    await live_in(db, "31", CY)
    await look(db)
    assert await db.look(late) == {BO: False, GUS: False}
    assert await db.look(told_by_notice, NoticeKind.ANNOUNCEMENT) == [BO, GUS]


async def test_nobody_is_added_once_the_deadline_has_passed(db: Database) -> None:
    await db.act(lambda tx: called(tx, late_joiners=True))
    await live_in(db, "32.05", CY)
    clock.ahead = timedelta(days=DAYS)
    await look(db)
    assert await db.look(late) == {BO: False, GUS: False}
    assert await rows(db, LateLook) == []


async def test_many_members_are_looked_at_bit_by_bit(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining_late, "SLICE", 2)
    await db.act(lambda tx: called(tx, late_joiners=True))
    await live_in(db, "32.05", ADA, CY, EVA)
    clock.ahead += EVERY
    found = list[int]()
    while await db.act(add_late_ones):
        found.append(len(await db.look(late)))
    assert found == [3, 4, 5], "two members a turn, of seven"
    assert await db.look(late) == {BO: False, GUS: False, ADA: True, CY: True, EVA: True}


async def test_a_late_one_is_reminded_with_the_others(db: Database) -> None:
    await db.act(lambda tx: called(tx, late_joiners=True))
    await live_in(db, "32.05", CY)
    await look(db)
    clock.ahead = timedelta(days=DAYS / 2, hours=1)
    await db.act(remind_due)
    assert await db.look(told_by_notice, NoticeKind.REMINDER) == [BO, CY, GUS]


async def test_of_what_is_hidden_nobody_is_told_late(db: Database) -> None:
    def hide(tx: Transaction) -> None:
        hide_announcement(tx, tx.get_one(Announcement, call.id))

    def restore(tx: Transaction) -> None:
        restore_announcement(tx, tx.get_one(Announcement, call.id))

    call = await db.act(lambda tx: called(tx, late_joiners=True))
    await live_in(db, "32.05", CY)
    await db.act(hide)
    await look(db)
    assert CY not in await db.look(late)
    await db.act(restore)
    await look(db)
    assert (await db.look(late))[CY]


async def test_the_office_sees_how_many_came_late(town: Town) -> None:
    call = await town.db.act(lambda tx: called(tx, late_joiners=True))
    await live_in(town.db, "32.05", CY)
    await look(town.db)
    page = await town.dee.open(f"/announcements/{call.id}/progress")
    assert "1 of them came to belong to the audience after it was published" in page
    clock.ahead = timedelta()  # Dee signed in a moment ago
    listed = (await town.dee.post(f"/announcements/{call.id}/missing")).text
    line = next(line for line in listed.splitlines() if line.startswith(f"member,{CY},"))
    assert line.split(",")[-1].startswith("20"), "when Cy came"
