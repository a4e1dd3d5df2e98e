"""Whatever is sent to any door, the answer is honest: nothing breaks, nothing refused is stored."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Town
from tests.doors import doors
from tests.honesty import ASKING, Judge
from tests.junk import requests
from tests.raw import raw

INPUTS = 200  # to each door
GROUPS = 8

thoroughly = settings(
    max_examples=INPUTS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("group", range(GROUPS))
@thoroughly
@given(data=st.data())
async def test_every_door_is_honest(group: int, judge: Judge, data: st.DataObject) -> None:
    some = doors()[group::GROUPS]
    for request in data.draw(st.tuples(*(requests(door, len(ASKING)) for door in some))):
        await judge.ask(request)


@pytest.fixture
async def judge(generous: Town, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Judge]:
    async with raw(generous.origin) as line:
        yield Judge(generous, line, caplog)
        assert (await generous.visitor.get("/readyz")).status_code == 200
