"""D14: what does not work is told: whether one can write, whether changes come at once."""

import asyncio

import pytest

from tests.browsing import PATIENCE, Tab
from tests.conftest import Town
from tests.delivery.conftest import BRISK, Opening
from tests.delivery.test_d02_ack_after_commit import commits_fail
from tests.servers import Valkey


async def status(tab: Tab, **expected: bool) -> None:
    while not expected.items() <= (await tab.until("status")).items():
        pass


async def test_the_first_thing_a_tab_hears_is_how_we_are(town: Town) -> None:
    async with town.bo.tab() as bo:
        await bo.until("status")
        assert [frame["verb"] for frame in bo.heard[:2]] == ["hello", "status"]


async def test_when_nothing_can_be_stored_every_tab_is_told_and_told_when_it_can(
    opening: Opening,
) -> None:
    async with opening(BRISK) as town, town.bo.tab() as bo, town.cy.tab() as cy:
        await bo.until("status")
        await cy.until("status")
        with commits_fail(town.db):
            assert not (await bo.say("ahoy", "k1"))["final"]
            await status(cy, write=False)
        await status(cy, write=True)


async def test_alive_and_ready_are_two_things(opening: Opening) -> None:
    async with opening() as town:
        assert (await town.visitor.get("/readyz")).status_code == 200
        town.akar.state.draining = True
        assert (await town.visitor.get("/readyz")).status_code == 503
        assert (await town.visitor.get("/healthz")).status_code == 200


@pytest.mark.parametrize("setup", ["scaled out"])
async def test_while_redis_is_away_changes_come_by_and_by(opening: Opening, valkey: Valkey) -> None:
    async with opening(BRISK) as town, town.bo.tab() as bo:
        if not (await bo.until("status"))["live"]:
            await status(bo, live=True)
        valkey.pause()
        try:
            await status(bo, live=False)
            assert (await town.visitor.get("/readyz")).status_code == 200
        finally:
            valkey.resume()
        async with asyncio.timeout(PATIENCE):
            await status(bo, live=True)
