"""What scripts add to an official response: it is asked for in a dialog, and whoever has the topic
open sees the card come and change below the post."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.cast import DEE
from tests.chromium import window
from tests.conftest import Town
from tests.forum.pages import answer_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


async def test_bo_asks_in_a_dialog_and_cy_sees_the_card_below_the_post(
    town: Town, chrome: Chromium
) -> None:
    post = await answer_in(town.bo, "/topics/5", "May I moor here at night?")
    async with window(chrome, town.bo) as bo, window(chrome, town.cy) as cy:
        for page in (bo, cy):
            await page.goto("/topics/5")
        theirs = bo.locator(f"#post-{post}")
        await theirs.get_by_label("Actions for post").click()
        await theirs.get_by_role("link", name="Ask for an official response").click()
        dialog = bo.get_by_role("dialog")
        await expect(dialog.get_by_label("Office")).to_have_value("1")
        await dialog.get_by_label("5 working days", exact=True).check()
        await dialog.get_by_role("button", name="Ask for an official response").click()

        card = cy.locator(f"#post-{post} .asked")
        await expect(card).to_contain_text("Received · due on")
        await expect(card).to_contain_text("(5 working days)")
        await town.dee.post("/responses/1/owner", owner=DEE)
        await expect(card).to_contain_text("Being worked on")
        await expect(bo.get_by_role("dialog")).to_have_count(0)
