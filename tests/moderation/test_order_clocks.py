"""The clocks of orders: nothing stops them, and whoever has to know hears of them, once."""

from datetime import timedelta

import pytest

from community import clock
from community.audit import AuditEntry
from community.clock import now
from community.database import Database
from community.letters import MailKind
from community.notices.models import Notice, NoticeKind
from community.outbox import Mail, take
from moderation.on_call import Turn, add_duty
from moderation.orders.actions import comply, refuse, second
from moderation.orders.alarms import sound_alarms
from moderation.orders.models import Alarm, Order
from moderation.orders.queries import orders_between
from tests.cast import ADA, EVA, FAY
from tests.moderation.ordering import INTAKE, answer, ordered
from tests.moderation.reporting import as_, rows, the, write
from web.news import still_news

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("urgent", "hours"), [(True, 4), (False, 24)])
async def test_alarms_sound_at_half_three_quarters_nine_tenths_and_the_end_once_each(
    db: Database, urgent: bool, hours: int
) -> None:
    await as_(db, FAY, add_duty, Turn(ADA, "0123456", 0, 0))
    order = await ordered(db, f"/posts/{await write(db)}", given=INTAKE._replace(urgent=urgent))
    due = (await the(db, Order, order)).due_at
    before = timedelta()
    for count, percent in enumerate((50, 75, 90, 100), 1):
        passed = timedelta(hours=hours) * percent / 100
        clock.ahead += passed - before - MINUTE
        await db.act(sound_alarms)
        assert len(await rows(db, Alarm)) == count - 1
        clock.ahead += MINUTE
        await db.act(sound_alarms)
        await db.act(sound_alarms)
        assert [one.percent for one in await rows(db, Alarm)][-1] == percent
        letters = [one for one in await rows(db, Mail) if one.kind == MailKind.ORDER]
        assert [one.member_id for one in letters] == [FAY, ADA] * count
        told = [one for one in await rows(db, Notice) if one.kind == NoticeKind.ORDER]
        assert len(told) == 2 * count and told[-1].about["reason"] == f"{percent} %"
        before = passed
    assert (await the(db, Order, order)).due_at == due
    assert [one.verb for one in await rows(db, AuditEntry)][-1] == "order.overdue"


async def test_after_a_long_night_of_the_worker_the_last_alarm_alone_is_told(db: Database) -> None:
    await ordered(db, f"/posts/{await write(db)}")
    clock.ahead += timedelta(hours=30)
    await db.act(sound_alarms)
    assert [one.percent for one in await rows(db, Alarm)] == [50, 75, 90, 100]
    assert len([one for one in await rows(db, Mail) if one.kind == MailKind.ORDER]) == 1


async def test_what_is_answered_is_quiet_and_its_letters_are_not_carried(db: Database) -> None:
    order = await ordered(db, f"/posts/{await write(db)}", given=INTAKE._replace(urgent=True))
    clock.ahead += timedelta(hours=2)
    await db.act(sound_alarms)
    await as_(db, EVA, comply, order, 1)
    assert await db.act(take, still_news) is None
    clock.ahead += timedelta(hours=3)
    await db.act(sound_alarms)
    assert len(await rows(db, Alarm)) == 1


async def test_orders_are_counted_by_what_came_of_them(db: Database) -> None:
    start = await db.look(now)
    for _number in range(3):
        await ordered(db, f"/posts/{await write(db)}", f"/posts/{await write(db)}")
    await ordered(db, "/posts/999")
    await ordered(db, f"/posts/{await write(db)}")
    for order, target in ((1, 1), (1, 2), (2, 3)):
        clock.ahead += timedelta(hours=1)
        await as_(db, EVA, comply, order, target)
    for order, target in ((2, 4), (3, 5), (3, 6)):
        await as_(db, EVA, refuse, order, target, "It tells of a law.")
        await as_(db, FAY, second, order, target)
    await as_(db, FAY, comply, 4, 7)
    clock.ahead += timedelta(hours=24)
    found = await db.look(orders_between, start, start + timedelta(hours=30))
    assert [one.outcome for one in found] == ["hidden", "partly", "kept", "absent", "open"]
    assert [one.in_time for one in found] == [True] * 4 + [False]
    assert not await db.look(orders_between, start + timedelta(hours=1), start + timedelta(days=2))
    assert (await answer(db, 1)).took and (await answer(db, 5)).took is None
