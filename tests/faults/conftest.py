from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from community.settings import Settings
from tests import servers
from tests.delivery.conftest import opening as opening
from tests.twins import PATIENT


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.fault)
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture
def alone(settings: Settings) -> Settings:
    """Of one process, with limits that do not stand in the way."""
    return replace(settings, **PATIENT)


@pytest.fixture
def redis() -> Iterator[servers.Valkey]:
    """Of this test's own, to be ill-treated."""
    with servers.valkey() as running:
        yield running


@pytest.fixture
def durable() -> Iterator[servers.Postgres]:
    with servers.postgres(durable=True) as running:
        yield running
