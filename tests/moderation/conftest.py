from datetime import timedelta

import pytest

from community import clock
from tests.moderation.reporting import Ahead


@pytest.fixture(autouse=True)
def time_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test of deadlines adds to the clock ends with it."""
    monkeypatch.setattr(clock, "ahead", clock.ahead)


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    """Sets by how much the clock is."""
    return lambda **span: monkeypatch.setattr(clock, "ahead", timedelta(**span))
