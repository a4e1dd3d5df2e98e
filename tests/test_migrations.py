"""The history of the tables: up, what the models say, down to nothing, and up again."""

import asyncio
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, text

from community.migrating import on_connection
from web import migrations

_names = count()


@pytest.fixture(params=["embedded", pytest.param("scaled out", marks=pytest.mark.scaled_out)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database."""
    if request.param == "embedded":
        return f"sqlite:///{tmp_path}/akar.db"
    url: str = asyncio.run(request.getfixturevalue("postgres").create(f"empty{next(_names)}"))
    return url


async def test_up_down_and_up_again_leads_to_what_the_models_say(url: str) -> None:
    assert not await on_connection(url, migrations.up_to_date)
    await on_connection(url, migrations.migrate)
    assert await on_connection(url, migrations.up_to_date)
    await on_connection(url, migrations.differences)
    first = await on_connection(url, _tables)

    await on_connection(url, migrations.undo)
    assert await on_connection(url, _tables) == {"alembic_version": ["version_num"]}

    await on_connection(url, migrations.migrate)
    await on_connection(url, migrations.differences)
    assert await on_connection(url, _tables) == first


async def test_a_second_time_up_changes_nothing(url: str) -> None:
    await on_connection(url, migrations.migrate)
    first = await on_connection(url, _tables)
    await on_connection(url, migrations.migrate)
    assert await on_connection(url, _tables) == first


async def test_on_sqlite_every_foreign_key_leads_somewhere(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/akar.db"
    await on_connection(url, migrations.migrate)
    assert await on_connection(url, _dangling) == []
    tables = await on_connection(url, _tables)
    targets = await on_connection(url, _targets)
    assert targets and targets <= set(tables)


def _tables(connection: Connection) -> dict[str, list[str]]:
    found = inspect(connection)
    return {
        name: sorted(column["name"] for column in found.get_columns(name))
        for name in sorted(found.get_table_names())
    }


def _targets(connection: Connection) -> set[str]:
    found = inspect(connection)
    return {
        key["referred_table"]
        for name in found.get_table_names()
        for key in found.get_foreign_keys(name)
    }


def _dangling(connection: Connection) -> list[object]:
    return list(connection.execute(text("PRAGMA foreign_key_check")))
