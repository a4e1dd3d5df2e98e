"""What is few among many is found, however many newer ones have the same words."""

import pytest
from alembic import command

from community.database import Database, Transaction
from community.search import queries
from forum.moving.actions import move
from forum.tags import tag
from forum.topics import actions as topics
from tests.cast import ADA, BO, BO_FOR_DODOL, DEE, FAY, GUS, LEDGER, MOORING, OFFICE
from tests.community.test_search import CANARY, found
from tests.moderation.reporting import as_, say, write
from web import migrations


async def test_few_are_found_among_many_newer_ones(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the index knows of them, also where it was written before it knew."""
    body = f"<https://akar.test> {CANARY}"
    spoken = (await as_(db, BO, topics.reply, MOORING, body, key="k", mandate_id=BO_FOR_DODOL)).id
    await as_(db, GUS, tag, MOORING, ["SNI 7763"])
    said = await say(db, ADA, "kain")
    for number in range(5):
        await write(db, DEE, f"{CANARY} {number}", LEDGER)
    monkeypatch.setattr(queries, "LOOKED_AT", 2)
    wanted = {"from:bo": spoken, "from:dodo": spoken, "tag:sni-7763": spoken, "in:mark": spoken,
              f"{CANARY} has:link": spoken, "from:ada": said, "in:quay kain": said}  # fmt: skip

    async def each_is_found() -> None:
        for words, one in wanted.items():
            assert await found(db, DEE, words) == [one], words

    await each_is_found()
    for revision in ("attachments", "head"):
        await db.act(_to, revision)
    await each_is_found()
    await as_(db, FAY, tag, MOORING, ["benang"])
    assert await found(db, DEE, "tag:sni-7763") == []
    assert await found(db, DEE, "tag:benang") == [spoken]
    await as_(db, FAY, move, MOORING, OFFICE)
    assert await found(db, DEE, "in:mark") == []


def _to(tx: Transaction, revision: str) -> None:
    go = command.upgrade if revision == "head" else command.downgrade
    go(migrations._config(tx.connection()), revision)
