"""Whatever a tab says, it is obeyed, refused for good, or told to reload; nothing breaks."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import count
from random import Random
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.browsing import Tab
from tests.conftest import Town
from tests.honesty import Counts, Judge
from tests.junk import frame
from tests.web.test_bad_input import INPUTS
from web.commands import COMMANDS

RELOAD = 4400
NOWHERE = 10**17


class Listener:
    """A tab that is opened again when it was sent away."""

    def __init__(self, town: Town, judge: Judge) -> None:
        self._town, self._judge = town, judge
        self._line = AsyncExitStack()
        self._tab: Tab | None = None
        self._marks = count()
        self._counts: Counts | None = None  # after the last command, which is before the next

    async def tell(self, said: str | bytes) -> None:
        before = self._counts or await self._judge.counts()
        answers = await self._answers(said)
        self._counts = await self._judge.counts()
        refused = [answer for answer in answers if answer["verb"] == "refused"]
        assert all(answer["final"] for answer in refused), refused
        if refused or self._tab is None:
            assert self._counts.rows == before.rows, f"refused, and stored: {said!r}"
        self._judge.nothing_broke()

    async def _answers(self, said: str | bytes) -> list[dict[str, Any]]:
        """All up to the answer to a question of ours; the tab is gone where it was sent away."""
        if self._tab is None:
            self._tab = await self._line.enter_async_context(self._town.bo.tab())
        tab = self._tab
        mark, heard = f"mark-{next(self._marks)}", list[dict[str, Any]]()
        try:
            await tab.socket.send(said)
            await tab.send("withdraw", message=NOWHERE, key=mark)
            while not heard or heard[-1].get("key") != mark:
                heard.append(json.loads(await tab.socket.recv()))
        except ConnectionClosed as closed:
            assert closed.rcvd and closed.rcvd.code == RELOAD, closed
            await self.close()
            return heard
        return heard[:-1]

    async def close(self) -> None:
        self._tab = None
        await self._line.aclose()


@pytest.fixture
async def listener(generous: Town, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Listener]:
    async with Judge.judging(generous, caplog) as judge:
        listener = Listener(generous, judge)
        yield listener
        await listener.close()
        async with generous.cy.tab() as cy:
            assert (await cy.say("alive", "alive"))["verb"] == "ack"


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_every_command_is_answered_honestly(listener: Listener, setup: str) -> None:
    chance = Random(7)
    for _round in range(INPUTS[setup]):
        for command in COMMANDS:
            await listener.tell(frame(command, chance))
