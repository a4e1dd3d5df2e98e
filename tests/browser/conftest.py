from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from community.database import Database
from community.settings import Settings
from tests.conftest import Town, running
from tests.proxy import Network, network


@pytest.fixture
async def wire(settings: Settings) -> AsyncIterator[Network]:
    """Between the windows of `far_town` and its server."""
    async with network(settings.port) as between:
        yield between


@pytest.fixture
def far_settings(settings: Settings, wire: Network) -> Settings:
    return replace(settings, public_url=wire.origin)


@pytest.fixture
async def far_town(db: Database, far_settings: Settings) -> AsyncIterator[Town]:
    """A town whose windows reach it over a wire that can be cut."""
    async with running(db, far_settings) as town:
        yield town
