"""make soak: ordinary talk on real processes, and one misfortune after another.

    python -m tests.bench.soak [minutes] [clients] [seconds between misfortunes]

Two web processes, a PostgreSQL that writes to the disk, Redis. What every client saw is held
against what is stored in the end (tests/history.py). Prints one JSON object, fails when it found
a fault.
"""

import asyncio
import itertools
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

from community.bus import MemoryBus
from community.database import Database
from community.opening import open_database
from tests import servers
from tests.browsing import Browser
from tests.cast import ADA, NAMES
from tests.history import History, rows_of
from tests.invariants import faults
from tests.talking import Talker
from tests.twins import Twins, furnished, twins

PAUSE = 0.2  # seconds on average between two words of one client
FROZEN = 3.0  # seconds Redis stands still


class Misfortunes:
    def __init__(self, both: Twins, postgres: servers.Postgres, redis: servers.Valkey) -> None:
        self._both = both
        self._postgres = postgres
        self._redis = redis
        self.happened: Counter[str] = Counter()
        self._kinds: list[Callable[[], Awaitable[None]]] = [
            self.kill_a_process,
            self.kill_a_process,
            self.freeze_redis,
            self.empty_redis,
            self.restart_postgres,
        ]

    async def go_on(self, until: float, every: float) -> None:
        while time.monotonic() + every < until:
            await asyncio.sleep(every)
            misfortune = random.choice(self._kinds)
            self.happened[misfortune.__name__] += 1
            await misfortune()

    async def kill_a_process(self) -> None:
        process = random.choice(self._both.processes)
        process.kill()
        await process.gone()
        process.start()
        await process.ready()

    async def freeze_redis(self) -> None:
        self._redis.pause()
        await asyncio.sleep(FROZEN)
        self._redis.resume()

    async def empty_redis(self) -> None:
        await asyncio.to_thread(self._redis.stop)
        await asyncio.to_thread(self._redis.start)

    async def restart_postgres(self) -> None:
        await asyncio.to_thread(self._postgres.restart)


async def soak(
    url: str, postgres: servers.Postgres, redis: servers.Valkey, folder: Path, *,
    minutes: float, clients: int, every: float,
) -> dict[str, object]:  # fmt: skip
    history, db = History(), open_database(url, MemoryBus())
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.close)
        both = await stack.enter_async_context(
            twins(url, redis.url, folder, sockets_per_member=clients + 1)
        )
        misfortunes = Misfortunes(both, postgres, redis)
        talkers = await _talkers(stack, history, db, both, clients)
        until = time.monotonic() + minutes * 60
        talking = (_talk(talker, until) for talker in talkers)
        await asyncio.gather(misfortunes.go_on(until, every), *talking)
        found = await _judged(history, db, both, talkers)
    waits = sorted(wait for talker in talkers for wait in talker.waits)
    return {
        "soak": f"{minutes} min, {clients} clients",
        "acked": len(waits),
        "wait_p50_ms": round(waits[len(waits) // 2] * 1000),
        "wait_p99_ms": round(waits[len(waits) * 99 // 100] * 1000),
        "wait_max_ms": round(waits[-1] * 1000),
        "not_final": sum(len(talker.refused) for talker in talkers),
        "misfortunes": dict(misfortunes.happened),
        "faults": found,
    }


async def _talkers(
    stack: AsyncExitStack, history: History, db: Database, both: Twins, clients: int
) -> list[Talker]:
    doors: dict[int, list[Browser]] = {id: await both.doors(db, id) for id in NAMES}
    members = itertools.islice(itertools.cycle(NAMES), clients)
    return [
        await stack.enter_async_context(Talker(history, member, *doors[member][:: (1, -1)[n % 2]]))
        for n, member in enumerate(members)
    ]


async def _talk(talker: Talker, until: float) -> None:
    while time.monotonic() < until:
        await talker.say("ahoy")
        await asyncio.sleep(random.expovariate(1 / PAUSE))


async def _judged(history: History, db: Database, both: Twins, talkers: list[Talker]) -> list[str]:
    rows = await db.look(rows_of)
    await asyncio.gather(*(talker.reach(len(rows)) for talker in talkers))
    fresh, _other = await both.doors(db, ADA)
    pages = {"channel:7": await fresh.shown("channel:7")}
    return faults(history, rows, pages)


def main(minutes: float = 1, clients: float = 12, every: float = 8) -> None:
    with (
        servers.postgres(durable=True) as postgres,
        servers.valkey() as redis,
        tempfile.TemporaryDirectory() as folder,
    ):
        url = furnished(postgres)
        found = asyncio.run(
            soak(
                url,
                postgres,
                redis,
                Path(folder),
                minutes=minutes,
                clients=int(clients),
                every=every,
            )
        )
    print(json.dumps(found))
    sys.exit(bool(found["faults"]))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:4]))
