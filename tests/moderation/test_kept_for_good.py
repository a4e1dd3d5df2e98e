"""The audit, the decisions and the evidence: the database itself refuses to change them."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from community.chain import Keys, seal_entries
from community.database import Database
from community.errors import Refusal
from tests.cast import ADA
from tests.moderation.reporting import judge, reported


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET verb = 'nothing'",
        "UPDATE audit SET details = '{}'",
        "DELETE FROM audit",
        "UPDATE audit_seals SET hash = 'x'",
        "UPDATE audit_seals SET number = number + 1",
        "DELETE FROM audit_seals",
        "UPDATE decisions SET facts = 'nothing'",
        "DELETE FROM decisions",
        "UPDATE evidence SET body = 'something else'",
        "UPDATE evidence SET body = '', html = '', versions = '[]', author = '', hash = 'x'",
        "UPDATE evidence SET context = '[1]'",
        "UPDATE evidence SET context = '[]', attachments = '[1]'",
        "DELETE FROM evidence",
    ],
)
async def test_what_happened_cannot_be_rewritten(db: Database, statement: str) -> None:
    _, case = await reported(db)
    await judge(db, ADA, case)
    await db.act(seal_entries, Keys.of([b"ours"]))
    with pytest.raises(Refusal):
        await db.act(lambda tx: tx.execute(text(statement)))
    assert await db.look(_counts) == [4, 4, 1, 1]


async def test_words_may_be_blanked_and_their_fingerprint_stays(db: Database) -> None:
    await reported(db)
    blank = "UPDATE evidence SET body = '', html = '', versions = '[]', author = ''"
    await db.act(lambda tx: tx.execute(text(blank)))
    kept = await db.look(lambda s: s.execute(text("SELECT body, hash FROM evidence")).one())
    assert kept[0] == "" and len(kept[1]) == 64


async def test_what_stood_around_it_may_go_alone(db: Database) -> None:
    await reported(db)
    await db.act(lambda tx: tx.execute(text("UPDATE evidence SET context = '[]'")))


@pytest.mark.scaled_out  # SQLite has no TRUNCATE
@pytest.mark.parametrize("setup", ["scaled out"])
@pytest.mark.parametrize("table", ["audit", "audit_seals"])
async def test_a_table_kept_for_good_cannot_be_emptied(db: Database, table: str) -> None:
    with pytest.raises(Refusal):
        await db.act(lambda tx: tx.execute(text(f"TRUNCATE {table} CASCADE")))


def _counts(session: Session) -> list[int]:
    tables = ("audit", "audit_seals", "decisions", "evidence")
    return [session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in tables]
