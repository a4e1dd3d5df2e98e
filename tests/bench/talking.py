"""Talking: how soon an ack comes, how many messages a second are stored."""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from os import getpid
from uuid import uuid4

import uvloop

from tests.bench.community import CHANNELS, Community, scaled_out, served
from tests.bench.crowds import SIZE, STEADY, WATCHERS, greetings
from tests.bench.reporting import Result, percentile
from tests.bench.sockets import Socket, connect, masked, signed_in, stamped
from tests.bench.usage import usage_of

SENDERS = 64
SECONDS = 5.0
ACKED_FOR = 15.0  # seconds
WARMING = 1.0  # seconds before anything counts
PATIENCE = 60.0
KEY = re.compile(rb'"key":"([0-9a-f]{32})"')
CUT = 48  # bytes of a key and its name
WORDS = "muatan benang dan kulit " * 9


def acks() -> Iterator[Result]:
    """From send to ack, at a steady rate into a channel that many watch."""
    with served() as community:
        waits = uvloop.run(_steady(community))
    setup = f"{STEADY} messages/s, {WATCHERS:,} watchers, SQLite FULL"
    yield Result("ack_p50", percentile(waits, 50), "ms", setup)
    yield Result("ack_p99", percentile(waits, 99), "ms", setup)


def stored() -> Iterator[Result]:
    """Acked messages a second, many senders with one message under way each."""
    with served() as community:
        yield from _stored(community, "SQLite FULL")


def stored_scaled_out() -> Iterator[Result]:
    """The same on PostgreSQL."""
    with scaled_out() as (community,):
        yield from _stored(community, "PostgreSQL on the core of the generator, fsync")


def _stored(community: Community, database: str) -> Iterator[Result]:
    for name, channels in (("say_hot", [community.channel]), ("say", list(CHANNELS))):
        setup = f"{SENDERS} senders, {len(channels)} channels, each watching theirs; {database}"
        rate, beside = uvloop.run(_senders(community, channels))
        yield Result(name, rate, "acked messages/s", setup, beside)


async def _steady(community: Community) -> list[float]:
    """What the acks took, in milliseconds."""
    headers = signed_in(community.origin, list(islice(cycle(community.tokens), WATCHERS)))
    async with asyncio.timeout(PATIENCE):
        watchers = await connect(community.port, headers, greetings(community), b"caught_up")
    sender = Sender(watchers[0], community.channel)
    async with asyncio.timeout(WARMING + ACKED_FOR + PATIENCE):
        for n in range(int(STEADY * (WARMING + ACKED_FOR))):
            await asyncio.sleep(max(0, sender.began + n / STEADY - time.monotonic()))
            sender.send()
        await sender.all_acked()
    return sender.waits[int(STEADY * WARMING) :]


async def _senders(community: Community, channels: Sequence[int]) -> tuple[float, dict[str, float]]:
    """A second, and what one costs the server."""
    headers = signed_in(community.origin, community.tokens[:SENDERS])
    rooms = list(islice(cycle(channels), SENDERS))
    sockets = [
        (
            await connect(
                community.port, [line], greetings(community, f"channel:{room}"), b"caught_up"
            )
        )[0]
        for line, room in zip(headers, rooms, strict=True)
    ]
    senders = [Sender(socket, room) for socket, room in zip(sockets, rooms, strict=True)]
    ends = time.monotonic() + WARMING + SECONDS

    async def keep_saying(sender: Sender) -> None:
        while time.monotonic() < ends:
            sender.send()
            await sender.all_acked()

    async with asyncio.timeout(WARMING + SECONDS + PATIENCE):
        saying = asyncio.gather(*map(keep_saying, senders))
        await asyncio.sleep(WARMING)
        before, began, used = _acked(senders), time.monotonic(), usage_of([community.pid])
        both = usage_of([community.pid, getpid()])
        await asyncio.sleep(ends - time.monotonic())
        acked, took = _acked(senders) - before, time.monotonic() - began
        server, ours = usage_of([community.pid]) - used, usage_of([community.pid, getpid()]) - both
        await saying
    return acked / took, {
        "server_us_per_message": server.ours / acked * 1e6,
        "others": (ours.all - ours.ours) / took,
    }


async def _tab(community: Community, headers: str, room: int) -> Socket:
    watched = greetings(community, f"channel:{room}")
    [socket] = await connect(community.port, [headers], watched, b"caught_up")
    return socket


def _acked(senders: Sequence["Sender"]) -> int:
    return sum(len(sender.waits) for sender in senders)


class Sender:
    """Says things on a socket and notes how long each ack took, in milliseconds."""

    def __init__(self, socket: Socket, channel: int) -> None:
        self._socket, self._channel = socket, channel
        self._sent: dict[bytes, float] = {}
        self._quiet = asyncio.Event()
        self._tail = b""
        self.waits: list[float] = []
        self.began = time.monotonic()
        socket.on_data = self._hear

    def send(self) -> None:
        key = uuid4().hex
        self._sent[key.encode()] = time.monotonic()
        self._quiet.clear()
        self._socket.transport.write(said(self._channel, key))

    async def all_acked(self) -> None:
        await self._quiet.wait()

    def _hear(self, data: bytes) -> None:
        assert b'"refused"' not in data, data[:500]
        data = self._tail + data
        for key in KEY.findall(data):
            if sent := self._sent.pop(key, None):
                self.waits.append((time.monotonic() - sent) * 1000)
        self._tail = data[-CUT:]
        if not self._sent:
            self._quiet.set()


def said(channel: int, key: str) -> bytes:
    body = f"{stamped()} {WORDS}"[:SIZE].rstrip()
    command = {"verb": "say", "channel": channel, "body": body, "key": key}
    return masked(json.dumps(command).encode())
