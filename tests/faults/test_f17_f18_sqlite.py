"""F17, F18: somebody else holds the SQLite file, or wants to serve it, too."""

import asyncio
import sqlite3
import time
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from community import sqlite
from community.bus import MemoryBus
from community.opening import open_database
from community.settings import Settings
from tests.browsing import sign_in_as
from tests.cast import BO
from tests.processes import Process
from tests.servers import free_port

pytestmark = pytest.mark.parametrize("setup", ["embedded"])


async def test_f17_a_locked_file_is_busy_and_never_final(alone: Settings) -> None:
    db = open_database(alone.database_url, MemoryBus())
    bo = await sign_in_as(db, alone.public_url, BO)
    await db.close()
    async with Process(alone) as process, AsyncExitStack() as open_tabs:
        tab, *others = tabs = [await open_tabs.enter_async_context(bo.tab()) for _ in range(4)]
        assert (await tab.say("ahoy", "k1"))["seq"] == 1
        intruder = sqlite3.connect(f"{alone.data_dir}/akar.db", isolation_level=None)
        intruder.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        for each in tabs:
            await each.send("say", channel=7, body="aye", key="k2")
            assert len(await bo.shown("channel:7")) == 1  # reading goes on
        async with asyncio.timeout(len(others) * sqlite.PATIENCE):  # not one after another
            for each in tabs:
                refused = await each.answer("k2")
                assert refused["verb"] == "refused" and not refused["final"]
        assert time.monotonic() - began > sqlite.PATIENCE - 1  # it was waited for
        await tab.until_told(write=False)
        intruder.execute("ROLLBACK")
        intruder.close()
        while (answer := await tab.say("aye", "k2"))["verb"] == "refused":
            assert not answer["final"]
        assert answer["seq"] == 2
        assert "Traceback" not in process.said()


async def test_f18_a_second_process_is_told_why_it_cannot(alone: Settings) -> None:
    async with Process(alone):
        port = free_port()
        second = Process(replace(alone, port=port, public_url=f"http://localhost:{port}"))
        second.start()
        assert await second.gone() == 2
        words = second.said()
        assert "in use by another process" in words and "Traceback" not in words
