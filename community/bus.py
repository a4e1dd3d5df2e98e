"""The doorbell: tells every process that something was committed.

Delivery is at most once and publish() never waits. Whatever must not be lost is a row
in the database; an event only says "look now", and readers can tell that they missed one.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Any, Protocol, Union

from msgspec import DecodeError, Struct, json
from redis import RedisError
from redis import asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

log = logging.getLogger(__name__)

TICK = b"tick"  # what a process sends itself, to hear that the line still carries
BEAT = 0.5  # seconds between two ticks
SILENCE = 1  # seconds without a word, our own included, after which the line is dead
PATIENCE = 0.5  # seconds one try to publish may take
TRIES = 2  # at once: the first word on a line that was restarted finds it closed
TOGETHER = 500  # events handed on at once
OUTBOX = 10_000  # events that may wait for a broken line; more are dropped, and found by rev


class Event(Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """Something that happened, named in the past tense, small enough for JSON."""

    @property
    def stream(self) -> str:
        """Who hears of it, e.g. "channel:7" or "member:12"."""
        raise NotImplementedError


def known_events(family: type[Event] = Event) -> list[type[Event]]:
    """The events one can hear: those no other event is a kind of."""
    kinds = family.__subclasses__()
    return [event for kind in kinds for event in known_events(kind)] or [family]


def encode(event: Event) -> bytes:
    return json.encode(event)


def decode(data: bytes) -> Event:
    return _decoder().decode(data)


def understood(data: bytes) -> Event | None:
    """During an upgrade the other version may say what we do not know; a rev tells us later."""
    try:
        return decode(data)
    except (DecodeError, UnicodeError) as error:
        log.warning("dropped an event: %s: %r", error, data[:200])
        return None


@cache
def _decoder() -> json.Decoder[Event]:
    return json.Decoder(Union[tuple(known_events())])  # noqa: UP007 - of a tuple there is no |


class BusLost(Exception):
    """The line went dead; what was said meanwhile is gone. Listeners reconnect and compare."""


class Bus(Protocol):
    def tune(self, epoch: str) -> None:
        """Before the first word: only those on the same database hear each other."""

    def publish(self, event: Event) -> None: ...

    def listen(self) -> AbstractAsyncContextManager[AsyncIterator[list[Event]]]:
        """What has arrived, in order, as many at a time as there are."""

    async def close(self) -> None: ...


class MemoryBus:
    """For one process. Makes the same round trip through JSON as Redis does."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[bytes]] = set()

    def tune(self, epoch: str) -> None:
        pass  # one process, one database

    def publish(self, event: Event) -> None:
        for queue in self._listeners:
            if queue.full():
                log.warning("nobody listens: %s not announced", event.stream)  # found by rev
            else:
                queue.put_nowait(encode(event))

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[AsyncIterator[list[Event]]]:
        queue: asyncio.Queue[bytes] = asyncio.Queue(OUTBOX)
        self._listeners.add(queue)
        try:
            yield _decoded(queue)
        finally:
            self._listeners.discard(queue)

    async def close(self) -> None:
        self._listeners.clear()


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


async def _decoded(queue: asyncio.Queue[bytes]) -> AsyncIterator[list[Event]]:
    while True:
        waiting = [await queue.get()]
        while len(waiting) < TOGETHER and not queue.empty():
            waiting.append(queue.get_nowait())
        yield _all_understood(waiting)


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
            yield _all_understood(waiting)
    raise BusLost("silence")


def _all_understood(waiting: list[bytes]) -> list[Event]:
    return [event for data in waiting if (event := understood(data))]


def open_bus(url: str) -> Bus:
    return MemoryBus() if url == "memory://" else RedisBus(url)
