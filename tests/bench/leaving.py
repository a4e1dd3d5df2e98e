"""F25 at full size: a process that ten thousand are connected to is asked to leave."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench.community import Community, served
from tests.bench.crowds import IDLE, greetings
from tests.bench.reporting import Result
from tests.bench.sockets import Socket, connect, signed_in
from web.serving import take_all_files_we_may

DRAIN, RESTARTING = b'"verb":"drain"', b"\x03\xf4"  # told before; the code 1012 of a close frame
LONGEST = 60.0  # seconds after which we give up


class Left(NamedTuple):
    at: float
    told: bool


def leave() -> Iterator[Result]:
    """How long it takes, and how evenly those who are sent away come to somebody else."""
    take_all_files_we_may()
    with served() as community:
        left, gone = asyncio.run(_sent_away(community))
    assert len(left) == IDLE and all(one.told for one in left), "somebody was not told"
    first = min(one.at for one in left)
    seconds = Counter(int(one.at - first) for one in left)
    setup = f"SIGTERM with {IDLE:,} watchers, SQLite FULL"
    yield Result("leave", gone, "s", setup)
    mean = len(left) / (max(seconds) + 1)
    yield Result("leave_peak", max(seconds.values()) / mean, "times the mean of a second", setup)


async def _sent_away(community: Community) -> tuple[list[Left], float]:
    """When each was, and in how many seconds the process was gone."""
    tokens = [community.tokens[n % len(community.tokens)] for n in range(IDLE)]
    greeting = greetings(community)
    headers = signed_in(community.origin, tokens)
    sockets = await connect(community.port, headers, greeting, b"caught_up")
    leaving = [_leaves(socket) for socket in sockets]
    began = time.monotonic()
    os.kill(community.pid, signal.SIGTERM)
    async with asyncio.timeout(LONGEST):
        left = await asyncio.gather(*leaving)
        while _runs(community.pid):
            await asyncio.sleep(0.05)
    return left, time.monotonic() - began


def _leaves(socket: Socket) -> asyncio.Future[Left]:
    """Done when it was sent away, which it answers as a browser does."""
    left: asyncio.Future[Left] = asyncio.get_running_loop().create_future()
    told = False

    def hear(data: bytes) -> None:
        nonlocal told
        told = told or DRAIN in data
        if RESTARTING in data and not left.done():
            left.set_result(Left(time.monotonic(), told))
            socket.transport.close()

    socket.on_data = hear
    return left


def _runs(pid: int) -> bool:
    """One that has ended and was not asked how has no memory any more."""
    return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
