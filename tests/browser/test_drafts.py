"""What was written and not sent, in a window: nothing of it is where nobody finds it."""

import re

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from channels.joining import remove
from community.database import Transaction
from community.members.models import Member
from tests.browser.talking import expect, live, until_shelved, window, write
from tests.cast import ADA, BO, CABIN
from tests.conftest import Town
from tests.proxy import Line
from web.pages import static

WRITTEN = """async ([path, channel, body]) => {
    const { put } = await import(path)
    put({ channel, body })
}"""

pytestmark = pytest.mark.browser


async def test_words_for_a_channel_one_was_removed_from_stand_on_the_page_of_drafts(
    far_town: Town, wire: Line, chrome: Chromium
) -> None:
    async with window(chrome, far_town.bo) as page:
        await page.goto(f"/channels/{CABIN}")
        await live(page)
        await wire.cut()
        await write(page, "the rope is in the hold")
        await expect(page.locator(".pending")).to_contain_text("Waiting")
        await until_shelved(page)
        await far_town.db.act(_removed)
        await wire.heal()
        await page.goto("/drafts")
        row = page.locator("waiting-words li")
        await expect(row).to_contain_text("the rope is in the hold")
        await expect(row).to_contain_text("cabin")
        await expect(row).to_contain_text("Could not be sent: ")
        await expect(row.locator("time")).to_have_text(re.compile("[0-9]{2}"))
        await _can_copy(page)
        await row.get_by_role("button", name="Copy").click()
        await expect(page.locator("waiting-words [role=status]")).to_have_text("Copied.")
        assert await page.evaluate("navigator.clipboard.readText()") == "the rope is in the hold"
        await row.get_by_role("button", name="Throw away").click()
        await expect(page.locator("waiting-words")).to_be_hidden()
        await page.reload()
        await expect(page.get_by_role("heading", name="No drafts")).to_be_visible()
        await expect(page.locator("waiting-words")).to_be_hidden()


async def test_who_writes_where_they_may_not_is_led_to_their_words_wherever_they_are(
    town: Town, chrome: Chromium
) -> None:
    async with window(chrome, town.cy) as page:
        await page.goto("/topics")
        await page.evaluate(WRITTEN, [static("js/outbox.js"), CABIN, "is there rope left?"])
        toast = page.locator("#toasts .unsent")
        await expect(toast).to_contain_text("A message could not be sent.")
        await toast.get_by_role("link").click()
        await expect(page.locator("waiting-words li")).to_contain_text("is there rope left?")
        await expect(page.locator("#toasts .unsent")).to_have_count(0)


async def test_what_the_server_was_never_told_of_is_listed_and_read_without_a_line(
    far_town: Town, wire: Line, chrome: Chromium
) -> None:
    async with window(chrome, far_town.bo) as page:
        listed = await page.context.new_page()
        await page.route("**/channels/7/draft", lambda route: route.abort())
        await page.goto("/channels/7")
        await live(page)
        field = page.get_by_label("Message", exact=True)
        await field.fill("the rope is")
        await listed.goto("/drafts")
        row = listed.locator("kept-here li")
        await expect(row).to_contain_text("the rope is")
        await expect(row.get_by_role("link", name="Message in a channel")).to_be_visible()
        nothing = listed.get_by_role("heading", name="No drafts")
        await expect(nothing).to_be_hidden()
        await wire.cut()
        await field.fill("the rope is in the hold")
        await expect(row).to_contain_text("the rope is in the hold")
        await row.get_by_role("button", name="Throw away").click()
        await expect(listed.locator("kept-here")).to_be_hidden()
        await expect(nothing).to_be_visible()


async def _can_copy(page: Page) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])


def _removed(tx: Transaction) -> None:
    remove(tx, tx.get_one(Member, ADA), CABIN, BO)
