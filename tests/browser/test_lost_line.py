"""A line that is lost while nothing says so: what the window says then, and whom it blames."""

import pytest
from playwright.async_api import Browser as Chromium

from tests.browser.talking import at_the_quay, expect, live, messages, status, window, write
from tests.conftest import Town
from tests.proxy import Line

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


async def test_who_goes_offline_reads_so_at_once_and_is_back_with_the_network(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await wire.swallow()  # nothing is closed: only the browser knows
        await page.context.set_offline(True)
        await expect(status(page)).to_contain_text("You are offline")
        await wire.heal()
        await page.context.set_offline(False)
        await live(page)
        await expect(status(page)).to_be_empty()


async def test_what_is_said_into_a_dead_line_finds_another(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        before = wire.sockets
        await wire.swallow()
        await write(page, "ahoy")
        await expect(status(page)).to_contain_text("Disconnected")
        await wire.heal()
        await expect(messages(page)).to_have_text(["ahoy"], timeout=30_000)
        assert wire.sockets > before


async def test_a_dead_server_is_not_called_a_network_that_lets_nothing_through(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await page.clock.install()
        await at_the_quay(page)
        await page.evaluate(
            """() => {
                window.told = []
                document.addEventListener("line", ({ detail }) => told.push(detail))
            }"""
        )
        await wire.cut()
        while not await page.evaluate("told.some(({ blocked }) => blocked)"):
            await page.clock.run_for(1_000)
        await page.clock.run_for(25_000)
        await expect(status(page)).to_contain_text("Disconnected")
        assert not await page.evaluate("told.some(({ state }) => state === 'polling')")
