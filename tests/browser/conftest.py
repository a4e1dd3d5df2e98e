from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from community.database import Database
from community.settings import Settings
from tests.conftest import Town, running
from tests.proxy import Line, line_to


@pytest.fixture
async def wire(settings: Settings) -> AsyncIterator[Line]:
    """Between the windows of `far_town` and its server."""
    async with line_to(settings.port) as between:
        yield between


@pytest.fixture
def far_settings(settings: Settings, wire: Line) -> Settings:
    return replace(settings, public_url=wire.url)


@pytest.fixture
async def far_town(db: Database, far_settings: Settings) -> AsyncIterator[Town]:
    """A town whose windows reach it over a wire that can be cut."""
    async with running(db, far_settings) as town:
        yield town
