"""S36, sentence by sentence: the audit only grows, each row sealed over the one before, and whoever
changed, removed, moved or cut off anything is found out.

tests/community/test_chain.py and test_tampering.py take the finding further; what the role of the
scaled-out set-up may do at the database is in tests/test_compose.py.
"""

import hmac
import json
from datetime import UTC
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from community.audit import AuditEntry, NotForTheAudit, Seal, record
from community.database import Database, Transaction
from community.errors import Refusal
from community.members.models import Member
from community.settings import Settings
from community.tampering import Anchor, Tampering, anchor_of
from tests.cast import ADA, BO
from tests.conftest import Town
from tests.moderation.reporting import judge, report, rows, write
from tests.tampering import found, keys_of, seal_all, tamper
from web.anchors import EVERY, Anchors, anchors_in


@pytest.fixture
async def sealed(db: Database, settings: Settings) -> list[Seal]:
    """A report and a decision about words of Bo."""
    post = await write(db, BO, "Buy my canary")
    await judge(db, ADA, await report(db, post))
    await seal_all(db, keys_of(settings))
    return list(await db.look(_seals))


async def test_each_row_is_an_hmac_over_its_entry_and_the_hash_before(
    db: Database, settings: Settings, sealed: list[Seal]
) -> None:
    """Worked out here once more, from what chain.py says of it and nothing of its code."""
    secret = settings.audit_secrets()[0]
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"audit").derive(secret)
    entries = {entry.id: entry for entry in await rows(db, AuditEntry)}
    before = "0" * 64
    for seal in sealed:
        one = entries[seal.entry_id]
        told = [
            seal.number, sha256(key).hexdigest()[:16], before,
            seal.sealed_at.astimezone(UTC).isoformat(), one.id, one.actor_id, one.verb,
            one.subject, one.details, one.done_at.astimezone(UTC).isoformat(),
        ]  # fmt: skip
        written = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
        assert seal.previous == before and seal.key_id == told[1]
        assert seal.hash == hmac.new(key, written, "sha256").hexdigest()
        before = seal.hash


async def test_rows_are_numbered_without_a_gap_and_none_is_left_out(
    db: Database, sealed: list[Seal]
) -> None:
    assert [seal.number for seal in sealed] == [*range(1, len(sealed) + 1)]
    assert {seal.entry_id for seal in sealed} == {one.id for one in await rows(db, AuditEntry)}


@pytest.mark.parametrize("table", ["audit", "audit_seals"])
@pytest.mark.parametrize("words", ["UPDATE {} SET {} = 0", "DELETE FROM {}"])
async def test_the_database_refuses_to_change_or_remove_a_row(
    db: Database, sealed: list[Seal], table: str, words: str
) -> None:
    column = {"audit": "actor_id", "audit_seals": "number"}[table]
    with pytest.raises(Refusal):
        await db.act(lambda tx: tx.execute(text(words.format(table, column))))
    assert [seal.hash for seal in await db.look(_seals)] == [seal.hash for seal in sealed]


@pytest.mark.parametrize(
    ("what", "statements"),
    [
        (Tampering.EDITED, ["UPDATE audit SET subject = 'post:999' WHERE id = 2"]),
        (Tampering.REMOVED, ["DELETE FROM audit WHERE id = 2"]),
        (Tampering.REMOVED, ["DELETE FROM audit_seals WHERE number = 2"]),
        (Tampering.EDITED, ["UPDATE audit_seals SET sealed_at = done_at FROM audit"
                            " WHERE audit.id = entry_id AND number = 2"]),
        (Tampering.MOVED, ["UPDATE audit_seals SET previous = hash WHERE number = 2"]),
    ],
)  # fmt: skip
async def test_an_edit_a_removal_and_a_new_order_are_found(
    db: Database, settings: Settings, sealed: list[Seal], what: Tampering, statements: list[str]
) -> None:
    keys = keys_of(settings)
    assert await found(db, keys) == []
    await tamper(settings, *statements)
    assert what in {fault.what for fault in await found(db, keys)}


async def test_what_was_cut_off_is_found_by_whoever_kept_an_anchor_elsewhere(
    db: Database, settings: Settings, sealed: list[Seal], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "another-disk" / "anchors"
    apart = Settings(data_dir=settings.data_dir, audit_anchors=str(elsewhere))
    await Anchors(db, apart).round()
    (anchor,) = anchors_in(elsewhere)
    assert anchor == await db.look(anchor_of) and isinstance(anchor, Anchor)
    last = sealed[-1]
    await tamper(settings, f"DELETE FROM audit_seals WHERE number = {last.number}",
                 f"DELETE FROM audit WHERE id = {last.entry_id}")  # fmt: skip
    keys = keys_of(settings)
    assert await found(db, keys) == [], "nothing in the database shows it"
    assert [fault.what for fault in await found(db, keys, anchor)] == [Tampering.CUT_OFF]


async def test_everybody_may_read_and_keep_where_it_ends(town: Town, sealed: list[Seal]) -> None:
    page = await town.visitor.open("/rules/report")
    assert sealed[-1].hash in page and f"number {sealed[-1].number}," in page


def test_the_end_is_anchored_every_hour() -> None:
    assert EVERY == 60 * 60


async def test_ids_and_hashes_stand_there_and_nothing_anybody_said(
    db: Database, sealed: list[Seal]
) -> None:
    entries = await rows(db, AuditEntry)
    told = str([(one.subject, one.verb, one.details) for one in entries])
    assert "canary" not in told and sha256(b"Buy my canary").hexdigest() in told
    with pytest.raises(NotForTheAudit):
        await db.act(_tell_words)


def _tell_words(tx: Transaction) -> None:
    record(tx, tx.get_one(Member, ADA), "case.noted", "case:1", words="Buy my canary")


def _seals(session: Session) -> list[Seal]:
    return list(session.scalars(select(Seal).order_by(Seal.number)))
