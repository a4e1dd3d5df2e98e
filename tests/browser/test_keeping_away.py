"""Of whom one sees less: folded up by one's own stylesheet, with scripts and without."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from community.places import Lens
from forum.topics import actions as topics
from tests.browser.talking import at_the_quay, window
from tests.cast import ADA, CY
from tests.conftest import Town
from tests.moderation.reporting import as_, start, write

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

TITLE, WORDS, MUTED = "A placed topic", "Cheap rope", "(muted)"


async def test_what_they_start_and_what_they_wrote_before_is_folded_up(
    chrome: Chromium, town: Town
) -> None:
    post = await write(town.db, CY, WORDS)
    await as_(town.db, CY, topics.edit, post, f"{WORDS}, today")
    for starter in (CY, ADA):
        await start(town.db, starter, Lens("32.05"))
    assert TITLE in _nearby(await town.bo.open("/"))
    for away in (CY, ADA):
        await town.bo.post(f"/members/{away}/distance", extent="muted")
    assert TITLE not in _nearby(await town.bo.open("/"))
    async with window(chrome, town.bo, javascript=False) as page:
        await page.goto("/topics")
        rows = [page.locator(f".topic[data-author='{starter}']") for starter in (CY, ADA)]
        shown = [await row.filter(has_text=TITLE).inner_text() for row in rows]
        assert TITLE not in shown[0] and "Cy" in shown[0] and TITLE in shown[1]
        await page.goto(f"/posts/{post}/history")
        assert WORDS not in await page.locator("main").inner_text()
        await page.goto("/topics")
        await page.get_by_role("link", name=MUTED).click()
        await expect(page.locator("h1")).to_have_text(TITLE)


async def test_nobody_hears_that_they_are_writing(chrome: Chromium, town: Town) -> None:
    await town.bo.post(f"/members/{CY}/distance", extent="muted")
    async with window(chrome, town.bo) as page, town.cy.tab() as cy, town.ada.tab() as ada:
        await at_the_quay(page)
        for tab in (cy, ada):
            await tab.watch("channel:7")
            await tab.send("typing", channel=7, key="t")
        await expect(page.locator("channel-typing")).to_have_text("Ada is writing…")


def _nearby(page: str) -> str:
    return page.partition("New in your lens")[2]
