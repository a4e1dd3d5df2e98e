from collections.abc import Sequence
from functools import reduce
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, insert, select, text, update

from community.database import Transaction
from community.search.models import ENTRIES, ROWID, TOKENS, WORDS, Thing
from community.tokens import indexed


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


def take_out(tx: Transaction, kind: str, ids: Sequence[int]) -> None:
    """What is not there any more."""
    gone = select(ENTRIES.c.id).where(ENTRIES.c.kind == kind, ENTRIES.c.thing_id.in_(ids))
    tx.execute(delete(WORDS).where((ROWID if tx.alone else WORDS.c.id).in_(gone)))
    tx.execute(delete(ENTRIES).where(ENTRIES.c.id.in_(gone)))


def put_words(tx: Transaction, things: Sequence[tuple[int, Thing]]) -> None:
    """Of things that have an entry: its id with each."""
    stored = STORED_IN_SQLITE if tx.alone else STORED_IN_POSTGRESQL
    tx.execute(stored, [_words(id, thing) for id, thing in things])


def mark_anew(
    tx: Transaction, kind: str, things: Select[int], gone: Sequence[str], come: Sequence[str]
) -> None:
    """These marks in place of those, of many things at once; their words stay."""
    ids = select(ENTRIES.c.id).where(ENTRIES.c.kind == kind, ENTRIES.c.thing_id.in_(things))
    if tx.alone:
        left: Any = reduce(lambda marks, one: func.replace(marks, f" {one} ", " "), gone, MARKS)
        marks = left.op("||")("".join(f"{one} " for one in come))
        tx.execute(update(WORDS).where(ROWID.in_(ids)).values(marks=marks))
    else:
        less = func.ts_delete(TOKENS, func.string_to_array(" ".join(gone), " "))
        more = func.array_to_tsvector(func.string_to_array(" ".join(come), " "))
        changed = update(WORDS).where(WORDS.c.id.in_(ids))
        tx.execute(changed.values(tokens=less.op("||")(more)))


def empty(tx: Transaction) -> None:
    """Before everything is put in anew."""
    tx.execute(text("DELETE FROM search_words"))
    tx.execute(delete(ENTRIES))


def forget_taken_out(tx: Transaction) -> None:
    """The index itself holds no word of what is not there any more. On SQLite it does until its
    parts are merged, which takes as long as writing all of it: for what is rare."""
    if tx.alone:
        tx.execute(text("INSERT INTO search_words (search_words) VALUES ('optimize')"))


def _words(id: int, thing: Thing) -> dict[str, Any]:
    """Around each mark stands a space, so that it can be taken out again."""
    return {
        "id": id,
        "title": indexed(thing.title),
        "words": indexed(thing.body),
        "marks": "".join(f" {one}" for one in thing.marks) + " ",
    }


# Run with everything that is written, so built only once.
NUMBER = select(ENTRIES.c.id).where(
    ENTRIES.c.kind == bindparam("kind"), ENTRIES.c.thing_id == bindparam("thing")
)
NUMBERED = insert(ENTRIES).returning(ENTRIES.c.id, ENTRIES.c.kind, ENTRIES.c.thing_id)
MARKS: Any = WORDS.c.marks
STORED_IN_SQLITE = text(
    "INSERT INTO search_words (rowid, title, words, marks) VALUES (:id, :title, :words, :marks)"
)
CHANGED_IN_SQLITE = text(
    "UPDATE search_words SET title = :title, words = :words, marks = :marks WHERE rowid = :id"
)
STORED_IN_POSTGRESQL = text(
    "INSERT INTO search_words (id, tokens) VALUES (:id,"
    " setweight(to_tsvector('simple', :title), 'A') || to_tsvector('simple', :words)"
    " || array_to_tsvector(string_to_array(trim(:marks), ' ')))"
)
CHANGED_IN_POSTGRESQL = text(
    "UPDATE search_words SET tokens ="
    " setweight(to_tsvector('simple', :title), 'A') || to_tsvector('simple', :words)"
    " || array_to_tsvector(string_to_array(trim(:marks), ' ')) WHERE id = :id"
)
