from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from community.search.models import ENTRIES, FTS5, ROWID, TOKENS, WORDS, Mark, Order, mark
from community.tokens import Phrase, Term

MOST = 1_000  # things found by one search that are counted, and ordered by how well they fit
LOOKED_AT = 20_000  # that have the words and the marks, or just the newest, until enough are seen
MOST_MARKS = 200  # of which each is asked for; where more would do, those LOOKED_AT are compared
TITLE = 6.0  # times as much counts a word of the title

Marked = tuple[tuple[str, ...], ...]  # with one of each


NOTHING = (mark(Mark.AUTHOR, 0),)


def any_of(marks: Sequence[str]) -> Marked:
    """What has one of these; nothing has where there is none."""
    return () if len(marks) > MOST_MARKS else (tuple(marks) or NOTHING,)


# PostgreSQL plans a statement that comes again without looking at what is asked for: for words that
# few things have it would read all there is.
PLANNED_ANEW = text("SET LOCAL plan_cache_mode = force_custom_plan")


class Source(NamedTuple):
    """Things of one kind as one reader sees them: of `seen` the ids that can be found, of `shown`
    what is shown of them (the columns of Found); both have the column `id`. All that are seen are
    `marked` so in the index, which finds the few of them among many."""

    kind: str
    id: SQLCoreOperations[int]
    seen: Select[Any]
    shown: Select[*tuple[Any, ...]]
    marked: Marked = ()


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
    if session.get_bind().dialect.name != "sqlite":
        session.execute(PLANNED_ANEW)
    marked = _marked_alike(sources)
    found = _matching(session, asked, marked) if asked.terms or marked else _all()
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


def _marked_alike(sources: Sequence[Source]) -> set[Marked]:
    """One of them is enough; none where some source has everything."""
    every = {source.marked for source in sources}
    return set() if () in every else every


def _is_seen(source: Source, found: Subquery) -> ColumnElement[bool]:
    """One look by its key for each that has the words; what has been seen is not gathered first."""
    this = source.seen.where(source.id == found.c.thing_id).correlate(found)
    return (found.c.kind == source.kind) & this.exists()


def _all() -> Select[Any]:
    return _entries(literal(0.0)).order_by(ENTRIES.c.id.desc())


def _matching(session: Session, asked: Asked, marked: set[Marked]) -> Select[Any]:
    fitting = asked.order == Order.FITTING and bool(asked.terms)
    if session.get_bind().dialect.name == "sqlite":
        found = _entries(-func.bm25(FTS5, TITLE, 1.0, 0.0) if fitting else literal(0.0))
        found = found.select_from(WORDS).join(ENTRIES, ENTRIES.c.id == ROWID)
        wanted = [_for_fts5(asked)] if asked.terms else []
        wanted += [_marks(marked, " AND ", " OR ", '"')] if marked else []
        whole = " AND ".join(f"({one})" for one in wanted)
        return found.where(FTS5.op("MATCH")(whole)).order_by(ROWID.desc())
    words = func.to_tsquery("simple", _for_tsquery(asked))
    found = _entries(func.ts_rank(TOKENS, words) if fitting else literal(0.0))
    found = found.select_from(WORDS).join(ENTRIES, ENTRIES.c.id == WORDS.c.id)
    if asked.terms:
        found = found.where(TOKENS.op("@@")(words))
    if marked:
        found = found.where(TOKENS.op("@@")(cast(_marks(marked, " & ", " | ", "'"), TSQUERY)))
    return found.order_by(ENTRIES.c.id.desc())


def _entries(fits: ColumnElement[Any]) -> Select[Any]:
    return select(ENTRIES.c.id, ENTRIES.c.kind, ENTRIES.c.thing_id, fits.label("fits"))


# Tokens are letters or digits, so that no sign of theirs means anything to a database.


def _marks(marked: set[Marked], both: str, either: str, quote: str) -> str:
    alternatives = (
        both.join(f"({either.join(f'{quote}{one}{quote}' for one in some)})" for some in each)
        for each in sorted(marked)
    )
    return either.join(f"({one})" for one in alternatives)


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
