"""D2: an ack says it is stored for good; a final refusal says it never will be; all else: again."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from channels.hosting import archive
from community.database import Database
from community.members.models import Member
from community.sqlite import SqliteDatabase
from tests.cast import FAY, QUAY
from tests.conftest import Town
from tests.delivery.conftest import Opening


@contextmanager
def commits_fail(db: Database) -> Iterator[None]:
    """As on a full disk: nobody knows what the COMMIT has done."""
    with failing(db, "_writing", "commit"):
        yield


@contextmanager
def failing(db: Database, engine_name: str, moment: str) -> Iterator[None]:
    """The engine breaks off whenever it comes to that moment."""
    engine = getattr(db, engine_name)
    engine = engine if isinstance(db, SqliteDatabase) else engine.sync_engine

    def fail(_connection: Any) -> None:
        raise OperationalError(moment, {}, Exception("database or disk is full"))

    event.listen(engine, moment, fail)
    try:
        yield
    finally:
        event.remove(engine, moment, fail)


async def test_what_is_acked_is_on_the_disk(town: Town) -> None:
    def durable(session: Session) -> Any:
        if isinstance(town.db, SqliteDatabase):
            mode = session.execute(text("PRAGMA journal_mode")).scalar()
            return mode, session.execute(text("PRAGMA synchronous")).scalar()
        return session.execute(text("SHOW synchronous_commit")).scalar()

    assert await town.db.act(durable) in {"on", ("wal", 2)}


async def test_whoever_is_acked_finds_it_stored(town: Town) -> None:
    async with town.bo.tab() as bo:
        for n in range(1, 6):
            assert (await bo.say(f"ahoy {n}", f"k{n}"))["seq"] == n
            assert len(await town.cy.shown("channel:7")) == n


async def test_a_commit_that_may_have_failed_is_not_final(town: Town) -> None:
    async with town.bo.tab() as bo:
        with commits_fail(town.db):
            answer = await bo.say("ahoy", "k1")
            assert answer["verb"] == "refused" and not answer["final"]
        assert (await bo.say("ahoy", "k1"))["seq"] == 1
    assert len(await town.cy.shown("channel:7")) == 1


async def test_nobody_hears_what_was_not_committed(town: Town) -> None:
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        await cy.watch("channel:7")
        with commits_fail(town.db):
            await bo.say("never said", "k1")
        await bo.say("ahoy", "k2")
        assert "ahoy" in (await cy.until_rev("channel:7", 1)).shown[0]


async def test_what_will_never_be_taken_is_final(town: Town) -> None:
    await town.db.act(lambda tx: archive(tx, tx.get_one(Member, FAY), QUAY))
    async with town.bo.tab() as bo:
        for n, channel in enumerate((QUAY, 8_000)):
            answer = await bo.say("ahoy", f"k{n}", channel=channel)
            assert answer["final"] and answer["reason"]
            assert "retry_after" not in answer


async def test_whoever_is_too_fast_is_told_when_to_come_back(opening: Opening) -> None:
    async with opening(sends_per_second=1) as town, town.bo.tab() as bo:
        for n in range(town.settings.sends_burst + 10):
            await bo.send("say", channel=7, body="ahoy", key=f"k{n}")
        refused = await bo.until("refused")
        assert not refused["final"] and 0 < refused["retry_after"] <= 1
        await asyncio.sleep(refused["retry_after"])  # what a well-behaved program does
        while (again := await bo.say("ahoy", refused["key"]))["verb"] == "refused":
            await asyncio.sleep(again["retry_after"])
        assert again["verb"] == "ack"
