"""D15: one bad item among five hundred is refused alone."""

import asyncio
from typing import Any

from sqlalchemy import text

from channels import saying
from community.database import Transaction
from community.errors import Busy, Refusal
from community.postgres import PostgresDatabase
from tests.conftest import Town
from web.commands import Say
from web.saying import Sayings

MANY = 500
POISON = 137

SQLITE = """CREATE TRIGGER taste BEFORE INSERT ON messages WHEN NEW.body = 'poison'
BEGIN SELECT RAISE(ABORT, 'poison'); END"""
POSTGRES = "ALTER TABLE messages ADD CONSTRAINT taste CHECK (body <> 'poison')"


async def said_at_once(town: Town) -> list[Any]:
    """Five hundred, of which one is poison, waiting for the same pass."""
    sayings: Sayings = town.akar.state.sayings
    commands = [
        Say(channel=7, body="poison" if n == POISON else f"ahoy {n}", key=f"k{n}")
        for n in range(MANY)
    ]
    told = [await sayings.hear(town.bo.token, command) for command in commands]
    return await asyncio.gather(*told, return_exceptions=True)


async def test_what_the_database_refuses_is_refused_alone_and_for_good(town: Town) -> None:
    def taste(tx: Transaction) -> None:
        tx.execute(text(POSTGRES if isinstance(town.db, PostgresDatabase) else SQLITE))

    await town.db.act(taste)
    told = await said_at_once(town)
    refused = told.pop(POISON)
    assert isinstance(refused, Refusal) and not isinstance(refused, Busy)
    assert [said.seq for said in told] == list(range(1, MANY))
    assert "poison" not in "".join(await town.cy.shown("channel:7"))


async def test_a_mistake_of_ours_is_refused_alone_and_may_be_tried_again(
    town: Town, monkeypatch: Any
) -> None:
    row = saying._row

    def stumble(tx: Transaction, one: saying.Saying, *about: Any) -> dict[str, Any]:
        if one.body == "poison":
            raise ZeroDivisionError
        return row(tx, one, *about)

    monkeypatch.setattr(saying, "_row", stumble)
    told = await said_at_once(town)
    assert isinstance(told.pop(POISON), Busy)
    assert [said.seq for said in told] == list(range(1, MANY))


async def test_one_that_may_not_is_refused_alone(town: Town) -> None:
    sayings: Sayings = town.akar.state.sayings
    commands = [Say(channel=8 if n == 3 else 7, body="ahoy", key=f"k{n}") for n in range(9)]
    told: list[Any] = await asyncio.gather(
        *[await sayings.hear(town.cy.token, command) for command in commands],
        return_exceptions=True,
    )
    assert isinstance(told.pop(3), Refusal)
    assert [said.seq for said in told] == list(range(1, 9))
