"""Rows in PostgreSQL: many processes, each with a pool; row locks keep writers in order."""

import asyncio
from collections.abc import Callable
from typing import TypeVar, cast

from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from community.bus import Bus
from community.compiled import Compiled
from community.database import Database, Transaction
from community.failpoints import reach

T = TypeVar("T")

POOL = 8  # connections of one process for writing, and as many for reading
POOL_PATIENCE = 5  # seconds until whoever waits for one of them is told to come back
# Seconds until an answer that does not come is given up: the line may be dead and not closed. The
# server itself ends whatever it hears of sooner.
LONGEST = 15
SESSION = {
    "synchronous_commit": "on",  # whatever the server's own choice: what is acked is durable (D2)
    "lock_timeout": "2s",
    "statement_timeout": "5s",
    "idle_in_transaction_session_timeout": "5s",
}
COMPILED = Compiled()


class PostgresDatabase(Database):
    def __init__(self, url: str, bus: Bus) -> None:
        super().__init__(bus)
        # Two pools: writers that wait for a lock must never starve the pages.
        self._writing, self._reading = _engine(url), _engine(url)
        snapshot = self._reading.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._writers = async_sessionmaker(
            self._writing, sync_session_class=Transaction, expire_on_commit=False
        )
        self._readers = async_sessionmaker(snapshot, expire_on_commit=False)

    async def _write(self, work: Callable[[Transaction], T]) -> T:
        async with asyncio.timeout(LONGEST), self._writers() as session:
            tx = cast(Transaction, session.sync_session)
            async with session.begin():
                result = await session.run_sync(lambda _: work(tx))
                reach("before commit", [tx])
            reach("after commit", [tx])
            for event in tx.events:
                self.bus.publish(event)
            return result

    async def _read(self, work: Callable[[Session], T]) -> T:
        async with asyncio.timeout(LONGEST), self._readers() as session:
            return await session.run_sync(work)

    async def close(self) -> None:
        await self._writing.dispose()
        await self._reading.dispose()


def _engine(url: str) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        execution_options={"compiled_cache": COMPILED},
        hide_parameters=True,  # what members wrote has no place in a log
        pool_timeout=POOL_PATIENCE,
        connect_args={"server_settings": SESSION, "timeout": POOL_PATIENCE},
    )
