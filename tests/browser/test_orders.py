"""An order of an authority: taken in by an administrator, done in two clicks by a senior moderator,
read by its author, and proven on paper."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from tests.chromium import window
from tests.conftest import Town
from tests.moderation.ordering import INTAKE
from tests.moderation.reporting import write

pytestmark = pytest.mark.browser

WORDS = "Buy my rope"
UNPRINTED = ".masthead, .places, .crumbs, .site-foot, button"


async def test_an_order_is_taken_in_hidden_in_two_clicks_and_proven_on_paper(
    town: Town, chrome: Chromium
) -> None:
    post = await write(town.db, body=WORDS)
    async with (
        window(chrome, town.fay) as fay,
        window(chrome, town.eva) as eva,
        window(chrome, town.bo) as bo,
        window(chrome, town.dee) as reader,
    ):
        for page in (bo, reader):
            await page.goto("/topics/5")
            await expect(page.locator(f"#post-{post} .post-body")).to_have_text(WORDS)
        await _take_in(fay, f"/posts/{post}\nhttps://elsewhere.test/posts/{post}")
        await expect(fay.locator("main")).to_contain_text("Bo · Where to moor")

        await eva.goto("/moderation/orders/1")
        await eva.get_by_role("link", name="Comply with all").click()
        await eva.get_by_role("button", name="Hide it now").click()
        await expect(eva.get_by_role("status").filter(has_text="What was done")).to_be_visible()

        there = bo.locator(f"#post-{post}")
        await expect(there.locator("own-words")).to_contain_text(WORDS)
        await expect(there).to_contain_text("how to ask for another look")
        await expect(reader.locator(f"#post-{post} .gone")).to_contain_text("hidden")
        assert WORDS not in await reader.content()
        await _prove(fay)


async def _take_in(fay: Page, addresses: str) -> None:
    await fay.goto("/moderation/orders/new")
    for name in ("number", "authority", "ground", "contact", "verified"):
        await fay.fill(f"[name={name}]", getattr(INTAKE, name))
    await fay.fill("[name=addresses]", addresses)
    await fay.get_by_role("button", name="Take it in").click()
    await expect(fay.get_by_role("heading", level=1)).to_have_text(INTAKE.authority)


async def _prove(fay: Page) -> None:
    """What only leads elsewhere is not on paper, and nothing is cut off at its edge."""
    await fay.goto("/moderation/orders/1/proof")
    await fay.emulate_media(media="print")
    await fay.set_viewport_size({"width": 680, "height": 960})  # what A4 leaves between its margins
    proof = fay.locator("main")
    for said in (INTAKE.number, INTAKE.authority, "SHA-256", "Name and signature"):
        await expect(proof).to_contain_text(said)
    for one in await fay.locator(UNPRINTED).all():
        await expect(one).to_be_hidden()
    assert await fay.evaluate("document.documentElement.scrollWidth <= innerWidth")
