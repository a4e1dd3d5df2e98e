"""Case after case without a mouse, and without going back to the list."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from moderation.models import Case, Decision, Ruling, State
from tests.cast import CY
from tests.chromium import window
from tests.conftest import Town
from tests.moderation.reporting import report, reported_many, rows, the, write

pytestmark = pytest.mark.browser


async def test_cases_are_cleared_by_keys_alone(town: Town, chrome: Chromium) -> None:
    await reported_many(town.db, 3)
    off_topic = await report(town.db, await write(town.db, body="rope 4"), CY, "off_topic")
    async with window(chrome, town.ada) as ada:
        await ada.goto("/moderation?reason=spam")
        await expect(ada.get_by_text("Keys", exact=True)).to_be_visible()
        await ada.keyboard.press("j")
        await ada.keyboard.press("c")
        await ada.wait_for_url("**/cases/1?reason=spam")
        facts = ada.locator("#facts")
        await expect(ada.locator(".keys")).to_be_visible()
        await ada.keyboard.press("d")
        await expect(ada.locator("case-keys [role=status]")).to_have_text(
            "Press the number of a decision."
        )
        await ada.keyboard.press("1")
        await expect(facts).to_be_focused()
        await expect(ada.get_by_label("It breaks no rule")).to_be_checked()
        await ada.keyboard.type("1 offer, where it belongs: d, n")
        await expect(facts).to_have_value("1 offer, where it belongs: d, n")
        await ada.keyboard.press("Control+Enter")
        await expect(ada.locator("#case-side")).to_contain_text("You have decided this case.")
        await ada.wait_for_load_state()  # what listens for keys comes after the words

        await ada.keyboard.press("n")
        await ada.wait_for_url("**/cases/2?reason=spam")
        await expect(ada.locator(".claim")).to_contain_text("You hold this case")
        await ada.keyboard.press("d")
        hide = ada.locator("label[for=measure-hide]")
        key = await hide.get_attribute("data-key")
        await ada.keyboard.press(key or "")
        await expect(facts).to_be_focused()
        await expect(ada.locator("#measure-hide")).to_be_checked()
        await expect(ada.get_by_label("It breaks the rules")).to_be_checked()
        await ada.keyboard.type("Three topics, one offer.")
        await ada.keyboard.press("Control+Shift+Enter")
        await ada.wait_for_url("**/cases/3?reason=spam")
        await expect(ada.locator(".claim")).to_contain_text("You hold this case")

        await ada.keyboard.press("n")  # nothing else waits for this reason
        await ada.wait_for_url("**/moderation?reason=spam")
    assert [one.ruling for one in await rows(town.db, Decision)] == [Ruling.KEEP, Ruling.ACT]
    assert (await the(town.db, Case, off_topic)).state == State.OPEN


async def test_keys_that_are_switched_off_do_nothing(town: Town, chrome: Chromium) -> None:
    await report(town.db, await write(town.db), CY)
    async with window(chrome, town.ada) as ada:
        await ada.goto("/cases/1")
        await ada.get_by_text("Keys", exact=True).click()
        await ada.uncheck("#queue-keys-on")
        await ada.locator("h1").click()
        await ada.keyboard.press("c")
        await ada.get_by_text("Keys", exact=True).click()
        await expect(ada.get_by_text("Nobody holds this case.")).to_be_visible()
    assert (await the(town.db, Case, 1)).state == State.OPEN


async def test_many_are_chosen_by_keys_and_settled_at_once(town: Town, chrome: Chromium) -> None:
    await reported_many(town.db, 4)
    async with window(chrome, town.ada) as ada:
        await ada.goto("/moderation")
        await ada.keyboard.press("j")
        await ada.keyboard.press("x")
        await expect(ada.locator("#bulk-count")).to_have_text("1")
        await ada.keyboard.press("j")
        await ada.keyboard.press("j")
        await ada.keyboard.press("Shift+X")
        await expect(ada.locator("#bulk-count")).to_have_text("3")
        await ada.locator("#words").fill("The same offer again and again.")
        await ada.get_by_role("button", name="They break no rule").press("Enter")
        await expect(ada.get_by_role("status").filter(has_text="done.")).to_have_text(
            "3 of 3 done."
        )
    assert (await the(town.db, Case, 4)).state == State.OPEN
