"""What is few among many is found, however many newer ones have the same words."""

from functools import partial

import pytest
from alembic import command
from sqlalchemy import Connection

from community.database import Database
from community.migrating import on_connection
from community.search import queries
from community.settings import Settings
from forum.moving.actions import move
from forum.tags import tag
from forum.topics import actions as topics
from tests.cast import ADA, BO, BO_FOR_DODOL, DEE, FAY, GUS, LEDGER, MOORING, OFFICE
from tests.community.test_search import CANARY, found
from tests.conftest import opened
from tests.moderation.reporting import as_, say, write
from web import migrations


async def test_few_are_found_among_many_newer_ones(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what the index knows of them, also where it was written before it knew."""
    body = f"<https://akar.test> {CANARY}"
    async with opened(settings) as db:
        post = await as_(db, BO, topics.reply, MOORING, body, key="k", mandate_id=BO_FOR_DODOL)
        await as_(db, GUS, tag, MOORING, ["SNI 7763"])
        said = await say(db, ADA, "kain")
        for number in range(5):
            await write(db, DEE, f"{CANARY} {number}", LEDGER)
    spoken = post.id
    monkeypatch.setattr(queries, "LOOKED_AT", 2)
    wanted = {"from:bo": spoken, "from:dodo": spoken, "tag:sni-7763": spoken, "in:mark": spoken,
              f"{CANARY} has:link": spoken, "from:ada": said, "in:quay kain": said}  # fmt: skip

    async def each_is_found(db: Database) -> None:
        for words, one in wanted.items():
            assert await found(db, DEE, words) == [one], words

    async with opened(settings) as db:
        await each_is_found(db)
    for revision in ("attachments", "head"):
        await on_connection(settings.database_url, partial(_to, revision))
    async with opened(settings) as db:
        await each_is_found(db)
        await as_(db, FAY, tag, MOORING, ["benang"])
        assert await found(db, DEE, "tag:sni-7763") == []
        assert await found(db, DEE, "tag:benang") == [spoken]
        await as_(db, FAY, move, MOORING, OFFICE)
        assert await found(db, DEE, "in:mark") == []


def _to(revision: str, connection: Connection) -> None:
    go = command.upgrade if revision == "head" else command.downgrade
    go(migrations._config(connection), revision)
