"""F19: no room for another row, on SQLite.

A mount of four megabytes needs root. A limit on the size of a file (RLIMIT_FSIZE) needs nobody: the
write(2) of the log is cut short and then fails, as on a full disk, and all that stands behind it is
the real program. SQLite calls that an I/O error and leaves the transaction to us; "database or disk
is full", after which it has given up the transaction itself, others' rows too, is what a limit on
the number of pages leads to. Both are tried.
"""

import resource
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from community.bus import MemoryBus
from community.database import Transaction
from community.opening import open_database
from community.settings import Settings
from tests.browsing import Tab, sign_in_as
from tests.cast import ADA
from tests.delivery.conftest import UNHURRIED, Opening
from tests.history import rows_of
from tests.processes import Process

pytestmark = pytest.mark.parametrize("setup", ["embedded"])

LONG = "rope and tackle " * 900  # what fills a disk soon
ROOM = 256 * 1024  # bytes that are left
MOST = 400  # words that do not fit into it
PAGE, PLENTY = 4096, 2**24  # bytes, pages


async def fill(tab: Tab, body: str, name: str) -> str:
    """Says it until it is refused, but not for good; answers with which key."""
    for n in range(MOST):
        answer = await tab.say(f"{name}{n} {body}", f"{name}{n}")
        if answer["verb"] == "refused":
            assert not answer["final"] and answer["reason"]
            return f"{name}{n}"
    raise AssertionError("there was room for everything")


async def test_f19_a_write_that_fails_is_refused_and_tried_again_when_there_is_room(
    alone: Settings,
) -> None:
    db = open_database(alone.database_url, MemoryBus())
    ada = await sign_in_as(db, alone.public_url, ADA)  # says as much as she likes
    await db.close()
    path = Path(alone.data_dir) / "akar.db"
    async with Process(alone) as process, ada.tab() as tab:
        assert (await tab.say("ahoy", "k1"))["verb"] == "ack"
        limits = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        full = path.stat().st_size + ROOM
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (full, limits[1]))
        long = await fill(tab, LONG, "long")
        # What was undone left room in the log: enough to find that one can write again.
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, limits[1]))
        short = await fill(tab, "aye", "short")
        await tab.until_told(write=False)
        assert "ahoy" in (await ada.open("/messages/1"))  # reading goes on
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)
        await tab.until_told(write=True)
        seq = (await tab.say(f"{short} aye", short))["seq"]
        assert (await tab.say(f"{long} {LONG}", long))["seq"] == seq + 1
        assert "Traceback" not in process.said()
    db = open_database(alone.database_url, MemoryBus())
    rows = await db.look(rows_of)
    await db.close()
    assert [row.seq for row in rows] == list(range(1, seq + 2))
    assert is_whole(path)


async def test_f19_where_sqlite_gives_up_the_transaction_everybody_in_it_is_told(
    opening: Opening,
) -> None:
    async with opening(**UNHURRIED) as town, town.bo.tab() as bo, town.cy.tab() as cy:
        await town.db.act(leave_room, ROOM // PAGE)
        long = await fill(bo, LONG, "long")
        words = [(tab, f"at-once-{n}") for n in range(4) for tab in (bo, cy)]
        for tab, key in words:
            await tab.send("say", channel=7, body=f"{key} {LONG}", key=key)
        assert not any([(await tab.answer(key))["final"] for tab, key in words])
        await town.db.act(leave_room, PLENTY)
        for tab, key in [*words, (bo, long)]:
            assert (await tab.say(f"{key} {LONG}", key))["verb"] == "ack"
        rows = await town.db.look(rows_of)
        assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
        assert is_whole(Path(town.settings.data_dir) / "akar.db")


def leave_room(tx: Transaction, pages: int) -> None:
    """Holds for the one connection that writes."""
    there = tx.execute(text("PRAGMA page_count")).scalar_one()
    tx.execute(text(f"PRAGMA max_page_count={there + pages}"))


def is_whole(path: Path) -> bool:
    with sqlite3.connect(path) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))
