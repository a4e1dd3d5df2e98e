"""For those who listen to the page, and for those who use no mouse."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from channels.direct import begin
from community.members.models import Member
from tests.browser.talking import expect, said_by
from tests.cast import BO, CY, PASSWORD, email
from tests.chromium import window
from tests.conftest import Town
from tests.forum.pages import answer_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

# A message put in counts as read out if the log is polite in the turn in which it comes.
LISTEN = """() => {
  const log = document.querySelector("[role=log]")
  const stream = log.querySelector("live-stream")
  globalThis.heard = []
  new MutationObserver((changes) => {
    if (log.ariaLive === "off" || stream.ariaBusy === "true") return
    for (const { addedNodes } of changes) for (const node of addedNodes) {
      if (node.matches?.(".message[data-seq]")) globalThis.heard.push(node.innerText)
    }
  }).observe(log, { childList: true, subtree: true })
}"""
HEARD = "globalThis.heard.length"
FOCUSED = "document.activeElement.innerText.trim() || document.activeElement.name"
NO_PACE = """
  const later = setTimeout
  globalThis.setTimeout = (done, ms, ...more) => (ms < 1000 || !ms ? later(done, ms, ...more) : -1)
"""
FARTHEST = 60  # presses of Tab to anything on these pages


async def test_a_live_message_is_read_out_once_and_history_never(
    town: Town, chrome: Chromium
) -> None:
    await town.bo.post("/channels/7/messages", body="said before", key="k0")
    async with window(chrome, town.cy) as page:
        await page.goto("/channels/7")
        await page.evaluate(LISTEN)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        await expect(page.get_by_text("said before")).to_be_visible()
        await expect(page.locator("[role=log] > live-stream")).to_have_attribute(
            "aria-busy", "false"
        )
        assert await page.evaluate(HEARD) == 0

        await town.bo.post("/channels/7/messages", body="said now", key="k1")
        await expect(page.get_by_text("said now")).to_be_visible()
        assert await page.evaluate(HEARD) == 1

        await town.bo.post("/messages/2", body="said otherwise")
        await expect(page.get_by_text("said otherwise")).to_be_visible()
        assert await page.evaluate(HEARD) == 1
        assert await page.locator("[role=log]").count() == 1


async def test_bo_signs_in_and_replies_with_the_keyboard_alone(
    town: Town, chrome: Chromium
) -> None:
    async with window(chrome, town.visitor) as page:
        await page.goto("/topics/5")
        await page.keyboard.press("Tab")
        assert await page.evaluate("document.activeElement.className") == "skip"

        await press_on(page, "Masuk")
        await page.wait_for_url("**/sign-in*")
        await tab_to(page, "email")
        await page.keyboard.type(email(BO))
        await page.keyboard.press("Tab")
        await page.keyboard.type(PASSWORD)
        await page.keyboard.press("Enter")
        await page.wait_for_url(lambda address: "sign-in" not in address)

        await page.goto("/topics")
        await press_on(page, "Where to moor")
        await page.wait_for_url("**/topics/5*")
        await tab_to(page, "body")
        await page.keyboard.type("At the old quay.")
        await press_on(page, "Send reply")
        await expect(page.get_by_role("article")).to_contain_text("At the old quay.")


async def press_on(page: Page, what: str) -> None:
    await tab_to(page, what)
    await page.keyboard.press("Enter")


async def tab_to(page: Page, what: str) -> None:
    """By Tab alone, forwards: whatever needs a mouse or a trap is found by not arriving."""
    for _ in range(FARTHEST):
        if await page.evaluate(FOCUSED) == what:
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {what!r}")


async def test_no_notice_stays_of_what_is_before_ones_eyes(town: Town, chrome: Chromium) -> None:
    """Places are told every five seconds; when the bell rings for what is read, at once: here those
    five seconds never pass."""
    async with window(chrome, town.cy) as page:
        await page.add_init_script(NO_PACE)
        await page.goto("/channels/7")
        await expect(page.get_by_text("Live", exact=True)).to_be_visible()
        for n in range(3):
            await town.bo.post("/channels/7/messages", body=f"@Cy, number {n}", key=f"k{n}")
            await expect(page.get_by_text(f"number {n}")).to_be_visible()
            await expect(page.locator("#bell .unread")).to_be_hidden()
            assert "hidden" in await town.cy.open("/notices/bell")


async def test_who_is_written_to_sees_it_counted_in_the_bar_wherever_they_are(
    town: Town, chrome: Chromium
) -> None:
    room = await town.db.act(lambda tx: begin(tx, tx.get_one(Member, BO), CY).id)
    async with window(chrome, town.cy) as page:
        await page.goto("/topics/5")
        await expect(page.locator("#unread-channels .unread")).to_be_hidden()
        await said_by(town.db, BO, "psst", channel=room)
        await expect(page.locator("#unread-channels .unread")).to_have_text("1 unread")
        await said_by(town.db, BO, "@Cy, did you hear?")
        await expect(page.locator("#unread-channels .unread")).to_have_text("2 unread")


async def test_single_keys_move_reply_and_can_be_switched_off(town: Town, chrome: Chromium) -> None:
    first, second = [await answer_in(town.bo, "/topics/5", words) for words in ("one", "two")]
    async with window(chrome, town.cy) as page:
        await page.goto("/topics/5", wait_until="networkidle")  # the keys come last
        for key, post in (("j", first), ("j", second), ("k", first)):
            await page.keyboard.press(key)
            await expect(page.locator(f"#post-{post}")).to_be_focused()
        await page.keyboard.press("?")
        dialog = page.get_by_role("dialog", name="Keyboard")
        await expect(dialog).to_be_visible()
        await page.keyboard.press("j")
        await page.keyboard.press("Escape")
        await expect(dialog).to_have_count(0)
        await expect(page.locator(f"#post-{first}")).to_be_focused()
        await page.keyboard.press("r")
        box = page.locator("textarea[name=body]")
        await page.keyboard.type("j? r")
        await expect(box).to_have_value("j? r")

        await page.goto("/keyboard")
        await page.get_by_label("Keys work in this browser").uncheck()
        await page.goto("/topics/5", wait_until="networkidle")
        await page.keyboard.press("j")
        assert await page.evaluate("document.activeElement.tagName") == "BODY"
        await page.goto("/keyboard", wait_until="networkidle")
        await page.get_by_label("Keys work in this browser").check()
        await page.keyboard.press("g")
        await page.keyboard.press("t")
        await page.wait_for_url("**/topics")
