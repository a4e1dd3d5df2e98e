"""D16: one process writes to an SQLite file; the second says why it does not start."""

import pytest

from community.bus import MemoryBus
from community.opening import open_database
from community.settings import Impossible, Settings
from community.sqlite import AlreadyOpen
from tests.processes import Process

pytestmark = pytest.mark.parametrize("setup", ["embedded"])


async def test_a_second_one_in_the_same_file_is_told_why(settings: Settings) -> None:
    db = open_database(settings.database_url, MemoryBus())
    with pytest.raises(AlreadyOpen, match="in use by another process.*postgresql"):
        open_database(settings.database_url, MemoryBus())
    await db.close()
    await open_database(settings.database_url, MemoryBus()).close()


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
