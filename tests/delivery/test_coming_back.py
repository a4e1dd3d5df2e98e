"""Hundreds of tabs that lost their line together are back together: nobody is sent away for it,
and the others are served meanwhile."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from sqlalchemy import event

from community.postgres import PostgresDatabase
from tests.browsing import Tab
from tests.conftest import PLENTY
from tests.delivery.conftest import Opening
from web.keeping import ORDINARY

TABS = 60
LANES = 2  # who comes, and what they missed: one look at a time each
QUIET = ORDINARY._replace(check=3600, retry=3600)  # nothing is asked but for a tab


@pytest.mark.parametrize("setup", [pytest.param("scaled out", marks=pytest.mark.scaled_out)])
async def test_a_crowd_that_comes_back_leaves_connections_to_pages_and_to_readiness(
    opening: Opening,
) -> None:
    async with (
        opening(QUIET, sockets_per_member=TABS, frames_burst=PLENTY) as town,
        AsyncExitStack() as stack,
    ):
        assert isinstance(town.db, PostgresDatabase)
        pool: Any = town.db._reading.sync_engine.pool
        taken: list[int] = []

        async def come() -> Tab:
            tab = await stack.enter_async_context(town.bo.tab())
            await tab.watch("channel:7")
            return tab

        def count(*_connection: Any) -> None:
            taken.append(pool.checkedout())

        event.listen(pool, "checkout", count)
        tabs = await asyncio.gather(*(come() for _ in range(TABS)))
        assert max(taken) <= LANES
        assert len(taken) < TABS  # of three looks for each
        assert (await tabs[0].say("ahoy", "k1"))["verb"] == "ack"
        await asyncio.gather(*(tab.until_rev("channel:7", 1) for tab in tabs))
