"""Before a restart: no new writes, waiting ones finished, tabs sent away one by one (D13)."""

import asyncio
import logging
from collections.abc import Sequence
from math import ceil
from typing import Any

from starlette.applications import Starlette

from web.frames import RESTARTING, Drain
from web.hub import Hub
from web.passes import Passes
from web.tabs import Tab

log = logging.getLogger(__name__)

PACE = 50  # tabs a second that come back to whoever takes over
TOGETHER = 0.01  # seconds of them that leave at once
FINISHING = 5  # seconds the writes that wait have to be answered


async def drain(app: Starlette, longest: float) -> None:
    """Returns when everybody has gone, within `longest` seconds."""
    hub: Hub = app.state.hub
    waiting: list[Passes[Any, Any]] = [app.state.sayings, app.state.replies]
    app.state.draining = True
    window = min(longest - FINISHING, ceil(len(hub.everyone) / PACE))
    hub.tell_everyone(Drain(window=ceil(window)))
    try:
        async with asyncio.timeout(FINISHING):
            await asyncio.gather(*(passes.finish() for passes in waiting))
    except TimeoutError:
        log.warning("not everything that waited could be written; it will be sent again")
    await _send_away(hub.everyone, window)


async def _send_away(tabs: Sequence[Tab], window: float) -> None:
    """Evenly over the window, however long one takes."""
    clock = asyncio.get_running_loop().time
    began = clock()
    for n, tab in enumerate(tabs, 1):
        tab.line.hang_up(RESTARTING, "restarting")
        if (ahead := began + window * n / len(tabs) - clock()) > TOGETHER:
            await asyncio.sleep(ahead)
