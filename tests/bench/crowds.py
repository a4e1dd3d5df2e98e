"""Rooms full of watchers: how many deliveries a second, how soon, and what a socket costs.

Everything goes the whole way: said on a socket, stored durably, drawn, delivered.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_connection
from typing import Any

from tests.bench.community import (
    CHANNELS,
    LOAD_CORE,
    SERVER_CORE,
    Community,
    pin,
    scaled_out,
    served,
    until,
)
from tests.bench.naive import READY
from tests.bench.reporting import Result
from tests.bench.sockets import MARK, signed_in
from tests.servers import free_port

WATCHERS, MANY, IDLE = 1_000, 5_000, 10_000
CROWD = 64  # publishers at once
STEADY, SLOWLY = 20, 5  # messages a second
SIZE = 200  # bytes of a message
LONGEST = 170  # seconds after which a generator is given up


def fan_out() -> Iterator[Result]:
    """Deliveries a second to 1,000, closed loop: by one publisher and by many at once."""
    for mark in ("naive", "bare"):
        with _mark(mark) as (port, pid):
            found = _load(port, pid, WATCHERS, "--hello-expect", READY, "--msg", _stamped())
        setup = f"{WATCHERS:,} watchers, 1 publisher; stores nothing"
        yield _rate(f"fan_out_{mark}", found, setup)
    with served() as community:
        yield from _fanned_out(community, "fan_out", WATCHERS)


def fan_out_large() -> Iterator[Result]:
    """The same to 5,000."""
    with served() as community:
        yield from _fanned_out(community, "fan_out_large", MANY)


def pace() -> Iterator[Result]:
    """How soon everybody has a message, at the pace of a lively room."""
    with served() as community:
        found = _watched(
            community, WATCHERS, community.channel, "--rate", str(STEADY), "--duration", "10"
        )
    setup = f"{STEADY} messages/s to {WATCHERS:,} watchers, SQLite FULL"
    yield from _latencies("pace", found, setup)


def idle() -> Iterator[Result]:
    """What a socket costs that only waits, and how soon all of many have a message."""
    with served() as community:
        found = _watched(
            community, IDLE, community.channel, "--rate", str(SLOWLY), "--duration", "8"
        )
    setup = f"{IDLE:,} watchers, SQLite FULL"
    yield Result("idle_connected", found["connect_s"], "s", setup, _beside(found))
    yield Result("idle_memory", found["rss_per_conn_bytes"] / 1024, "KiB a socket", setup)
    yield from _latencies("idle", found, f"{SLOWLY} messages/s to {setup}")


def processes() -> Iterator[Result]:
    """What it adds when a message was said at another process."""
    setup = f"{STEADY} messages/s to {WATCHERS:,} watchers, PostgreSQL, Redis"
    with scaled_out(2) as (one, other):
        doors = (("at_one", one, "the same"), ("at_other", other, "another"))
        for channel, (name, said_at, where) in zip(CHANNELS, doors, strict=False):
            extra = ["--pub-extra", "1", "--pub-port", str(said_at.port), "--rate", str(STEADY)]
            for text in greetings(one, f"channel:{channel}"):
                extra += ["--pub-hello", text.decode()]
            found = _watched(one, WATCHERS, channel, *extra, "--duration", "8")
            yield from _latencies(name, found, f"{setup}; said at {where} process")


def greetings(community: Community, stream: str = "", rev: int = 0) -> list[bytes]:
    """What a tab says first, to watch the channel or another stream that it has up to `rev`."""
    watch = {"verb": "watch", "stream": stream or f"channel:{community.channel}", "rev": rev}
    texts = [{"verb": "hello", "protocol": 1}, watch | {"epoch": community.epoch}]
    return [json.dumps(text).encode() for text in texts]


def _fanned_out(community: Community, name: str, watchers: int) -> Iterator[Result]:
    for channel, publishers in zip(CHANNELS, (1, CROWD), strict=False):
        found = _watched(community, watchers, channel, "--publishers", str(publishers))
        setup = f"{watchers:,} watchers, {publishers} publishers at once; stored, SQLite FULL"
        yield _rate(f"{name}_by_{publishers}", found, setup)


def _watched(community: Community, watchers: int, channel: int, *options: str) -> dict[str, Any]:
    """A channel that nobody has said anything in yet."""
    command = {"verb": "say", "channel": channel, "key": "k{seq}-{i}-{ts}"}
    told = ["--msg", json.dumps(command | {"body": _stamped()}), "--hello-expect", "caught_up"]
    for text in greetings(community, f"channel:{channel}"):
        told += ["--hello", text.decode()]
    with tempfile.NamedTemporaryFile("w") as headers:
        headers.write("\n".join(signed_in(community.origin, community.tokens)) + "\n")
        headers.flush()
        told += ["--header-file", headers.name]
        return _load(community.port, community.pid, watchers, *told, *options)


def _load(port: int, pid: int, watchers: int, *options: str) -> dict[str, Any]:
    """By our own generator, or by the one that is named; at two processes by ours, which names the
    origin of each."""
    named = None if "--pub-port" in options else os.environ.get("AKAR_FANOUT")
    program = [named] if named else [sys.executable, "-m", "tests.bench.load"]
    common = ["--port", port, "--path", "/live", "-n", watchers, "--pid", pid, "--cpu", LOAD_CORE]
    common += ["--marker", MARK.decode(), "--size", SIZE, "--connect-timeout", 110]
    done = subprocess.run(
        [*program, *map(str, common), *options],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        timeout=LONGEST,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    assert not found["lost"], f"{found['lost']} messages did not come"
    return found


def _rate(bench: str, found: dict[str, Any], setup: str) -> Result:
    return Result(bench, found["deliveries_per_s"], "deliveries/s", setup, _beside(found))


def _latencies(bench: str, found: dict[str, Any], setup: str) -> Iterator[Result]:
    """Of all deliveries; and of the last one of each message, where the generator knows it."""
    for name, times in (("", found["latency_us"]), ("_last", found.get("last_us", {}))):
        for percent in ("p50", "p99"):
            if percent in times:
                value = times[percent] / 1000
                yield Result(f"{bench}{name}_{percent}", value, "ms", setup, _beside(found))


def _beside(found: dict[str, Any]) -> dict[str, float]:
    """Processor time: what a delivery costs, what others took meanwhile, in cores."""
    return {
        "server_us_per_delivery": found["server_cpu_us_per_delivery"],
        "others": found["others_cpu_s"] / found["duration_s"],
        "handshake_us": found["server_handshake_cpu_us"],
    }


def _stamped() -> str:
    return MARK.decode() + "{ts} {pad}"


@contextmanager
def _mark(name: str) -> Iterator[tuple[int, int]]:
    """What ours is measured against: the program of that name."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", f"tests.bench.{name}", str(port)])
    try:
        pin(process.pid, SERVER_CORE)
        until(process, lambda: create_connection(("127.0.0.1", port), 1).close())
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(10)
