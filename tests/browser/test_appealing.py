"""Whoever is kept out asks for another look, with scripts and without."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from community.members.models import Member
from moderation.appeals import Appeal, appeal
from tests.cast import BO, FAY, PASSWORD, email
from tests.chromium import PHONE, window
from tests.conftest import Town
from tests.moderation.reporting import as_, rows, suspended, take, the

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
async def test_who_may_not_come_in_asks_for_another_look(
    town: Town, chrome: Chromium, scripts: bool
) -> None:
    decision = await suspended(town.db)
    async with window(chrome, town.visitor, width=PHONE, javascript=scripts) as page:
        await _is_told_why(page)
        await _ask(page, "For so little?")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Sudah kami terima")
        await expect(page.get_by_text("For so little?")).to_be_visible()
    (made,) = await rows(town.db, Appeal)
    assert (made.member_id, made.decision_id) == (BO, decision.id)


async def test_what_could_not_be_sent_stays_in_sight(town: Town, chrome: Chromium) -> None:
    await suspended(town.db)
    async with (
        window(chrome, town.visitor, width=PHONE) as page,
        window(chrome, town.visitor, width=PHONE) as other,
    ):
        for one in (page, other):
            await _is_told_why(one)
        await _ask(page, "For so little?")
        await expect(page.get_by_text("For so little?")).to_be_visible()
        await _ask(other, "It was one offer.")
        await expect(other.get_by_text("It was one offer.")).to_be_visible()
    assert len(await rows(town.db, Appeal)) == 1


async def test_measures_are_chosen_where_something_else_should_follow(
    town: Town, chrome: Chromium
) -> None:
    decision = await suspended(town.db)
    await as_(town.db, BO, appeal, decision.id, "For so little?")
    await take(town.db, FAY, decision.case_id)
    async with window(chrome, town.fay) as page:
        await page.goto(f"/cases/{decision.case_id}")
        muting = page.get_by_label("Mute the author")
        await page.get_by_label("It was decided rightly").check()
        await expect(muting).to_be_hidden()
        await page.get_by_label("Something else should follow").check()
        await muting.check()
        await page.get_by_label("What you found").fill("A mute is enough.")
        await page.get_by_role("button", name="Decide", exact=True).click()
        await expect(page.locator("#case-side")).to_contain_text("You took another look.")
    assert (await the(town.db, Member, BO)).suspended_until is None
    assert (await the(town.db, Member, BO)).muted_until


async def _is_told_why(page: Page) -> None:
    await page.goto("/sign-in")
    await page.locator("input[name=email]").fill(email(BO))
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("main form button[type=submit]").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("ditangguhkan sampai")


async def _ask(page: Page, words: str) -> None:
    await page.get_by_label("Mengapa perlu ditinjau lagi").fill(words)
    await page.get_by_role("button", name="Minta peninjauan").click()
