"""S36. Whatever is changed in the chain is found, and what is not changed is whole."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from community.audit import AuditEntry, Seal, record
from community.chain import seal_entries
from community.database import Transaction
from community.migrating import on_connection
from community.settings import Settings
from community.tampering import Anchor, anchor_of, faults
from tests.conftest import opened
from tests.tampering import REFUSING, keys_of

LENGTH = 8
TABLES: tuple[Any, Any] = (AuditEntry.__table__, Seal.__table__)
ENTRIES, SEALS = TABLES
NUMBERS, HASHES = st.integers(1, LENGTH + 2), st.text("0123456789abcdef", min_size=1, max_size=64)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
CODES = st.text("abc.:", max_size=9)
VALUES: dict[tuple[Any, str], st.SearchStrategy[Any]] = {
    (ENTRIES, "id"): NUMBERS,
    (ENTRIES, "actor_id"): st.none() | st.integers(1, 7),
    (ENTRIES, "verb"): CODES,
    (ENTRIES, "subject"): CODES,
    (ENTRIES, "details"): st.dictionaries(CODES, st.none() | st.booleans() | NUMBERS | CODES),
    (ENTRIES, "done_at"): TIMES,
    (SEALS, "number"): NUMBERS,
    (SEALS, "entry_id"): NUMBERS,
    (SEALS, "previous"): HASHES,
    (SEALS, "hash"): HASHES,
    (SEALS, "key_id"): HASHES,
    (SEALS, "sealed_at"): TIMES,
}
KEYS = {ENTRIES: ENTRIES.c.id, SEALS: SEALS.c.number}

Deed = Callable[[Connection], object]


def edits() -> st.SearchStrategy[Deed]:
    def one(place: tuple[Any, str]) -> st.SearchStrategy[Deed]:
        table, column = place
        return st.builds(
            lambda number, value: (
                lambda line: line.execute(
                    update(table).where(KEYS[table] == number).values({column: value})
                )
            ),
            NUMBERS,
            VALUES[place],
        )

    return st.sampled_from(list(VALUES)).flatmap(one)


def removals() -> st.SearchStrategy[Deed]:
    return st.builds(
        lambda table, number: lambda line: line.execute(delete(table).where(KEYS[table] == number)),
        st.sampled_from([ENTRIES, SEALS]),
        NUMBERS,
    )


def cuts() -> st.SearchStrategy[Deed]:
    return st.builds(
        lambda number: (
            lambda line: [
                line.execute(delete(table).where(KEYS[table] > number))
                for table in (SEALS, ENTRIES)
            ]
        ),
        NUMBERS,
    )


def exchanges() -> st.SearchStrategy[Deed]:
    """Two change places."""
    return st.builds(_exchanged, st.sampled_from([ENTRIES, SEALS]), NUMBERS, NUMBERS)


def _exchanged(table: Table, a: int, b: int) -> Deed:
    steps = [(a, -1), (b, a), (-1, b)] if a != b else []
    key = KEYS[table]
    return lambda line: [
        line.execute(update(table).where(key == old).values({key.name: new})) for old, new in steps
    ]


def additions() -> st.SearchStrategy[Deed]:
    """A seal that nobody made."""
    made = {name: VALUES[SEALS, name] for name in SEALS.c.keys()}
    return st.builds(
        lambda seal: lambda line: line.execute(insert(SEALS).values(seal)),
        st.fixed_dictionaries(made),
    )


@pytest.fixture
def end(settings: Settings) -> Anchor:
    """Of a chain that nobody has touched."""
    return asyncio.run(_begun(settings))


@examples(max_examples=60)
@given(deeds=st.lists(edits() | removals() | cuts() | exchanges() | additions(), max_size=4))
def test_a_chain_is_whole_exactly_if_nobody_changed_it(
    settings: Settings, end: Anchor, deeds: Sequence[Deed]
) -> None:
    def looked_at(line: Connection) -> tuple[bool, bool]:
        undone = line.begin_nested()
        _past_what_refuses(line)
        before = _rows(line)
        for deed in deeds:
            with suppress(IntegrityError), line.begin_nested():
                deed(line)
        with Session(line) as session:
            found = [*faults(session, keys_of(settings), [end])]
        changed = _rows(line) != before
        undone.rollback()
        return changed, bool(found)

    changed, found = asyncio.run(on_connection(settings.database_url, looked_at))
    assert changed == found


def _past_what_refuses(line: Connection) -> None:
    if line.dialect.name == "postgresql":
        line.execute(text("SET LOCAL session_replication_role = replica"))
        return
    for name in line.scalars(text(REFUSING)).all():
        line.execute(text(f"DROP TRIGGER {name}"))


def _rows(line: Connection) -> list[Any]:
    tables = (select(table).order_by(KEYS[table]) for table in (ENTRIES, SEALS))
    return [line.execute(table).all() for table in tables]


async def _begun(settings: Settings) -> Anchor:
    def deeds(tx: Transaction) -> None:
        for n in range(LENGTH):
            record(tx, None, "topic.locked", f"topic:{n}", member=n, reason="spam")

    async with opened(settings) as db:
        await db.act(deeds)
        await db.act(seal_entries, keys_of(settings))
        anchor = await db.look(anchor_of)
    assert anchor
    return anchor
