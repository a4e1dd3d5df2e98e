"""A real Chromium for the browser tests: found, installed where that is allowed, driven."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect

from tests.browsing import Browser

LEAN = "chromium-headless-shell"  # the same without windows and menus, in a third less time
NAMES = (LEAN, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
IN_CI = os.environ.get("CI") == "true"
MISSING = "There is no Chromium here: install the package `chromium` and run again."
CUT = ("Failed to load resource", "WebSocket connection to")
PHONE, DESK = 360, 1280
PATIENCE = 30_000  # ms until what does not come is a failure: two cores may be busy
QUIET = (
    "--no-sandbox",  # root has none; the pages are ours
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
)


expect.set_options(timeout=PATIENCE)


def found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def provided(say: Callable[[str], None]) -> bool:
    """Whether there is one, now that the system's package manager was asked if it may be.

    CI, which starts from nothing each time, gets the lean one also where another is there."""
    enough = shutil.which(LEAN) or found() and not IN_CI
    if not enough and os.geteuid() == 0 and shutil.which("apt-get"):
        say("installing chromium …")
        _apt("update")
        _apt("install", "-y", "--no-install-recommends", LEAN)
        if found() is None:  # not every system has that
            _apt("install", "-y", "--no-install-recommends", "chromium")
    return found() is not None


def _apt(*verb: str) -> None:
    """What it cannot do shows in what there is afterwards."""
    patience = ("-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=10")
    subprocess.run(
        ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", *patience, *verb],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.DEVNULL,
        check=False,
    )


@asynccontextmanager
async def chromium() -> AsyncIterator[Chromium]:
    """Skips the test where there is none; under CI=true that is a failure."""
    path = found()
    if path is None:
        (pytest.fail if IN_CI else pytest.skip)(MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def window(
    chrome: Chromium,
    of: Browser,
    *,
    width: int = DESK,
    scheme: Literal["light", "dark"] = "light",
    javascript: bool = True,
    offline: bool = False,
) -> AsyncIterator[Page]:
    """A window of a member's browser, signed in as that is, with the cookies it was given.

    `offline` for those who see more than an error without a line.
    What a script or the CSP complains about fails the test.
    A request or a socket that fails is no complaint: tests cut the network on purpose.
    """
    context = await chrome.new_context(
        base_url=of.origin,
        locale="id-ID",
        timezone_id="Asia/Jakarta",
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        java_script_enabled=javascript,
        service_workers="allow" if offline else "block",  # a process of its own
    )
    kept = of.cookies | ({"sid": of.token} if of.token else {})
    await context.add_cookies(
        [{"name": name, "value": value, "url": of.origin} for name, value in kept.items()]
    )
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(CUT):
            complaints.append(message.text)

    context.on("console", listen)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    try:
        yield await context.new_page()
    finally:
        await context.close()
    assert not complaints, complaints
