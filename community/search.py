"""One index over everything that is said: the words of a thing, and which thing it is.

Who may see a thing is not written in it: each floor says it with selects of its own (Source), asked
anew with every search, so that a right that ended hides at once.

Sections in house order: models, queries, actions.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    UniqueConstraint,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.elements import SQLCoreOperations

from community.database import Base, Transaction
from community.tokens import Phrase, Term, indexed

MOST = 1_000  # things found by one search that are counted, and ordered by how well they fit
LOOKED_AT = 20_000  # that have the words, or just the newest, until enough may be seen
TITLE = 6.0  # times as much counts a word of the title

# Models


class SearchEntry(Base):
    """A thing that can be found. What was written later has the larger id, whatever its kind.

    Its words stand under the same id in `search_words`, which each database has in its own way:
    an FTS5 table, or a tsvector. (Migration 0016.)"""

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
WORDS = table("search_words", column("id", BigInteger), column("title"), column("words"))
TOKENS: ColumnElement[Any] = column("tokens")


class Order(StrEnum):
    NEWEST = "newest"
    FITTING = "fitting"  # of the newest MOST, those first that fit best


class Thing(NamedTuple):
    """What is put into the index."""

    kind: str
    id: int
    written_at: datetime
    title: str
    body: str = ""


# Queries


class Source(NamedTuple):
    """Things of one kind as one reader sees them: of `seen` the ids that can be found, of `shown`
    what is shown of them (the columns of Found); both have the column `id`."""

    kind: str
    id: SQLCoreOperations[int]
    seen: Select[Any]
    shown: Select[*tuple[Any, ...]]


class Found(NamedTuple):
    """What is shown of a thing, of whatever kind."""

    kind: str
    id: int
    title: str
    body: str
    place: str  # the name of the category or the channel
    stream_id: int  # and where in it, of what stands in a stream
    seq: int
    author_id: int
    author: str
    organisation: str  # the author speaks for
    at: datetime


class Candidate(NamedTuple):
    entry: int
    kind: str
    id: int
    fits: float


class Asked(NamedTuple):
    """What is looked for. `before` is an entry; `during` leaves out the first of its moments."""

    terms: Sequence[Term]
    order: Order = Order.NEWEST
    before: int = 0
    during: tuple[datetime, datetime] | None = None
    loosely: bool = False  # one of the terms, in the title, is enough


def candidates(
    session: Session, asked: Asked, sources: Sequence[Source], most: int = MOST + 1
) -> list[Candidate]:
    """The newest, at most so many, in the order that is asked for. One more than MOST says that
    there are more."""
    if not sources:
        return []
    found = _matching(session, asked) if asked.terms else _all()
    if asked.before:
        found = found.where(ENTRIES.c.id < asked.before)
    if asked.during:
        after, until = asked.during
        found = found.where(ENTRIES.c.written_at > after, ENTRIES.c.written_at <= until)
    newest = found.limit(LOOKED_AT).subquery()
    seen = or_(*(_is_seen(source, newest) for source in sources))
    rows = [Candidate(*row) for row in session.execute(select(newest).where(seen).limit(most))]
    return sorted(rows, key=lambda row: (-row.fits, -row.entry))


def shown(session: Session, wanted: Sequence[Candidate], sources: Sequence[Source]) -> list[Found]:
    """In the order of the candidates, in one statement."""
    selects = [
        source.shown.where(source.id.in_(ids))
        for source in sources
        if (ids := [one.id for one in wanted if one.kind == source.kind])
    ]
    if not selects:
        return []
    rows: Iterable[Any] = session.execute(union_all(*selects))
    found = {(row[0], row[1]): Found._make(row) for row in rows}
    return [found[one.kind, one.id] for one in wanted if (one.kind, one.id) in found]


def _is_seen(source: Source, found: Subquery) -> ColumnElement[bool]:
    """One look by its key for each that has the words; what has been seen is not gathered first."""
    this = source.seen.where(source.id == found.c.thing_id).correlate(found)
    return (found.c.kind == source.kind) & this.exists()


def _all() -> Select[Any]:
    return _entries(literal(0.0)).order_by(ENTRIES.c.id.desc())


def _matching(session: Session, asked: Asked) -> Select[Any]:
    fitting = asked.order == Order.FITTING
    if session.get_bind().dialect.name == "sqlite":
        found = _entries(-func.bm25(FTS5, TITLE, 1.0) if fitting else literal(0.0))
        found = found.select_from(WORDS).join(ENTRIES, ENTRIES.c.id == ROWID)
        return found.where(FTS5.op("MATCH")(_for_fts5(asked))).order_by(ROWID.desc())
    query = func.to_tsquery("simple", _for_tsquery(asked))
    found = _entries(func.ts_rank(TOKENS, query) if fitting else literal(0.0))
    found = found.select_from(WORDS).join(ENTRIES, ENTRIES.c.id == WORDS.c.id)
    return found.where(TOKENS.op("@@")(query)).order_by(ENTRIES.c.id.desc())


def _entries(fits: ColumnElement[Any]) -> Select[Any]:
    return select(ENTRIES.c.id, ENTRIES.c.kind, ENTRIES.c.thing_id, fits.label("fits"))


# Tokens are letters or digits alone, so that no sign of theirs means anything to a database.


def _for_fts5(asked: Asked) -> str:
    terms = [" OR ".join(map(_phrase_of_fts5, one)) for one in asked.terms]
    if asked.loosely:
        return "title : (" + " OR ".join(terms) + ")"
    return " AND ".join(f"({one})" for one in terms)


def _phrase_of_fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.open else "")


def _for_tsquery(asked: Asked) -> str:
    weight = "A" if asked.loosely else ""
    terms = [
        " | ".join(_phrase_of_tsquery(phrase, weight) for phrase in one) for one in asked.terms
    ]
    return (" | " if asked.loosely else " & ").join(f"({one})" for one in terms)


def _phrase_of_tsquery(phrase: Phrase, weight: str) -> str:
    ends = [f":{weight}" if weight else ""] * len(phrase.tokens)
    if phrase.open:
        ends[-1] = f":{weight}*"
    return " <-> ".join(f"'{token}'{end}" for token, end in zip(phrase.tokens, ends, strict=True))


# Actions


def put(tx: Transaction, things: Sequence[Thing]) -> None:
    """What is new, in the order it was written in."""
    if not things:
        return
    by_key = {(one.kind, one.id): one for one in things}
    rows = [{"kind": one.kind, "thing_id": one.id, "written_at": one.written_at} for one in things]
    put_words(tx, [(id, by_key[kind, one]) for id, kind, one in tx.execute(NUMBERED, rows)])


def put_anew(tx: Transaction, thing: Thing) -> None:
    """What reads differently now, and stays where it stands among all; also what is new."""
    id = tx.scalar(NUMBER, {"kind": thing.kind, "thing": thing.id})
    if id is None:
        put(tx, [thing])
    else:
        tx.execute(CHANGED_IN_SQLITE if tx.alone else CHANGED_IN_POSTGRESQL, _words(id, thing))


def put_words(tx: Transaction, things: Sequence[tuple[int, Thing]]) -> None:
    """Of things that have an entry: its id with each."""
    stored = STORED_IN_SQLITE if tx.alone else STORED_IN_POSTGRESQL
    tx.execute(stored, [_words(id, thing) for id, thing in things])


def empty(tx: Transaction) -> None:
    """Before everything is put in anew."""
    tx.execute(text("DELETE FROM search_words"))
    tx.execute(delete(ENTRIES))


def _words(id: int, thing: Thing) -> dict[str, Any]:
    return {"id": id, "title": indexed(thing.title), "words": indexed(thing.body)}


# Run with everything that is written, so built only once.
NUMBER = select(ENTRIES.c.id).where(
    ENTRIES.c.kind == bindparam("kind"), ENTRIES.c.thing_id == bindparam("thing")
)
NUMBERED = insert(ENTRIES).returning(ENTRIES.c.id, ENTRIES.c.kind, ENTRIES.c.thing_id)
STORED_IN_SQLITE = text(
    "INSERT INTO search_words (rowid, title, words) VALUES (:id, :title, :words)"
)
CHANGED_IN_SQLITE = text("UPDATE search_words SET title = :title, words = :words WHERE rowid = :id")
STORED_IN_POSTGRESQL = text(
    "INSERT INTO search_words (id, tokens) VALUES (:id,"
    " setweight(to_tsvector('simple', :title), 'A') || to_tsvector('simple', :words))"
)
CHANGED_IN_POSTGRESQL = text(
    "UPDATE search_words SET tokens ="
    " setweight(to_tsvector('simple', :title), 'A') || to_tsvector('simple', :words) WHERE id = :id"
)
