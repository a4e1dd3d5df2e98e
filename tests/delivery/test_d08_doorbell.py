"""D8: the bus only says "look now". Lost, frozen or late, it costs time, never content."""

import asyncio

import pytest
from redis import asyncio as redis

from channels.actions import hide_message, say
from channels.models import Message
from community.bus import Bus, BusLost, Event
from community.database import Transaction
from community.members.actions import set_muted_until
from community.members.events import StandingChanged
from community.members.models import Member
from community.opening import open_bus
from community.redis_bus import PATIENCE as ONE_TRY
from community.redis_bus import SILENCE, TRIES, RedisBus
from tests.browsing import PATIENCE
from tests.cast import BO, QUAY
from tests.conftest import Town
from tests.delivery.conftest import BRISK, Opening, unheard
from tests.patience import BUSY
from tests.servers import Valkey

scaled_out = pytest.mark.parametrize("setup", ["scaled out"])
with_redis = pytest.mark.scaled_out  # the bus alone
NEWS = StandingChanged(member_id=BO)


def bo_says(tx: Transaction, key: str) -> None:
    say(tx, tx.get_one(Member, BO), QUAY, f"ahoy {key}", key=key)


async def test_what_nobody_announced_is_found_in_the_database(opening: Opening) -> None:
    async with opening(BRISK) as town, town.cy.tab() as cy:
        await cy.watch("channel:7")
        with unheard(town.db):
            await town.db.act(bo_says, "lost")
        assert (await cy.until("changed"))["rev"] == 1
        assert "ahoy lost" in (await cy.until_rev("channel:7", 1)).shown[0]


async def test_only_what_moved_is_read_again(opening: Opening) -> None:
    async with opening(BRISK) as town, town.bo.tab() as bo:
        await bo.watch("channel:7")
        await bo.watch("channel:8")
        with unheard(town.db):
            await town.db.act(bo_says, "lost")
        await bo.until_rev("channel:7", 1)
        assert {f["stream"] for f in bo.heard if f["verb"] == "changed"} == {"channel:7"}


async def test_a_right_that_ended_unheard_is_found_too(opening: Opening) -> None:
    def bo_is_muted(tx: Transaction) -> None:
        member = tx.get_one(Member, BO)
        set_muted_until(tx, member, member.joined_at)

    async with opening(BRISK) as town, town.bo.tab() as bo:
        with unheard(town.db):
            await town.db.act(bo_is_muted)
        assert (await bo.closed())[0] == 4403


async def test_what_a_stopped_bus_says_late_is_not_passed_on(opening: Opening) -> None:
    """It was hidden in between: no body comes out of an old payload."""
    async with opening(BRISK) as town, town.cy.tab() as cy:
        await cy.watch("channel:7")
        with unheard(town.db) as late:
            await town.db.act(bo_says, "unwise")
            await town.db.act(lambda tx: hide_message(tx, tx.get_one(Message, 1)))
        quay = await cy.until_rev("channel:7", 2)
        await cy.until("caught_up") if quay.catching_up else None
        await town.hub.settle({"channel:7": 2})
        town.db.bus.publish(late[0])
        await town.db.act(bo_says, "wise")
        await cy.until_rev("channel:7", 3)
        assert not any("ahoy unwise" in frame.get("html", "") for frame in cy.heard)


@with_redis
async def test_a_quiet_bus_is_not_lost(valkey: Valkey) -> None:
    """Its own ticks are heard, and are nobody's news. A machine that stands still for so long may
    lose it, though not each time."""
    bus = open_bus(valkey.url)
    bus.tune("harbour")
    lost = [await _is_lost(bus, within=SILENCE * 1.5) for _ in range(3)]
    await bus.close()
    assert not all(lost)


@with_redis
async def test_a_frozen_bus_is_lost_within_a_second(valkey: Valkey) -> None:
    bus = open_bus(valkey.url)
    bus.tune("harbour")
    try:
        with pytest.raises(BusLost):
            async with bus.listen() as batches:
                valkey.pause()
                await asyncio.wait_for(anext(batches), SILENCE * 2 + BUSY)
    finally:
        valkey.resume()
        await bus.close()


