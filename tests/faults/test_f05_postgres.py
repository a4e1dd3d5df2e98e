"""F5: PostgreSQL restarts while people talk."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from community.bus import MemoryBus
from community.database import Database
from community.opening import open_bus, open_database
from community.settings import Settings
from tests import servers
from tests.cast import ADA, BO, CY
from tests.history import History
from tests.patience import BUSY
from tests.talking import Talker
from tests.twins import furnished, judge, twins
from web.app import create_app

BEFORE, AFTER = 8, 12  # words of each talker


def test_f5_a_fast_restart_loses_nothing_and_refuses_nothing_for_good(
    durable: servers.Postgres, redis: servers.Valkey, tmp_path: Path
) -> None:
    url = furnished(durable)
    asyncio.run(_restart_under_load(url, durable, redis, tmp_path))


def test_f5_a_process_that_starts_meanwhile_waits_until_it_is_back(
    durable: servers.Postgres, redis: servers.Valkey, tmp_path: Path
) -> None:
    settings = Settings(database_url=furnished(durable), bus_url=redis.url, data_dir=str(tmp_path))
    durable.stop()
    asyncio.run(_start_without(durable, settings))


async def _start_without(durable: servers.Postgres, settings: Settings) -> None:
    db = open_database(settings.database_url, open_bus(settings.bus_url))
    akar = create_app(db, settings)
    async with asyncio.TaskGroup() as meanwhile:
        meanwhile.create_task(_start_when_missed(db, durable))
        async with akar.router.lifespan_context(akar):
            while not db.sound:  # soon it is seen that rows can be written
                await asyncio.sleep(0.05)


async def _start_when_missed(db: Database, durable: servers.Postgres) -> None:
    while db.sound:
        await asyncio.sleep(0.05)
    await asyncio.to_thread(durable.start)


async def _restart_under_load(
    url: str, durable: servers.Postgres, redis: servers.Valkey, folder: Path
) -> None:
    history, db = History(), open_database(url, MemoryBus())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.close)
        both = await stack.enter_async_context(twins(url, redis.url, folder))
        doors = {member: await both.doors(db, member) for member in (ADA, BO, CY)}
        talkers = [
            await stack.enter_async_context(Talker(history, member, *browsers))
            for member, browsers in doors.items()
        ]
        up = await _talk_through(talkers, durable)
        resumed = min(ack.at for sent in history.sent for ack in sent.acks if ack.at > up)
        assert resumed - up < 5 + BUSY, "writes resume"
        assert not any(sent.final for sent in history.sent)
        for talker in talkers:
            await talker.reach(len(talkers) * (BEFORE + AFTER))
        await judge(history, db, {"channel:7": doors[CY][0]})
        assert not any("Traceback" in process.said() for process in both.processes)


async def _talk_through(talkers: Sequence[Talker], durable: servers.Postgres) -> float:
    """Answers when PostgreSQL was up again."""
    half = asyncio.Event()
    async with asyncio.TaskGroup() as talking:
        for talker in talkers:
            talking.create_task(_talk(talker, half))
        await half.wait()
        await asyncio.to_thread(durable.restart)
        return time.monotonic()


async def _talk(talker: Talker, half: asyncio.Event) -> None:
    for n in range(BEFORE + AFTER):
        if n == BEFORE:
            half.set()
        await talker.say(f"ahoy {n}")
        await asyncio.sleep(0.05)
