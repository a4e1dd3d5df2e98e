"""D11: where a right ends, nothing more commits by it and nothing more reaches its tabs."""

import asyncio
from collections.abc import Callable
from contextlib import closing, suppress

import pytest
from websockets.exceptions import ConnectionClosed

from channels.joining import remove
from community.clock import now
from community.database import Transaction
from community.members.actions import appoint, set_muted_until, sign_out_others
from community.members.models import Member, Role
from community.organisations.models import Mandate
from tests.browsing import PATIENCE
from tests.cast import ADA, BO, BO_FOR_DODOL, CABIN, FAY
from tests.conftest import Town
from tests.delivery.conftest import BRISK, Opening, unheard, wire_in
from tests.delivery.test_d09_slow_reader import a_long_night, ear_of
from tests.patience import BUSY
from tests.servers import Valkey

Ending = Callable[[Transaction], object]


def bo_is_muted(tx: Transaction) -> None:
    set_muted_until(tx, tx.get_one(Member, BO), now(tx))


def bo_is_promoted(tx: Transaction) -> None:
    appoint(tx, tx.get_one(Member, FAY), BO, Role.MODERATOR)


def bo_is_signed_out(tx: Transaction) -> None:
    sign_out_others(tx, tx.get_one(Member, BO), "")


def bos_mandate_ends(tx: Transaction) -> None:
    tx.get_one(Mandate, BO_FOR_DODOL).ended_at = now(tx)


def bo_leaves_the_cabin(tx: Transaction) -> None:
    remove(tx, tx.get_one(Member, ADA), 8, BO)


@pytest.mark.parametrize(
    ("ending", "code"), [(bo_is_muted, 4403), (bo_is_promoted, 4401), (bo_is_signed_out, 4401)]
)
async def test_every_tab_closes_at_once(town: Town, ending: Ending, code: int) -> None:
    async with town.bo.tab() as one, town.bo.tab() as other:
        await one.watch("channel:7")
        await town.db.act(ending)
        assert [(await one.closed())[0], (await other.closed())[0]] == [code, code]


@pytest.mark.parametrize(
    ("ending", "code"), [(bo_is_muted, 4403), (bos_mandate_ends, 4403), (bo_is_signed_out, 4401)]
)
async def test_also_when_nobody_announced_it(opening: Opening, ending: Ending, code: int) -> None:
    async with opening(BRISK) as town, town.bo.tab() as bo:
        with unheard(town.db):
            await town.db.act(ending)
        assert (await bo.closed())[0] == code


async def test_who_is_removed_hears_nothing_more(town: Town) -> None:
    async with town.bo.tab() as bo, town.ada.tab() as ada:
        await bo.watch("channel:8")
        await ada.watch("channel:8")
        await town.db.act(bo_leaves_the_cabin)
        assert await bo.until("revoked") == {"verb": "revoked", "stream": "channel:8"}
        await ada.say("now that Bo is gone", "k1", channel=8)
        await ada.until_rev("channel:8", 1)
        await bo.send("watch", stream="channel:8", rev=0, epoch=bo.epoch)
        assert (await bo.until("put", "refused"))["verb"] == "refused"
        assert not any("now that Bo is gone" in str(frame) for frame in bo.heard)


async def test_who_is_removed_while_they_catch_up_hears_nothing_more(town: Town) -> None:
    """Slowly, so that most of what they missed is still to be sent."""
    await town.db.act(a_long_night, CABIN)
    with closing(ear_of(town)) as ear:
        async with town.bo.tab(sock=ear, max_queue=1) as bo:
            bo.socket.transport.pause_reading()
            line = wire_in(town)
            await bo.send("watch", stream="channel:8", rev=0, epoch=bo.epoch)
            async with asyncio.timeout(PATIENCE):
                while line.writable.is_set():
                    await asyncio.sleep(0.01)
            await town.db.act(bo_leaves_the_cabin)
            bo.socket.transport.resume_reading()
            await bo.until("revoked")
            await bo.send("watch", stream="channel:8", rev=0, epoch=bo.epoch)
            assert (await bo.until("put", "refused", "caught_up"))["verb"] == "refused"


async def test_a_removal_nobody_announced_is_told_as_well(opening: Opening) -> None:
    async with opening(BRISK) as town, town.bo.tab() as bo:
        await bo.watch("channel:8")
        with unheard(town.db):
            await town.db.act(bo_leaves_the_cabin)
        assert (await bo.until("revoked"))["stream"] == "channel:8"


@pytest.mark.parametrize("ending", [bo_is_muted, bo_is_signed_out])
async def test_nothing_is_said_after_it(town: Town, ending: Ending) -> None:
    """Bo goes on talking on a line that has not yet been closed."""
    async with town.bo.tab() as bo:
        await bo.until("put")  # the bell: all that is asked about a tab that comes was asked
        with unheard(town.db):
            await town.db.act(ending)
            await bo.send("say", channel=7, body="too late", key="k1")
            await bo.send("edit", message=1, body="too late", key="k2")
            if ending is bo_is_muted:
                assert (await bo.answer("k1"))["final"]
            else:
                assert (await bo.closed())[0] == 4401
    assert await town.cy.shown("channel:7") == []


async def test_a_word_for_an_organisation_ends_with_the_mandate(town: Town) -> None:
    async with town.bo.tab() as bo:
        assert (await bo.say("for Dodol", "k1", mandate=BO_FOR_DODOL))["verb"] == "ack"
        with unheard(town.db):
            await town.db.act(bos_mandate_ends)
        assert (await bo.say("still for Dodol", "k2", mandate=BO_FOR_DODOL))["final"]
        assert (await bo.say("for Dodol", "k1", mandate=BO_FOR_DODOL))["seq"] == 1


async def test_who_comes_in_while_it_ends_is_not_overlooked(town: Town) -> None:
    """Between the question who somebody is and the answer, the right may end."""

    async def comes_in() -> None:
        async with town.bo.socket() as socket:
            await socket.send('{"verb": "hello", "protocol": 1}')
            with suppress(ConnectionClosed):
                while True:
                    await socket.recv()

    coming = [asyncio.create_task(comes_in()) for _ in range(6)]
    await town.db.act(bo_is_signed_out)
    async with asyncio.timeout(PATIENCE):  # until all of them are out
        await asyncio.gather(*coming)


@pytest.mark.parametrize("setup", ["scaled out"])
async def test_without_redis_within_two_seconds(town: Town, valkey: Valkey) -> None:
    async with town.bo.tab() as bo:
        await bo.watch("channel:7")
        valkey.pause()
        try:
            await town.db.act(bo_is_muted)
            async with asyncio.timeout(2 + BUSY):
                assert (await bo.closed())[0] == 4403
        finally:
            valkey.resume()
