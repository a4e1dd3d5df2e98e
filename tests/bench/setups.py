"""Both set-ups, each with a database that somebody has filled and one web process before it."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from tests import servers
from tests.bench.community import origin_at, serving

T = TypeVar("T")
Write = Callable[[str], Awaitable[T]]  # into the empty database with this address


class Filled(NamedTuple, Generic[T]):
    origin: str
    pids: tuple[int, ...]  # of all that works for it
    written: T  # what was answered by who has filled it
    settings: Mapping[str, str] = MappingProxyType({})  # besides those it has by itself


@contextmanager
def on_sqlite(write: Write[T]) -> Iterator[Filled[T]]:
    with tempfile.TemporaryDirectory() as folder:
        written = asyncio.run(_done(write, f"sqlite:///{folder}/akar.db"))
        with serving(folder) as (port, pid):
            yield Filled(origin_at(port), (pid,), written)


@contextmanager
def on_postgres(write: Write[T]) -> Iterator[Filled[T]]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        server = stack.enter_context(servers.postgres(durable=True))
        redis = stack.enter_context(servers.valkey())
        url = asyncio.run(server.create("large"))
        written = asyncio.run(_done(write, url))
        places = {"AKAR_DATABASE_URL": url, "AKAR_BUS_URL": redis.url}
        port, pid = stack.enter_context(serving(folder, **places))
        yield Filled(origin_at(port), (pid, server.pid), written, places)


async def _done(write: Write[T], url: str) -> T:
    return await write(url)


SETUPS = {"SQLite": on_sqlite, "PostgreSQL + Redis": on_postgres}
