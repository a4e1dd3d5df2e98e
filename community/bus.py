"""The doorbell: tells every process that something was committed.

Delivery is at most once and publish() never waits. Whatever must not be lost is a row
in the database; an event only says "look now", and readers can tell that they missed one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from typing import Protocol, Union

from msgspec import DecodeError, Struct, json

log = logging.getLogger(__name__)

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


async def _decoded(queue: asyncio.Queue[bytes]) -> AsyncIterator[list[Event]]:
    while True:
        waiting = [await queue.get()]
        while len(waiting) < TOGETHER and not queue.empty():
            waiting.append(queue.get_nowait())
        yield all_understood(waiting)


def all_understood(waiting: list[bytes]) -> list[Event]:
    return [event for data in waiting if (event := understood(data))]
