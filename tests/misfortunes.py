"""What goes wrong around two processes of the real program, one thing after another."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import cycle

from redis import asyncio as redis

from tests import servers
from tests.processes import Process
from tests.twins import Twins

STILL = 2.0  # seconds Redis stands still: twice what is a lost bus (D8)
ATTEMPTS = 10  # to start a process, until one that does not stay is a failure
LAST_WORDS = 3_000  # characters


class Misfortunes:
    def __init__(self, both: Twins, postgres: servers.Postgres, valkey: servers.Valkey) -> None:
        self._both = both
        self._postgres = postgres
        self._valkey = valkey
        self.happened: Counter[str] = Counter()

    async def go_on(self, until: float, every: float) -> None:
        """A process is killed and started again all the time, whatever else there is; and each of
        the others comes, once at least. Returns when everything is well."""
        others = (self.freeze_redis, self.restart_postgres, self.pause_redis, self.restart_redis,
                  self.crash_postgres)  # fmt: skip

        def over() -> bool:
            each = all(other.__name__ in self.happened for other in others)
            return each and time.monotonic() + every > until

        async with asyncio.TaskGroup() as both:
            both.create_task(self._repeat([self.kill_a_process], every, over))
            both.create_task(self._repeat(others, every, over))

    async def _repeat(
        self,
        kinds: Sequence[Callable[[], Awaitable[None]]],
        every: float,
        over: Callable[[], bool],
    ) -> None:
        for misfortune in cycle(kinds):
            if over():
                return
            await asyncio.sleep(every)
            self.happened[misfortune.__name__] += 1
            await misfortune()

    async def kill_a_process(self) -> None:
        process = random.choice(self._both.processes)
        process.kill()
        await process.gone()
        await self._start_again(process)

    async def _start_again(self, process: Process) -> None:
        """As often as it takes: it leaves again where it finds no database just then, and whoever
        watches over it starts another."""
        for _attempt in range(ATTEMPTS):
            process.start()
            with suppress(AssertionError):  # it has left
                return await process.ready()
            self.happened["left again"] += 1
        raise AssertionError(process.said()[-LAST_WORDS:])

    async def freeze_redis(self) -> None:
        """It answers nobody, and closes nothing."""
        self._valkey.pause()
        await asyncio.sleep(STILL)
        self._valkey.resume()

    async def pause_redis(self) -> None:
        """It takes what it is told, and does it later."""
        async with redis.from_url(self._valkey.url) as client:
            await client.client_pause(round(STILL * 1000), all=True)
        await asyncio.sleep(STILL)

    async def restart_redis(self) -> None:
        await asyncio.to_thread(self._valkey.stop)
        await asyncio.to_thread(self._valkey.start)

    async def restart_postgres(self) -> None:
        await asyncio.to_thread(self._postgres.restart)

    async def crash_postgres(self) -> None:
        await asyncio.to_thread(self._postgres.crash)
        await asyncio.to_thread(self._postgres.start)
