"""Pictures and distance in a real browser, with scripts and without."""

from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.cast import BO, CY
from tests.chromium import PHONE, window
from tests.conftest import Town
from tests.moderation.reporting import say, write
from tests.painting import painted

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


@pytest.mark.parametrize("javascript", [True, False])
async def test_bo_chooses_a_picture_and_cy_sees_it(
    town: Town, chrome: Chromium, tmp_path: Path, javascript: bool
) -> None:
    (tmp_path / "foto.jpg").write_bytes(painted(size=(1_600, 1_200)))
    await write(town.db, BO, "Who builds it?")
    async with window(chrome, town.bo, width=PHONE, javascript=javascript) as bo:
        await bo.goto("/settings/profile")
        await bo.get_by_label("Choose a picture").set_input_files(tmp_path / "foto.jpg")
        await bo.get_by_role("button", name="Use this picture").click()
        await expect(bo.get_by_text("Saved.")).to_be_visible()
    async with window(chrome, town.cy, javascript=javascript) as cy:
        await cy.goto("/topics/5")
        picture = cy.locator(".post img.avatar")
        await picture.scroll_into_view_if_needed()
        await cy.wait_for_function(
            "() => document.querySelector('.post img.avatar').naturalWidth === 64"
        )


@pytest.mark.parametrize("javascript", [True, False])
async def test_bo_mutes_cy_and_reads_on_in_peace(
    town: Town, chrome: Chromium, javascript: bool
) -> None:
    await write(town.db, CY, "Buy my rope")
    await say(town.db, CY, "Buy my rope")
    async with window(chrome, town.bo, width=PHONE, javascript=javascript) as bo:
        await bo.goto("/topics/5")
        await bo.get_by_role("link", name="Cy").first.click()
        await bo.get_by_text("See less of Cy").click()
        await bo.get_by_role("button", name="Mute (Cy)").click()
        for path in ("/topics/5", "/channels/7"):
            await bo.goto(path)
            await expect(bo.get_by_text("Buy my rope")).to_be_hidden()
            await expect(bo.get_by_role("link", name="Cy").first).to_be_visible()
        await say(town.db, BO, "Quiet here")
        await say(town.db, CY, "Still selling")
        if not javascript:
            await bo.reload()
        await expect(bo.get_by_text("Quiet here")).to_be_visible()
        await expect(bo.locator("#main").get_by_text("Still selling")).to_be_hidden()
        await bo.goto("/settings/people")
        await bo.get_by_role("button", name="Unmute (Cy)").click()
        await bo.goto("/channels/7")
        await expect(bo.get_by_text("Still selling")).to_be_visible()
