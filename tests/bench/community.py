"""A served community to measure: a furnished database, one web process, sign-ins to use it with.

Limits are settings; what is raised here is printed with every number. Nothing else is turned off:
storage, fsync, rendering, notices and checks are those of every day.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from channels.models import Membership
from community.bus import MemoryBus
from community.database import Database, Transaction
from community.members.actions import join, sign_in
from community.members.models import Member
from community.migrating import on_connection
from community.opening import open_database
from community.site import found
from forum.topics.actions import reply
from tests import servers
from tests.cast import BO, MOORING, QUAY, move_in, open_channel
from tests.servers import free_port
from web.migrations import migrate

RAISED = {
    "AKAR_SOCKETS_PER_MEMBER": "2000",
    "AKAR_SENDS_PER_SECOND": "100000",
    "AKAR_SENDS_BURST": "100000",
    "AKAR_SENDS_PER_MINUTE": "6000000",
    "AKAR_FRAMES_PER_SECOND": "100000",
    "AKAR_FRAMES_BURST": "100000",
}
SERVER_CORE, LOAD_CORE = 0, 1
WORDS = "Benang katun empat puluh tiba hari Selasa dan langsung dibagi ke enam bengkel di Garut. "
POSTS, CHARACTERS = 20, 600
CHANNELS = range(101, 151)  # beside the quay, for those who talk in many
PATIENCE = 90.0  # seconds until a server that does not come up is a failure


@dataclass(frozen=True)
class Community:
    port: int
    pid: int
    tokens: list[str]  # of as many members
    epoch: str

    @property
    def origin(self) -> str:
        return origin_at(self.port)

    @property
    def channel(self) -> int:
        return QUAY

    @property
    def topic(self) -> int:
        return MOORING


@contextmanager
def served(members: int = 64) -> Iterator[Community]:
    """SQLite and the bus in process, on one core; ended when the block is left."""
    with tempfile.TemporaryDirectory() as folder:
        tokens, epoch = asyncio.run(_furnish(f"sqlite:///{folder}/akar.db", members))
        with serving(folder) as (port, pid):
            yield Community(port, pid, tokens, epoch)


@contextmanager
def scaled_out(processes: int = 1, members: int = 64) -> Iterator[list[Community]]:
    """A PostgreSQL that writes to the disk, and Redis; the web processes share the core."""
    with ExitStack() as stack:
        server = stack.enter_context(servers.postgres(durable=True))
        redis = stack.enter_context(servers.valkey())
        url = asyncio.run(server.create("bench"))
        tokens, epoch = asyncio.run(_furnish(url, members))
        places = {"AKAR_DATABASE_URL": url, "AKAR_BUS_URL": redis.url}
        folders = [stack.enter_context(tempfile.TemporaryDirectory()) for _ in range(processes)]
        served = [stack.enter_context(serving(folder, **places)) for folder in folders]
        yield [Community(port, pid, tokens, epoch) for port, pid in served]


@contextmanager
def serving(folder: str, **chosen: str) -> Iterator[tuple[int, int]]:
    """The port and the number of one web process, with these settings beside the raised ones."""
    port = free_port()
    env = {**os.environ, **RAISED, "AKAR_DATA_DIR": folder, "AKAR_PORT": str(port), **chosen}
    env |= {"AKAR_LOG_LEVEL": "error", "AKAR_PUBLIC_URL": origin_at(port)}
    env.pop("AKAR_FANOUT", None)  # ours, not the server's
    with (Path(folder) / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "web.cli", "serve"], env=env, stdout=log)
    try:
        pin(process.pid, SERVER_CORE)
        _until_ready(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def origin_at(port: int) -> str:
    """By address: a generator of sockets names in Host what it connects to."""
    return f"http://127.0.0.1:{port}"


def pin(pid: int, core: int) -> None:
    """Keeps server and generator apart where there are two cores."""
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {core})


def _until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    probe = f"http://127.0.0.1:{port}/readyz"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until(process, lambda: opener.open(probe, timeout=1).close())


def until(process: "subprocess.Popen[bytes]", answers: Callable[[], object]) -> None:
    """Asks again until it does; a process that ended or takes too long is a failure."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            answers()
        except OSError:
            if process.poll() is not None:
                raise ChildProcessError("the server did not start") from None
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("the server does not answer")


async def _furnish(url: str, members: int) -> tuple[list[str], str]:
    await on_connection(url, migrate)
    db = open_database(url, MemoryBus())
    await db.act(move_in)
    await db.act(_write_posts)
    await db.act(_open_channels)
    tokens, epoch = await _join(db, members), await db.act(found)
    await db.close()
    return tokens, epoch


async def _join(db: Database, members: int) -> list[str]:
    def one(tx: Transaction, n: int) -> str:
        member = join(tx, name=f"Warga {n}", email=f"warga{n}@harbour.test", password_hash="-")
        rooms = (QUAY, *CHANNELS)
        tx.add_all(Membership(channel_id=room, member_id=member.id) for room in rooms)
        return sign_in(tx, member.id)

    return [await db.act(one, n) for n in range(members)]


def _open_channels(tx: Transaction) -> None:
    for id in CHANNELS:
        open_channel(tx, id)


def _write_posts(tx: Transaction) -> None:
    bo = tx.get_one(Member, BO)
    text = (WORDS * (CHARACTERS // len(WORDS) + 1))[:CHARACTERS]
    for n in range(POSTS):
        reply(tx, bo, MOORING, text, key=f"bench-{n}")
