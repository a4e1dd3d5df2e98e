"""D12: why a line ends is told by its code. 4290 is D9's, 1012 is D13's."""

import asyncio
import json
import re
from types import SimpleNamespace

import pytest

from tests.browsing import Tab
from tests.conftest import Town
from tests.delivery.conftest import Opening
from tests.delivery.test_d02_ack_after_commit import commits_fail, failing
from web import limits, live, one_look


async def ended(tab: Tab) -> int:
    return (await tab.closed())[0]


async def test_4400_for_what_is_no_command(town: Town) -> None:
    for nonsense in (b"\x00\x01", "", "{", "[]", '{"verb":"dance"}', "[" * 5_000):
        async with town.bo.tab() as bo:
            await bo.socket.send(nonsense)
            code, reason = await bo.closed()
            assert code == 4400 and "reload" in reason


async def test_4400_for_who_does_not_say_hello_first(town: Town) -> None:
    for greeting in ({"verb": "watch", "stream": "channel:7", "rev": 0, "epoch": ""},
                     {"verb": "hello", "protocol": 2}, {"verb": "hello"}):  # fmt: skip
        async with town.bo.socket() as socket:
            await socket.send(json.dumps(greeting))
            assert await ended(Tab(town.bo, socket)) == 4400


async def test_4400_for_who_says_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GREETING", 0.1)
    async with town.bo.socket() as socket:
        assert await ended(Tab(town.bo, socket)) == 4400


async def test_4401_without_a_sign_in(town: Town) -> None:
    for token in ("", "made-up"):
        town.bo.headers["cookie"] = f"sid={token}"
        async with town.bo.socket() as socket:
            await socket.send('{"verb": "hello", "protocol": 1}')
            assert await ended(Tab(town.bo, socket)) == 4401


async def test_4401_in_every_tab_of_a_browser_that_signs_out(town: Town) -> None:
    async with town.bo.tab() as one, town.bo.tab() as other:
        await town.bo.post("/sign-out")
        assert [await ended(one), await ended(other)] == [4401, 4401]


async def test_4429_for_too_much_says_how_long_to_wait(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the machine takes to ask: the clock of the paces stands."""
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 1_000.0))
    async with opening(frames_per_second=1, frames_burst=3) as town:
        async with town.bo.tab() as bo, town.bo.tab() as other:
            for tab in (bo, other, bo, other):  # they are one member's
                await tab.send("hello", protocol=1)
            waiting = [asyncio.create_task(tab.closed()) for tab in (bo, other)]
            gone, still = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for each in still:
                each.cancel()
            code, reason = gone.pop().result()
            assert code == 4429 and int(re.findall(r"\d+", reason)[0]) >= 1


async def test_4429_for_too_many_sockets(opening: Opening) -> None:
    async with opening(sockets_per_member=2) as town:
        async with town.bo.tab(), town.bo.tab(), town.bo.socket() as third:
            await third.send('{"verb": "hello", "protocol": 1}')
            code, reason = await Tab(town.bo, third).closed()
            assert code == 4429 and re.search(r"\d+", reason)
        async with town.bo.tab() as bo:
            await bo.watch("channel:7")


async def test_1013_while_nobody_can_be_let_in(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_look, "PATIENCE", 0.1)
    with failing(town.db, "_reading", "begin"):
        async with town.bo.socket() as socket:
            await socket.send('{"verb": "hello", "protocol": 1}')
            assert await ended(Tab(town.bo, socket)) == 1013


async def test_a_refused_write_ends_no_line(town: Town) -> None:
    async with town.bo.tab() as bo:
        with commits_fail(town.db):
            assert not (await bo.say("ahoy", "k1"))["final"]
        assert (await bo.say("ahoy", "k1"))["verb"] == "ack"
