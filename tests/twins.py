"""Two processes of the real program on one PostgreSQL and one Redis, to be ill-treated."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from community.database import Database
from community.settings import Settings
from tests import servers
from tests.browsing import Browser, sign_in_as
from tests.conftest import furnish
from tests.history import History, rows_of
from tests.invariants import faults
from tests.processes import Process

PATIENT: dict[str, Any] = {
    "sends_per_second": 1_000,
    "sends_burst": 1_000,
    "sends_per_minute": 1_000_000,
    "frames_per_second": 1_000,
    "frames_burst": 1_000,
}


class Twins:
    """Two processes on one PostgreSQL and one Redis, and the database beside them."""

    def __init__(self, settings: Settings) -> None:
        ports = [servers.free_port() for _ in range(2)]
        self.settings = settings
        self.processes = [
            Process(replace(settings, port=port, public_url=f"http://localhost:{port}"))
            for port in ports
        ]

    async def doors(self, db: Database, member: int) -> list[Browser]:
        """The member's browser, at each of the two."""
        return [await sign_in_as(db, process.address, member) for process in self.processes]


@asynccontextmanager
async def twins(
    database_url: str, bus_url: str, folder: Path, **chosen: Any
) -> AsyncIterator[Twins]:
    settings = Settings(
        database_url=database_url, bus_url=bus_url, data_dir=str(folder), **PATIENT, **chosen
    )
    both = Twins(settings)
    one, other = both.processes
    one.start()
    async with other, one:
        yield both


def furnished(server: servers.Postgres, name: str = "harbour") -> str:
    url = asyncio.run(server.create(name))
    asyncio.run(furnish(url))
    return url


async def judge(history: History, db: Database, browsers: dict[str, Browser]) -> None:
    """`browsers`: who opens the fresh page of each address."""
    pages = {address: await browser.shown(address) for address, browser in browsers.items()}
    found = faults(history, await db.look(rows_of), pages)
    assert not found, "\n".join(found)
