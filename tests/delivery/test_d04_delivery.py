"""D4: every tab that watches and may, gets every change, in the order of revs."""

import asyncio

import pytest

from channels.actions import hide_message, restore_message
from channels.hosting import change_channel
from channels.models import Message
from community.database import Transaction
from community.members.models import Member
from community.places import Lens
from tests.browsing import Tab
from tests.cast import FAY, QUAY
from tests.conftest import Town
from tests.patience import BUSY
from tests.servers import Valkey


async def a_busy_day(town: Town, bo: Tab) -> int:
    """One change of every kind. Answers the rev reached."""
    for n in range(1, 5):
        await bo.say(f"ahoy {n}", f"k{n}")
    await bo.send("edit", message=1, body="aye", key="e")
    await bo.send("withdraw", message=2, key="w")
    assert (await bo.answer("w"))["rev"] == 6

    def office_hours(tx: Transaction) -> None:
        hide_message(tx, tx.get_one(Message, 3))
        hide_message(tx, tx.get_one(Message, 4))
        restore_message(tx, tx.get_one(Message, 4))
        change_channel(tx, tx.get_one(Member, FAY), QUAY, "pier", "", Lens())

    await town.db.act(office_hours)
    return 10


async def test_three_tabs_hear_every_change_in_order_and_show_what_a_fresh_page_shows(
    town: Town,
) -> None:
    async with town.bo.tab() as bo, town.cy.tab() as cy, town.ada.tab() as ada:
        for tab in (bo, cy, ada):
            await tab.follow("channel:7")
        last = await a_busy_day(town, bo)
        for tab in (bo, cy, ada):
            quay = await tab.until_rev("channel:7", last)
            assert quay.revs == [0, 0, *range(1, last + 1)]
            assert quay.shown == await town.cy.shown("channel:7")


async def test_nobody_else_hears_it(town: Town) -> None:
    async with town.bo.tab() as bo, town.cy.tab() as cy, town.dee.tab() as dee:
        for tab in (cy, dee):
            await tab.send("watch", stream="channel:8", rev=0, epoch=tab.epoch)
            assert (await tab.until("refused"))["final"]
        await bo.watch("channel:8")
        await bo.say("below deck", "k1", channel=8)
        await bo.say("on deck", "k2")
        await bo.until_rev("channel:8", 1)
        await cy.watch("channel:7")
        for tab in (cy, dee):
            await tab.send("typing", channel=8, key="t")
            await tab.answer("t")  # by now whatever was under way has come
            assert not any("below deck" in str(frame) for frame in tab.heard)


async def test_it_comes_within_a_quarter_of_a_second(town: Town) -> None:
    """From when it is stored, which takes a busy machine as long as it takes."""
    clock = asyncio.get_running_loop().time
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        await cy.watch("channel:7")
        waits: list[float] = []
        for n in range(1, 9):
            await bo.say("ahoy", f"k{n}")
            stored = clock()
            await cy.until_rev("channel:7", n)
            waits.append(clock() - stored)
    assert sorted(waits)[4] < 0.25, waits


@pytest.mark.parametrize("setup", ["scaled out"])
async def test_without_redis_it_comes_within_two_seconds(town: Town, valkey: Valkey) -> None:
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        await cy.watch("channel:7")
        valkey.pause()
        try:
            for n in (1, 2, 3):
                await bo.say("past the bus", f"k{n}")
                async with asyncio.timeout(2 + BUSY):
                    await cy.until_rev("channel:7", n)
        finally:
            valkey.resume()
