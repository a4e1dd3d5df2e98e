"""Before a restart: no new writes, waiting ones finished, tabs sent away one by one (D13)."""

import asyncio
from math import ceil

from starlette.applications import Starlette

from web.frames import RESTARTING, Drain
from web.hub import Hub
from web.saying import Sayings

PACE = 50  # tabs a second that come back to whoever takes over


async def drain(app: Starlette, longest: int) -> None:
    """Returns when everybody has gone, within `longest` seconds."""
    hub: Hub = app.state.hub
    sayings: Sayings = app.state.sayings
    app.state.draining = True
    window = min(longest, ceil(len(hub.everyone) / PACE))
    hub.tell_everyone(Drain(window=window))
    await sayings.finish()
    tabs = hub.everyone
    for tab in tabs:
        tab.line.hang_up(RESTARTING, "restarting")
        await asyncio.sleep(window / len(tabs))
