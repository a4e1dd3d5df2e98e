"""Many who ask at once are answered by one look (web/one_look.py)."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from channels.actions import edit, say
from community.database import Database, Transaction
from community.errors import Busy, NotFound, SignedOut
from community.members.models import Member
from community.members.queries import hash_of
from tests.browsing import Browser
from tests.cast import ADA, BO, CABIN, QUAY
from tests.conftest import Town
from tests.delivery.test_d02_ack_after_commit import failing
from web import one_look as one_look_at
from web import streams
from web.arriving import Chair, chairs_of
from web.one_look import OneLook
from web.open_lists import Listed, revs_together
from web.streams import Missed, Wanted, missed_together

KINDS_OF_LOOKS = 4  # to let tabs in, to hear for lists, to show them, and what the keeper compares


class Asked:
    """What each look was asked."""

    def __init__(self) -> None:
        self.looks: list[list[int]] = []

    def double(self, session: Session, asked: Sequence[int]) -> list[int | NotFound]:
        session.execute(text("SELECT 1"))
        self.looks.append(list(asked))
        if 13 in asked:
            raise ZeroDivisionError
        return [NotFound() if one == 0 else 2 * one for one in asked]


async def answers(one_look: OneLook[int, int], *asked: int) -> list[object]:
    asking = (one_look.ask(each) for each in asked)
    return list(await asyncio.gather(*asking, return_exceptions=True))


async def test_who_asks_at_once_shares_a_look_and_each_gets_their_own_answer(db: Database) -> None:
    asked = Asked()
    one, nothing, three = await answers(OneLook(db, asked.double), 1, 0, 3)
    assert (one, three) == (2, 6) and isinstance(nothing, NotFound)
    assert asked.looks == [[1, 0, 3]]


async def test_where_each_takes_its_own_statements_fewer_share_a_look(db: Database) -> None:
    asked = Asked()
    await answers(OneLook(db, asked.double, 10), *range(20, 45))
    assert [len(one) for one in asked.looks] == [10, 10, 5]


async def test_who_asks_while_we_look_is_answered_by_a_look_that_begins_after(
    db: Database,
) -> None:
    asked = Asked()
    one_look = OneLook(db, asked.double)
    first = asyncio.create_task(one_look.ask(1))
    while one_look._waiting or one_look._looking is None:
        await asyncio.sleep(0)
    assert await answers(one_look, 2, 3) == [4, 6] and await first == 2
    assert asked.looks == [[1], [2, 3]]


async def test_one_odd_question_is_nobody_elses_trouble(db: Database) -> None:
    found = await answers(OneLook(db, Asked().double), 1, 2, 13, 4)
    assert isinstance(found.pop(2), ZeroDivisionError) and found == [2, 4, 8]


async def test_who_went_away_is_not_looked_for(db: Database) -> None:
    asked = Asked()
    one_look = OneLook(db, asked.double)
    leaving = asyncio.create_task(one_look.ask(1))
    await asyncio.sleep(0)
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        await leaving
    assert await answers(one_look, 2) == [4]
    assert asked.looks[-1] == [2]


async def test_all_are_told_when_the_database_does_not_answer(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_look_at, "PATIENCE", 0.1)
    one_look = OneLook(db, Asked().double)
    with failing(db, "_reading", "begin"):
        assert {type(each) for each in await answers(one_look, *range(20, 270))} == {Busy}
    assert await answers(one_look, 1) == [2]


async def test_a_database_that_restarts_sends_nobody_away(db: Database) -> None:
    one_look = OneLook(db, Asked().double)
    with failing(db, "_reading", "begin"):
        asking = asyncio.create_task(answers(one_look, *range(20, 270)))
        while db.sound:
            await asyncio.sleep(0.01)
    assert await asking == [2 * one for one in range(20, 270)]


def asked_in(session: Session, work: Callable[[], object]) -> list[str]:
    """The statements it takes."""
    statements: list[str] = []

    def write_down(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", write_down)
    work()
    event.remove(connection, "before_cursor_execute", write_down)
    return statements


async def test_a_crowd_is_let_in_by_a_few_statements(town: Town) -> None:
    """Of these four no two see the same categories: each asks for them once."""
    hashes = [hash_of(one.token) for one in (town.bo, town.cy, town.dee, town.eva)]

    def statements(session: Session, asking: Sequence[str]) -> list[str]:
        return asked_in(session, lambda: chairs_of(session, asking))

    assert len(await town.db.look(statements, hashes[:1])) == 4 + 1
    assert len(await town.db.look(statements, hashes * 25)) == 4 + 4


async def test_lists_that_come_back_together_take_no_connection_from_the_pages(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each hears of its own channels, and is shown those alone."""
    looks, most = 0, 0
    look = town.db.look

    async def counted(work: Callable[..., Any], *args: Any) -> Any:
        nonlocal looks, most
        looks += 1
        most = max(looks, most)
        try:
            return await look(work, *args)
        finally:
            looks -= 1

    async def comes_back(browser: Browser) -> list[bool]:
        async with browser.tab() as tab:
            await tab.send("listen", channels={QUAY: 0, CABIN: 0})
            drawn = await browser.open(f"/channels/news?of={QUAY},{CABIN}")
            return [f'data-channel="{id}"' in drawn for id in (QUAY, CABIN)]

    browsers = (town.bo, town.cy)
    monkeypatch.setattr(town.db, "look", counted)
    shown = await asyncio.gather(*(comes_back(one) for one in browsers * 9))
    assert shown == [[True, True], [True, False]] * 9
    assert most <= KINDS_OF_LOOKS
    assert isinstance((await look(revs_together, [Listed("nobody", [QUAY])]))[0], SignedOut)


