"""A channel without JavaScript, and what screen readers are told with it."""

import pytest
from playwright.async_api import Browser as Chromium

from tests.browser.talking import at_the_quay, expect, messages, said_by, window, write
from tests.cast import BO
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

ANNOUNCED = """() => {
    window.announced = []
    const log = document.querySelector('[role=log]')
    new MutationObserver((changes) => {
        const added = changes.flatMap((change) => [...change.addedNodes])
        if (log.ariaLive === 'off') return
        for (const node of added.filter((one) => one.matches?.('.message:not(.pending)'))) {
            window.announced.push(node.querySelector('.prose').innerText)
        }
    }).observe(log, { childList: true, subtree: true })
}"""


async def test_a_channel_is_read_and_written_without_javascript(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, "ahoy")
    async with window(chrome, town.cy, javascript=False) as page:
        await page.goto("/channels")
        await expect(page.locator(".channel-row .unread")).to_contain_text("1")
        await page.get_by_role("link", name="quay").click()
        await expect(messages(page)).to_have_text(["ahoy"])
        await page.get_by_role("button", name="Mark as read").click()

        await page.get_by_label("Message", exact=True).fill("aye")
        await page.get_by_role("button", name="Send").click()
        await expect(messages(page)).to_have_text(["ahoy", "aye"])

        await page.locator("#message-2 .message-open").click()
        await page.get_by_label("Message", exact=True).fill("aye, captain")
        await page.get_by_role("button", name="Save").click()
        await expect(messages(page)).to_have_text(["ahoy", "aye, captain"])

        await page.locator("#message-2 .message-open").click()
        await expect(page.get_by_role("link", name="What it said before")).to_be_visible()
        await page.get_by_role("button", name="Withdraw").click()
        await expect(page.locator("#message-2")).to_contain_text("withdrawn")
        await page.goto("/channels")
        await expect(page.locator(".channel-row .unread")).to_be_hidden()


async def test_only_what_is_new_is_announced_and_only_once(chrome: Chromium, town: Town) -> None:
    await said_by(town.db, BO, "said before")
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.evaluate(ANNOUNCED)
        await said_by(town.db, BO, "said now")
        await expect(messages(page)).to_have_count(2)
        await write(page, "said myself")
        await expect(messages(page)).to_have_count(3)
        await page.locator("#message-3 .message-open").click()
        await page.get_by_role("dialog").get_by_label("Message", exact=True).fill("said again")
        await page.get_by_role("button", name="Save").click()
        await expect(messages(page).last).to_have_text("said again")
        assert await page.evaluate("window.announced") == ["said now"]


async def test_what_others_said_can_be_reported_from_where_it_stands(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, "ahoy")
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.locator("#message-1 .message-open").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_role("button", name="Save")).to_have_count(0)
        await dialog.get_by_role("link", name="Report", exact=True).click()
        await expect(dialog.get_by_role("radio").first).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("#message-1 .message-open")).to_be_focused()


async def test_older_messages_come_quietly_and_the_reader_stays(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, *(f"number {n}" for n in range(1, 71)))
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.get_by_role("log").evaluate("log => log.scrollTo(0, -log.scrollHeight)")
        await expect(messages(page)).to_have_count(70)
        await expect(messages(page).first).to_have_text("number 1")
        await expect(page.locator(".older")).to_be_hidden()

        before = await page.locator("#message-30").bounding_box()
        await said_by(town.db, BO, "and one more")
        await expect(page.get_by_role("button", name="1 new message")).to_be_visible()
        after = await page.locator("#message-30").bounding_box()
        assert before and after and abs(before["y"] - after["y"]) < 2
        await page.get_by_role("button", name="1 new message").click()
        await expect(page.get_by_text("and one more")).to_be_in_viewport()
