"""F25: the real program is asked to leave while many are there and some are just speaking."""

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import NamedTuple

from websockets.exceptions import ConnectionClosed

from community.bus import MemoryBus
from community.opening import open_database
from community.settings import Settings
from tests.browsing import Tab, signed_in
from tests.cast import BO, CY, DEE, EVA
from tests.following import Frame
from tests.history import History, Sent
from tests.processes import Process
from tests.twins import judge

TABS, SPEAKING = 150, 12
LONGEST = 25  # seconds until it has to be gone
HANDS = 25  # tabs opened at once


class Left(NamedTuple):
    code: int
    at: float
    drained: bool  # it was told before


async def test_f25_a_restart_sends_everybody_away_one_by_one_and_loses_nothing(
    alone: Settings,
) -> None:
    alone = replace(alone, sockets_per_member=TABS)
    db = open_database(alone.database_url, MemoryBus())
    browsers = await signed_in(db, alone.public_url, (BO, CY, DEE, EVA))
    await db.close()
    history = History()
    async with Process(alone) as process, AsyncExitStack() as stack:
        tabs: list[Tab] = []
        while len(tabs) < TABS:
            opening = (stack.enter_async_context(browsers[n % 4].tab()) for n in range(HANDS))
            tabs += await asyncio.gather(*opening)
        sent = [history.sends(7, (BO, CY, DEE, EVA)[n % 4], f"k{n}") for n in range(SPEAKING)]
        for tab, one in zip(tabs, sent, strict=False):
            await tab.send("say", channel=7, body="ahoy", key=one.key)
        began = time.monotonic()
        process.terminate()
        left = await asyncio.gather(*(_leaves(tab, one) for tab, one in _paired(tabs, sent)))
        assert await process.gone() == 0 and time.monotonic() - began < LONGEST
        assert "Traceback" not in process.said()
    assert {(one.code, one.drained) for one in left} == {(1012, True)}
    _are_spread([one.at for one in left])
    async with Process(alone) as again:
        assert not any(one.final for one in sent)
        for n, one in enumerate(sent):  # whoever has no answer asks again, on the next line
            async with browsers[n % 4].tab() as tab:
                one.answered(await tab.say("ahoy", one.key))
        fresh = await browsers[0].shown("channel:7")
        assert len(fresh) == SPEAKING and "Traceback" not in again.said()
    db = open_database(alone.database_url, MemoryBus())
    await judge(history, db, {})
    await db.close()


def _paired(tabs: list[Tab], sent: list[Sent]) -> list[tuple[Tab, Sent | None]]:
    return [(tab, sent[n] if n < len(sent) else None) for n, tab in enumerate(tabs)]


async def _leaves(tab: Tab, sent: Sent | None) -> Left:
    """Reads on to the end; the answer to what it said may come before."""
    try:
        while True:
            frame: Frame = await tab.until("ack", "refused", "drain")
            if sent and frame.get("key") == sent.key:
                sent.answered(frame)
    except ConnectionClosed as closed:
        code = closed.rcvd.code if closed.rcvd else 0
        drained = any(frame["verb"] == "drain" for frame in tab.heard)
        return Left(code, time.monotonic(), drained)


def _are_spread(times: list[float]) -> None:
    """Over the three seconds that so many take, and never three of four in one of these: they come
    back to somebody. More than a third in one may be a machine that stood still for a moment."""
    seconds = Counter(int(at - min(times)) for at in times)
    assert max(times) - min(times) > 1 and max(seconds.values()) <= 3 / 4 * len(times), seconds
