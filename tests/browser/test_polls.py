"""What scripts add to a poll: one votes below the post, and others see that somebody has."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.chromium import window
from tests.conftest import Town
from tests.forum.pages import answer_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


async def test_cy_votes_below_the_post_and_ada_sees_no_more_than_that(
    town: Town, chrome: Chromium
) -> None:
    post = await answer_in(town.bo, "/topics/5", "Please choose.")
    await town.bo.post(f"/posts/{post}/poll", question="Which rope?", option=["Hemp", "Jute"])
    async with window(chrome, town.cy) as cy, window(chrome, town.ada) as ada:
        for page in (cy, ada):
            await page.goto("/topics/5")
        poll, seen_by_ada = cy.locator("post-poll"), ada.locator("post-poll")
        await expect(seen_by_ada).to_contain_text("0 have voted")
        await poll.get_by_label("Jute").check()
        await poll.get_by_role("button", name="Vote").click()
        await expect(poll.locator(".poll-results")).to_contain_text("1 100%")
        await expect(seen_by_ada).to_contain_text("1 has voted")
        await expect(seen_by_ada.locator(".poll-results")).to_have_count(0)
        await town.bo.post(f"/posts/{post}/poll/end")
        for page in (cy, ada):
            await expect(page.locator("post-poll .poll-results")).to_contain_text("1 100%")
            await expect(page.locator("post-poll")).to_contain_text("The poll has ended.")
