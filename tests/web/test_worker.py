"""What time brings is done once in the whole community, whatever else fails."""

import asyncio

import asyncpg
import pytest
from sqlalchemy.orm import Session

from community.database import Database, Transaction
from community.settings import Settings
from community.site import site_of
from web.worker import ELECTION, Worker, elected


def count(tx: Transaction) -> None:
    site_of(tx).rev += 1


def stumble(tx: Transaction) -> None:
    count(tx)
    raise ZeroDivisionError


async def test_a_chore_that_fails_is_logged_undone_and_the_others_go_on(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    before = await db.look(_rev)
    worker = asyncio.create_task(Worker(db, [stumble, count], every=0.01).work())
    async with asyncio.timeout(10):
        while await db.look(_rev) < before + 2:
            await asyncio.sleep(0.01)
    worker.cancel()
    assert "the chore stumble failed" in caplog.text


@pytest.mark.parametrize("setup", [pytest.param("scaled out", marks=pytest.mark.scaled_out)])
async def test_while_one_worker_is_at_a_chore_no_other_is(
    db: Database, settings: Settings, setup: str
) -> None:
    before = await db.look(_rev)
    url = settings.database_url.replace("+asyncpg", "")
    another = await asyncpg.connect(url)
    async with another.transaction():
        await another.execute("SELECT pg_advisory_xact_lock($1)", ELECTION)
        await db.act(elected, count)
        assert await db.look(_rev) == before
    await db.act(elected, count)
    assert await db.look(_rev) == before + 1
    await another.close()


def _rev(session: Session) -> int:
    return site_of(session).rev
