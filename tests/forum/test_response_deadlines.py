"""The clock of official responses, in all three zones: what is due when, and who is told."""

from datetime import date, datetime, timedelta

import pytest

from community.clock import now
from community.database import Database
from community.notices.models import Notice, NoticeKind
from community.organisations.deputies import name_deputy
from community.working_days import WIB, WIT, WITA, change_day
from forum.responses.actions import (
    assign,
    count_anew,
    end_pauses,
    hand_over,
    pause,
    tell_of_deadlines,
)
from forum.responses.models import Response, State
from forum.topics.actions import bring_back, withdraw
from forum.topics.models import Post
from tests.cast import BO, CY, DEE, DEE_FOR_OFFICE, EVA, FAY
from tests.forum.asking import (
    CUSTOMS,
    MONDAY,
    At,
    answered,
    asked,
    mandate_of,
    move_office,
    open_customs,
)
from tests.moderation.reporting import as_, rows, the

ZONES = {"32.05": WIB, "73.71": WITA, "91": WIT}


@pytest.mark.parametrize("region", ZONES)
async def test_it_is_due_where_the_office_is(db: Database, at: At, region: str) -> None:
    await db.act(move_office, region)
    zone = ZONES[region]
    at(MONDAY.replace(tzinfo=zone))
    one = await the(db, Response, await asked(db, term=5))
    assert one.due_at == datetime(2026, 12, 8, tzinfo=zone)
    assert (one.due_on, one.zone) == (date(2026, 12, 7), zone.key)
    post = await the(db, Post, one.post_id)
    assert post.asked and post.asked["due_on"] == "2026-12-07" and post.asked["zone"] == zone.key


@pytest.mark.parametrize("region", ZONES)
async def test_late_in_the_evening_it_is_the_day_it_is_there(
    db: Database, at: At, region: str
) -> None:
    """Friday 23:30 in Jakarta is Saturday in the east; that makes no difference. Thursday 23:30
    does."""
    await db.act(move_office, region)
    at(datetime(2026, 12, 3, 23, 30, tzinfo=WIB))
    one = await the(db, Response, await asked(db, term=5))
    assert one.due_on == (date(2026, 12, 10) if region == "32.05" else date(2026, 12, 11))


@pytest.mark.parametrize("region", ZONES)
async def test_an_edited_list_of_holidays_moves_what_is_open(
    db: Database, at: At, region: str
) -> None:
    await db.act(move_office, region)
    at(MONDAY.replace(tzinfo=ZONES[region]))
    done = await answered(db, term=5)
    id = await asked(db, term=5)
    await as_(db, FAY, change_day, date(2026, 12, 4), "Hari Kapal", holiday=True)
    await db.act(count_anew)
    one = await the(db, Response, id)
    assert one.due_on == date(2026, 12, 8)
    post = await the(db, Post, one.post_id)
    assert post.asked and post.asked["due_on"] == "2026-12-08"
    assert (await the(db, Response, done)).due_on == date(2026, 12, 7)  # is none of it
    await as_(db, FAY, change_day, date(2026, 12, 4), "", holiday=False)
    await db.act(count_anew)
    assert (await the(db, Response, id)).due_on == date(2026, 12, 7)


@pytest.mark.parametrize("region", ZONES)
async def test_the_office_is_told_before_the_end_on_the_last_day_and_when_it_is_over(
    db: Database, at: At, region: str
) -> None:
    """Each once; when it is over, its owners and who sees to it."""
    await db.act(open_customs)
    await db.act(move_office, region)
    zone = ZONES[region]
    at(MONDAY.replace(tzinfo=zone))
    id = await asked(db, term=5)
    due, overdue = NoticeKind.DUE, NoticeKind.OVERDUE
    instant = timedelta(seconds=5)
    for moment, told in (
        (datetime(2026, 12, 4, tzinfo=zone) - instant, []),
        (datetime(2026, 12, 4, tzinfo=zone) + instant, [(due, CY), (due, DEE)]),
        (datetime(2026, 12, 6, tzinfo=zone), []),
        (datetime(2026, 12, 7, tzinfo=zone) + instant, [(due, CY), (due, DEE)]),
        (datetime(2026, 12, 8, tzinfo=zone) - instant, []),
        (datetime(2026, 12, 8, tzinfo=zone) + instant, [(overdue, DEE)]),
        (datetime(2027, 1, 8, tzinfo=zone), []),
    ):
        at(moment)
        before = len(await rows(db, Notice))
        for _twice in range(2):
            await db.act(tell_of_deadlines)
        fresh = (await rows(db, Notice))[before:]
        assert [(one.kind, one.member_id) for one in fresh] == told, moment
        one = await the(db, Response, id)
        late = moment >= datetime(2026, 12, 8, tzinfo=zone)
        post = await the(db, Post, one.post_id)
        assert post.asked and post.asked["overdue"] is late


