"""S36. Whatever is done to the audit past the database's own refusal is found."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community.audit import Seal, record
from community.chain import Keys, seal_entries
from community.database import Database, Transaction
from community.errors import Conflict, Denied
from community.members.models import Member
from community.settings import Settings
from community.tampering import Anchor, Tampering, anchor_of, waiting
from tests.cast import ADA
from tests.tampering import found, keys_of, seal_all, tamper

EDITED, REMOVED, MOVED = Tampering.EDITED, Tampering.REMOVED, Tampering.MOVED
CUT_OFF, ANEW, UNKNOWN = Tampering.CUT_OFF, Tampering.MADE_ANEW, Tampering.UNKNOWN_KEY


GONE = "DELETE FROM audit WHERE id = 4"
CUT = ("DELETE FROM audit_seals WHERE number > 3", "DELETE FROM audit WHERE id > 3")
INSERTED = (
    "INSERT INTO audit (verb, subject, details, done_at)"
    " VALUES ('topic.locked', 'topic:1', '{}', now()) RETURNING id"
)


@pytest.fixture
async def keys(db: Database, settings: Settings) -> Keys:
    """Five deeds are sealed."""
    keys = keys_of(settings)
    for n in range(5):
        await db.act(deed, n)
    await seal_all(db, keys)
    return keys


def deed(tx: Transaction, n: int) -> None:
    record(tx, tx.get_one(Member, ADA), "topic.locked", f"topic:{n}", until="2026-11-23")


async def test_what_nobody_touched_is_whole(db: Database, keys: Keys) -> None:
    assert await found(db, keys) == []
    assert await db.look(_numbers) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE audit SET verb = 'topic.unlocked' WHERE id = 3", [(EDITED, 3)]),
        ("UPDATE audit SET subject = 'topic:9' WHERE id = 3", [(EDITED, 3)]),
        ("UPDATE audit SET actor_id = NULL WHERE id = 3", [(EDITED, 3)]),
        ("UPDATE audit SET actor_id = 2 WHERE id = 5", [(EDITED, 5)]),
        ("UPDATE audit SET details = '{}' WHERE id = 1", [(EDITED, 1)]),
        ("UPDATE audit SET done_at = '2020-01-01 00:00:00' WHERE id = 3", [(EDITED, 3)]),
        ("UPDATE audit_seals SET sealed_at = '2020-01-01 00:00:00' WHERE number = 3",
         [(EDITED, 3)]),
        ("UPDATE audit_seals SET hash = '00' WHERE number = 3", [(EDITED, 3), (MOVED, 4)]),
        ("UPDATE audit_seals SET previous = '00' WHERE number = 3", [(MOVED, 3), (EDITED, 3)]),
        ("UPDATE audit_seals SET key_id = 'other' WHERE number = 3",
         [(UNKNOWN, 3)]),
        ("DELETE FROM audit WHERE id = 3", [(REMOVED, 3)]),
        ("DELETE FROM audit_seals WHERE number = 3", [(REMOVED, 3)]),
        ("DELETE FROM audit_seals WHERE number IN (2, 3)", [(REMOVED, 2)]),
        ("UPDATE audit_seals SET number = 6 WHERE number = 3",
         [(REMOVED, 3), (MOVED, 6), (EDITED, 6)]),
    ],
)  # fmt: skip
async def test_a_change_is_found_where_it_is(
    db: Database, settings: Settings, keys: Keys, statement: str, expected: list[object]
) -> None:
    await tamper(settings, statement)
    assert [(fault.what, fault.number) for fault in await found(db, keys)] == expected


async def test_entries_and_seals_that_changed_places_are_found(
    db: Database, settings: Settings, keys: Keys
) -> None:
    steps = (
        "SET {0} = 99 WHERE {0} = 2",
        "SET {0} = 2 WHERE {0} = 4",
        "SET {0} = 4 WHERE {0} = 99",
    )
    await tamper(settings, *(f"UPDATE audit {step.format('id')}" for step in steps))
    assert {fault.number for fault in await found(db, keys)} == {2, 4}
    await tamper(settings, *(f"UPDATE audit_seals {step.format('number')}" for step in steps))
    assert {fault.number for fault in await found(db, keys)} == {2, 3, 4, 5}


async def test_what_was_cut_off_the_end_is_found_by_an_anchor(
    db: Database, settings: Settings, keys: Keys
) -> None:
    early, late = await anchored(db), await one_more(db, keys)
    await tamper(
        settings, "DELETE FROM audit_seals WHERE number > 3", "DELETE FROM audit WHERE id > 3"
    )
    assert await found(db, keys) == []
    cut = await found(db, keys, early, late)
    assert [(fault.what, fault.number) for fault in cut] == [(CUT_OFF, 5), (CUT_OFF, 6)]
    assert "The chain ends at 3;" in cut[0].sentence


async def test_what_grows_again_after_a_cut_is_not_what_was_anchored(
    db: Database, settings: Settings, keys: Keys
) -> None:
    anchor = await anchored(db)
    await tamper(
        settings, "DELETE FROM audit_seals WHERE number > 3", "DELETE FROM audit WHERE id > 3"
    )
    for n in range(4):
        await db.act(deed, n)
    await seal_all(db, keys)
    assert await found(db, keys) == []
    assert [(fault.what, fault.number) for fault in await found(db, keys, anchor)] == [(ANEW, 5)]


async def test_seals_that_were_taken_away_leave_entries_that_wait(
    db: Database, settings: Settings, keys: Keys
) -> None:
    await tamper(settings, "DELETE FROM audit_seals WHERE number > 3")
    await db.act(seal_entries, keys)
    assert await db.look(lambda session: waiting(session).first) == [4, 5]


async def test_a_chain_with_a_key_of_ones_own_is_found_and_so_is_one_under_our_name(
    db: Database, settings: Settings, keys: Keys
) -> None:
    theirs = Keys.of([b"somebody else's"])
    await tamper(
        settings,
        "DELETE FROM audit_seals WHERE number > 1",
        "UPDATE audit SET verb = 'topic.unlocked' WHERE id = 2",
        "INSERT INTO audit_unsealed (entry_id) VALUES (2), (3), (4), (5)",
    )
    await seal_all(db, theirs)
    assert [fault.what for fault in await found(db, keys)] == [UNKNOWN] * 4
    await tamper(settings, f"UPDATE audit_seals SET key_id = '{keys.current}'")
    assert [fault.what for fault in await found(db, keys)] == [EDITED] * 4


async def test_a_new_key_goes_on_where_the_old_one_ended(
    db: Database, settings: Settings, keys: Keys
) -> None:
    later = keys_of(replace(settings, audit_keys="n" * 32))
    assert (await one_more(db, later)).key == later.current != keys.current
    assert await found(db, later) == []
    assert [fault.what for fault in await found(db, keys)] == [UNKNOWN]
    await tamper(settings, "DELETE FROM audit_seals WHERE number = 5")
    assert [fault.what for fault in await found(db, later)] == [REMOVED]


@pytest.mark.parametrize("setup", ["embedded"])  # PostgreSQL refuses what is no JSON and no time
@pytest.mark.parametrize(
    "value", ["details = '{'", "done_at = 'soon'", "done_at = 5", "verb = CAST(x'ff' AS TEXT)"]
)
async def test_what_cannot_be_read_is_named_and_the_rest_is_looked_at(
    db: Database, settings: Settings, keys: Keys, value: str
) -> None:
    await tamper(
        settings, f"UPDATE audit SET {value} WHERE id = 2", "DELETE FROM audit WHERE id = 4"
    )
    assert [(fault.what, fault.number) for fault in await found(db, keys)] == [
        (Tampering.UNREADABLE, 2),
        (REMOVED, 4),
    ]


async def test_a_deed_that_is_undone_among_others_leaves_no_gap(
    db: Database, settings: Settings
) -> None:
    keys = keys_of(settings)

    def undone(tx: Transaction, n: int) -> None:
        deed(tx, n)
        tx.flush()
        raise Denied("No.")

    deeds = (undone if n % 3 == 0 else deed for n in range(30))
    sealing = (db.act(seal_entries, keys) for _n in range(10))
    done = [*map(db.act, deeds, range(30)), *sealing]
    answers = await asyncio.gather(*done, return_exceptions=True)
    assert sum(isinstance(answer, Denied) for answer in answers) == 10
    await seal_all(db, keys)
    assert await db.look(_numbers) == [*range(1, 21)]
    assert await found(db, keys) == []


@pytest.mark.scaled_out
@pytest.mark.parametrize("setup", ["scaled out"])
async def test_an_entry_that_commits_after_later_ones_is_sealed_behind_them(
    db: Database, settings: Settings
) -> None:
    keys = keys_of(settings)
    slow = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    async with slow.transaction():
        first = await slow.fetchval(INSERTED)
        await one_more(db, keys)
    await seal_all(db, keys)
    ids = await db.look(lambda s: s.scalars(select(Seal.entry_id).order_by(Seal.number)).all())
    assert ids == [first + 1, first]
    assert await found(db, keys) == []
    await slow.close()


@pytest.mark.scaled_out
@pytest.mark.parametrize("setup", ["scaled out"])
async def test_many_who_write_and_two_who_seal_make_one_chain(
    db: Database, elsewhere: Database, settings: Settings
) -> None:
    keys = keys_of(settings)
    writing = [one.act(deed, n) for n in range(100) for one in (db, elsewhere)]
    sealing = [_sealed(one, keys) for one in (db, elsewhere) for _n in range(10)]
    await asyncio.gather(*writing, *sealing)
    await seal_all(db, keys)
    assert await db.look(_numbers) == [*range(1, 201)]
    assert await found(db, keys) == []


async def _sealed(db: Database, keys: Keys) -> None:
    """Of two at once one may be told to come back."""
    with suppress(Conflict):
        await db.act(seal_entries, keys)


async def one_more(db: Database, keys: Keys) -> Anchor:
    await db.act(deed, 9)
    await seal_all(db, keys)
    return await anchored(db)


async def anchored(db: Database) -> Anchor:
    anchor = await db.look(anchor_of)
    assert anchor
    return anchor


def _numbers(session: Session) -> list[int]:
    return [*session.scalars(select(Seal.number).order_by(Seal.number))]
