"""Alembic asks here which tables there should be, and on which connection."""

import asyncio

from alembic import context
from sqlalchemy import Connection

from community.database import Base
from community.migrating import on_connection
from community.settings import Settings
from web import tables

assert tables.ALL  # every model is known to Base


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Each database has the words of the search in its own form, which no model describes."""
    return kind != "table" or not (name or "").startswith("search_words")


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_server_default=False,
        include_name=is_ours,
        render_as_batch=False,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:  # the alembic command line
    asyncio.run(on_connection(Settings.from_env().database_url, run))
