from datetime import UTC, datetime

import pytest

from community import clock
from tests.forum.asking import At


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Sets the clock to a moment."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(clock, "ahead", moment - datetime.now(UTC))

    return set_to
