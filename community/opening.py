"""Which database, which bus: chosen once by URL."""

from pathlib import Path

from sqlalchemy import make_url

from community.bus import Bus
from community.database import Database
from community.postgres import PostgresDatabase
from community.settings import make_private
from community.sqlite import SqliteDatabase


def open_database(url: str, bus: Bus) -> Database:
    """Raises AlreadyOpen where another process has the SQLite file."""
    where = make_url(url)
    if where.get_backend_name() != "sqlite":
        return PostgresDatabase(url, bus)
    path = Path(where.database or "akar.db")
    make_private(path.parent)
    return SqliteDatabase(str(path), bus)
