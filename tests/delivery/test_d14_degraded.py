"""D14: what does not work is told: whether one can write, whether changes come at once."""

import asyncio

import pytest

from tests.browsing import PATIENCE
from tests.conftest import Town
from tests.delivery.conftest import BRISK, Opening
from tests.delivery.test_d02_ack_after_commit import commits_fail
from tests.servers import Valkey


async def test_the_first_thing_a_tab_hears_is_how_we_are(town: Town) -> None:
    async with town.bo.tab() as bo:
        await bo.until("status")
        assert [frame["verb"] for frame in bo.heard[:2]] == ["hello", "status"]


async def test_when_nothing_can_be_stored_every_tab_is_told_and_told_when_it_can(
    opening: Opening,
) -> None:
    async with opening(BRISK) as town, town.bo.tab() as bo, town.cy.tab() as cy:
        await cy.until_told(write=True)
        with commits_fail(town.db):
            assert not (await bo.say("ahoy", "k1"))["final"]
            await cy.until_told(write=False)
        await cy.until_told(write=True)


async def test_alive_and_ready_are_two_things(opening: Opening) -> None:
    async with opening() as town:
        assert (await town.visitor.get("/readyz")).status_code == 200
        town.akar.state.draining = True
        assert (await town.visitor.get("/readyz")).status_code == 503
        assert (await town.visitor.get("/healthz")).status_code == 200


@pytest.mark.parametrize("setup", ["scaled out"])
async def test_while_redis_is_away_changes_come_by_and_by(opening: Opening, valkey: Valkey) -> None:
    async with opening(BRISK) as town, town.bo.tab() as bo:
        await bo.until_told(live=True)
        valkey.pause()
        try:
            await bo.until_told(live=False)
            assert (await town.visitor.get("/readyz")).status_code == 200
        finally:
            valkey.resume()
        async with asyncio.timeout(PATIENCE):
            await bo.until_told(live=True)
