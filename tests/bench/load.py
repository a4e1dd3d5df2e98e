"""The load of a room as a program of its own: so many watch, some of them publish.

    python -m tests.bench.load --port 8000 -n 1000 --publishers 64 --msg '… ~t{ts} {pad} …'

Prints one JSON object. A closed loop unless --rate is given: a publisher sends the next message
when it has its last one back. `AKAR_FANOUT` names another program to use instead, which takes the
same options and prints the same names.
"""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import uvloop

from tests.bench.community import pin
from tests.bench.reporting import percentile
from tests.bench.sockets import CUT, MARK, Counting, Socket, Timing, connect, masked
from tests.bench.usage import Usage, memory_of, usage_of

PATIENCE = 10.0  # seconds for what is still under way in the end
SETTLE = 0.5  # seconds between the last one being ready and the first message
PAD = "muatan benang dan kulit " * 40


class Publisher:
    """Sends what the template says, stamped with the moment it is sent."""

    def __init__(self, number: int, socket: Socket, template: str, size: int) -> None:
        self._number, self._socket = number, socket
        self._template, self._size = template, size
        self._awaited = self._tail = b""
        self.sent = 0

    def send(self) -> None:
        ts = f"{time.monotonic_ns():016d}"
        filled = self._template.replace("{ts}", ts).replace("{i}", str(self._number))
        filled = filled.replace("{seq}", str(self.sent))
        room = self._size - len(MARK) - len(ts) - 1
        self._awaited = MARK + ts.encode()
        self._socket.transport.write(masked(filled.replace("{pad}", PAD[:room].rstrip()).encode()))
        self.sent += 1

    def go_round(self, until: Callable[[], bool]) -> None:
        """The next when the last is back, as long as it is not too late; counts go on."""
        count = self._socket.on_data

        def hear(data: bytes) -> None:
            count(data)
            if self._awaited in self._tail + data:
                self._tail = b""
                if not until():
                    self.send()
            else:
                self._tail = data[-CUT:]

        self._socket.on_data = hear
        self.send()


async def loaded(asked: argparse.Namespace) -> dict[str, Any]:
    before, began = memory_of(asked.pid), time.monotonic()
    used = usage_of([asked.pid])
    async with asyncio.timeout(asked.connect_timeout):
        watchers = await _sockets(asked, asked.port, asked.conns, asked.hello)
        extra = await _sockets(
            asked, asked.pub_port or asked.port, asked.pub_extra, asked.pub_hello
        )
    found: dict[str, Any] = {"connected": len(watchers), "connect_s": time.monotonic() - began}
    found["server_handshake_cpu_us"] = (usage_of([asked.pid]) - used).ours / len(watchers) * 1e6
    found["rss_per_conn_bytes"] = (memory_of(asked.pid) - before) / len(watchers)
    speaking = extra or watchers[: asked.publishers]
    publishers = [Publisher(i, each, asked.msg, asked.size) for i, each in enumerate(speaking)]
    await asyncio.sleep(SETTLE)
    how = _steadily if asked.rate else _in_a_circle
    return found | await how(asked, watchers, publishers)


async def _sockets(
    asked: argparse.Namespace, port: int, number: int, hello: list[str]
) -> list[Socket]:
    greeting, ready = [text.encode() for text in hello], asked.hello_expect.encode()
    lines = [line.replace(f":{asked.port}\t", f":{port}\t") for line in asked.headers]  # the origin
    headers = list(islice(cycle(lines), number))
    return await connect(port, headers, greeting, ready, asked.path)


async def _in_a_circle(
    asked: argparse.Namespace, watchers: list[Socket], publishers: list[Publisher]
) -> dict[str, Any]:
    count = Counting(watchers)
    ends = time.monotonic() + asked.warmup + asked.duration
    for each in publishers:
        each.go_round(lambda: time.monotonic() >= ends)
    await asyncio.sleep(asked.warmup)
    before, used, began = count.deliveries, usage_of([asked.pid, os.getpid()]), time.monotonic()
    served = usage_of([asked.pid])
    await asyncio.sleep(ends - time.monotonic())
    took, delivered = time.monotonic() - began, count.deliveries - before
    found = _spent(served, used, asked, delivered)
    lost = await _lost(asked, publishers, count)
    return found | {"duration_s": took, "deliveries_per_s": delivered / took, "lost": lost}


async def _steadily(
    asked: argparse.Namespace, watchers: list[Socket], publishers: list[Publisher]
) -> dict[str, Any]:
    """Whatever the server does, the next is sent when it is time."""
    count = Timing(watchers)
    cold, messages = int(asked.rate * asked.warmup), int(asked.rate * asked.duration)
    began = time.monotonic()
    for n in range(cold + messages):
        if n == cold:
            await _lost(asked, publishers, count)
            count.ages.clear()
            count.last.clear()
            served, used = usage_of([asked.pid]), usage_of([asked.pid, os.getpid()])
        await asyncio.sleep(max(0, began + n / asked.rate - time.monotonic()))
        for each in publishers:
            each.send()
    lost = await _lost(asked, publishers, count)
    return _spent(served, used, asked, len(count.ages)) | {
        "lost": lost,
        "duration_s": time.monotonic() - began,
        "deliveries_per_s": len(count.ages) / asked.duration,
        "latency_us": _percentiles(count.ages),
        "last_us": _percentiles(list(count.last.values())),
    }


async def _lost(asked: argparse.Namespace, publishers: list[Publisher], count: Counting) -> int:
    """Deliveries still missing when what is under way has had its time."""
    expected: int = sum(each.sent for each in publishers) * asked.conns
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await count.reach(expected)
    return expected - count.deliveries


def _spent(served: Usage, used: Usage, asked: argparse.Namespace, delivered: int) -> dict[str, Any]:
    both, server = usage_of([asked.pid, os.getpid()]) - used, usage_of([asked.pid]) - served
    return {
        "server_cpu_us_per_delivery": server.ours / max(delivered, 1) * 1e6,
        "others_cpu_s": both.all - both.ours,
    }


def _percentiles(milliseconds: list[float]) -> dict[str, float]:
    return {f"p{p}": percentile(milliseconds, p) * 1000 for p in (50, 99)} if milliseconds else {}


def main() -> None:
    read = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    read.add_argument("-n", "--conns", type=int, default=100)
    for name, kind, usual in (
        ("port", int, 8000), ("publishers", int, 1), ("size", int, 200), ("marker", str, ""),
        ("path", str, "/live"), ("msg", str, MARK.decode() + "{ts} {pad}"), ("pid", int, 0),
        ("header-file", str, ""), ("hello-expect", str, "ready"), ("rate", float, 0.0),
        ("warmup", float, 1.0), ("duration", float, 5.0), ("connect-timeout", float, 40.0),
        ("pub-extra", int, 0), ("pub-port", int, 0), ("cpu", int, 0),
    ):  # fmt: skip
        read.add_argument(f"--{name}", type=kind, default=usual)
    for name in ("hello", "pub-hello"):
        read.add_argument(f"--{name}", action="append", default=[])
    asked = read.parse_args()
    asked.headers = Path(asked.header_file).read_text().splitlines() if asked.header_file else [""]
    pin(os.getpid(), asked.cpu)
    print(json.dumps(uvloop.run(loaded(asked))))


if __name__ == "__main__":
    main()
