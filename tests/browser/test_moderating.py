"""The report in a dialog, the queue that grows, and two moderators on one case."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from forum.topics.models import Post
from moderation.decisions.claiming import take_over
from moderation.models import Case
from tests.cast import CY, EVA
from tests.chromium import PHONE, window
from tests.conftest import Town
from tests.moderation.reporting import HIDE, as_, decide_at, report, reported, take, the, write

pytestmark = pytest.mark.browser


async def test_a_report_is_sent_from_a_dialog_without_leaving(town: Town, chrome: Chromium) -> None:
    post = await write(town.db)
    async with window(chrome, town.cy) as cy:
        await cy.goto("/topics/5")
        await cy.click(f"#post-{post} .menu summary")
        await cy.click(f"#post-{post} a[href$='/flags']")
        dialog = cy.locator("dialog[open]")
        await dialog.get_by_label("Spam or advertising").check()
        await dialog.locator("textarea").fill("Again and again.")
        await dialog.get_by_role("button", name="Send the report").click()
        await expect(dialog).to_contain_text("Thank you")
        assert cy.url.endswith("/topics/5")
    assert (await the(town.db, Case, 1)).flags == 1


async def test_the_queue_says_what_is_new_and_moves_by_keys(town: Town, chrome: Chromium) -> None:
    await reported(town.db)
    await report(town.db, await write(town.db, body="More rope"), by=CY)
    async with window(chrome, town.ada) as ada:
        await ada.goto("/moderation")
        await ada.keyboard.press("j")
        await ada.keyboard.press("j")
        await expect(ada.locator("#case-2 h2 a")).to_be_focused()
        await ada.keyboard.press("k")
        await expect(ada.locator("#case-1 h2 a")).to_be_focused()

        await report(town.db, await write(town.db, body="Third rope"), by=CY)
        await expect(ada.locator(".new-cases")).to_contain_text("1 new case")
        await take(town.db, EVA, 2)
        await expect(ada.locator("#case-2")).to_contain_text("Claimed by Eva")
        await ada.click(".new-cases a")
        await expect(ada.locator("#case-3")).to_contain_text("Third rope")
        await ada.get_by_text("Keys", exact=True).click()
        await ada.uncheck("#queue-keys-on")
        await ada.keyboard.press("j")
        assert not await ada.locator(".queue-case a:focus").count()

        await ada.check("#queue-keys-on")
        await ada.keyboard.press("j")
        await ada.keyboard.press("Enter")
        await ada.wait_for_url("**/cases/1")


async def test_on_a_phone_a_case_is_claimed_without_scrolling(town: Town, chrome: Chromium) -> None:
    _, case = await reported(town.db)
    async with window(chrome, town.ada, width=PHONE) as ada:
        await ada.goto(f"/cases/{case}")
        claim = ada.get_by_role("button", name="Claim")
        await expect(ada.locator("#facts")).to_have_count(0)
        await expect(ada.get_by_text("What you typed")).to_be_hidden()
        await expect(claim).to_be_in_viewport(ratio=1)
        await claim.click()
        await expect(ada.locator(".claim")).to_contain_text("You hold this case")
        await expect(ada.locator("#facts")).to_be_visible()
        await ada.evaluate("scrollTo(0, 0)")
        await ada.get_by_role("link", name="To the decision").click()
        await expect(ada.get_by_text("It breaks no rule", exact=True)).to_be_in_viewport(ratio=1)


async def test_who_types_while_another_decides_is_told_and_keeps_the_note(
    town: Town, chrome: Chromium
) -> None:
    post, case = await reported(town.db)
    async with window(chrome, town.ada) as ada:
        await ada.goto(f"/cases/{case}")
        await ada.get_by_role("button", name="Claim").click()
        await ada.fill("#facts", "My own long note")
        taken = await as_(town.db, EVA, take_over, case, version=2)
        await expect(ada.locator(".claim")).to_contain_text("Eva holds this case")
        await expect(ada.locator("#facts")).to_have_value("My own long note")

        await decide_at(town.db, EVA, case, taken.version, judgement=HIDE)
        await expect(ada.locator("#case-side")).to_contain_text("Eva decided this case.")
        await expect(ada.locator("#facts")).to_have_value("My own long note")
    assert (await the(town.db, Post, post)).gone == "hidden"
