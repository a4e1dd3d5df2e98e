"""An acknowledgement is of the version that was shown, and of nothing that is over."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy.util import await_only

from community import clock
from community.database import Database, Transaction
from community.errors import Conflict
from community.members.models import Member
from community.notices.models import NoticeKind
from forum.announcements.acknowledging import Corrected, acknowledge
from forum.announcements.correcting import EarlierAcknowledgement, EarlierAnswer, end_expired
from forum.announcements.models import Announcement
from forum.announcements.passes import Pass, passes_for
from forum.announcements.reminding import Reminder, remind_due
from forum.manuscripts.actions import hand_in
from forum.manuscripts.correcting import withdraw, write_correction
from tests.cast import BO, BO_FOR_DODOL, DEE, DODOL, GUS, LEATHER
from tests.channels.test_holding import somebody_waits
from tests.conftest import Town
from tests.forum.acknowledging import DAYS, acknowledged, answered, called, told_by_notice
from tests.forum.correcting import corrected, correction
from tests.moderation.reporting import as_, rows, the
from web.acknowledging import acknowledgement_for

NOBODY = {DODOL: None, LEATHER: None}
MORE = timedelta(days=30)
SCALED_OUT = pytest.mark.parametrize(
    "setup", [pytest.param("scaled out", marks=pytest.mark.scaled_out)]
)


async def _corrected(db: Database, id: int, *, material: bool = True) -> None:
    deadline = (await the(db, Announcement, id)).acknowledge_by
    assert deadline
    until = deadline + MORE if material else deadline
    body = "Leave the harbour at once."
    await corrected(db, id, material=material, body=body, acknowledge_by=until)


def _link(town: Town, *shown: int) -> str:
    return acknowledgement_for(town.settings.secret(), str(Pass(*shown)))


@pytest.mark.parametrize("material", [True, False])
async def test_an_open_page_of_the_version_before_acknowledges_nothing(
    town: Town, material: bool
) -> None:
    id = (await town.db.act(called)).id
    where = f"/announcements/{id}"
    assert 'name="version" value="1"' in await town.gus.open(where)
    await _corrected(town.db, id, material=material)
    refused = await town.gus.post(f"{where}/acknowledgement", version=1)
    assert refused.status_code == 409 and "It was corrected meanwhile." in refused.text
    assert await town.db.look(answered) == NOBODY and await town.db.look(acknowledged) == set()
    assert 'name="version" value="2"' in await town.gus.open(where)
    assert (await town.gus.post(f"{where}/acknowledgement", version=2)).status_code == 303
    assert await town.db.look(answered) == {DODOL: None, LEATHER: GUS}


async def test_a_link_of_the_version_before_is_over_where_all_are_asked_anew(town: Town) -> None:
    id = (await town.db.act(called)).id
    ((shown, _name),) = await as_(town.db, BO, passes_for, id)
    link = _link(town, *shown)
    assert "Double your lines." in await town.visitor.open(link)
    await _corrected(town.db, id)
    for answer in (await town.visitor.get(link), await town.visitor.post(link, version=2)):
        assert answer.status_code == 410 and "This link is over" in answer.text
    assert await town.db.look(answered) == NOBODY
    ((shown, _name),) = await as_(town.db, BO, passes_for, id)
    assert shown == Pass(id, BO, BO_FOR_DODOL, 2)
    assert 'name="version" value="2"' in await town.visitor.open(_link(town, *shown))
    assert (await town.visitor.post(_link(town, *shown), version=2)).status_code == 200
    assert await town.db.look(answered) == {DODOL: BO, LEATHER: None}


async def test_a_link_outlives_a_slip_set_right_but_shows_it_before_it_counts(town: Town) -> None:
    id = (await town.db.act(called)).id
    link = _link(town, id, BO, BO_FOR_DODOL, 1)
    await _corrected(town.db, id, material=False)
    refused = await town.visitor.post(link, version=1, said="From when <on>?")
    assert refused.status_code == 409 and "It was corrected meanwhile." in refused.text
    for shown in ("Leave the harbour at once.", "From when &lt;on&gt;?", 'value="2"'):
        assert shown in refused.text
    assert await town.db.look(answered) == NOBODY
    assert (await town.visitor.post(link, version=2)).status_code == 200
    assert await town.db.look(answered) == {DODOL: BO, LEATHER: None}


async def test_a_link_whose_deadline_is_over_does_not_come_back(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = (await town.db.act(called)).id
    link = _link(town, id, BO, BO_FOR_DODOL)  # as of a letter that names no version
    monkeypatch.setattr(clock, "ahead", timedelta(days=DAYS + 1))
    assert (await town.visitor.get(link)).status_code == 410
    await _corrected(town.db, id)
    assert (await town.visitor.get(link)).status_code == 410


async def _withdraw(db: Database, id: int) -> None:
    await as_(db, DEE, withdraw, id, "It was for last year.", version=1)


async def _expire(db: Database, id: int) -> None:
    def past(tx: Transaction) -> None:
        one = tx.get_one(Announcement, id)
        one.expires_at = one.published_at

    await db.act(past)
    await db.act(end_expired)


@pytest.mark.parametrize("end", [_withdraw, _expire])
async def test_what_does_not_hold_any_more_cannot_be_acknowledged(
    db: Database, end: Callable[[Database, int], Awaitable[None]]
) -> None:
    id = (await db.act(called)).id
    await end(db, id)
    with pytest.raises(Conflict, match="nobody needs to acknowledge it any more"):
        await as_(db, BO, acknowledge, id)
    assert await db.look(answered) == NOBODY and await db.look(acknowledged) == set()


@SCALED_OUT
async def test_one_that_comes_during_a_correction_is_of_the_version_before(db: Database) -> None:
    """Whoever corrects it waits for it; on SQLite nobody comes between."""
    id, written = await _about_to_be_corrected(db)
    begun = asyncio.Event()

    def acknowledges(tx: Transaction, member: Member) -> None:
        acknowledge(tx, member, id)
        tx.flush()
        begun.set()
        await_only(somebody_waits(db))

    async def corrects() -> None:
        await begun.wait()
        await as_(db, DEE, hand_in, written, version=1)

    await asyncio.gather(as_(db, BO, acknowledges), corrects())
    assert await db.look(answered) == NOBODY and await db.look(acknowledged) == set()
    assert [one.version for one in await rows(db, EarlierAcknowledgement)] == [1]
    assert [one.version for one in await rows(db, EarlierAnswer)] == [1]


@SCALED_OUT
async def test_one_that_comes_after_a_correction_began_is_refused(db: Database) -> None:
    id, written = await _about_to_be_corrected(db)
    begun = asyncio.Event()

    def corrects(tx: Transaction, member: Member) -> None:
        hand_in(tx, member, written, version=1)
        tx.flush()
        begun.set()
        await_only(somebody_waits(db))

    async def acknowledges() -> None:
        await begun.wait()
        with pytest.raises(Corrected):
            await as_(db, BO, acknowledge, id)

    await asyncio.gather(as_(db, DEE, corrects), acknowledges())
    assert await db.look(answered) == NOBODY


@SCALED_OUT
async def test_those_who_acknowledge_do_not_wait_for_each_other(db: Database) -> None:
    id = (await db.act(called)).id

    def both(tx: Transaction, member: Member) -> None:
        acknowledge(tx, member, id)
        tx.flush()
        await_only(as_(db, GUS, acknowledge, id))

    async with asyncio.timeout(10):
        await as_(db, BO, both)
    assert await db.look(acknowledged) == {BO, GUS}


@SCALED_OUT
async def test_a_reminder_that_comes_due_waits_for_a_correction_and_is_not_sent(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _id, written = await _about_to_be_corrected(db)
    monkeypatch.setattr(clock, "ahead", timedelta(days=DAYS * 0.6))
    begun = asyncio.Event()

    def corrects(tx: Transaction, member: Member) -> None:
        hand_in(tx, member, written, version=1)
        tx.flush()
        begun.set()
        await_only(somebody_waits(db))

    async def reminds() -> None:
        await begun.wait()
        await db.act(remind_due)

    await asyncio.gather(as_(db, DEE, corrects), reminds())
    assert await db.look(told_by_notice, NoticeKind.REMINDER) == []
    assert all(one.done_at is None for one in await rows(db, Reminder))


@SCALED_OUT
async def test_a_correction_waits_for_a_reminder_that_goes_out(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _id, written = await _about_to_be_corrected(db)
    monkeypatch.setattr(clock, "ahead", timedelta(days=DAYS * 0.6))
    begun = asyncio.Event()

    def reminds(tx: Transaction) -> None:
        remind_due(tx)
        begun.set()
        await_only(somebody_waits(db))

    async def corrects() -> None:
        await begun.wait()
        await as_(db, DEE, hand_in, written, version=1)

    await asyncio.gather(db.act(reminds), corrects())
    assert await db.look(told_by_notice, NoticeKind.REMINDER) == [BO, GUS]
    assert all(one.done_at is None for one in await rows(db, Reminder))


async def _about_to_be_corrected(db: Database) -> tuple[int, int]:
    """The announcement, and the draft of its correction."""
    one = await db.act(called)
    assert one.acknowledge_by
    it = correction(one, material=True, acknowledge_by=one.acknowledge_by + MORE)
    return one.id, (await as_(db, DEE, write_correction, one.id, it, key="c")).id
