from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    UniqueConstraint,
    column,
    literal_column,
    table,
)
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base


class SearchEntry(Base):
    """A thing that can be found. What was written later has the larger id, whatever its kind.

    Its words and marks stand under the same id in `search_words`, which each database has in its
    own way: an FTS5 table, or a tsvector. (Migrations 0016 and 0024.)"""

    __tablename__ = "search_entries"
    __table_args__ = (UniqueConstraint("kind", "thing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    thing_id: Mapped[int]
    written_at: Mapped[datetime] = mapped_column(index=True)


ENTRIES = Base.metadata.tables[SearchEntry.__tablename__]
FTS5: ColumnElement[Any] = literal_column(
    "search_words"
)  # a table that is asked as if it were a column of itself
ROWID = literal_column("search_words.rowid", BigInteger)
WORDS = table(
    "search_words",
    column("id", BigInteger),
    column("title"),
    column("words"),
    column("marks"),
    column("tokens"),
)
TOKENS: ColumnElement[Any] = WORDS.c.tokens


class Order(StrEnum):
    NEWEST = "newest"
    FITTING = "fitting"  # of the newest found, those first that fit best


class Mark(StrEnum):
    """What a thing is besides its words. The first letter of a token in the index."""

    KIND = "k"
    AUTHOR = "a"
    MANDATE = "m"
    CHANNEL = "s"
    CATEGORY = "c"
    TAG = "t"
    REGION = "r"
    CLUSTER = "l"
    HAS = "h"


def mark(of: Mark, value: int | str) -> str:
    """A token that no word can be, as those are letters or digits alone. By ids, not by names: so
    nothing is written anew when something is renamed. (Migration 0024 makes the same ones.)"""
    return f"{of}{value}" if isinstance(value, int) else f"{of}0{value.encode().hex()}"


def placed(region: str, cluster: str) -> tuple[str, ...]:
    """The marks of a place: of its province, too."""
    regions = dict.fromkeys(code for code in (region[:2], region) if code)
    clusters = [mark(Mark.CLUSTER, cluster)] if cluster else []
    return *(mark(Mark.REGION, code) for code in regions), *clusters


class Thing(NamedTuple):
    """What is put into the index."""

    kind: str
    id: int
    written_at: datetime
    title: str
    body: str = ""
    marks: tuple[str, ...] = ()
