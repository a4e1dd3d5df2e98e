"""Topics under load: replies a second, and how soon those who have it open see one."""

import asyncio
import time
from collections.abc import Iterator
from itertools import cycle, islice
from urllib.parse import urlencode
from uuid import uuid4

import uvloop

from tests.bench.asking import PATIENCE, Asking, rate, request
from tests.bench.community import POSTS as POSTS_THERE
from tests.bench.community import Community, served
from tests.bench.crowds import greetings
from tests.bench.reporting import Result, percentile
from tests.bench.sockets import Timing, connect, signed_in, stamped
from tests.bench.usage import usage_of

WRITERS = 8
SECONDS = 5
READERS = 1_000
POSTS, EVERY = 100, 0.1  # seconds between two of them, at least
WARMING = 10  # posts that are not counted


def replies() -> Iterator[Result]:
    """By form, each with its answer before the next."""
    with served() as community:
        tokens = cycle(community.tokens[:WRITERS])
        before, began = usage_of([community.pid]), time.monotonic()
        found = rate(
            community.port, lambda: _reply(community, next(tokens)), connections=WRITERS,
            seconds=SECONDS, status=303,
        )  # fmt: skip
        spent, took = usage_of([community.pid]) - before, time.monotonic() - began
    setup = f"{WRITERS} writers in one topic, SQLite FULL"
    yield Result("replies", found, "replies/s", setup)
    yield Result("reply_processor_time", spent.ours * 1000 / (found * took), "ms", setup)


def readers() -> Iterator[Result]:
    """From the form being sent to the post being there, for everybody who has the topic open."""
    with served() as community:
        waits = uvloop.run(_read_along(community))
    setup = f"{READERS} readers of one topic, one post after another, SQLite FULL"
    yield Result("post_to_readers_p50", percentile(waits, 50), "ms", setup)
    yield Result("post_to_readers_p99", percentile(waits, 99), "ms", setup)


async def _read_along(community: Community) -> list[float]:
    """The next post is written when everybody has the last, and not sooner than EVERY."""
    tokens = list(islice(cycle(community.tokens), READERS))
    watched = greetings(community, f"topic:{community.topic}", POSTS_THERE)
    headers = signed_in(community.origin, tokens)
    async with asyncio.timeout(PATIENCE):
        came = Timing(await connect(community.port, headers, watched, b"caught_up"))
    for n in range(WARMING + POSTS):
        sent = time.monotonic()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(_post(community), came.reach((n + 1) * READERS))
        await asyncio.sleep(max(0, sent + EVERY - time.monotonic()))
    return came.ages[READERS * WARMING :]


async def _post(community: Community) -> None:
    ask = _reply(community, community.tokens[0], stamped())
    _, asking = await asyncio.get_running_loop().create_connection(
        lambda: Asking(lambda: ask, 303, 0), "127.0.0.1", community.port
    )
    await asking.done


def _reply(community: Community, token: str, stamp: str = "") -> bytes:
    """A stamp looks like somebody who is named, of whom there is none."""
    form = {
        "place": f"topic:{community.topic}",
        "body": f"Benang tiba, dibagi ke enam bengkel. {stamp}".strip(),
        "key": uuid4().hex,
    }
    path, body = f"/topics/{community.topic}/posts", urlencode(form).encode()
    return request(
        community.port, "POST", path, body, cookie=f"sid={token}", origin=community.origin
    )
