"""A channel without a mouse: the talk is one stop of Tab, and keys do in it what presses do."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from tests.browser.talking import at_the_quay, expect, said_by, window
from tests.cast import ADA, BO, BO_FOR_DODOL, CY
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

IN_LOG = "document.activeElement.closest('channel-log') !== null"
TABBABLE = """() => [...document.querySelectorAll("channel-log, channel-log *")]
    .filter((one) => one.tabIndex >= 0 && one.checkVisibility()).length"""


async def test_the_talk_is_one_stop_and_a_message_opens_what_can_be_pressed_in_it(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, *(f"[number {n}](https://example.org)" for n in range(1, 4)))
    await said_by(town.db, CY, "mine")
    async with window(chrome, town.cy) as page:
        await _at_the_quay_with_keys(page)
        assert await page.evaluate(TABBABLE) == 1
        await _to_the_log(page)
        await expect(page.get_by_role("log")).to_be_focused()
        for key, message in (
            ("ArrowUp", 4),
            ("ArrowUp", 3),
            ("k", 2),
            ("j", 3),
            ("Home", 1),
            ("k", 1),
            ("End", 4),
            ("ArrowDown", 4),
            ("ArrowUp", 3),
        ):
            await page.keyboard.press(key)
            await expect(page.locator(f"#message-{message}")).to_be_focused()
        assert "Bo" in (await page.locator("#message-3").get_attribute("aria-label") or "")
        assert "number 3" in (await page.locator("#message-3").get_attribute("aria-label") or "")
        assert [await _tab(page) for _ in range(2)] == ["number 3", "Actions for this message"]
        await page.keyboard.press("Tab")
        assert not await page.evaluate(IN_LOG)
        while not await page.evaluate(IN_LOG):
            await page.keyboard.press("Shift+Tab")
        await expect(page.locator("#message-3")).to_be_focused()
        await said_by(town.db, BO, "and one more")
        await expect(page.locator("#message-5")).to_be_visible()
        await expect(page.locator("#message-3")).to_be_focused()
        assert await page.locator("#message-5 .message-open").get_attribute("tabindex") == "-1"


async def test_keys_answer_open_and_lead_back(chrome: Chromium, town: Town) -> None:
    await said_by(town.db, BO, "ahoy", "who is there?")
    async with window(chrome, town.cy) as page:
        await _at_the_quay_with_keys(page)
        await page.keyboard.press("j")  # from anywhere
        await expect(page.locator("#message-2")).to_be_focused()
        await page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Message of Bo")
        await expect(dialog).to_be_visible()
        await page.keyboard.press("j")
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog.page-dialog")).to_have_count(0)
        await expect(page.locator("#message-2")).to_be_focused()

        await town.bo.post("/messages/2", body="who is there, in the fog?")  # drawn anew
        await expect(page.locator("#message-2")).to_contain_text("fog")
        await expect(page.locator("#message-2")).to_be_focused()
        await page.keyboard.press("r")
        field = page.get_by_label("Message", exact=True)
        await expect(field).to_be_focused()
        await expect(page.locator("composer-answer")).to_contain_text("fog")
        await page.keyboard.type("jkmr")
        await expect(field).to_have_value("jkmr")
        await page.keyboard.press("Escape")
        await expect(page.locator("composer-answer")).to_be_hidden()
        await expect(field).to_have_value("jkmr")
        await field.fill("")

        await page.locator("#message-1").evaluate("one => one.querySelector('a').focus()")
        await page.keyboard.press("m")
        await expect(dialog).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog.page-dialog")).to_have_count(0)
        await page.keyboard.press("Escape")
        await expect(field).to_be_focused()


async def test_a_message_is_named_by_whom_for_whom_and_its_words(
    chrome: Chromium, town: Town
) -> None:
    await town.bo.post("/channels/7/messages", body="ahoy", key="k1", mandate=str(BO_FOR_DODOL))
    async with window(chrome, town.cy) as page:
        await _at_the_quay_with_keys(page)
        await page.keyboard.press("j")
        name = await page.locator("#message-1").get_attribute("aria-label") or ""
        assert name.split(", ")[:4] == ["Bo", "Local brand", "Dodol", "ahoy"]


async def test_who_turned_letters_off_still_has_the_arrows(chrome: Chromium, town: Town) -> None:
    await said_by(town.db, BO, "ahoy", "who is there?")
    async with window(chrome, town.cy) as page:
        await page.goto("/keyboard")
        await expect(page.get_by_text("The next message")).to_be_visible()
        await page.get_by_label("Keys work in this browser").uncheck()
        await _at_the_quay_with_keys(page)
        await page.keyboard.press("j")
        assert not await page.evaluate(IN_LOG)
        await _to_the_log(page)
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("ArrowUp")
        await expect(page.locator("#message-1")).to_be_focused()
        await page.keyboard.press("m")
        await page.keyboard.press("r")
        await expect(page.locator("#message-1")).to_be_focused()


async def test_keys_in_a_thread_beside_the_channel_stay_there(chrome: Chromium, town: Town) -> None:
    await said_by(town.db, BO, "who has rope?")
    await town.cy.post("/messages/1/thread")
    await said_by(town.db, BO, "I mean hemp", channel=await _thread(town))
    async with window(chrome, town.cy) as page:
        await _at_the_quay_with_keys(page)
        await page.locator(".message-thread").click()
        panel = page.locator(".thread-panel")
        await expect(panel.locator("textarea")).to_be_focused()
        await panel.get_by_role("log").focus()
        await page.keyboard.press("ArrowUp")
        await expect(panel.locator("channel-log .message")).to_be_focused()
        await page.keyboard.press("r")
        await expect(panel.locator("textarea")).to_be_focused()
        await expect(panel.locator("composer-answer")).to_contain_text("hemp")
        await expect(page.locator(".main > .channel composer-answer")).to_be_hidden()
        await page.keyboard.press("Escape")
        await expect(panel.locator("composer-answer")).to_be_hidden()
        await expect(panel.locator("textarea")).to_be_focused()
        await panel.locator("log-keys a").focus()
        await page.keyboard.press("Enter")
        await expect(panel.locator("textarea")).to_be_focused()


async def test_without_javascript_one_goes_past_the_talk_by_a_link(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, ADA, "ahoy")
    async with window(chrome, town.cy, javascript=False) as page:
        await page.goto("/channels/7")
        await page.get_by_role("link", name="Past the messages").focus()
        await expect(page.get_by_role("link", name="Past the messages")).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def _at_the_quay_with_keys(page: Page) -> None:
    await page.goto("/channels/7", wait_until="networkidle")  # the keys come last
    await at_the_quay(page)
    await expect(page.locator("#message-1 .message-open")).to_have_attribute("tabindex", "-1")


async def _to_the_log(page: Page) -> None:
    while not await page.evaluate(IN_LOG):
        await page.keyboard.press("Tab")


async def _tab(page: Page) -> str:
    await page.keyboard.press("Tab")
    said: str = await page.evaluate("""() => {
        const one = document.activeElement
        return one.ariaLabel || one.innerText.trim() || one.localName
    }""")
    return said


async def _thread(town: Town) -> int:
    led = await town.cy.post("/messages/1/thread")
    return int(str(led.headers["location"]).rsplit("/", 1)[1].partition("?")[0])
