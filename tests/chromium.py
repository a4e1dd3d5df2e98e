"""A real Chromium for the browser tests: found, installed where that is allowed, driven."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import ConsoleMessage, Page, async_playwright

from tests.browsing import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "There is no Chromium here: install the package `chromium` and run again."
CUT = ("Failed to load resource", "WebSocket connection to")
PHONE, DESK = 360, 1280
PATIENCE = 10_000  # ms until an element that does not come is a failure
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


def found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def installed() -> bool:
    """Whether the system's package manager could be made to bring one."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    for verb in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.run([*apt, *verb], env=env, stdout=subprocess.DEVNULL, check=False)
    return found() is not None


@asynccontextmanager
async def chromium() -> AsyncIterator[Chromium]:
    """Skips the test where there is none; under CI=true that is a failure."""
    path = found()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
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
) -> AsyncIterator[Page]:
    """A window of a member's browser, signed in as that is; a visitor's has no cookie.

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
    )
    if of.token:
        await context.add_cookies([{"name": "sid", "value": of.token, "url": of.origin}])
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
