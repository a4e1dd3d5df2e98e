"""D13: a restart that nobody loses a word by."""

import asyncio
from contextlib import AsyncExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from channels.models import Message
from community.database import Database
from community.settings import Settings
from tests.browsing import Tab
from tests.conftest import Town
from tests.delivery.conftest import GOODBYE, UNHURRIED, Opening, wire_in
from tests.following import Frame
from tests.processes import Process
from web import drain as draining
from web.drain import drain


async def test_first_the_readiness_then_the_word_then_the_door(town: Town) -> None:
    assert (await town.visitor.get("/readyz")).status_code == 200
    async with town.bo.tab() as bo:
        leaving = asyncio.create_task(drain(town.akar, 6))
        assert (await bo.until("drain"))["window"] >= 1
        assert (await town.visitor.get("/readyz")).status_code == 503
        assert (await town.visitor.get("/healthz")).status_code == 200
        assert (await bo.closed())[0] == 1012
        await leaving


async def test_what_waits_is_acked_and_what_comes_later_is_not_final(opening: Opening) -> None:
    async with (
        opening(**UNHURRIED) as town,
        AsyncExitStack() as stack,
    ):
        tabs = [await stack.enter_async_context(town.bo.tab()) for _ in range(8)]
        for n, tab in enumerate(tabs):
            await tab.send("say", channel=7, body=f"ahoy {n}", key=f"k{n}")
        waiting = town.akar.state.sayings
        while not waiting._waiting and not waiting._passing:
            await asyncio.sleep(0)
        leaving = asyncio.create_task(drain(town.akar, 6))
        answers = [answer for n, tab in enumerate(tabs) if (answer := await _answered(tab, n))]
        acked = [answer["seq"] for answer in answers if answer["verb"] == "ack"]
        assert acked and not any(answer.get("final") for answer in answers)
        await leaving
        stored = await town.db.look(lambda session: session.query(Message).count())
        assert sorted(acked) == list(range(1, stored + 1))


async def _answered(tab: Tab, n: int) -> Frame | None:
    """A tab that was sent away before what it said arrived has no answer: it asks again (D2)."""
    try:
        return await tab.answer(f"k{n}")
    except ConnectionClosed as closed:
        assert closed.rcvd and closed.rcvd.code == 1012
        return None


async def test_the_tabs_are_sent_away_one_by_one(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draining, "PACE", 10)
    clock = asyncio.get_running_loop().time
    async with opening(sockets_per_member=20) as town, AsyncExitStack() as stack:
        tabs = [await stack.enter_async_context(town.bo.tab()) for _ in range(10)]
        still_there: list[int] = []

        async def watch_it_go(tab: Tab) -> None:
            assert (await tab.closed())[0] == 1012
            still_there.append(len(town.hub.everyone))

        going = [asyncio.create_task(watch_it_go(tab)) for tab in tabs]
        began = clock()
        await drain(town.akar, 6)
        assert clock() - began > 0.6
        await asyncio.gather(*going)
        assert len(still_there) == 10 and still_there[0] > still_there[-1] == 0


async def test_a_tab_that_is_just_saying_goodbye_does_not_hold_it_up(town: Town) -> None:
    async with town.bo.tab() as bo:
        wire = wire_in(town)
        wire.data_received(GOODBYE)
        wire.shutdown()
        assert (await bo.closed())[0] == 1000


async def test_who_comes_during_it_is_sent_elsewhere(town: Town) -> None:
    town.akar.state.draining = True
    async with town.bo.socket() as socket:
        await socket.send('{"verb": "hello", "protocol": 1}')
        await socket.wait_closed()
        assert socket.close_code == 1012


async def test_a_process_that_is_asked_to_leave_leaves(settings: Settings, db: Database) -> None:
    from tests.browsing import sign_in_as
    from tests.cast import BO

    bo = await sign_in_as(db, settings.public_url, BO)
    await db.close()  # SQLite serves one process
    async with Process(settings) as process, bo.tab() as tab:
        assert (await tab.say("ahoy", "k1"))["verb"] == "ack"
        process.terminate()
        await tab.until("drain")
        assert (await tab.closed())[0] == 1012
        assert await process.gone() == 0
