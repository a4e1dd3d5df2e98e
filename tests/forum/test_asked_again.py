"""What a material correction asks of organisations anew, and that nobody is asked any more for what
is withdrawn or has expired."""

from datetime import timedelta

import pytest

from community import clock
from community.database import Database
from community.members.models import Member
from community.notices.models import NoticeKind
from forum.announcements.acknowledging import acknowledge
from forum.announcements.correcting import EarlierAnswer, end_expired
from forum.announcements.models import Announcement, Purpose
from forum.announcements.passes import passes_for
from forum.announcements.reminding import Reminder, remind_due
from forum.announcements.waiting import pinned_for
from forum.manuscripts.correcting import withdraw
from tests.cast import BO, CY, DEE, DODOL, GUS, LEATHER
from tests.forum.acknowledging import DAYS, answered, called, live_in, speaks, told_by_notice
from tests.forum.correcting import corrected, waits
from tests.moderation.reporting import as_, rows, the

LATER = timedelta(days=DAYS)


async def test_what_organisations_said_before_stays_known_and_they_are_asked_again(
    db: Database,
) -> None:
    await live_in(db, "32.05", CY)
    await speaks(db, CY, DODOL)
    id = (await db.act(called)).id
    await as_(db, CY, acknowledge, id)
    assert not await waits(db, BO)
    deadline = (await the(db, Announcement, id)).acknowledge_by
    assert deadline
    await corrected(db, id, material=True, acknowledge_by=deadline + LATER)
    assert await db.look(answered) == {DODOL: None, LEATHER: None}
    (before,) = await rows(db, EarlierAnswer)
    assert (before.organisation_id, before.member_id, before.version) == (DODOL, CY, 1)
    assert await waits(db, BO) and await waits(db, CY)
    await as_(db, BO, acknowledge, id, version=2)
    assert await db.look(answered) == {DODOL: BO, LEATHER: None}


async def test_reminders_begin_anew_with_the_new_deadline(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = (await db.act(called)).id
    monkeypatch.setattr(clock, "ahead", timedelta(days=DAYS * 0.6))
    await _work(db)
    first = await db.look(told_by_notice, NoticeKind.REMINDER)
    deadline = (await the(db, Announcement, id)).acknowledge_by
    assert first and deadline
    await corrected(db, id, material=True, acknowledge_by=deadline + LATER)
    assert all(one.done_at is None for one in await rows(db, Reminder))
    await _work(db)
    assert await db.look(told_by_notice, NoticeKind.REMINDER) == first
    monkeypatch.setattr(clock, "ahead", timedelta(days=DAYS * 1.5))
    await _work(db)
    assert await db.look(told_by_notice, NoticeKind.REMINDER) == sorted([*first, *first])


@pytest.mark.parametrize("way", ["withdrawn", "expired"])
async def test_nobody_is_asked_for_what_does_not_hold_any_more(
    db: Database, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    id = (await db.act(called, purpose=Purpose.URGENT)).id
    assert await _asks(db, GUS, id) == (True, True, 1)
    if way == "withdrawn":
        await as_(db, DEE, withdraw, id, "It was for last year.", version=1)
    else:
        await db.act(lambda tx: _expire(tx.get_one(Announcement, id)))
    monkeypatch.setattr(clock, "ahead", timedelta(days=DAYS * 0.9))
    await _work(db)
    assert await _asks(db, GUS, id) == (False, False, 0)
    assert await db.look(told_by_notice, NoticeKind.REMINDER) == []


async def _asks(db: Database, member: int, id: int) -> tuple[bool, bool, int]:
    """By the list, by the line above each page, by the links of a letter."""
    pinned = await db.look(lambda s: s.scalar(pinned_for(s.get_one(Member, member))))
    links = await db.look(lambda s: len(passes_for(s, s.get_one(Member, member), id)))
    return await waits(db, member), pinned == id, links


def _expire(announcement: Announcement) -> None:
    assert announcement.acknowledge_by
    announcement.expires_at = announcement.published_at + timedelta(hours=1)


async def _work(db: Database) -> None:
    await db.act(end_expired)
    while await db.act(remind_due):
        pass
