"""The dialog of a message: what comes first in it, and where the focus begins and returns."""

import pytest
from playwright.async_api import Browser as Chromium

from tests.browser.talking import at_the_quay, expect, said_by, window
from tests.cast import BO, CY
from tests.chromium import PHONE
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

PRESSED = """dialog => [...dialog.querySelectorAll("a.button, button, textarea")]
    .filter((one) => one.checkVisibility() && !one.closest(".messages"))
    .map((one) => one.innerText.trim() || one.localName)"""


async def test_what_one_does_all_day_comes_first_and_reporting_last(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, "ahoy")
    await said_by(town.db, CY, "aye")
    async with window(chrome, town.cy, width=PHONE) as page:
        await at_the_quay(page)
        await page.locator("#message-1 .message-open").click()
        dialog = page.get_by_role("dialog", name="Message of Bo")
        await expect(dialog.get_by_role("heading", name="Message of Bo")).to_be_focused()
        await expect(dialog.locator(".message-open")).to_be_hidden()  # one is there
        words = await dialog.evaluate(PRESSED)
        first = words.index("Reply")
        assert words[0] == "Close" and all(agrees in words[1] for agrees in ("👍", "Agree"))
        order = ["Answer in a thread", "Copy the link"]
        assert words[first + 1 : first + 3] == order and words[-1] == "Report"

        await page.keyboard.press("Escape")
        await page.locator("#message-2 .message-open").click()
        dialog = page.get_by_role("dialog", name="Message of Cy")
        await expect(dialog.get_by_role("heading", name="Message of Cy")).to_be_focused()
        words = await dialog.evaluate(PRESSED)
        assert words.index("Reply") < words.index("textarea") < words.index("Withdraw")
        assert words[-1] == "Withdraw"
        reply = dialog.get_by_role("link", name="Reply", exact=True)
        await expect(reply).to_be_in_viewport()


async def test_the_focus_returns_to_what_was_drawn_anew(chrome: Chromium, town: Town) -> None:
    await said_by(town.db, CY, "aye")
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.locator("#message-1 .message-open").press("Enter")
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("Message", exact=True).fill("aye, captain")
        async with page.expect_response("**/messages/1"):
            await dialog.get_by_role("button", name="Save").click()
        await expect(page.locator("#message-1 .prose")).to_have_text("aye, captain")
        await expect(dialog).to_have_count(0)
        await expect(page.locator("#message-1 .message-open")).to_be_focused()


async def test_its_link_is_copied(chrome: Chromium, town: Town) -> None:
    await said_by(town.db, BO, "ahoy")
    async with window(chrome, town.cy) as page:
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await at_the_quay(page)
        await page.locator("#message-1 .message-open").click()
        await page.get_by_role("button", name="Copy the link").click()
        await expect(page.get_by_text("Copied")).to_be_visible()
        copied = await page.evaluate("navigator.clipboard.readText()")
        assert copied == f"{town.cy.origin}/channels/7?at=1#message-1"
