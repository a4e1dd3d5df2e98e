from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from community.database import Database
from community.settings import Settings
from tests.conftest import Town, running

PLENTY = 1_000_000


@pytest.fixture
async def generous(db: Database, settings: Settings) -> AsyncIterator[Town]:
    """A town for those who ask for a great many things."""
    patient = replace(
        settings,
        frames_per_second=PLENTY,
        frames_burst=PLENTY,
        sends_per_second=PLENTY,
        sends_burst=PLENTY,
    )
    async with running(db, patient) as town:
        yield town
