"""For whom an acknowledgement counts, how often, and who may give it."""

import asyncio

import pytest

from community.database import Database, Transaction
from community.errors import Denied, NotFound
from community.members.models import Grace, Member
from forum.announcements.acknowledging import acknowledge
from forum.announcements.models import Receipt
from forum.announcements.queries import announcement_for
from forum.announcements.remarks import Remark, remarks_for
from forum.announcements.waiting import waiting_for
from tests.cast import ADA, BO, CY, DEE, DODOL, GUS, HARBOUR_OFFICE, LEATHER
from tests.forum.acknowledging import (
    acknowledged,
    answered,
    called,
    called_by_leather,
    ended,
    live_in,
    speaks,
)
from tests.moderation.reporting import as_, rows


async def waits_for(db: Database, member: int) -> bool:
    def waiting(tx: Transaction) -> bool:
        return bool(waiting_for(tx, tx.get_one(Member, member)))

    return await db.act(waiting)


async def test_one_of_an_organisation_counts_for_all_of_it(db: Database) -> None:
    await live_in(db, "32.05", CY)
    await speaks(db, CY, DODOL)
    call = await db.act(called)
    assert await db.look(answered) == {DODOL: None, LEATHER: None}
    await as_(db, CY, acknowledge, call.id)
    assert await db.look(answered) == {DODOL: CY, LEATHER: None}
    assert not await waits_for(db, BO), "Cy has said it for Dodol"
    assert await waits_for(db, GUS)
    found = await as_(db, BO, announcement_for, call.id)
    assert found.answered and not found.waits
    assert [answer.member_id for answer in found.answers] == [CY]


async def test_where_each_is_asked_one_counts_for_themself_alone(db: Database) -> None:
    await live_in(db, "32.05", CY)
    await speaks(db, CY, DODOL)
    call = await db.act(called, by_organisation=False)
    await as_(db, CY, acknowledge, call.id)
    assert await db.look(answered) == {}
    assert await db.look(acknowledged) == {CY}
    assert await waits_for(db, BO)


async def test_who_speaks_for_nobody_answers_for_themself(db: Database) -> None:
    await live_in(db, "32.05", CY)
    call = await db.act(called)
    await as_(db, CY, acknowledge, call.id)
    assert await db.look(acknowledged) == {CY}
    assert await db.look(answered) == {DODOL: None, LEATHER: None}


async def test_who_was_not_told_counts_for_their_organisation_where_they_may_read_it(
    db: Database,
) -> None:
    await speaks(db, CY, DODOL)  # and lives elsewhere
    call = await db.act(called)
    await as_(db, CY, acknowledge, call.id)
    assert await db.look(answered) == {DODOL: CY, LEATHER: None}
    assert CY not in {receipt.member_id for receipt in await rows(db, Receipt)}


async def test_nobody_acknowledges_for_an_organisation_without_a_mandate(db: Database) -> None:
    mandate = await speaks(db, CY, DODOL)
    private = await db.act(called, public=False)
    for stranger in (ADA, CY):  # Cy is of Dodol, and may not read what is for others
        with pytest.raises(NotFound):
            await as_(db, stranger, acknowledge, private.id)
    await live_in(db, "32.05", CY)
    await db.act(ended, mandate)
    open_one = await db.act(called, "k2")
    await as_(db, CY, acknowledge, open_one.id)
    assert set((await db.look(answered)).values()) == {None}
    with pytest.raises(NotFound):
        await as_(db, ADA, acknowledge, open_one.id)


async def test_an_office_whose_powers_rest_counts_for_nothing(db: Database) -> None:
    def rest(tx: Transaction) -> None:
        tx.get_one(Member, CY).grace = Grace.OVER

    await speaks(db, CY, HARBOUR_OFFICE)
    await live_in(db, "32.05", CY)
    call = await db.act(called_by_leather)
    assert HARBOUR_OFFICE in await db.look(answered)
    await db.act(rest)
    with pytest.raises(Denied, match="rests"):
        await as_(db, CY, acknowledge, call.id)
    assert (await db.look(answered))[HARBOUR_OFFICE] is None


async def test_the_office_itself_is_not_asked(db: Database) -> None:
    await speaks(db, CY, HARBOUR_OFFICE)
    await live_in(db, "32.05", CY)
    await db.act(called)
    assert set(await db.look(answered)) == {DODOL, LEATHER}


async def test_a_comment_goes_with_it_once_and_to_the_office_alone(db: Database) -> None:
    call = await db.act(called)
    await as_(db, BO, acknowledge, call.id, "  From when on?  ")
    await as_(db, BO, acknowledge, call.id, "And another.")
    found = await as_(db, DEE, remarks_for, call.id)
    assert [(one.member_id, one.organisation_id, one.body) for one in found.said] == [
        (BO, DODOL, "From when on?")
    ]
    for stranger in (BO, ADA, GUS):
        with pytest.raises(NotFound):
            await as_(db, stranger, remarks_for, call.id)


async def test_who_is_muted_acknowledges_and_says_nothing(db: Database) -> None:
    def mute(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        bo.muted_until = bo.joined_at

    call = await db.act(called)
    await db.act(mute)
    with pytest.raises(Denied, match="muted"):
        await as_(db, BO, acknowledge, call.id, "From when on?")
    assert await db.look(answered) == {DODOL: None, LEATHER: None}
    await as_(db, BO, acknowledge, call.id)
    assert await db.look(answered) == {DODOL: BO, LEATHER: None}
    assert await rows(db, Remark) == []


async def test_two_of_one_organisation_at_once_are_one(db: Database) -> None:
    await live_in(db, "32.05", CY)
    await speaks(db, CY, DODOL)
    call = await db.act(called)
    who = [BO, CY] * 4
    await asyncio.gather(*(as_(db, one, acknowledge, call.id) for one in who))
    assert (await db.look(answered))[DODOL] in (BO, CY)
    assert await db.look(acknowledged) == {BO, CY}
