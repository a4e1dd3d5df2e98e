"""A connection of its own for looking at tables and for changing them: no time limits, and on
SQLite no foreign keys, since it changes a table by making it anew, which would delete every row
that points at it."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, make_url, pool
from sqlalchemy.ext.asyncio import create_async_engine

from community.settings import make_private
from community.sqlite import claimed

T = TypeVar("T")

# A table that is made anew is looked at without those it points at, which stay as they are.
ALONE = {"resolve_fks": False}


async def on_connection(url: str, work: Callable[[Connection], T]) -> T:
    """All of the work or nothing of it. Raises AlreadyOpen where a process has the SQLite file."""
    where = make_url(url)
    if where.get_backend_name() != "sqlite":
        return await _on_postgres(url, work)
    path = Path(where.database or "akar.db")
    make_private(path.parent)
    with claimed(str(path)), _engine(f"sqlite:///{path}").begin() as connection:
        return work(connection)


async def beside(url: str, work: Callable[[Connection], T]) -> T:
    """Only looks, also while another process has the SQLite file. Raises FileNotFoundError."""
    where = make_url(url)
    if where.get_backend_name() != "sqlite":
        return await _on_postgres(url, work)
    with _engine(_only_to_read(where.database or "akar.db")).connect() as connection:
        return work(connection)


async def _on_postgres(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(url, poolclass=pool.NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _only_to_read(path: str) -> str:
    return f"sqlite:///file:{Path(path).resolve(strict=True)}?mode=ro&uri=true"


def _engine(url: str) -> Engine:
    return create_engine(url, poolclass=pool.NullPool)
