import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest
import uvloop
from playwright.async_api import Browser as Chromium
from starlette.applications import Starlette

from community.bus import MemoryBus
from community.database import Database
from community.migrating import on_connection
from community.opening import open_bus, open_database
from community.settings import Settings
from tests import servers
from tests.browsing import Browser, close_browsers, signed_in
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS, move_in
from tests.chromium import chromium
from tests.dealing import dealt
from tests.letterbox import LetterBox, letterbox
from tests.patience import TOLD, be_patient
from web.app import create_app
from web.drain import drain
from web.hub import Hub
from web.keeping import Rhythm
from web.migrations import migrate
from web.post import Postman, carrier_for
from web.serving import collect_seldom
from web.wire import Server, listening, server

_epochs = count()
PLENTY = 1_000_000
PATIENCE = 30.0  # seconds until a server that does not let go is a failure

be_patient()


@pytest.hookimpl(trylast=True)  # of what is left when others have chosen
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What takes longest first."""
    slow, rest = list[pytest.Item](), list[pytest.Item]()
    for item in items:
        (slow if item.get_closest_marker("slow") else rest).append(item)
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = dealt(slow, rest, processes)


def pytest_collection_finish() -> None:
    """As a served process does: through all the tests in memory each look for rubbish is long."""
    collect_seldom()


@pytest.fixture(scope="session", autouse=True)
async def nothing_open_at_the_end() -> AsyncIterator[None]:
    """The last test may have closed what is gone only a moment later. What stays was forgotten by
    some test: here it is named, for the loop, which cannot be closed then, names nothing."""
    yield
    try:
        async with asyncio.timeout(PATIENCE):
            while still_open():
                await asyncio.sleep(0.05)
    except TimeoutError:
        left = still_open()
        names = [f"{one} to {one.get_extra_info('peername')}, {one.get_protocol()}" for one in left]
        for one in left:
            one.abort()
        pytest.fail("\n".join(["never closed:", *names]))


def still_open() -> list[Any]:
    """The connections of this process, which uvloop keeps for itself."""
    transports = [one for one in gc.get_objects() if type(one).__name__ == "TCPTransport"]
    return [one for one in transports if "closed=False" in repr(one)]


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """A server with one furnished database to copy."""
    with servers.postgres() as running:
        asyncio.run(running.create("town"))
        asyncio.run(furnish(running.url("town")))
        yield running


@pytest.fixture(scope="session")
def valkey() -> Iterator[servers.Valkey]:
    with servers.valkey() as running:
        yield running


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The same as an SQLite file, to copy."""
    path = tmp_path_factory.mktemp("furnished") / "town.db"
    asyncio.run(furnish(f"sqlite:///{path}"))
    return path.read_bytes()


@pytest.fixture(
    params=["embedded", pytest.param("scaled out", marks=pytest.mark.scaled_out)],
)
def setup(request: pytest.FixtureRequest) -> str:
    """Every test that touches rows or the bus runs in both set-ups."""
    name: str = request.param
    return name


