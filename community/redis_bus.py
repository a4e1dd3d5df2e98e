"""The doorbell of many processes: Redis, or what speaks like it, carries the events (bus.py)."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis import RedisError
from redis import asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from community.bus import OUTBOX, TOGETHER, BusLost, Event, all_understood, encode

log = logging.getLogger(__name__)

TICK = b"tick"  # what a process sends itself, to hear that the line still carries
BEAT = 0.5  # seconds between two ticks
SILENCE = 1  # seconds without a word, our own included, after which the line is dead
PATIENCE = 0.5  # seconds one try to publish may take
TRIES = 2  # at once: the first word on a line that was restarted finds it closed


class RedisBus:
    """For many processes. Everyone hears everything and drops what nobody here wants."""

    def __init__(self, url: str) -> None:
        # We count the tries: the library's multiply, those to connect inside those to speak.
        self._client = redis.from_url(
            url,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),
        )
        self._channel = ""
        self._outbox: deque[bytes] = deque()
        self._carrier: asyncio.Task[None] | None = None

    def tune(self, epoch: str) -> None:
        self._channel = f"akar:{epoch}"

    def publish(self, event: Event) -> None:
        if len(self._outbox) >= OUTBOX or not self._channel:
            log.warning("no line, or too slow a line: %s not announced", event.stream)
            return
        self._post(encode(event))

    def _post(self, data: bytes) -> None:
        self._outbox.append(data)
        if self._carrier is None or self._carrier.done():
            self._carrier = asyncio.create_task(self._carry())

    async def _carry(self) -> None:
        while self._outbox:
            words = list(self._outbox)
            self._outbox.clear()
            for _ in range(TRIES):
                if await self._passed_on(words):
                    break

    async def _passed_on(self, words: Sequence[bytes]) -> bool:
        together = self._client.pipeline(transaction=False)
        for data in words:
            together.publish(self._channel, data)
        try:
            async with asyncio.timeout(PATIENCE):
                await together.execute()
        except (RedisError, OSError) as error:
            log.warning("the line is broken: %s", error or type(error).__name__)
            return False
        return True

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[list[Event]]]:
        ringing = asyncio.create_task(self._ring())
        try:
            async with self._client.pubsub() as pubsub:
                await pubsub.subscribe(self._channel)
                if await pubsub.get_message(timeout=SILENCE) is None:
                    raise BusLost("no answer")
                yield _received(pubsub)
        except (RedisError, OSError) as error:
            raise BusLost from error
        finally:
            ringing.cancel()

    async def _ring(self) -> None:
        while True:
            if len(self._outbox) < OUTBOX:
                self._post(TICK)
            await asyncio.sleep(BEAT)

    async def close(self) -> None:
        if self._carrier:
            await self._carrier
        await self._client.aclose()


async def _heard(pubsub: Any) -> Any:
    """The next word, or None when the line is dead and not we: who was held up looks once more."""
    return await pubsub.get_message(timeout=SILENCE) or await pubsub.get_message(timeout=BEAT / 2)


async def _received(pubsub: Any) -> AsyncIterator[list[Event]]:
    while message := await _heard(pubsub):
        waiting: list[bytes] = []
        while message and len(waiting) < TOGETHER:
            if message["type"] != "message":  # subscribed once more: the line was cut in between
                raise BusLost("the line was restarted")
            if message["data"] != TICK:
                waiting.append(message["data"])
            message = await pubsub.get_message(timeout=0)  # what is here already
        if waiting:
            yield all_understood(waiting)
    raise BusLost("silence")
