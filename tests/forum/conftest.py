"""What the tests of corrections and of official responses begin with."""

from datetime import UTC, datetime

import pytest

from community import clock
from community.clock import now
from community.database import Database
from forum.announcements.acknowledging import acknowledge
from tests.cast import BO, DEE, DEE_FOR_OFFICE
from tests.forum.announcing import HARBOUR, publish
from tests.forum.asking import At
from tests.forum.correcting import ASKING
from tests.moderation.reporting import as_


@pytest.fixture
async def asked(db: Database) -> int:
    """An announcement that Bo and Gus are told of, and Bo has acknowledged."""
    at = await db.look(now)
    draft = HARBOUR._replace(acknowledge_by=at + ASKING)
    id = (await as_(db, DEE, publish, DEE_FOR_OFFICE, draft, key="k1")).id
    await as_(db, BO, acknowledge, id)
    return id


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Sets the clock to a moment."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "ahead", moment - datetime.now(UTC))

    return set_to
