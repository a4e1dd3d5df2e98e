"""Part of make soak: members' deeds in any order, on both set-ups (tests/delivery/machine.py).

    python -m tests.bench.any_order [examples]

Prints one JSON object for each set-up; an order that breaks an invariant ends it with that order.
"""

import asyncio
import json
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack
from dataclasses import replace
from functools import partial
from typing import Any

import uvloop

from community.opening import open_bus, open_database
from community.settings import Settings
from tests import servers
from tests.conftest import Town, furnish, running
from tests.delivery.conftest import BRISK, unheard
from tests.delivery.harbour import FREELY, Harbour, standing_still
from tests.delivery.machine import sail
from tests.twins import furnished


def main(examples: int = 500) -> None:
    logging.basicConfig(level=logging.ERROR)  # that the bus is away is no news here
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(furnish(f"sqlite:///{folder}/akar.db"))
        told("embedded", examples, Settings(data_dir=folder), 1, lambda towns: unheard(towns[0].db))
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.postgres() as postgres,
        servers.valkey() as valkey,
    ):
        own = Settings(data_dir=folder, database_url=furnished(postgres), bus_url=valkey.url)
        told("scaled out", examples, own, 2, lambda _towns: standing_still(valkey))


def told(
    setup: str,
    examples: int,
    settings: Settings,
    doors: int,
    silence: Callable[[list[Town]], AbstractContextManager[Any]],
) -> None:
    began = time.monotonic()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        stack = AsyncExitStack()
        towns = [runner.run(_door(stack, settings)) for _door_of_many in range(doors)]
        try:
            new = partial(Harbour, towns, partial(silence, towns))
            sail(new, runner.run, examples, same=False)
        finally:
            runner.run(stack.aclose())
    seconds = round(time.monotonic() - began)
    orders = f"{examples} orders of deeds, {setup}"
    print(json.dumps({"any_order": orders, "faults": [], "seconds": seconds}), flush=True)


async def _door(stack: AsyncExitStack, settings: Settings) -> Town:
    port = servers.free_port()
    own = replace(settings, port=port, public_url=f"http://localhost:{port}", **FREELY)
    db = open_database(own.database_url, open_bus(own.bus_url))
    return await stack.enter_async_context(running(db, own, BRISK))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
