import pytest

from community import clock


@pytest.fixture(autouse=True)
def time_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test of deadlines adds to the clock ends with it."""
    monkeypatch.setattr(clock, "ahead", clock.ahead)
