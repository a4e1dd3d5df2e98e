"""F1, F2: killed between commit and ack, and between insert and commit."""

from contextlib import AsyncExitStack

from websockets.exceptions import ConnectionClosed

from channels.actions import say
from community.bus import MemoryBus
from community.database import Transaction
from community.members.models import Member
from community.opening import open_database
from community.settings import Settings
from tests.browsing import Browser, sign_in_as
from tests.cast import BO, QUAY
from tests.history import Row, rows_of
from tests.processes import Process


async def prepared(settings: Settings) -> Browser:
    """One message is there; Bo is signed in."""
    db = open_database(settings.database_url, MemoryBus())
    await db.act(lambda tx: _first(tx))
    bo = await sign_in_as(db, settings.public_url, BO)
    await db.close()
    return bo


def _first(tx: Transaction) -> None:
    say(tx, tx.get_one(Member, BO), QUAY, "ahoy", key="k1")


async def killed_while_bo_says(settings: Settings, bo: Browser, failpoint: str) -> list[Row]:
    """Answers what is stored after it."""
    async with AsyncExitStack() as stack:
        process = await stack.enter_async_context(Process(settings, failpoint=failpoint))
        tab = await stack.enter_async_context(bo.tab())
        try:
            raise AssertionError(await tab.say("aye", "k2"))
        except ConnectionClosed:
            assert await process.gone() == -9
    db = open_database(settings.database_url, MemoryBus())
    rows = await db.look(rows_of)
    await db.close()
    return rows


async def said_again(settings: Settings, bo: Browser) -> tuple[int, int]:
    """The seq of the second attempt, and of what is said after it."""
    async with Process(settings), bo.tab() as tab:
        again, after = await tab.say("aye", "k2"), await tab.say("once more", "k3")
        assert len((await tab.follow("channel:7")).seqs) == 3
        return again["seq"], after["seq"]


async def test_f1_killed_between_commit_and_ack(alone: Settings) -> None:
    bo = await prepared(alone)
    rows = await killed_while_bo_says(alone, bo, "after commit:MessageChanged")
    assert [row.key for row in rows] == ["k1", "k2"]
    assert await said_again(alone, bo) == (2, 3)


async def test_f2_killed_between_insert_and_commit(alone: Settings) -> None:
    bo = await prepared(alone)
    rows = await killed_while_bo_says(alone, bo, "before commit:MessageChanged")
    assert [row.key for row in rows] == ["k1"]
    assert await said_again(alone, bo) == (2, 3)
