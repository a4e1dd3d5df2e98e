"""An announcement for a hundred thousand: how long it takes to publish, until the last of them is
told, and how long others wait for the writer meanwhile; what the list of ten thousand costs; and
whether five thousand who acknowledge at once are all counted.

Meanwhile one speaks in a channel, fifty times a second; `say_longest` is the longest that one ack
took from the moment the announcement was sent until all were told.
"""

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from typing import NamedTuple

import asyncpg
import httpx2
import uvloop

from tests.bench.community import Community
from tests.bench.crowds import greetings
from tests.bench.many_announcements import MEMBERS, WHOLE, Kept, written
from tests.bench.one_by_one import one_by_one
from tests.bench.reporting import Result
from tests.bench.setups import SETUPS, Filled
from tests.bench.sockets import connect, signed_in
from tests.bench.talking import Sender

Ask = Callable[[str], Awaitable[int]]  # a number of the database

EVERY = 0.02  # seconds between two messages
BEFORE = 2.0  # seconds of talk before it is published
PATIENCE = 90.0
AT_ONCE = 200  # acknowledgements under way
LOOKS = 0.02  # seconds between two looks whether all are told
ALL_TOLD = "SELECT count(*) FROM announcement_tellings"
COUNTED = "SELECT count(*) FROM {} WHERE {}"


class Seen(NamedTuple):
    announcement: int
    published: float  # milliseconds that who published it waited
    told: float  # milliseconds after that until the last was told
    longest: float  # milliseconds that an ack took meanwhile
    usual: float  # and in the middle


def announce() -> Iterator[Result]:
    for setup, place in SETUPS.items():
        how = f"{setup}, {MEMBERS:,} members, {WHOLE:,} announcements"
        with place(written) as there, _worker(there):
            yield from one_by_one(there, there.written.official, "announce", _lists, how)
            yield from one_by_one(there, there.written.members[0], "announce", _lists,
                                  f"{how}, a member")  # fmt: skip
            seen = uvloop.run(_published(there))
            yield Result("announce_published", seen.published, "ms", how)
            yield Result("announce_last_told", seen.told, "ms", how)
            beside = {"p50": seen.usual}
            yield Result("announce_say_longest", seen.longest, "ms", how, beside)
            took, refused = uvloop.run(_acknowledged(there, seen.announcement))
            many = len(there.written.members)
            yield Result("announce_acknowledged", many / took, "acknowledgements/s", how,
                         {"asked_to_come_back": refused})  # fmt: skip


def _lists(_client: httpx2.Client) -> dict[str, str]:
    return {
        "list": "/announcements",
        "list_lens": "/announcements?region=32.05&cluster=food",
        "list_theme": "/announcements?region=32&theme=training",
        "list_far": f"/announcements?before={WHOLE // 2}",
    }


@contextmanager
def _worker(there: Filled[Kept]) -> Iterator[None]:
    """Embedded, the web process does its work."""
    if there.written.url.startswith("sqlite"):
        yield
        return
    env = {**os.environ, **there.settings, "AKAR_LOG_LEVEL": "error",
           "AKAR_PUBLIC_URL": there.origin}  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "web.cli", "worker"], env=env)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


async def _published(there: Filled[Kept]) -> Seen:
    kept, port = there.written, int(there.origin.rsplit(":", 1)[1])
    quay = Community(port, there.pids[0], [kept.speaker], kept.epoch)
    headers = signed_in(quay.origin, quay.tokens)
    [socket] = await connect(port, headers, greetings(quay), b"caught_up")
    sender = Sender(socket, quay.channel)
    talk = asyncio.create_task(_talk(sender))
    async with (
        asyncio.timeout(PATIENCE), _client(there, kept.official) as client, _asking(kept.url) as ask
    ):  # fmt: skip
        await asyncio.sleep(BEFORE)
        first, began = len(sender.waits), time.monotonic()
        path = f"/announcements/drafts/{there.written.manuscript}/handing-in"
        answer = await client.post(path, data={"version": "1"})
        assert answer.status_code == 303, (answer.status_code, answer.text)
        published = time.monotonic()
        while await ask(ALL_TOLD):
            await asyncio.sleep(LOOKS)
        told = time.monotonic()
        talk.cancel()
        await sender.all_acked()
        number = int(answer.headers["location"].rsplit("/", 1)[1])
        link = f"link = '/announcements/{number}'"
        assert await ask(COUNTED.format("notices", link)) == there.written.told
    meanwhile = sorted(sender.waits[first:])
    return Seen(number, (published - began) * 1000, (told - published) * 1000, meanwhile[-1],
                meanwhile[len(meanwhile) // 2])  # fmt: skip


async def _talk(sender: Sender) -> None:
    began, said = time.monotonic(), 0
    while True:
        sender.send()
        said += 1
        await asyncio.sleep(max(0, began + said * EVERY - time.monotonic()))


async def _acknowledged(there: Filled[Kept], announcement: int) -> tuple[float, int]:
    """Seconds that all of them took, and how often one was asked to try again."""
    path, room = f"/announcements/{announcement}/acknowledgement", asyncio.Semaphore(AT_ONCE)
    refused = 0

    async def one(client: httpx2.AsyncClient, token: str) -> None:
        nonlocal refused
        cookie = {"cookie": f"sid={token}"}
        async with room:
            answer = await client.post(path, data={"next": "/"}, headers=cookie)
            while answer.status_code == 503:
                refused += 1
                answer = await client.post(path, data={"next": "/"}, headers=cookie)
        assert answer.status_code == 303, (answer.status_code, answer.text)

    async with (
        asyncio.timeout(PATIENCE), _client(there) as client, _asking(there.written.url) as ask
    ):  # fmt: skip
        began = time.monotonic()
        await asyncio.gather(*(one(client, token) for token in there.written.members))
        took = time.monotonic() - began
        whose = f"announcement_id = {announcement} AND acknowledged_at IS NOT NULL"
        counted = await ask(COUNTED.format("announcement_receipts", whose))
    assert counted == len(there.written.members), counted
    return took, refused


def _client(there: Filled[Kept], token: str = "") -> httpx2.AsyncClient:
    headers = {"origin": there.origin} | ({"cookie": f"sid={token}"} if token else {})
    return httpx2.AsyncClient(base_url=there.origin, headers=headers, trust_env=False,
                              timeout=PATIENCE)  # fmt: skip


@asynccontextmanager
async def _asking(url: str) -> AsyncIterator[Ask]:
    """By a connection of our own, beside those that are measured."""
    if url.startswith("sqlite:///"):
        with closing(
            sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True)
        ) as file:

            async def of_file(question: str) -> int:
                return int(file.execute(question).fetchone()[0])

            yield of_file
        return
    door = await asyncpg.connect(url.replace("+asyncpg", ""))

    async def of_server(question: str) -> int:
        return int(await door.fetchval(question))

    yield of_server
    await door.close()
