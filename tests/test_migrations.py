"""The history of the tables: up, what the models say, down to nothing, and up again."""

import asyncio
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, MetaData, Table, inspect, select, text

from community.migrating import on_connection
from web import migrations

_names = count()
FILLING = {
    int: 1, str: "x", bool: False, object: [], date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip


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


async def test_what_nobody_decided_stays_on_the_way_down_and_up_again(url: str) -> None:
    await on_connection(url, partial(_to, revision="organisations_end"))
    await on_connection(url, _ended_by_itself)
    await on_connection(url, partial(_back_to, revision="notice_actors"))
    await on_connection(url, migrations.migrate)
    assert await on_connection(url, _decided_for) == ["unanswered"]


async def test_talk_among_few_is_called_by_the_others_afterwards(url: str) -> None:
    await on_connection(url, partial(_to, revision="refused_not_kept"))
    await on_connection(url, _talk_among_few)
    await on_connection(url, migrations.migrate)
    assert await on_connection(url, _called) == [
        ("Bo, Cy", {"1": "Cy", "2": "Bo"}),
        ("Rope", {}),
        ("Bo, Cy", {"1": "Cy", "2": "Bo"}),
        ("Cy, Bo", {"1": "Cy", "2": "Bo"}),
        ("Cy, Bo", {"1": "Cy", "2": "Bo"}),
    ]


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


def _to(connection: Connection, revision: str) -> None:
    command.upgrade(migrations._config(connection), revision)


def _back_to(connection: Connection, revision: str) -> None:
    command.downgrade(migrations._config(connection), revision)


def _ended_by_itself(connection: Connection) -> None:
    for table in ("members", "cases", "evidence"):
        _insert(connection, table, reason_code="spam")
    _insert(connection, "decisions", reason_code="unanswered")


def _insert(connection: Connection, name: str, /, **values: Any) -> None:
    """Number 1, with something in every column that wants it."""
    table = Table(name, MetaData(), autoload_with=connection)
    wanted = [one for one in table.columns if not one.nullable and one.server_default is None]
    filled = {one.name: FILLING[one.type.python_type] for one in wanted}
    known = {key: value for key, value in values.items() if key in table.columns}
    connection.execute(table.insert().values(filled | known))


def _talk_among_few(connection: Connection) -> None:
    """A group that nobody named with a thread, one that somebody named, and a direct room with a
    thread that the later of the two began."""
    for id, name in ((1, "Bo"), (2, "Cy")):
        _insert(connection, "members", id=id, name=name, email=name)
    rooms = ((1, "Bo, Cy", "group"), (2, "Rope", "group"), (4, "Cy, Bo", "direct"))
    for id, name, kind in rooms:
        _insert(connection, "channels", id=id, name=name, type=kind)
        for member in (1, 2):
            _insert(connection, "channel_memberships", channel_id=id, member_id=member)
    for id, name, home in ((3, "Bo, Cy", 1), (5, "Cy, Bo", 4)):
        _insert(connection, "channels", id=id, name=name, type="thread", parent_id=home)


def _called(connection: Connection) -> list[tuple[str, dict[str, str]]]:
    channels = Table("channels", MetaData(), autoload_with=connection)
    listed = select(channels.c.name, channels.c.called).order_by(channels.c.id)
    return [(name, called) for name, called in connection.execute(listed)]


def _decided_for(connection: Connection) -> list[str]:
    return list(connection.scalars(text("SELECT reason_code FROM decisions")))


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
