"""An announcement from its first word to the answer under it: an official writes, another approves,
a brand acknowledges, an industry region reads, asks and is answered."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import FilePayload, Page, expect

from community.database import Transaction
from community.members.models import Member
from community.organisations.granting import give_mandate
from community.organisations.models import MandateRole, Organisation
from tests.cast import CY, HARBOUR_OFFICE
from tests.chromium import window
from tests.conftest import Town

pytestmark = pytest.mark.browser

TITLE = "Storm on Friday"
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n"


async def test_an_official_writes_another_approves_a_brand_acknowledges_a_region_asks(
    town: Town, chrome: Chromium
) -> None:
    await town.db.act(_offer)
    async with (
        window(chrome, town.dee) as dee,
        window(chrome, town.cy) as cy,
        window(chrome, town.bo) as bo,
        window(chrome, town.gus) as gus,
    ):
        for page in (bo, gus):
            async with page.expect_websocket():
                await page.goto("/channels")
        await _write(dee)
        await _approve(cy)
        for page in (bo, gus):
            await page.locator("#toasts").get_by_role("link", name=TITLE).click()
            await expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
            await expect(page.get_by_role("link", name="The letter")).to_be_visible()
        await bo.get_by_role("button", name="Acknowledge").click()
        await expect(bo.locator("main")).to_contain_text("You acknowledged this on")

        await gus.get_by_role("link", name="Ask a question").click()
        await _send(gus, "Which pier is the old one?")
        topic = gus.url.partition("?")[0]
        await bo.goto(topic)
        await expect(bo.locator("main")).to_contain_text("Which pier is the old one?")
        await expect(bo.get_by_role("link", name="Reply", exact=True).first).to_be_hidden()

        await dee.goto(topic)
        await dee.get_by_label("Speak as").select_option(label="Harbour Office")
        await _send(dee, "The one with the crane.")
        for page in (gus, bo):  # live
            await expect(page.locator(".post-official").last).to_contain_text("with the crane")
        await bo.get_by_role("navigation").get_by_role("link", name=TITLE).first.click()
        await expect(bo.locator(".outcome")).to_contain_text("The one with the crane.")


async def _write(dee: Page) -> None:
    await dee.goto("/announcements/new")
    await dee.get_by_label("Title", exact=True).fill(TITLE)
    await dee.get_by_label("Text", exact=True).fill("Double your **lines**.")
    letter: FilePayload = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": PDF}
    await dee.locator("#given").set_input_files([letter])
    await dee.get_by_label("Ask for an acknowledgement").check()
    await dee.locator("#acknowledge_by").fill("2099-01-05T16:00")
    await dee.get_by_label("What may be written under it").select_option("questions")
    await dee.get_by_role("button", name="Save and look at it").click()
    await expect(dee.locator(".audience-total")).to_contain_text("It reaches 6 members")
    await dee.get_by_role("link", name="Change it").click()
    await dee.get_by_label("What is this document?").fill("The letter")
    await dee.get_by_role("button", name="Save and look at it").click()
    await expect(dee.get_by_role("link", name="The letter")).to_be_visible()
    await dee.get_by_role("button", name="Ask for approval").click()
    await expect(dee.get_by_role("heading", level=1)).to_have_text("Waits for a second person")


async def _approve(cy: Page) -> None:
    await cy.goto("/announcements/drafts")
    await cy.get_by_role("link", name=TITLE).click()
    await cy.get_by_role("button", name="Approve").click()
    await expect(cy.get_by_role("heading", level=1)).to_have_text(TITLE)


async def _send(page: Page, words: str) -> None:
    await page.locator("post-composer textarea[name=body]").fill(words)
    await page.get_by_role("button", name="Send reply").click()
    await expect(page.locator("reply-tree")).to_contain_text(words)


def _offer(tx: Transaction) -> None:
    """Cy speaks for the office, too."""
    office = tx.get_one(Organisation, HARBOUR_OFFICE)
    give_mandate(tx, tx.get_one(Member, CY), office, MandateRole.SPEAKER)