@pytest.fixture
def settings(setup: str, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Of a furnished community of this test's own. Limits are as they come."""
    port = servers.free_port()
    if setup == "embedded":
        (tmp_path / "akar.db").write_bytes(request.getfixturevalue("furnished"))
        return Settings(port=port, data_dir=str(tmp_path))
    postgres: servers.Postgres = request.getfixturevalue("postgres")
    return Settings(
        port=port,
        data_dir=str(tmp_path),
        database_url=asyncio.run(_copied(postgres, "town")),
        bus_url=request.getfixturevalue("valkey").url,
    )


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    async with opened(settings) as db:
        yield db


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """As another process would open it: with a line of its own to the bus."""
    db = open_database(settings.database_url, open_bus(settings.bus_url))
    yield db
    await db.close()
    await db.bus.close()


@pytest.fixture
async def elsewhere(settings: Settings) -> AsyncIterator[Database]:
    """Of another process: what is done there we hear of by the bus, or not at all."""
    async with opened(settings) as db:
        yield db


@pytest.fixture(scope="session")
async def chrome() -> AsyncIterator[Chromium]:
    """One Chromium for all tests of this process: a start takes seconds. Windows share nothing."""
    async with chromium() as chrome:
        yield chrome


@dataclass
class Town:
    """The running app, and the members' browsers."""

    db: Database
    settings: Settings
    akar: Starlette
    serving: Server
    ada: Browser
    bo: Browser
    cy: Browser
    dee: Browser
    eva: Browser
    fay: Browser
    gus: Browser
    visitor: Browser

    @property
    def hub(self) -> Hub:
        hub: Hub = self.akar.state.hub
        return hub

    @property
    def origin(self) -> str:
        return self.settings.public_url


@pytest.fixture
async def town(db: Database, settings: Settings) -> AsyncIterator[Town]:
    async with running(db, settings) as town:
        yield town


@pytest.fixture
async def generous(db: Database, settings: Settings) -> AsyncIterator[Town]:
    """A town for those who ask for a great many things. Only they write there: the worker rests."""
    patient = replace(
        settings,
        frames_per_second=PLENTY,
        frames_burst=PLENTY,
        sends_per_second=PLENTY,
        sends_burst=PLENTY,
        sends_per_minute=PLENTY,
    )
    async with running(db, patient, TOLD._replace(chores=PLENTY, mail=PLENTY)) as town:
        yield town


class Posted(NamedTuple):
    town: Town
    box: LetterBox


@pytest.fixture
async def posted(db: Database, settings: Settings) -> AsyncIterator[Posted]:
    """A town with a mail server; where no worker runs inside the app, one beside it."""
    async with letterbox() as box:
        settings = replace(settings, smtp_url=box.url)
        async with running(db, settings, TOLD._replace(mail=0.02)) as town:
            if settings.embedded:
                yield Posted(town, box)
                return
            carrying = Postman(db, settings, carrier_for(settings), 0.02).work()
            beside = asyncio.create_task(carrying)
            yield Posted(town, box)
            beside.cancel()
            await asyncio.wait([beside])


@asynccontextmanager
async def running(
    db: Database, settings: Settings, rhythm: Rhythm = TOLD, *, reached_at: str = ""
) -> AsyncIterator[Town]:
    """For tests whose settings differ from the fixture's; `reached_at` when not by its own name."""
    akar = create_app(db, settings, rhythm)
    async with served(akar, settings) as serving:
        origin = reached_at or settings.public_url
        browsers = await signed_in(db, origin, (ADA, BO, CY, DEE, EVA, FAY, GUS))
        browsers.append(Browser(origin))
        try:
            yield Town(db, settings, akar, serving, *browsers)
        finally:
            await close_browsers(origin)


@asynccontextmanager
async def served(akar: Starlette, settings: Settings) -> AsyncIterator[Server]:
    """Until it is told to exit, or this ends."""
    serving = server(
        akar,
        lambda: drain(akar, settings.drain_seconds),
        trusted_proxies=settings.trusted_proxies,
    )
    task = asyncio.create_task(serving.serve([listening(settings.host, settings.port)]))
    while not serving.started:
        await asyncio.sleep(0.005)
    try:
        yield serving
    finally:
        if task.done() or serving.should_exit:
            await task
        else:
            task.cancel()
            await asyncio.wait([task])
            await _exit(serving)


async def _exit(serving: Server) -> None:
    """As uvicorn does, but without its rests of a tenth of a second: a thousand tests exit."""
    for door in serving.servers:
        door.close()
    for connection in list(serving.server_state.connections):
        connection.shutdown()
    async with asyncio.timeout(PATIENCE):
        while serving.server_state.connections or serving.server_state.tasks:
            await asyncio.sleep(0.002)
    for door in serving.servers:
        await door.wait_closed()
    await serving.lifespan.shutdown()


async def _copied(postgres: servers.Postgres, template: str) -> str:
    """In place of the last test's. The copies share a bus and must not hear each other, hence an
    epoch of their own, as after a restore."""
    url = await postgres.create("copy", template)
    host = url.rsplit("host=", 1)[1]
    connection = await asyncpg.connect(user="app", database="copy", host=host)
    await connection.execute("UPDATE site SET epoch = $1", f"copy{next(_epochs)}")
    await connection.close()
    return url


async def furnish(url: str) -> None:
    await on_connection(url, migrate)
    db = open_database(url, MemoryBus())
    await db.act(move_in)
    await db.close()


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}
