"""Whatever members do, lose and are denied, in whatever order: the eleven invariants hold."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

import pytest
import uvloop

from tests.delivery.conftest import BRISK, Opening, unheard
from tests.delivery.harbour import FREELY, Harbour, standing_still
from tests.delivery.machine import sail

EXAMPLES = 8  # `make soak` tries more, and others every time


@pytest.mark.timeout(400)
def test_no_order_of_deeds_loses_doubles_or_shows_too_much(
    setup: str, opening: Opening, request: pytest.FixtureRequest
) -> None:
    doors = 1 if setup == "embedded" else 2
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stack = AsyncExitStack()
        opened = [stack.enter_async_context(opening(BRISK, **FREELY)) for _door in range(doors)]
        towns = [runner.run(town) for town in opened]
        if setup == "embedded":
            silencing = partial(unheard, towns[0].db)
        else:
            silencing = partial(standing_still, request.getfixturevalue("valkey"))
        try:
            sail(partial(Harbour, towns, silencing), runner.run, EXAMPLES, same=True)
        finally:
            runner.run(stack.aclose())
