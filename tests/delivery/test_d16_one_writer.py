"""D16: one process writes to an SQLite file; the second says why it does not start."""

import asyncio

import pytest

from community.bus import MemoryBus
from community.errors import Busy
from community.opening import open_database
from community.settings import Impossible, Settings
from community.sqlite import AlreadyOpen
from tests.browsing import PATIENCE
from tests.processes import Process

pytestmark = pytest.mark.parametrize("setup", ["embedded"])


async def test_a_second_one_in_the_same_file_is_told_why(settings: Settings) -> None:
    db = open_database(settings.database_url, MemoryBus())
    with pytest.raises(AlreadyOpen, match="in use by another process.*postgresql"):
        open_database(settings.database_url, MemoryBus())
    await db.close()
    await open_database(settings.database_url, MemoryBus()).close()


async def test_whoever_writes_when_it_closes_is_told_to_come_back(settings: Settings) -> None:
    db = open_database(settings.database_url, MemoryBus())
    waiting = asyncio.create_task(db.act(lambda _tx: "stored"))
    closing = asyncio.create_task(db.close())
    late = asyncio.create_task(db.act(lambda _tx: None))
    async with asyncio.timeout(PATIENCE):
        assert await waiting == "stored"
        with pytest.raises(Busy):
            await late
        await closing


async def test_a_second_process_ends_with_one_sentence(settings: Settings) -> None:
    db = open_database(settings.database_url, MemoryBus())
    process = Process(settings)
    process.start()
    assert await process.gone() == 2
    words = process.said()
    assert "in use by another process" in words and "Traceback" not in words
    await db.close()


def test_many_processes_need_a_bus_that_reaches_them(setup: str) -> None:
    with pytest.raises(Impossible, match="redis"):
        Settings(database_url="postgresql+asyncpg://akar@db/akar", bus_url="memory://")
