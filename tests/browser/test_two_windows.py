"""Two people, each in a window of their own: what one does, the other sees."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Locator, Page, expect

from tests.browsing import Browser
from tests.chromium import window
from tests.conftest import Town
from tests.proxy import Line

pytestmark = pytest.mark.browser

QUAY = "/channels/7"


class Windows:
    """As many as a test opens, each with cookies of its own."""

    def __init__(self, chrome: Chromium, stack: AsyncExitStack) -> None:
        self._chrome, self._stack = chrome, stack

    async def open(self, of: Browser, path: str) -> Page:
        page = await self._stack.enter_async_context(window(self._chrome, of))
        await page.goto(path)
        return page


@pytest.fixture
async def windows(chrome: Chromium) -> AsyncIterator[Windows]:
    async with AsyncExitStack() as stack:
        yield Windows(chrome, stack)


async def test_what_bo_says_cy_reads_and_what_bo_changes_changes_for_cy(
    town: Town, windows: Windows
) -> None:
    bo, cy = await windows.open(town.bo, QUAY), await windows.open(town.cy, QUAY)

    await say(bo, "ahoy")
    await expect(message(cy, "ahoy")).to_be_visible()
    await expect(bo.locator(".pending")).to_have_count(0)

    await message(bo, "ahoy").get_by_label("Actions for this message").click()
    dialog = bo.get_by_role("dialog")
    await dialog.get_by_label("Message").fill("ahoy there")
    await dialog.get_by_role("button", name="Save").click()
    await expect(message(cy, "ahoy there")).to_contain_text("edited")
    await expect(dialog).to_have_count(0)

    await message(bo, "ahoy there").get_by_label("Actions for this message").click()
    await dialog.get_by_role("button", name="Withdraw").click()
    await expect(cy.locator(".message")).to_contain_text("withdrawn by its author")
    await expect(cy.get_by_text("ahoy there")).to_have_count(0)


async def test_what_is_said_while_the_network_is_cut_comes_when_it_is_back(
    far_town: Town, wire: Line, windows: Windows
) -> None:
    bo, cy = await windows.open(far_town.bo, QUAY), await windows.open(far_town.cy, QUAY)
    await expect(bo.get_by_text("Live", exact=True)).to_be_visible()

    await wire.cut()
    await say(bo, "is anybody there?")
    bubble = bo.locator(".pending")
    await expect(bubble).to_contain_text("Waiting")
    await expect(bo.get_by_text("Disconnected. Trying again")).to_be_visible()

    await wire.heal()
    await expect(message(cy, "is anybody there?")).to_be_visible(timeout=20_000)
    await expect(message(bo, "is anybody there?")).to_be_visible()
    await expect(bubble).to_have_count(0)


async def test_what_cy_reports_ada_decides_and_bo_is_told(town: Town, windows: Windows) -> None:
    bo, cy = await windows.open(town.bo, QUAY), await windows.open(town.cy, QUAY)
    ada = await windows.open(town.ada, "/moderation")
    await say(bo, "buy my rope")

    await message(cy, "buy my rope").get_by_label("Actions for this message").click()
    await cy.get_by_role("dialog").get_by_role("link", name="Report", exact=True).click()
    await cy.get_by_label("Spam").check()
    await cy.get_by_role("button", name="Send the report").click()
    await expect(cy.get_by_text("A moderator will look at it")).to_be_visible()

    await ada.get_by_role("link", name="1 new case").click()
    await ada.get_by_role("button", name="Claim").click()
    await ada.get_by_label("It breaks the rules").check()
    await ada.get_by_label("Hide", exact=True).check()
    await ada.get_by_label("What you found").fill("An offer where none belongs.")
    await ada.get_by_role("button", name="Decide", exact=True).click()
    await expect(ada.get_by_text("You have decided this case.")).to_be_visible()

    await expect(bo.locator(".message")).to_contain_text("hidden by a moderator")
    await expect(bo.locator("[data-count=notices]")).to_contain_text("1")
    await bo.get_by_role("link", name="Notices").click()
    await bo.get_by_role("button", name="A moderator decided").click()
    await expect(bo.get_by_text("An offer where none belongs.")).to_be_visible()
    await expect(cy.locator("[data-count=notices]")).to_contain_text("1")


async def test_what_dee_announces_bo_acknowledges_and_dee_sees_it(
    town: Town, windows: Windows
) -> None:
    bo = await windows.open(town.bo, QUAY)
    dee = await windows.open(town.dee, "/announcements/new")
    await dee.get_by_label("Title", exact=True).fill("Storm on Friday")
    await dee.get_by_label("Text", exact=True).fill("Moor twice.")
    await dee.get_by_label("Ask for an acknowledgement").check()
    await dee.get_by_label("Acknowledge by").fill("2099-01-02T10:00")
    await dee.get_by_label("Region").select_option("32")
    await dee.get_by_role("button", name="Save and look at it").click()
    await dee.get_by_role("button", name="Publish").click()
    await dee.get_by_role("link", name="See who has acknowledged it").click()
    done = dee.get_by_role("progressbar", name="Acknowledged")
    await expect(done).to_have_attribute("value", "0")

    await bo.get_by_role("status").get_by_role("link", name="Storm on Friday").click()
    await bo.get_by_role("button", name="Acknowledge").click()
    await expect(bo.get_by_text("You acknowledged this on")).to_be_visible()
    await expect(done).to_have_attribute("value", "1", timeout=15_000)


async def say(page: Page, words: str) -> None:
    await page.get_by_label("Message", exact=True).fill(words)
    await page.keyboard.press("Enter")


def message(page: Page, words: str) -> Locator:
    """Stored, and shown to everybody."""
    exactly = re.compile(rf"^\s*{re.escape(words)}\s*$")
    body = page.locator(".bubble").filter(has_text=exactly)
    return page.locator(".message:not(.pending)").filter(has=body)
