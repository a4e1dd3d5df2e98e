"""M14. Erasure takes words and names away; hashes, outcome and audit stay, and the chain holds."""

from hashlib import sha256

from sqlalchemy import text

from community.audit import AuditEntry
from community.database import Database, Transaction
from community.settings import Settings
from moderation.models import Decision, Evidence
from tests.cast import ADA, BO, CY
from tests.moderation.reporting import judge, reported, rows
from tests.tampering import found, keys_of, seal_all

# All that the database holds of what somebody said and of who they were.
ERASED = (
    "UPDATE members SET name = '', email = 'gone' || id || '@nowhere.test', password_hash = ''"
    " WHERE id IN (:author, :reporter)",
    "UPDATE posts SET body = '', html = '' WHERE author_id = :author",
    "UPDATE flags SET note = '' WHERE member_id = :reporter",
    "UPDATE evidence SET body = '', html = '', versions = '[]', author = ''",
)


async def test_erasure_keeps_hashes_outcome_and_audit_and_the_chain_is_whole(
    db: Database, settings: Settings
) -> None:
    keys = keys_of(settings)
    _post, case = await reported(db, by=CY, author=BO)
    decision = await judge(db, ADA, case)
    await seal_all(db, keys)
    await db.act(_erase)

    (evidence,) = await rows(db, Evidence)
    assert evidence.body == "" and evidence.hash == sha256(b"Buy my rope").hexdigest()
    entries = {one.verb: one.details for one in await rows(db, AuditEntry)}
    assert entries["case.decided"]["evidence"] == evidence.hash
    assert entries["case.flagged"]["evidence"] == evidence.hash
    (kept,) = await rows(db, Decision)
    assert (kept.id, kept.ruling, kept.facts) == (decision.id, decision.ruling, decision.facts)
    assert await found(db, keys) == []


async def test_nothing_that_is_erased_stands_in_the_audit(db: Database) -> None:
    await judge(db, ADA, (await reported(db, by=CY, author=BO))[1])
    kept = str([(one.subject, one.verb, one.details) for one in await rows(db, AuditEntry)])
    for words in ("Bo", "Cy", "@", "rope", "Again."):
        assert words not in kept


def _erase(tx: Transaction) -> None:
    for statement in ERASED:
        known = {name: value for name, value in WHO.items() if f":{name}" in statement}
        tx.execute(text(statement), known)


WHO = {"author": BO, "reporter": CY}
