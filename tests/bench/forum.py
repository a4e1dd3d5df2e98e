"""A large forum: what its pages cost, and whether they cost more than those of a small one.

Asked one after another over one connection, signed in as a member who follows some hundred topics;
the time is that of the answer as the client has it, so the server's is a little less.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import NamedTuple

import httpx2
from sqlalchemy import text

from community.bus import MemoryBus
from community.database import Transaction
from community.members.actions import sign_in
from community.migrating import on_connection
from community.opening import open_database
from tests.bench.large import SEED, Size, Writer
from tests.bench.reporting import Result, percentile
from tests.bench.setups import SETUPS
from tests.cast import move_in
from web.cli import progress
from web.migrations import migrate
from web.reindexing import reindexed

PATIENCE = 60.0  # seconds: what is slow is measured, too
ASKED = 300  # times each page is asked for
SMALLER = 100  # times: how much smaller the forum is that it is compared with
WHOLE = Size()
SEARCHED = ("kirim", "pesanan kulit", "bordir", "SNI-7763", "CI", "tkd", "dodol berjamur", "siti")


class Forum(NamedTuple):
    size: Size
    origin: str
    token: str
    first_topic: int


def large_forum() -> Iterator[Result]:
    """Both set-ups, a small one and the whole."""
    for setup, place in SETUPS.items():
        for size in (WHOLE.smaller(SMALLER), WHOLE):
            with place(partial(_written, size=size)) as there:
                first, token = there.written
                yield from _measured(Forum(size, there.origin, token, first), setup)


def _measured(forum: Forum, setup: str) -> Iterator[Result]:
    chance, last = Random(SEED), forum.first_topic + forum.size.topics - 1
    with httpx2.Client(
        base_url=forum.origin, trust_env=False, verify=False, timeout=PATIENCE
    ) as client:
        client.cookies.set("sid", forum.token)

        def topic() -> httpx2.Response:
            return client.get(f"/topics/{chance.randint(forum.first_topic, last)}")

        def reply() -> httpx2.Response:
            n = chance.randint(forum.first_topic, last)
            words = {
                "place": f"topic:{n}",
                "body": "Kami catat.",
                "key": str(chance.getrandbits(64)),
            }
            return client.post(f"/topics/{n}/posts", data=words, headers={"origin": forum.origin})

        def search() -> httpx2.Response:
            return client.get("/search", params={"q": chance.choice(SEARCHED)})

        pages: dict[str, Callable[[], httpx2.Response]] = {
            "topic_page": topic,
            "list_page": lambda: client.get("/topics"),
            "unread_count": lambda: client.get("/"),
            "search": search,
            "reply": reply,
        }
        for name, ask in pages.items():
            times = [_seconds(ask) for _ in range(ASKED)]
            how = f"{setup}, {forum.size.topics:,} topics, {forum.size.posts:,} posts, one by one"
            yield Result(f"large_{name}_p50", percentile(times, 50) * 1000, "ms", how)
            yield Result(f"large_{name}_p99", percentile(times, 99) * 1000, "ms", how)


def _seconds(ask: Callable[[], httpx2.Response]) -> float:
    began = time.perf_counter()
    answer = ask()
    took = time.perf_counter() - began
    assert answer.status_code in {200, 303}, (answer.request.url, answer.status_code, answer.text)
    return took


async def _written(url: str, size: Size) -> tuple[int, str]:
    """The first topic, and a sign-in of the first member."""
    await on_connection(url, migrate)
    db = open_database(url, MemoryBus())
    await db.act(move_in)
    writer = Writer(db, size)
    await writer.write()
    await db.act(_analysed)
    token = await db.act(sign_in, writer.first_member)
    await db.close()  # SQLite is reindexed while nobody else has it
    with progress(f"{'index':>10}") as told:
        await on_connection(url, lambda connection: reindexed(connection, told))
    return writer.first_topic, token


def _analysed(tx: Transaction) -> None:
    """As PostgreSQL does by itself after a while, and `PRAGMA optimize` on SQLite."""
    tx.execute(text("ANALYZE"))
