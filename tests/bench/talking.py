"""Channels under load: fan-out to many watchers, acks, how many messages a second are stored."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from socket import create_connection
from uuid import uuid4

import uvloop

from tests.bench.community import SERVER_CORE, Community, pin, served, until
from tests.bench.reporting import Result, percentile
from tests.bench.sockets import Socket, ages, connect, masked, stamped
from tests.servers import free_port

WATCHERS = 1_000
SENDERS = 32
RATE = 50  # messages a second while acks are timed
SECONDS = 5.0
WARMING = 1.0  # seconds before acks are timed: 1,000 tabs have only just said who they are
SIZE = 200  # bytes of a message
PATIENCE = 30.0


def fan_out() -> Iterator[Result]:
    """Deliveries a second, one message under way: the next when every watcher has the last."""
    if binary := os.environ.get("AKAR_FANOUT"):
        yield from _fan_out_by(binary)
        return
    with _naive() as port:
        naive = uvloop.run(_closed_loop(port, [""] * WATCHERS, None))
    with served() as community:
        tokens = [token for token, _ in zip(cycle(community.tokens), range(WATCHERS), strict=False)]
        ours = uvloop.run(_closed_loop(community.port, tokens, community))
    setup = f"{WATCHERS} watchers, own Python generator"
    yield Result("fan_out_naive", naive, "deliveries/s", f"{setup}; stores nothing")
    yield Result("fan_out", ours, "deliveries/s", f"{setup}; stored, SQLite FULL")


def acks() -> Iterator[Result]:
    """From send to ack, at a steady rate into a channel that many watch."""
    with served() as community:
        waits, deliveries = uvloop.run(_steady(community))
    setup = f"{RATE} messages/s, {WATCHERS} watchers here for {WARMING:.0f} s, SQLite FULL"
    yield Result("ack_p50", percentile(waits, 50), "ms", setup)
    yield Result("ack_p99", percentile(waits, 99), "ms", setup)
    yield Result("send_to_screen_p99", percentile(deliveries, 99), "ms", setup)


def stored() -> Iterator[Result]:
    """Acked messages a second, many senders with one message under way each."""
    with served() as community:
        rate = uvloop.run(_senders(community))
    yield Result("say", rate, "acked messages/s", f"{SENDERS} senders, SQLite FULL")


async def _closed_loop(port: int, tokens: Sequence[str], of: Community | None) -> float:
    async with asyncio.timeout(PATIENCE):
        watchers = await connect(port, tokens, greetings(of), b"caught_up" if of else b"ready")
    rounds, missing, complete = 0, 0, asyncio.Event()

    def delivered(messages: int) -> None:
        nonlocal missing
        missing -= messages
        if missing <= 0:
            complete.set()

    for watcher in watchers:
        watcher.on_delivery = delivered
    began = time.monotonic()
    async with asyncio.timeout(SECONDS + PATIENCE):
        while time.monotonic() < began + SECONDS:
            missing, rounds = len(watchers), rounds + 1
            complete.clear()
            watchers[0].transport.write(said(of.channel) if of else masked(_text().encode()))
            await complete.wait()
    return rounds * len(watchers) / (time.monotonic() - began)


async def _steady(community: Community) -> tuple[list[float], list[float]]:
    tokens = [token for token, _ in zip(cycle(community.tokens), range(WATCHERS), strict=False)]
    watchers = await connect(community.port, tokens, greetings(community), b"caught_up")
    waits: list[float] = []
    deliveries: list[float] = []
    sender = Sender(watchers[0], community.channel, waits)
    watchers[-1].on_data = lambda data: deliveries.extend(ages(data))
    async with asyncio.timeout(WARMING + SECONDS + PATIENCE):
        for n in range(int(RATE * (WARMING + SECONDS))):
            await asyncio.sleep(max(0, sender.began + n / RATE - time.monotonic()))
            sender.send()
        await sender.all_acked()
    cold = int(RATE * WARMING)
    return waits[cold:], deliveries[cold:]


async def _senders(community: Community) -> float:
    sockets = await connect(
        community.port, community.tokens[:SENDERS], greetings(community)[:1], b"hello"
    )
    began = time.monotonic()

    async def keep_saying(socket: Socket) -> int:
        sender = Sender(socket, community.channel, [])
        while time.monotonic() < began + SECONDS:
            sender.send()
            await sender.all_acked()
        return sender.acked

    async with asyncio.timeout(SECONDS + PATIENCE):
        acked = sum(await asyncio.gather(*map(keep_saying, sockets)))
    return acked / (time.monotonic() - began)


class Sender:
    """Says things on a socket and notes how long each ack took, in milliseconds."""

    def __init__(self, socket: Socket, channel: int, waits: list[float]) -> None:
        self._socket, self._channel, self._waits = socket, channel, waits
        self._sent: dict[str, float] = {}
        self._quiet = asyncio.Event()
        self.acked = 0
        self.began = time.monotonic()
        socket.on_data = self._hear

    def send(self) -> None:
        key = uuid4().hex
        self._sent[key] = time.monotonic()
        self._quiet.clear()
        self._socket.transport.write(said(self._channel, key))

    async def all_acked(self) -> None:
        await self._quiet.wait()

    def _hear(self, data: bytes) -> None:
        assert b'"refused"' not in data, data[:500]
        for key in [key for key in self._sent if f'"key":"{key}"'.encode() in data]:
            self._waits.append((time.monotonic() - self._sent.pop(key)) * 1000)
            self.acked += 1
        if not self._sent:
            self._quiet.set()


def greetings(community: Community | None, stream: str = "", rev: int = 0) -> list[bytes]:
    """What a tab says first, to watch the channel or another stream that it has up to `rev`; the
    naive server is told nothing."""
    if community is None:
        return []
    watch = {"verb": "watch", "stream": stream or f"channel:{community.channel}", "rev": rev}
    texts = [{"verb": "hello", "protocol": 1}, watch | {"epoch": community.epoch}]
    return [json.dumps(text).encode() for text in texts]


def said(channel: int | None, key: str = "") -> bytes:
    command = {"verb": "say", "channel": channel, "body": _text(), "key": key or uuid4().hex}
    return masked(json.dumps(command).encode())


def _text() -> str:
    return f"{stamped()} {'muatan benang dan kulit '.ljust(24) * 9}"[:SIZE].rstrip()


@contextmanager
def _naive() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.naive", str(port)])
    try:
        pin(process.pid, SERVER_CORE)
        until(process, lambda: create_connection(("127.0.0.1", port), 1).close())
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _fan_out_by(binary: str) -> Iterator[Result]:
    with _naive() as port:
        naive = _measured(binary, port, ["--hello-expect", "ready", "--msg", "@t{ts} {pad}"])
    with served() as community:
        options: list[str] = ["-H", f"Cookie: sid={community.tokens[0]}"]
        options += ["-H", f"Origin: {community.origin}"]
        for text in greetings(community):
            options += ["--hello", text.decode()]
        command = {"verb": "say", "channel": community.channel, "key": "k{seq}-{i}-{ts}"}
        template = json.dumps(command | {"body": "@t{ts} {pad}"})
        options += ["--hello-expect", "caught_up", "--msg", template]
        ours = _measured(binary, community.port, options)
    setup = f"{WATCHERS} watchers, fanout"
    yield Result("fan_out_naive", naive, "deliveries/s", f"{setup}; stores nothing")
    yield Result("fan_out", ours, "deliveries/s", f"{setup}; stored, SQLite FULL")


def _measured(binary: str, port: int, options: list[str]) -> float:
    command = [binary, "--port", str(port), "--path", "/live", "-n", str(WATCHERS), "--ack", "all"]
    done = subprocess.run([*command, *options], stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found["deliveries_per_s"]