async def _is_lost(bus: Bus, *, within: float) -> bool:
    async with bus.listen() as batches:
        hearing = asyncio.ensure_future(anext(batches))
        await asyncio.wait([hearing], timeout=within)
        if not hearing.done():
            hearing.cancel()
            return False
        assert isinstance(hearing.exception(), BusLost), "news of nobody"
        return True


@with_redis
async def test_publishing_never_waits(valkey: Valkey) -> None:
    bus = open_bus(valkey.url)
    bus.tune("harbour")
    valkey.pause()
    try:
        async with asyncio.timeout(ONE_TRY * TRIES * 10):  # not once for each
            for _ in range(1_000):
                bus.publish(NEWS)
            await bus.close()  # waits for the last tries
    finally:
        valkey.resume()


@with_redis
async def test_a_restarted_redis_is_noticed_although_nothing_fails(valkey: Valkey) -> None:
    """The library connects and subscribes again in silence; what was said meanwhile is gone."""
    bus = open_bus(valkey.url)
    bus.tune("harbour")
    with pytest.raises(BusLost):
        async with bus.listen() as batches:
            hearing = asyncio.ensure_future(anext(batches))
            await asyncio.sleep(0)
            valkey.stop()
            valkey.start()
            await asyncio.wait_for(hearing, PATIENCE)
    await bus.close()


@scaled_out
async def test_an_ack_does_not_wait_for_a_frozen_redis(town: Town, valkey: Valkey) -> None:
    clock = asyncio.get_running_loop().time
    async with town.bo.tab() as bo:
        await bo.say("ahoy", "warm")
        valkey.pause()
        try:
            waits = []
            for n in range(8):
                began = clock()
                assert (await bo.say("ahoy", f"k{n}"))["verb"] == "ack"
                waits.append(clock() - began)
        finally:
            valkey.resume()
    assert sorted(waits)[2] < ONE_TRY, waits  # else most of them have waited as long


@scaled_out
async def test_two_processes_hear_each_other_with_and_without_redis(
    opening: Opening, valkey: Valkey
) -> None:
    async with opening() as here, opening() as there:
        async with here.bo.tab() as bo, there.cy.tab() as cy:
            await cy.watch("channel:7")
            await bo.say("by the bus", "k1")
            await cy.until_rev("channel:7", 1)
            valkey.stop()
            try:
                await bo.say("past the bus", "k2")
                await cy.until_rev("channel:7", 2)
            finally:
                valkey.start()
            await cy.until_told(live=False)
            await cy.until_told(live=True)
            await bo.say("by the bus again", "k3")
            quay = await cy.until_rev("channel:7", 3)
            assert quay.seqs == [1, 2, 3]


@with_redis
async def test_communities_on_one_redis_do_not_hear_each_other(valkey: Valkey) -> None:
    """The channel is named by the epoch."""
    here, there = open_bus(valkey.url), open_bus(valkey.url)
    here.tune("harbour")
    there.tune("lighthouse")
    async with there.listen() as batches:
        hearing = asyncio.ensure_future(anext(batches))
        here.publish(StandingChanged(member_id=1))
        await _said(here)
        there.publish(NEWS)
        assert await asyncio.wait_for(hearing, PATIENCE) == [NEWS]
    await here.close()
    await there.close()


@with_redis
async def test_what_cannot_be_understood_is_dropped(
    valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    bus, stranger = open_bus(valkey.url), redis.from_url(valkey.url)
    bus.tune("harbour")
    async with bus.listen() as batches:
        hearing = asyncio.ensure_future(anext(batches))
        for strange in (b'{"event":"ShipSank"}', b"{", b'{"event":"StandingChanged"}', b"\xff"):
            await stranger.publish("akar:harbour", strange)
        bus.publish(NEWS)
        heard: list[Event] = []
        while NEWS not in heard:
            heard = await asyncio.wait_for(hearing, PATIENCE)
            hearing = asyncio.ensure_future(anext(batches))
        hearing.cancel()
    assert "ShipSank" in caplog.text
    await stranger.aclose()
    await bus.close()


async def _said(bus: Bus) -> None:
    assert isinstance(bus, RedisBus)
    while bus._carrier and not bus._carrier.done():
        await asyncio.sleep(0.005)
