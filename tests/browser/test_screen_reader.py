"""What somebody who listens hears in a channel, as a log: every change of a region that announces,
in the order in which it comes. One announcement a message, none for what is history.

A region announces what is put into it as long as it is polite or assertive, unless a part of it
says that it does not. What is put in and changed in one turn of the browser is one announcement.
"""

from collections.abc import Sequence

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from channels.actions import say
from community.database import Transaction
from community.members.models import Member
from tests.browser.talking import at_the_quay, expect, messages, said_by, status, window, write
from tests.cast import ADA, BO, QUAY
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

LISTEN = """() => {
  const implied = { log: "polite", status: "polite", alert: "assertive" }
  const regionOf = (one) => one.closest("[aria-live], [role=log], [role=status], [role=alert]")
  const isBusy = (one) => one.closest("[aria-busy=true]") !== null
  globalThis.heard = []
  new MutationObserver((changes) => {
    const fresh = new Set()
    for (const { target, addedNodes } of changes) for (const node of addedNodes) {
      const one = node.nodeType === Node.TEXT_NODE ? target : node
      const region = one.isConnected && one.nodeType === Node.ELEMENT_NODE && regionOf(one)
      const live = region && (region.ariaLive ?? implied[region.getAttribute("role")])
      if (!live || live === "off" || isBusy(one) || !one.checkVisibility()) continue
      const known = [...fresh].some((other) => other !== node && other.contains(node))
      fresh.add(node)
      if (known) continue
      const words = node.textContent.trim().replaceAll(/\\s+/g, " ")
      const voice = region.getAttribute("role") ?? region.localName
      if (words) globalThis.heard.push(`${voice}: ${words}`)
    }
  }).observe(document.body, { childList: true, subtree: true })
}"""


async def test_what_is_new_is_read_once_with_its_author_and_history_never(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, *(f"number {n}" for n in range(1, 71)))
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.evaluate(LISTEN)
        await page.get_by_role("log").evaluate("log => log.scrollTo(0, -log.scrollHeight)")
        await expect(messages(page)).to_have_count(70)  # older ones came
        assert await _talk(page) == []

        await page.get_by_role("log").evaluate("log => log.scrollTo(0, 0)")
        await said_by(town.db, BO, "ahoy")
        await expect(messages(page).last).to_have_text("ahoy")
        (said,) = await _talk(page)
        assert said.startswith("log: ") and "Bo" in said and said.count("ahoy") == 1

        await town.bo.post("/messages/71", body="ahoy there")  # edited
        await expect(messages(page).last).to_have_text("ahoy there")
        await town.ada.post("/messages/71/reactions", word="agree")
        await expect(page.locator("#message-71 .reaction")).to_be_visible()
        assert len(await _talk(page)) == 1


async def test_ones_own_message_is_not_read_back_and_a_lost_line_is_said(
    chrome: Chromium, town: Town
) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.evaluate(LISTEN)
        await write(page, "said myself")
        await expect(page.locator("#message-1")).to_contain_text("said myself")
        assert await _talk(page) == []
        await page.context.set_offline(True)
        await write(page, "said without a line")
        await expect(page.locator(".pending")).to_contain_text("Waiting")
        assert await _talk(page) == []  # the state stands in words where it was written
        await page.context.set_offline(False)
        await expect(page.locator("#message-2")).to_contain_text("without a line")
        await expect(page.locator(".pending")).to_have_count(0)
        assert await _talk(page) == []


async def test_what_was_not_sent_is_said_at_once(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.evaluate(LISTEN)
        await write(page, "https://contoh.id " * 51)
        await expect(page.locator(".pending[data-state=failed]")).to_be_visible()
        alarms = [one for one in await _heard(page) if one.startswith("alert: ")]
        assert len(alarms) == 1 and "could not be sent" in alarms[0]
        assert await _talk(page) == []


async def test_a_thread_is_read_where_it_is_open_and_its_number_never(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, "who has rope?")
    led = str((await town.ada.post("/messages/1/thread")).headers["location"])
    thread = int(led.rsplit("/", 1)[1].partition("?")[0])
    await said_by(town.db, ADA, "I do", channel=thread)
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.evaluate(LISTEN)
        await said_by(town.db, ADA, "ten metres", channel=thread)
        await expect(page.locator(".message-thread")).to_contain_text("2 replies")
        assert await _talk(page) == []
        await page.locator(".message-thread").click()
        panel = page.locator(".thread-panel")
        await expect(panel.locator("live-stream")).to_have_attribute("aria-busy", "false")
        assert await _talk(page) == []
        await said_by(town.db, ADA, "and a knot", channel=thread)
        await expect(panel.locator("channel-log .prose").last).to_have_text("and a knot")
        (said,) = await _talk(page)
        assert "and a knot" in said and said.startswith("log: ")


async def test_nobody_hears_who_is_typing_or_reading(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.cy) as cy, window(chrome, town.bo) as bo:
        await at_the_quay(cy)
        await cy.evaluate(LISTEN)
        await at_the_quay(bo)
        await expect(cy.locator("channel-present .num").first).to_have_text("2")
        await bo.get_by_label("Message", exact=True).press_sequentially("aho")
        await expect(cy.locator("channel-typing")).to_contain_text("Bo")
        assert await _heard(cy) == []


async def test_many_at_once_are_a_number(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.evaluate(LISTEN)
        await town.db.act(_ten_at_once)
        await expect(messages(page)).to_have_count(10)
        heard = await _heard(page)
        read = [one for one in heard if one.startswith("log: ")]
        assert len(read) == 3, heard
        assert any("new messages" in one for one in heard if one.startswith("status: "))
        await expect(status(page)).to_be_empty()


def _ten_at_once(tx: Transaction) -> None:
    """However long the machine takes to store one."""
    for n in range(1, 11):
        say(tx, tx.get_one(Member, BO), QUAY, f"number {n}", key=f"n{n}")


async def _heard(page: Page) -> Sequence[str]:
    heard: list[str] = await page.evaluate("globalThis.heard")
    return heard


async def _talk(page: Page) -> Sequence[str]:
    """Of the talk alone: the state of the line speaks for itself."""
    return [one for one in await _heard(page) if one.startswith("log: ")]
