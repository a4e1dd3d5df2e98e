"""How much a member may say (S7), with a clock of the test's own."""

import pytest

from tests.cast import BO, CABIN, CY, QUAY
from web.limits import Sends


def test_what_was_said_counts_for_a_minute_in_its_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    at = 1_000.0
    monkeypatch.setattr("time.monotonic", lambda: at)
    sends = Sends(rate=100, burst=100, per_minute=2)
    assert [sends.take(BO, QUAY) for _ in range(3)] == [0, 0, 60]
    assert sends.take(CY, QUAY) == sends.take(BO, CABIN) == 0
    at += 59
    assert sends.take(BO, QUAY) == 1
    at += 1
    assert [sends.take(BO, QUAY) for _ in range(3)] == [0, 0, 60]


def test_the_pace_holds_over_all_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 1_000.0)
    sends = Sends(rate=5, burst=3, per_minute=60)
    assert [sends.take(BO, channel) for channel in (QUAY, CABIN, QUAY, CABIN)] == [0, 0, 0, 0.2]
    assert sends.take(CY, QUAY) == 0
