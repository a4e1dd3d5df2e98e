"""Who is here, as a page tells it: of its own reader, too."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from tests.browser.talking import at_the_quay, expect, live, window
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

HIDDEN = """hidden => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden })
    document.dispatchEvent(new Event("visibilitychange"))
}"""


async def test_who_has_not_looked_for_five_minutes_is_away_also_on_a_new_line(
    chrome: Chromium, town: Town
) -> None:
    async with window(chrome, town.bo) as bo, window(chrome, town.cy) as cy:
        await cy.clock.install()
        await at_the_quay(bo)
        await at_the_quay(cy)
        await bo.locator("channel-present summary").click()
        here = bo.locator("channel-present")
        await expect(here).to_contain_text("2 people are here")
        await cy.evaluate(HIDDEN, True)
        await cy.clock.fast_forward(301_000)
        await _begins_a_new_line(town, cy)
        await expect(here.locator(".present-away")).to_contain_text("Cy away")
        await expect(here).to_contain_text("1 person is here")

        await cy.evaluate(HIDDEN, False)
        await expect(here).to_contain_text("2 people are here")
        await expect(here.locator("details")).to_have_attribute("open", "")


async def _begins_a_new_line(town: Town, page: Page) -> None:
    for tab in town.hub.everyone:
        tab.line.hang_up(4290, "fell behind")
    await page.clock.run_for(1_000)
    await live(page)
