"""From joining to speaking for a brand that somebody verified, until the mandate is withdrawn."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import FilePayload, Page

from tests.browser.talking import at_the_quay, expect, live, write
from tests.chromium import PHONE, window
from tests.conftest import Posted
from tests.letterbox import path_in
from tests.painting import painted

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


async def test_gita_has_her_brand_verified_and_cy_speaks_for_it_until_she_takes_it_back(
    posted: Posted, chrome: Chromium
) -> None:
    town, box = posted
    async with (
        window(chrome, town.visitor, width=PHONE) as gita,
        window(chrome, town.ada) as ada,
        window(chrome, town.cy, width=PHONE) as cy,
    ):
        await _join(gita)
        await gita.goto(path_in(await box.next()))
        await _confirm(gita)
        await _register(gita)
        await _verify(ada)
        await _offer(gita, "Cy")

        await cy.goto("/notices")
        await cy.get_by_role("button", name="Gita offers you to speak").click()
        await cy.get_by_role("button", name="Accept").click()
        await at_the_quay(cy)
        await cy.get_by_label("Speak as").select_option("Tenun Gita")
        await write(cy, "Twelve sarongs are ready")
        spoken = cy.locator(".message[data-seq]", has_text="Twelve sarongs")
        await expect(spoken.get_by_text("Local brand")).to_be_visible()
        await expect(spoken.get_by_role("link", name="Tenun Gita")).to_be_visible()

        await cy.get_by_label("Message", exact=True).fill("And thirty more in")
        await _withdraw(gita)
        await expect(cy.get_by_label("Speak as")).to_have_count(0)
        await live(cy)
        await expect(cy.get_by_label("Message", exact=True)).to_have_value("And thirty more in")
        await write(cy, "I speak for myself")
        mine = cy.locator(".message[data-seq]", has_text="I speak for myself")
        await expect(mine).to_be_visible()
        await expect(mine.get_by_text("Tenun Gita")).to_have_count(0)
        await expect(spoken.get_by_role("link", name="Tenun Gita")).to_be_visible()


async def _join(page: Page) -> None:
    await page.goto("/join")
    await page.get_by_label("Alamat surel").fill("gita@weaving.example")
    await page.get_by_label("Nama Anda").fill("Gita")
    await page.get_by_label("Tahun lahir").fill("1991")
    await page.get_by_role("button", name="Bergabung").click()
    await expect(page.get_by_role("heading", name="Periksa surel Anda")).to_be_visible()


async def _confirm(page: Page) -> None:
    await page.get_by_label("Saya menyetujui").check()
    await page.get_by_label("Kata sandi").fill("tujuh gelombang sore 44")
    await page.get_by_role("button", name="Bergabung").click()
    await expect(page.get_by_role("link", name="Pemberitahuan")).to_be_visible()


async def _register(page: Page) -> None:
    """And shows what there is."""
    await page.goto("/organisations")
    await page.get_by_role("link", name="Daftarkan organisasi").click()
    await page.get_by_label("Merek lokal").check()
    await page.get_by_label("Namanya").fill("Tenun Gita")
    await page.get_by_role("button", name="Daftarkan").click()
    await page.get_by_label("Dengan kata-kata Anda sendiri").fill("Di Majalaya sejak 2011.")
    await page.get_by_label("NIB").fill("12345")
    await page.get_by_role("button", name="Ajukan verifikasi").click()
    await expect(page.get_by_text("NIB terdiri atas 13 angka").first).to_be_visible()
    await page.get_by_label("NIB").fill("1234 5678 90123")
    picture = FilePayload(name="toko.jpg", mimeType="image/jpeg", buffer=painted())
    await page.get_by_label("Foto").set_input_files(picture)
    await page.get_by_role("button", name="Ajukan verifikasi").click()
    await expect(page.get_by_role("heading", name="Menunggu moderator")).to_be_visible()
    await expect(page.get_by_role("link", name="Foto 1")).to_be_visible()


async def _verify(page: Page) -> None:
    await page.goto("/moderation")
    await page.get_by_role("link", name="Organisation to verify").click()
    await page.get_by_role("button", name="Claim", exact=True).click()
    await expect(page.get_by_role("img", name="Picture 1")).to_be_visible()
    await page.get_by_label("Verify").check()
    await page.get_by_label("Level").select_option("2")
    await page.get_by_label("Why", exact=True).fill("The number was looked up.")
    await page.get_by_role("button", name="Decide", exact=True).click()
    await expect(page.get_by_text("You have decided this case")).to_be_visible()


async def _offer(page: Page, name: str) -> None:
    await page.goto("/organisations?words=tenun")
    await page.get_by_role("link", name="Tenun Gita").click()
    await expect(page.get_by_text("Terverifikasi, tingkat 2")).to_be_visible()
    await page.get_by_role("link", name="Tawarkan mandat").click()
    await page.get_by_label("Bagian dari namanya").fill(name)
    await page.get_by_role("button", name="Cari").click()
    await page.get_by_label(name, exact=True).check()
    await page.get_by_role("button", name="Tawarkan").click()
    await expect(page.get_by_text("Sudah ditawarkan")).to_be_visible()


async def _withdraw(page: Page) -> None:
    await page.goto("/organisations?words=tenun")
    await page.get_by_role("link", name="Tenun Gita").click()
    await page.locator("li", has_text="Cy").get_by_role("link", name="Mandat").click()
    await page.get_by_role("button", name="Cabut mandat").click()
    await expect(page.get_by_text("Mandat ini sudah berakhir")).to_be_visible()
