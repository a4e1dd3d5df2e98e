"""Somebody with a tool of their own at the database: no trigger and no foreign key holds them."""

import sqlite3

import asyncpg

from community.chain import Keys, seal_entries
from community.database import Database
from community.settings import Settings
from community.tampering import Anchor, Fault, faults, waiting

BY_THE_WORKER = {"audit_seals", "audit_unsealed"}  # written beside whatever a test does
REFUSING = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%kept for good%'"


async def tamper(settings: Settings, *statements: str) -> None:
    if not settings.embedded:
        connection = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
        await connection.execute("SET session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)
        await connection.close()
        return
    file = sqlite3.connect(settings.database_url.removeprefix("sqlite:///"))
    for (name,) in file.execute(REFUSING).fetchall():
        file.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        file.execute(statement)
    file.commit()
    file.close()


def keys_of(settings: Settings) -> Keys:
    return Keys.of(settings.audit_secrets())


async def seal_all(db: Database, keys: Keys) -> None:
    """As many rounds as it takes."""
    while await db.look(lambda session: waiting(session).number):
        await db.act(seal_entries, keys)


async def found(db: Database, keys: Keys, *anchors: Anchor) -> list[Fault]:
    return await db.look(lambda session: [*faults(session, keys, anchors)])
