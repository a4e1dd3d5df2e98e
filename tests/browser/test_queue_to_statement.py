"""A decision without a mouse, from the queue to the statement of reasons: after each key the focus
is somewhere, in sight, and what happened is said."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Locator, Page, expect

from moderation.models import Decision, Ruling
from tests.cast import CY, EVA
from tests.chromium import window
from tests.conftest import Town
from tests.moderation.reporting import report, reported_many, rows, take, write

pytestmark = pytest.mark.browser

IN_SIGHT = """() => {
  const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement)
  const { top, bottom } = document.activeElement.getBoundingClientRect()
  return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && bottom > 0 && top < innerHeight
}"""


async def test_from_the_queue_to_the_statement_by_keys_alone(town: Town, chrome: Chromium) -> None:
    await reported_many(town.db, 3)
    async with window(chrome, town.ada) as ada:
        await ada.goto("/moderation")
        await ada.keyboard.press("Tab")
        await _is_at(ada, ada.get_by_role("link", name="Skip to content"))
        for key, case in (("j", 1), ("j", 2), ("k", 1)):
            await ada.keyboard.press(key)
            await _is_at(ada, ada.locator(f"#case-{case} h2 a"))
        await ada.keyboard.press("c")
        held = ada.locator(".claim")
        await expect(held).to_contain_text("You hold this case until")
        await _is_at(ada, held)

        await _decide(ada)
        decided = ada.locator(".decided")
        await expect(decided).to_contain_text("You have decided this case.")
        await _is_at(ada, decided)
        await ada.keyboard.press("Tab")
        await _is_at(ada, ada.get_by_role("link", name="Statement of reasons"))
        await ada.keyboard.press("Enter")
        await expect(ada.get_by_role("heading", level=1)).to_have_text("Statement of reasons")
        await expect(ada.locator(".statement")).to_contain_text("Three topics, one offer.")
        await ada.go_back()
        await expect(decided).to_be_visible()
        await ada.wait_for_load_state()

        await ada.keyboard.press("n")
        await ada.wait_for_url("**/cases/2")
        await expect(held).to_contain_text("You hold this case until")
        await _is_at(ada, held)


async def test_a_case_is_decided_with_a_canned_text_in_five_keys(
    town: Town, chrome: Chromium
) -> None:
    await reported_many(town.db, 2)
    async with window(chrome, town.ada) as ada:
        await ada.goto("/cases/1")
        await ada.keyboard.press("c")
        await _is_at(ada, ada.locator(".claim"))
        facts = ada.locator("#facts")
        for key, where in (("d", "#decide"), ("1", "#facts"), ("Escape", "#decide")):
            await ada.keyboard.press(key)
            await _is_at(ada, ada.locator(where))
        await ada.keyboard.press("1")
        await _is_at(ada, facts)
        await expect(facts).not_to_have_value("")
        await ada.keyboard.press("Control+Shift+Enter")
        await ada.wait_for_url("**/cases/2")
        await _is_at(ada, ada.locator(".claim"))
    (decision,) = await rows(town.db, Decision)
    assert decision.ruling == Ruling.KEEP


async def test_a_line_that_is_drawn_anew_keeps_the_focus(town: Town, chrome: Chromium) -> None:
    await report(town.db, await write(town.db), CY)
    async with window(chrome, town.ada) as ada:
        await ada.goto("/moderation")
        await ada.keyboard.press("j")
        await take(town.db, EVA, 1)
        await expect(ada.locator("#case-1")).to_contain_text("Claimed by Eva")
        await _is_at(ada, ada.locator("#case-1 h2 a"))


async def test_a_key_leads_from_what_is_chosen_to_what_is_done_with_it(
    town: Town, chrome: Chromium
) -> None:
    await reported_many(town.db, 3)
    async with window(chrome, town.ada) as ada:
        await ada.goto("/moderation")
        for key in ("j", "x", "j", "x"):
            await ada.keyboard.press(key)
        count = ada.locator("#bulk-count")
        await expect(count).to_have_text("2")
        await take(town.db, EVA, 2)  # and is hers alone now
        await expect(count).to_have_text("1")
        await ada.keyboard.press("b")
        words = ada.locator("#bulk #words")
        await _is_at(ada, words)
        await expect(words).to_have_value("")


async def _decide(ada: Page) -> None:
    said = ada.locator("case-keys [role=status]")
    await ada.keyboard.press("d")
    await expect(said).to_have_text("Press the number of a decision.")
    await _is_at(ada, ada.locator("#decide"))
    key = await ada.locator("label[for=measure-hide]").get_attribute("data-key")
    await ada.keyboard.press(key or "")
    await expect(said).to_have_text("Hide")
    await _is_at(ada, ada.locator("#facts"))
    await ada.keyboard.type("Three topics, one offer.")
    await ada.keyboard.press("Control+Enter")


async def _is_at(page: Page, where: Locator) -> None:
    await expect(where).to_be_focused()
    assert await page.evaluate(IN_SIGHT), await page.evaluate("document.activeElement.outerHTML")