async def test_whoever_was_not_there_is_told_the_last_of_it_once(db: Database, at: At) -> None:
    at(MONDAY.replace(tzinfo=WIB))
    id = await asked(db, term=5)
    at(datetime(2027, 1, 8, tzinfo=WIB))
    for _twice in range(2):
        await db.act(tell_of_deadlines)
    told = {NoticeKind.DUE, NoticeKind.OVERDUE}
    kinds = [one.kind for one in await rows(db, Notice) if one.kind in told]
    assert kinds == [NoticeKind.OVERDUE]
    assert (await the(db, Response, id)).tell_at is None


async def test_who_sees_to_it_hears_that_it_is_overdue(db: Database, at: At) -> None:
    await db.act(open_customs)
    at(MONDAY.replace(tzinfo=WIB))
    id = await asked(db, term=5)
    await as_(db, DEE, assign, id, CY)
    at(datetime(2027, 1, 8, tzinfo=WIB))
    await db.act(tell_of_deadlines)
    late = [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.OVERDUE]
    assert late == [CY, DEE]


async def test_who_stands_in_for_an_owner_hears_it_too(db: Database, at: At) -> None:
    await db.act(open_customs)
    at(MONDAY.replace(tzinfo=WIB))
    await asked(db, term=5)
    end = datetime(2026, 12, 31, tzinfo=WIB)
    cy = await mandate_of(db, CY)
    await as_(db, DEE, name_deputy, DEE_FOR_OFFICE, cy, await db.look(now), end, key="away")
    at(datetime(2026, 12, 20, tzinfo=WIB))
    await db.act(tell_of_deadlines)
    late = [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.OVERDUE]
    assert late == [CY, DEE]


async def test_nobody_is_told_of_what_is_answered_paused_or_hidden(db: Database, at: At) -> None:
    at(MONDAY.replace(tzinfo=WIB))
    await answered(db, term=5)
    hidden = await the(db, Response, await asked(db, term=5))
    await as_(db, BO, withdraw, hidden.post_id)
    paused = await asked(db, term=14)
    await as_(db, DEE, assign, paused, DEE)
    await as_(db, DEE, pause, paused, date(2026, 12, 18), "We wait for the survey.")
    before = len(await rows(db, Notice))
    at(datetime(2026, 12, 17, tzinfo=WIB))
    await db.act(tell_of_deadlines)
    assert len(await rows(db, Notice)) == before
    await as_(db, BO, bring_back, hidden.post_id)
    await db.act(tell_of_deadlines)
    assert len(await rows(db, Notice)) == before + 1


async def test_working_days_of_a_pause_are_not_counted(db: Database, at: At) -> None:
    """From Wednesday to Tuesday: Thursday, Friday, Monday and Tuesday."""
    at(MONDAY.replace(tzinfo=WIB))
    id = await asked(db, term=5)
    at(datetime(2026, 12, 2, 9, tzinfo=WIB))
    await as_(db, DEE, assign, id, DEE)
    await as_(db, DEE, pause, id, date(2026, 12, 8), "We wait for the survey.")
    assert (await the(db, Response, id)).due_on == date(2026, 12, 11)
    at(datetime(2026, 12, 9, 0, 1, tzinfo=WIB))
    await db.act(end_pauses)
    one = await the(db, Response, id)
    assert (one.state, one.due_on, one.paused_until) == (State.ASSIGNED, date(2026, 12, 11), None)


async def test_handed_over_it_is_due_at_the_end_of_the_day_there(db: Database, at: At) -> None:
    await db.act(open_customs, "91")
    at(MONDAY.replace(tzinfo=WIB))
    id = await asked(db, term=5)
    await as_(db, DEE, hand_over, id, CUSTOMS, "Rope is theirs.")
    one = await the(db, Response, id)
    assert one.due_at == datetime(2026, 12, 8, tzinfo=WIT)
    at(datetime(2026, 12, 8, tzinfo=WIT) + timedelta(minutes=1))
    await db.act(tell_of_deadlines)
    late = [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.OVERDUE]
    assert late == [EVA]
