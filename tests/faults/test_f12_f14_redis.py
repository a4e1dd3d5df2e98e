"""F12, F14: Redis stands still, or dies and comes back empty; two processes, both lines watched."""

import asyncio
import signal
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from community.bus import MemoryBus
from community.database import Database
from community.opening import open_database
from community.redis_bus import PATIENCE
from tests import servers
from tests.browsing import Browser
from tests.cast import ADA, BO, CY
from tests.history import History
from tests.patience import BUSY
from tests.talking import Talker
from tests.twins import furnished, judge, twins

LATE = 2 + BUSY  # seconds


class Quay(NamedTuple):
    """Bo at one process, Cy at the other."""

    history: History
    db: Database
    bo: Talker
    cy: Talker
    fresh: Browser


@pytest.fixture
def database(postgres: servers.Postgres, request: pytest.FixtureRequest) -> str:
    return furnished(postgres, request.node.name[:40])


@asynccontextmanager
async def quay(database: str, redis: servers.Valkey, folder: Path) -> AsyncIterator[Quay]:
    history = History()
    async with AsyncExitStack() as stack:
        db = open_database(database, MemoryBus())
        stack.push_async_callback(db.close)
        both = await stack.enter_async_context(twins(database, redis.url, folder))
        doors = [await both.doors(db, member) for member in (BO, CY, ADA)]
        bo = await stack.enter_async_context(Talker(history, BO, doors[0][0]))
        cy = await stack.enter_async_context(Talker(history, CY, doors[1][1]))
        await cy.line()
        await bo.line()
        yield Quay(history, db, bo, cy, doors[2][1])


async def crossing(there: Quay, rev: int) -> tuple[float, float]:
    """Bo says it here, Cy hears it there: how long until the ack, and until it is heard."""
    began = time.monotonic()
    async with asyncio.TaskGroup() as both:
        hearing = both.create_task(_heard(there, rev))
        saying = both.create_task(there.bo.say(f"ahoy {rev}"))
    return saying.result().acks[0].at - began, hearing.result() - began


async def _heard(there: Quay, rev: int) -> float:
    await there.cy.reach(rev)
    return time.monotonic()


async def test_f12_redis_stands_still(database: str, redis: servers.Valkey, tmp_path: Path) -> None:
    async with quay(database, redis, tmp_path) as there:
        well = [await crossing(there, rev) for rev in range(1, 9)]
        redis.pause()
        ill = [await crossing(there, rev) for rev in range(9, 17)]
        redis.resume()
        assert max(heard for _, heard in ill) <= LATE, ill
        acks = [statistics.median(ack for ack, _ in times) for times in (well, ill)]
        assert acks[1] < acks[0] * 2 + PATIENCE * 0.8, acks  # else one try to tell Redis is in them
        await there.bo.reach(16)
        await judge(there.history, there.db, {"channel:7": there.fresh})


async def test_f14_redis_dies_and_comes_back_empty(
    database: str, redis: servers.Valkey, tmp_path: Path
) -> None:
    async with quay(database, redis, tmp_path) as there:
        await crossing(there, 1)
        redis.signal(signal.SIGKILL)
        assert (await crossing(there, 2))[1] <= LATE
        redis.stop()  # takes note of the end
        redis.start()
        await crossing(there, 3)
        async with asyncio.timeout(60):  # until the bus is used again
            rev = 4
            while (await crossing(there, rev))[1] > 0.5:
                rev += 1
        await there.bo.reach(rev)
        await judge(there.history, there.db, {"channel:7": there.fresh})
