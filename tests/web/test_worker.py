"""The worker does its chores one after another; one with much to do in bits."""

import asyncio
from contextlib import suppress

from community.database import Database, Transaction
from web import worker
from web.worker import Worker

PATIENCE = 20.0


async def test_a_chore_with_more_to_do_is_done_again_at_once_but_not_for_ever(
    db: Database,
) -> None:
    loop, came = asyncio.get_running_loop(), asyncio.Event()
    done: list[str] = []

    def ends(_tx: Transaction) -> bool:
        done.append("ends")
        return done.count("ends") % 3 != 0

    def never_ends(_tx: Transaction) -> bool:
        done.append("never ends")
        return True

    def comes_last(_tx: Transaction) -> None:
        done.append("last")
        loop.call_soon_threadsafe(came.set)

    working = asyncio.create_task(Worker(db, [ends, never_ends, comes_last], every=60).work())
    async with asyncio.timeout(PATIENCE):
        await came.wait()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    assert done == ["ends"] * 3 + ["never ends"] * worker.MOST + ["last"]
