"""Who reads with text twice as large, on a phone: nothing is cut, and one can write."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from community.members.models import Member
from tests.browser.looking import TOO_WIDE
from tests.browser.talking import expect, said_by, window, write
from tests.cast import BO, DEE
from tests.chromium import PHONE
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

TWICE = {"standard": 32, "fixed": 32}
LONG = "Keberangkatan pengangkutan Tasikmalaya-Probolinggo ditangguhkan, mohon konfirmasi."
WORDS = "h1, h2, .prose, .author-name, .button, .place > span, label"
CUT = f"""() => [...document.querySelectorAll("{WORDS}")]
    .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden, .icon"))
    .filter((one) => getComputedStyle(one).clipPath === "none")
    .filter((one) => getComputedStyle(one).overflowX !== "visible")
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.outerHTML.slice(0, 120))"""

FRAME = """() => ["header.masthead", "nav.places"]
    .map((one) => document.querySelector(one).offsetHeight)
    .reduce((one, other) => one + other)"""


async def test_at_twice_the_size_nothing_is_cut_and_one_can_write(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, LONG, "ahoy")
    led = await town.cy.post("/messages/1/thread")
    thread = str(led.headers["location"])
    async with window(chrome, town.cy, width=PHONE) as page:
        line = await page.context.new_cdp_session(page)
        await line.send("Page.setFontSizes", {"fontSizes": TWICE})
        for path in ("/channels", "/channels/7/about", "/messages/1", thread, "/channels/7"):
            await page.goto(path)
            assert await page.evaluate(TOO_WIDE) == [], path
            assert await page.evaluate(CUT) == [], path
        assert await page.evaluate(FRAME) < 320
        await _writes(page, "aye")
        await page.locator("#message-1 .message-open").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_role("link", name="Reply", exact=True)).to_be_visible()
        assert await dialog.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
        assert await page.evaluate(TOO_WIDE) == []


async def test_at_twice_the_size_one_sees_for_whom_one_speaks(chrome: Chromium, town: Town) -> None:
    await town.db.act(lambda tx: setattr(tx.get_one(Member, DEE), "name", "Dee Wiranatakusumah"))
    async with window(chrome, town.dee, width=PHONE) as page:
        line = await page.context.new_cdp_session(page)
        await line.send("Page.setFontSizes", {"fontSizes": TWICE})
        await page.goto("/channels/7")
        await page.get_by_label("Speak as").focus()
        await expect(page.get_by_label("Speak as")).to_be_in_viewport(ratio=0.99)
        assert await page.evaluate(TOO_WIDE) == []


async def _writes(page: Page, body: str) -> None:
    field = page.get_by_label("Message", exact=True)
    await field.focus()
    await expect(field).to_be_in_viewport(ratio=0.99)
    await expect(page.get_by_role("button", name="Send")).to_be_in_viewport(ratio=0.99)
    wide = await field.evaluate("one => one.clientWidth")
    assert wide > 5 * TWICE["standard"]  # a word beside a word
    await write(page, body)
    await expect(page.locator(".message .prose").last).to_have_text(body)
