"""Takes a picture of every page as every role sees it, on a phone and on a desk, light and dark.

They go to shots/ as role-page-width-theme.png. All of them take minutes; --role and --page narrow
it down: make shots ONLY="--role member --page topic".
"""

import argparse
import asyncio
import logging
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import uvloop
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Window

from tests.browsing import Browser
from tests.chromium import DESK, PHONE, chromium, window
from tests.demonstration import ROLES, demonstration
from tests.pages import Page, addresses, pages_of

FOLDER = Path("shots")
SHORTEST, TALLEST = 760, 3_000  # pixels of a page that are shown
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
AT_ONCE = 2  # windows


def main() -> None:
    parser = argparse.ArgumentParser(prog="make shots", description=__doc__)
    parser.add_argument("--role", choices=ROLES, action="append")
    parser.add_argument("--page", action="append", help="the name of a route")
    wanted = parser.parse_args()
    logging.disable(logging.ERROR)  # one page is there to fail
    FOLDER.mkdir(exist_ok=True)
    began = time.monotonic()
    count = uvloop.run(take(wanted.role or ROLES, wanted.page or ()))
    print(f"{count} pages in {FOLDER}/ after {time.monotonic() - began:.0f} s")


async def take(roles: Sequence[str], names: Sequence[str]) -> int:
    """How many pages there were."""
    with TemporaryDirectory() as folder:
        async with demonstration(Path(folder)) as there, chromium() as chrome:
            known = await there.db.look(addresses, there.app, there.settings.secret())
            wanted = {name: known[name] for name in names or known}
            free = asyncio.Semaphore(AT_ONCE)
            taken = [_take(free, chrome, role, there.browsers[role], wanted) for role in roles]
            return sum(await asyncio.gather(*taken))


async def _take(
    free: asyncio.Semaphore,
    chrome: Chromium,
    role: str,
    reader: Browser,
    wanted: dict[str, list[str]],
) -> int:
    async with free:
        pages = [page async for page in pages_of(reader, wanted)]
        for page in pages:
            await _picture(chrome, role, reader, page)
        print(f"{role}: {', '.join(page.name for page in pages)}", flush=True)
        return len(pages)


async def _picture(chrome: Chromium, role: str, reader: Browser, page: Page) -> None:
    async with window(chrome, reader, width=PHONE) as tab:
        await tab.goto(page.path, wait_until="load")
        for width in (PHONE, DESK):
            await _fit(tab, width)
            for scheme in SCHEMES:
                await tab.emulate_media(color_scheme=scheme)
                name = f"{role.replace(' ', '_')}-{page.name}-{width}-{scheme}.png"
                await tab.screenshot(path=FOLDER / name, animations="disabled")


async def _fit(tab: Window, width: int) -> None:
    """As tall as the page, so that what sticks to the bottom of the screen is at the bottom."""
    await tab.set_viewport_size({"width": width, "height": SHORTEST})
    tall: int = await tab.evaluate("document.documentElement.scrollHeight")
    await tab.set_viewport_size({"width": width, "height": min(tall, TALLEST)})


if __name__ == "__main__":
    main()
