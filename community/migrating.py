"""A connection of its own for changing tables: no time limits, and on SQLite no foreign keys, since
its way of changing a table would delete every row that points at it."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, pool
from sqlalchemy.ext.asyncio import create_async_engine


async def on_connection(url: str, work: Callable[[Connection], None]) -> None:
    """All of the work or nothing of it."""
    where = make_url(url)
    if where.get_backend_name() == "sqlite":
        Path(where.database or "akar.db").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(where, poolclass=pool.NullPool)
        with engine.begin() as connection:
            work(connection)
        return
    async_engine = create_async_engine(url, poolclass=pool.NullPool)
    async with async_engine.begin() as async_connection:
        await async_connection.run_sync(work)
    await async_engine.dispose()
