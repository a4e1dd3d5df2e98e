"""Whatever is sent to any door, the answer is honest: nothing breaks, nothing refused is stored."""

from collections.abc import AsyncIterator
from random import Random

import pytest

from tests.conftest import Town
from tests.doors import doors
from tests.honesty import ASKING, Judge
from tests.junk import request

INPUTS = {"embedded": 100, "scaled out": 200}  # to each door, and others in each set-up
GROUPS = 8


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("group", range(GROUPS))
async def test_every_door_is_honest(group: int, setup: str, judge: Judge) -> None:
    chance = Random(group + GROUPS * (setup == "embedded"))
    for _round in range(INPUTS[setup]):
        for door in doors()[group::GROUPS]:
            await judge.ask(request(door, len(ASKING), chance))


async def test_whoever_judges_sees_one_row_more(generous: Town, judge: Judge) -> None:
    before = await judge.counts()
    assert (await generous.bo.post("/channels/7/messages", body="", key="k1")).status_code == 422
    assert (await judge.counts()).rows == before.rows
    assert (await generous.bo.post("/channels/7/messages", body="ahoy", key="k1")).is_redirect
    assert (await judge.counts()).rows != before.rows


@pytest.fixture
async def judge(generous: Town, caplog: pytest.LogCaptureFixture) -> AsyncIterator[Judge]:
    async with Judge.judging(generous, caplog) as judge:
        yield judge
        assert (await generous.visitor.get("/readyz")).status_code == 200
