"""Ordinary talk on real processes while one misfortune follows another; then it is judged.

Two web processes, a PostgreSQL that writes to the disk, Redis. Clients talk in four channels, say
again what was acked, edit and withdraw; a moderator hides and restores, and shows somebody the door
of a private channel and lets them in again. `make soak` takes its time, tests/faults a moment.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple

from community.database import Database, Transaction
from community.opening import open_bus, open_database
from community.site import site_of
from tests import servers
from tests.browsing import Browser
from tests.cast import ADA, BO, CABIN, NAMES, QUAY, open_channel
from tests.history import History, rows_of
from tests.invariants import faults
from tests.misfortunes import Misfortunes
from tests.moderating import hide_and_restore, remove_and_admit
from tests.talking import Talker
from tests.twins import Twins, twins
from web.streams import current_revs

CHANNELS = (QUAY, 21, 22, 23)
WORDS = 10  # a second, of all clients together
LATE = 2.0  # seconds: Redis is away most of the time (I7, I10)
DEEDS = {"say": 78, "say again": 10, "edit": 10, "withdraw": 2}  # of a hundred
BEAT = 0.05  # seconds, to see how late the clients themselves are


class Soaked(NamedTuple):
    numbers: dict[str, object]
    happened: dict[str, int]  # misfortunes
    faults: list[str]
    healed: float  # seconds from the last misfortune until every tab showed what the page shows


async def soak(
    url: str, postgres: servers.Postgres, valkey: servers.Valkey, folder: Path, *,
    seconds: float, clients: int, every: float,
) -> Soaked:  # fmt: skip
    history, db = History(late=LATE), open_database(url, open_bus(valkey.url))
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.bus.close)
        stack.push_async_callback(db.close)
        db.bus.tune(await db.act(_furnished))
        both = await stack.enter_async_context(
            twins(url, valkey.url, folder, sockets_per_member=clients + 2)
        )
        talkers = await _talkers(stack, history, db, both, clients)
        judges = await both.doors(db, ADA)
        misfortunes, until = Misfortunes(both, postgres, valkey), time.monotonic() + seconds
        await _all(
            misfortunes.go_on(until, every),
            hide_and_restore(history, db, CHANNELS, until),
            remove_and_admit(history, db, CABIN, BO, until),
            _mind_the_lag(history, until),
            talkers[-1].listen(seconds),
            *(_talk(talker, clients / WORDS, until) for talker in talkers[:-1]),
        )
        began = time.monotonic()
        found = await _judged(history, db, both, talkers, judges)
        healed = time.monotonic() - began
    return Soaked(_numbers(history, talkers), dict(misfortunes.happened), found, healed)


def _furnished(tx: Transaction) -> str:
    """The epoch, which names the channel of the bus."""
    for channel in CHANNELS[1:]:
        open_channel(tx, channel)
    return site_of(tx).epoch


async def _talkers(
    stack: AsyncExitStack, history: History, db: Database, both: Twins, clients: int
) -> list[Talker]:
    """Half at each door. The last two are Ada, who speaks in the cabin, and Bo, who only listens
    there as long as he may."""
    doors = {id: await both.doors(db, id) for id in NAMES}
    places = [*islice(zip(cycle(NAMES), cycle(CHANNELS), strict=False), clients),
              (ADA, CABIN), (BO, CABIN)]  # fmt: skip
    return [
        await stack.enter_async_context(
            Talker(history, member, *doors[member][:: (1, -1)[n % 2]], channel=channel)
        )
        for n, (member, channel) in enumerate(places)
    ]


async def _talk(talker: Talker, pause: float, until: float) -> None:
    await talker.listen(random.uniform(0, pause))
    while time.monotonic() < until:
        match random.choices(list(DEEDS), list(DEEDS.values()))[0]:
            case "say again":
                await talker.say_again()
            case "edit":
                await talker.change_own("edit", body="aye")
            case "withdraw":
                await talker.change_own("withdraw")
            case _:
                await talker.say()
        left = max(0.0, until - time.monotonic())
        await talker.listen(min(random.expovariate(1 / pause), left))


async def _mind_the_lag(history: History, until: float) -> None:
    """What came while the clients were busy was read that much later."""
    while (began := time.monotonic()) < until:
        await asyncio.sleep(BEAT)
        history.lag = max(history.lag, time.monotonic() - began - BEAT)


async def _all(*deeds: Awaitable[None]) -> None:
    """The first that fails ends all."""
    async with asyncio.TaskGroup() as group:
        for deed in deeds:
            group.create_task(_awaited(deed))


async def _awaited(deed: Awaitable[None]) -> None:
    await deed


async def _judged(
    history: History,
    db: Database,
    both: Twins,
    talkers: Sequence[Talker],
    judges: Sequence[Browser],
) -> list[str]:
    """`judges`: who opens fresh pages, at each of the two."""
    addresses = sorted({talker.address for talker in talkers})
    revs = await db.look(current_revs, addresses)
    await asyncio.gather(*(talker.reach(revs[talker.address]) for talker in talkers))
    here, there = judges
    pages = {address: await here.shown(address) for address in addresses}
    found = faults(history, await db.look(rows_of), pages)
    for address, page in pages.items():
        if await there.shown(address) != page:
            found.append(f"I6: the two processes draw {address} otherwise")
    for process in both.processes:
        before, began, traceback = process.said().partition("Traceback")
        if began:
            found.append(f"{process.address}: {before[-500:]}{began}{traceback[:8000]}")
    return found


def _numbers(history: History, talkers: Sequence[Talker]) -> dict[str, object]:
    waits = sorted(wait for talker in talkers for wait in talker.waits)
    return {
        "acked": len(waits),
        "acks": sum(len(sent.acks) for sent in history.sent),
        "heard": sum(len(one.heard) for one in history.followed),
        "lines": sum(len(one.readings) for one in history.followed),
        "wait_p50_ms": round(waits[len(waits) // 2] * 1000),
        "wait_p99_ms": round(waits[len(waits) * 99 // 100] * 1000),
        "wait_max_ms": round(waits[-1] * 1000),
        "not_final": sum(len(talker.refused) for talker in talkers),
        "hidden": len(history.hidden),
        "removed": len(history.revoked),
        "lag_ms": round(history.lag * 1000),
    }