async def test_a_crowd_that_missed_the_same_is_told_by_one_reading(town: Town) -> None:
    await town.db.act(lambda tx: say(tx, tx.get_one(Member, BO), QUAY, "ahoy", key="k1"))
    hashes = [hash_of(one.token) for one in (town.bo, town.cy, town.dee, town.eva)]

    def statements(session: Session, asking: Sequence[str]) -> list[str]:
        wanted = [Wanted(one, "channel:7", 0) for one in asking]
        return asked_in(session, lambda: missed_together(session, wanted))

    alone = await town.db.look(statements, hashes[:1])
    assert len(await town.db.look(statements, hashes * 25)) == len(alone)


async def test_who_was_away_for_less_is_told_the_end_of_the_same_reading(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if they had come alone; those for whom it is too much are not in the others' way."""

    def talk(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        for n in range(6):
            say(tx, bo, QUAY, f"ahoy {n}", key=f"k{n}")
        edit(tx, bo, 2, "ahoy there")

    await town.db.act(talk)
    one = hash_of(town.bo.token)
    wanted = [Wanted(one, "channel:7", rev) for rev in (3, 0, 7, 5, 1, 6, 2, 4, 99)]
    alone = [*chain(*[await town.db.look(missed_together, [each]) for each in wanted])]
    assert await town.db.look(missed_together, wanted) == alone

    def statements(session: Session, asking: Sequence[Wanted]) -> list[str]:
        return asked_in(session, lambda: missed_together(session, asking))

    single = await town.db.look(statements, wanted[1:2])
    assert len(await town.db.look(statements, wanted)) == len(single)
    monkeypatch.setattr(streams, "MISSED", 3)
    alone = [*chain(*[await town.db.look(missed_together, [each]) for each in wanted])]
    assert await town.db.look(missed_together, wanted) == alone
    assert [isinstance(each, Missed) and each.changes is None for each in alone] == [
        each.rev < 4 or each.rev == 99 for each in wanted
    ]


async def test_each_of_a_crowd_is_told_only_what_they_may_hear(town: Town) -> None:
    await town.db.act(lambda tx: say(tx, tx.get_one(Member, ADA), CABIN, "psst", key="k1"))
    outsider, insider = hash_of(town.cy.token), hash_of(town.ada.token)
    nobody = hash_of("made-up")
    address = f"channel:{CABIN}"
    wanted = [Wanted(one, address, 0) for one in (outsider, insider, nobody)]
    wanted += [Wanted(insider, "channel:404", 0), Wanted(insider, address, 99)]
    denied, told, signed_out, unknown, ahead = await town.db.look(missed_together, wanted)
    assert [type(one) for one in (denied, signed_out, unknown)] == [NotFound, SignedOut, NotFound]
    assert isinstance(told, Missed) and told.changes and len(told.changes) == told.rev
    assert isinstance(ahead, Missed) and ahead.changes is None


async def test_each_of_a_crowd_hears_what_is_theirs(town: Town) -> None:
    """As if they had come alone."""
    hashes = [hash_of(one.token) for one in (town.ada, town.bo, town.gus)]
    together = await town.db.look(chairs_of, [*hashes, hash_of("made-up")])
    assert isinstance(together.pop(), SignedOut)
    assert together == [*chain(*[await town.db.look(chairs_of, [one]) for one in hashes])]
    assert len({chair.standing.member_id for chair in together if isinstance(chair, Chair)}) == 3
