"""A browser that runs no scripts: an old phone, a careful office, a page that did not load whole.

Everybody signs in with a password and leaves again through the same browser.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Locator, Page, expect

from tests.cast import ADA, BO, CY, DEE, PASSWORD, email
from tests.chromium import PHONE, window
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


@pytest.fixture
async def page(town: Town, chrome: Chromium) -> AsyncIterator[Page]:
    async with window(chrome, town.visitor, width=PHONE, javascript=False) as page:
        yield page


async def test_bo_starts_a_topic_and_changes_what_was_written(page: Page) -> None:
    async with signed_in(page, BO):
        await page.goto("/topics")
        await page.get_by_role("link", name="Start a topic").click()
        await page.get_by_label("Category").select_option("Market")
        await page.get_by_label("Title").fill("A new quay")
        await page.get_by_label("Your text").fill("Who builds it?")
        await page.get_by_role("button", name="Start the topic").click()
        await expect(page.get_by_role("heading", name="A new quay")).to_be_visible()

    async with signed_in(page, CY):
        await page.goto("/topics")
        await page.get_by_role("link", name="A new quay").click()
        await page.get_by_label("Your text").fill("We all do.")
        await page.get_by_role("button", name="Send reply").click()
        await expect(post(page, "We all do.")).to_be_visible()

        await open_menu(page, "We all do.", "Edit")
        await page.get_by_label("Your text").fill("We all do, on Sundays.")
        await page.get_by_role("button", name="Save", exact=True).click()
        await expect(post(page, "We all do, on Sundays.")).to_contain_text("edited")

        await open_menu(page, "We all do, on Sundays.", "Withdraw")
        await page.get_by_role("button", name="Withdraw").click()
        await expect(page.get_by_text("withdrawn by its author")).to_be_visible()
        await expect(page.get_by_text("We all do")).to_have_count(0)


async def test_what_bo_says_is_reported_by_cy_and_decided_by_ada(page: Page) -> None:
    async with signed_in(page, BO):
        await page.goto("/channels/7")
        await page.get_by_label("Message", exact=True).fill("buy my rope")
        await page.get_by_role("button", name="Send").click()
        await expect(page.locator(".message")).to_contain_text("buy my rope")

    async with signed_in(page, CY):
        await page.goto("/channels/7")
        await page.get_by_label("Actions for this message").click()
        await page.get_by_role("link", name="Report", exact=True).click()
        await page.get_by_label("Spam").check()
        await page.get_by_role("button", name="Send the report").click()
        await expect(page.get_by_text("A moderator will look at it")).to_be_visible()

    async with signed_in(page, ADA):
        await page.goto("/moderation")
        await page.get_by_role("button", name="Claim").click()
        await page.get_by_label("It breaks the rules").check()
        await page.get_by_label("Hide", exact=True).check()
        await page.get_by_label("What you found").fill("An offer where none belongs.")
        await page.get_by_role("button", name="Decide", exact=True).click()
        await expect(page.get_by_text("You have decided this case.")).to_be_visible()

    async with signed_in(page, BO):
        await page.goto("/channels/7")
        await expect(page.locator(".message")).to_contain_text("hidden by a moderator")
        await page.goto("/notices")
        await page.get_by_role("button", name="A moderator decided").click()
        await expect(page.get_by_text("An offer where none belongs.")).to_be_visible()


async def test_dee_publishes_an_announcement_and_bo_acknowledges_it(page: Page) -> None:
    async with signed_in(page, DEE):
        await page.goto("/announcements")
        await page.get_by_role("link", name="Publish an announcement").click()
        await page.get_by_label("Title", exact=True).fill("Storm on Friday")
        await page.get_by_label("Text", exact=True).fill("Moor twice.")
        await page.get_by_label("Ask for an acknowledgement").check()
        await page.get_by_label("Acknowledge by").fill("2099-01-02T10:00")
        await page.get_by_label("Region").select_option("32")
        await page.get_by_role("button", name="Save and look at it").click()
        await expect(page.get_by_role("heading", name="It reaches")).to_be_visible()
        await page.get_by_role("button", name="Publish").click()
        await expect(page.get_by_role("heading", name="Storm on Friday")).to_be_visible()

    async with signed_in(page, BO):
        await page.get_by_role("link", name="Storm on Friday").first.click()
        await page.get_by_role("button", name="Acknowledge").click()
        await expect(page.get_by_text("You acknowledged this on")).to_be_visible()


@asynccontextmanager
async def signed_in(page: Page, member: int) -> AsyncIterator[None]:
    await page.goto("/sign-in")
    await page.locator("[name=email]").fill(email(member))
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("[name=password]").press("Enter")
    await page.wait_for_url("**/")
    yield
    await page.goto("/more")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/")


def post(page: Page, words: str) -> Locator:
    return page.get_by_role("article").filter(has_text=words)


async def open_menu(page: Page, words: str, verb: str) -> None:
    """On the page of the post, where the server draws what its author may do."""
    await post(page, words).locator("summary").click()
    await post(page, words).get_by_role("link", name="Open this post").click()
    await page.get_by_role("complementary").get_by_role("link", name=verb, exact=True).click()
