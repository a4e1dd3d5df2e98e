"""Which database, which bus: chosen once by URL. What only the other set-up needs is not loaded."""

from pathlib import Path

from sqlalchemy import make_url

from community.bus import Bus, MemoryBus
from community.database import Database
from community.settings import make_private
from community.sqlite import SqliteDatabase


def open_database(url: str, bus: Bus) -> Database:
    """Raises AlreadyOpen where another process has the SQLite file."""
    where = make_url(url)
    if where.get_backend_name() != "sqlite":
        from community.postgres import PostgresDatabase

        return PostgresDatabase(url, bus)
    path = Path(where.database or "akar.db")
    make_private(path.parent)
    return SqliteDatabase(str(path), bus)


def open_bus(url: str) -> Bus:
    if url == "memory://":
        return MemoryBus()
    from community.redis_bus import RedisBus

    return RedisBus(url)
