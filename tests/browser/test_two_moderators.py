"""One report from the first word to the last: two moderators, the author and a reader, each with
pages of their own open, and nobody loads one again to learn what another did."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Locator, Page, expect

from community import clock
from forum.topics.models import Post
from moderation.decisions.claiming import release_claims
from moderation.models import LEASE, Decision, Ruling
from tests.cast import PASSWORD
from tests.chromium import PHONE, window
from tests.conftest import Town
from tests.moderation.reporting import rows, the, write

pytestmark = pytest.mark.browser

WORDS = "Buy my rope"
FOUND = "The same offer stands in three topics."
EVAS = "One offer, but in the wrong place."
WHY = "It was one offer, in one topic."


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_from_a_report_to_another_look_with_everybody_there_at_once(
    town: Town, chrome: Chromium, monkeypatch: pytest.MonkeyPatch, scripts: bool
) -> None:
    """The author appeals with scripts or without; Eva has a second window without, which learns
    nothing by itself."""
    post = await write(town.db, body=WORDS)
    async with (
        window(chrome, town.cy, width=PHONE) as cy,
        window(chrome, town.ada) as ada,
        window(chrome, town.eva) as eva,
        window(chrome, town.eva, javascript=False) as still,
        window(chrome, town.bo, width=PHONE) as bo,
        window(chrome, town.bo, width=PHONE, javascript=scripts) as asking,
        window(chrome, town.dee) as reader,
    ):
        for moderator in (ada, eva):
            await moderator.goto("/moderation")
        for page in (bo, reader):
            await page.goto("/topics/5")
            await expect(_body(page, post)).to_have_text(WORDS)

        await _report(cy, post)
        for moderator in (ada, eva):
            await moderator.locator(".new-cases a").click()
            await expect(moderator.locator("#case-1")).to_contain_text(WORDS)
        await still.goto("/cases/1")
        await _two_meet(ada, eva, still)

        monkeypatch.setattr(clock, "ahead", clock.ahead + LEASE + timedelta(seconds=1))
        await town.db.act(release_claims)
        await _one_decides(ada, still)
        for page in (bo, reader):
            await expect(page.locator(f"#post-{post} .gone")).to_contain_text("hidden")
        assert WORDS not in await reader.content()

        await _author_asks(bo, asking, post)
        await expect(ada.locator("#case-side")).to_contain_text(WHY)
        await expect(ada.locator("#case-side")).to_contain_text("somebody else takes another look")
        await expect(ada.get_by_role("button", name="Claim")).to_have_count(0)
        await _other_overturns(eva)

        for page in (bo, reader):
            await expect(_body(page, post)).to_have_text(WORDS)
        await _are_told(cy, asking, reader)
    assert (await the(town.db, Post, post)).gone == ""
    rulings = [decision.ruling for decision in await rows(town.db, Decision)]
    assert rulings == [Ruling.ACT, Ruling.OVERTURN]


async def _report(cy: Page, post: int) -> None:
    await cy.goto(f"/posts/{post}/flags")
    await cy.get_by_label("Spam or advertising").check()
    await cy.get_by_role("button", name="Send the report").click()
    await expect(cy.locator("main")).to_contain_text("Thank you")


async def _two_meet(ada: Page, eva: Page, still: Page) -> None:
    """Ada claims it, Eva is told who has it and until when; being senior, she takes it over."""
    await ada.locator("#case-1").get_by_role("button", name="Claim").click()
    await expect(ada.locator(".claim")).to_contain_text("You hold this case")
    await expect(eva.locator("#case-1")).to_contain_text("Claimed by Ada")
    await expect(eva.locator("#case-1").get_by_role("button", name="Claim")).to_have_count(0)

    await still.get_by_role("button", name="Claim").click()
    await expect(still.get_by_role("alert")).to_contain_text("Ada has claimed this case.")
    await expect(still.locator(".claim")).to_contain_text("Ada holds this case until")
    await still.get_by_role("button", name="Take over").click()
    await still.fill("#facts", EVAS)
    await expect(ada.locator(".claim")).to_contain_text("Eva holds this case until")


async def _one_decides(ada: Page, still: Page) -> None:
    """Eva's claim has ended, and she types on: what she sends is refused, and still there."""
    await expect(ada.locator(".claim")).to_contain_text("Nobody holds this case.")
    await ada.get_by_role("button", name="Claim").click()
    await expect(ada.locator(".claim")).to_contain_text("You hold this case")
    await ada.get_by_label("It breaks the rules").check()
    await ada.get_by_label("Hide", exact=True).check()
    await ada.fill("#facts", FOUND)
    await ada.get_by_role("button", name="Decide", exact=True).click()
    await expect(ada.locator("#case-side")).to_contain_text("You have decided this case.")

    await still.get_by_label("It breaks no rule").check()
    async with still.expect_response("**/cases/1/decision") as answered:
        await still.get_by_role("button", name="Decide", exact=True).click()
    assert (await answered.value).status == 409
    refusal = still.get_by_role("alert")
    await expect(refusal).to_contain_text("Ada")
    await expect(refusal).to_contain_text("What you typed is still here.")
    await expect(still.locator("#case-side")).to_contain_text("Ada decided this case.")
    await expect(still.locator("#case-side")).to_contain_text(FOUND)
    await expect(still.locator(".kept-note")).to_contain_text(EVAS)


async def _author_asks(bo: Page, asking: Page, post: int) -> None:
    """From the place where it stood, to why, to another look."""
    there = bo.locator(f"#post-{post} own-words")
    await expect(there).to_contain_text(WORDS)
    await expect(there).to_contain_text("A moderator found: Spam or advertising")
    why = there.get_by_role("link", name="how to ask for another look")
    await expect(why).to_be_visible()
    await asking.goto(await why.get_attribute("href") or "")
    await expect(asking.locator("main")).to_contain_text(FOUND)
    await asking.get_by_label("Why it should be looked at again").fill(WHY)
    await asking.get_by_role("button", name="Ask for another look").click()
    await expect(asking.locator(".statement")).to_contain_text("You have asked for another look")


async def _other_overturns(eva: Page) -> None:
    await expect(eva.locator("#case-1")).to_contain_text("Appeal")
    await eva.locator("#case-1").get_by_role("button", name="Claim").click()
    await expect(eva.locator(".claim")).to_contain_text("You hold this case")
    await eva.get_by_label("It was decided wrongly").check()
    await eva.fill("#facts", EVAS)
    await eva.get_by_role("button", name="Decide", exact=True).click()
    await eva.get_by_label("Your password").fill(PASSWORD)  # it was given too long ago
    await eva.get_by_role("button", name="It is me").click()
    await eva.get_by_role("button", name="Go on").click()
    await expect(eva.locator("#case-side")).to_contain_text("You took another look.")


async def _are_told(cy: Page, bo: Page, reader: Page) -> None:
    await bo.goto("/notices")
    await expect(bo.locator("main")).to_contain_text("another look", ignore_case=True)
    await cy.goto("/notices")
    await expect(cy.locator("main")).to_contain_text("report")
    await reader.goto("/rules/log")
    log = reader.locator("main")
    await expect(log).to_contain_text("The decision was lifted: 1")
    for name in ("Bo", "Cy", "Ada", "Eva", WORDS):
        await expect(log).not_to_contain_text(name)


def _body(page: Page, post: int) -> Locator:
    return page.locator(f"#post-{post} .post-body")
