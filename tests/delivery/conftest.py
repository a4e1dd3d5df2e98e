from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any, Protocol

import pytest
from websockets.frames import Close, Frame, Opcode

from community.bus import Event, MemoryBus
from community.database import Database
from community.opening import open_bus, open_database
from community.settings import Settings
from tests.conftest import Town, running
from tests.patience import TOLD
from tests.servers import free_port
from web.keeping import Rhythm
from web.wire import Wire

GOODBYE = Frame(Opcode.CLOSE, Close(1000, "").serialize()).serialize(mask=True)
BRISK = Rhythm(check=0.3, retry=0.1, grace=0.05, tick=20, gather=0.005, stampede=1)

UNHURRIED: dict[str, Any] = {
    "sends_per_second": 10_000,
    "sends_burst": 10_000,
    "sends_per_minute": 10_000,
}


class Opening(Protocol):
    def __call__(
        self, rhythm: Rhythm = TOLD, **chosen: Any
    ) -> AbstractAsyncContextManager[Town]: ...


@pytest.fixture
def opening(settings: Settings) -> Opening:
    """A process on the test's database, as often as it is called; settings may differ."""

    @asynccontextmanager
    async def opened(rhythm: Rhythm = TOLD, **chosen: Any) -> AsyncIterator[Town]:
        own = replace(settings, port=(port := free_port()), public_url=f"http://localhost:{port}")
        own = replace(own, **chosen)
        db = open_database(own.database_url, open_bus(own.bus_url))
        async with running(db, own, rhythm) as town:
            yield town

    return opened


def wire_in(town: Town) -> Wire:
    """Of the only tab."""
    connections = town.serving.server_state.connections
    (wire,) = (one for one in connections if isinstance(one, Wire))
    return wire


class Deaf(MemoryBus):
    """A bus on which nothing is heard: what the other process said got lost."""

    def __init__(self) -> None:
        super().__init__()
        self.unheard: list[Event] = []

    def publish(self, event: Event) -> None:
        self.unheard.append(event)


@contextmanager
def unheard(db: Database) -> Any:
    """What is committed inside is not announced; answers what would have been."""
    bus, db.bus = db.bus, Deaf()
    try:
        yield db.bus.unheard
    finally:
        db.bus = bus
