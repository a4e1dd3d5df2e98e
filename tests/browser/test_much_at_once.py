"""What is hard to undo, on pages that follow nothing live: many cases that two people settle, and
somebody who is erased. By keys alone."""

from collections.abc import Iterator

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from community.members.models import Member
from forum.topics.models import Post
from moderation.erasing import wipe
from moderation.models import Decision
from moderation.queue import bulk, many
from moderation.queue.many import settle_agreed
from tests.cast import ADA, CY, EVA
from tests.chromium import PHONE, window
from tests.conftest import Town
from tests.moderation.reporting import report, rows, the, write

pytestmark = pytest.mark.browser

WHY = "The same offer again and again."


@pytest.fixture
def two_are_many(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So that a test need not write a hundred."""
    for module in (bulk, many):
        monkeypatch.setattr(module, "MOST", 2)
    yield


@pytest.mark.parametrize("width", [PHONE, 1280])
async def test_one_proposes_and_another_settles_what_fits(
    town: Town, chrome: Chromium, two_are_many: None, width: int
) -> None:
    for number in range(3):
        await report(town.db, await write(town.db, body=f"rope {number}"), CY)
    async with window(chrome, town.ada, width=width) as ada:
        await ada.goto("/moderation?reason=spam")
        await ada.locator("#words").focus()
        await ada.keyboard.type(WHY)
        await ada.get_by_label("Not those alone").press("Space")
        await ada.get_by_role("button", name="Hide as spam").press("Enter")
        await ada.wait_for_url("**/moderation/many/1")
        await expect(ada.locator("h1")).to_have_text("3 cases at once")
        await expect(ada.locator(".notice")).to_contain_text("two people")
        await expect(ada.get_by_role("button", name="Agree")).to_have_count(0)
        await _fits(ada)
    async with window(chrome, town.eva, width=width) as eva:
        await eva.goto("/moderation")
        await eva.get_by_role("link", name="Proposal 1").press("Enter")
        await expect(eva.locator(".card")).to_contain_text(WHY)
        await _fits(eva)
        await eva.get_by_role("button", name="Agree, and settle all of them").press("Enter")
        await expect(eva.locator(".card [role=status]")).to_contain_text("of 3")
        for _round in range(3):  # whatever the worker has done already
            await town.db.act(settle_agreed)
        await eva.reload()
        await expect(eva.locator(".card [role=status]")).to_have_text("3 of 3 done.")
    decided = [(one.moderator_id, one.second_id) for one in await rows(town.db, Decision)]
    assert decided == [(ADA, EVA)] * 3
    assert {one.gone for one in await rows(town.db, Post) if "rope" in one.body} == {"hidden"}


async def test_who_asked_for_it_is_erased_and_leaves_the_pages_that_are_open(
    town: Town, chrome: Chromium
) -> None:
    post = await write(town.db, CY, "Kenari, forty a basket")
    async with (
        window(chrome, town.fay, width=PHONE) as fay,
        window(chrome, town.gus) as reader,
        window(chrome, town.cy) as cy,
    ):
        await reader.goto("/topics/5")
        await expect(reader.locator(f"#post-{post} .prose")).to_contain_text("Kenari")
        await cy.goto("/topics/5")
        await fay.goto(f"/administration/members/{CY}")
        await fay.get_by_text("They asked to be erased").press("Enter")
        await fay.get_by_role("button", name="Erase this member for good").press("Enter")
        assert not (await the(town.db, Member, CY)).erased_at  # nobody said why
        await fay.get_by_label("Who asked for it").focus()
        await fay.keyboard.type("By letter, with a copy of the card.")
        await _fits(fay)
        await fay.get_by_role("button", name="Erase this member for good").press("Enter")
        await expect(fay.locator(".notice")).to_contain_text("because they asked for it")
        await expect(fay.get_by_text("They asked to be erased")).to_have_count(0)
        for _round in range(3):
            await town.db.act(wipe)
        await expect(reader.get_by_text("Kenari")).to_have_count(0)
        await cy.reload()
        await expect(cy.locator(".masthead a[href^='/sign-in']")).to_be_visible()
    assert (await the(town.db, Member, CY)).erased_at


async def _fits(page: Page) -> None:
    """Nothing is wider than the screen."""
    wide: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
