"""From the first page to the first page as a member, with scripts and without."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.chromium import PHONE, window
from tests.conftest import Posted
from tests.letterbox import path_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
async def test_gita_joins_and_comes_back(posted: Posted, chrome: Chromium, scripts: bool) -> None:
    town, box = posted
    async with window(chrome, town.visitor, width=PHONE, javascript=scripts) as page:
        await page.goto("/")
        await page.get_by_role("link", name="Bergabung").click()
        await page.get_by_label("Alamat surel").fill("gita@weaving.example")
        await page.get_by_label("Nama Anda").fill("Gita")
        await page.get_by_label("Tempat Anda").select_option("Kabupaten Garut")
        await page.get_by_label("Kriya").check()
        await page.get_by_label("Tahun lahir").fill("1991")
        await page.get_by_role("button", name="Bergabung").click()
        await expect(page.get_by_role("heading", name="Periksa surel Anda")).to_be_visible()

        await page.goto(path_in(await box.next()))
        await page.get_by_label("Saya menyetujui").check()
        await page.get_by_label("Kata sandi").fill("gita1991")
        await page.get_by_role("button", name="Bergabung").click()
        await expect(page.get_by_text("mudah ditebak")).to_be_visible()
        await page.get_by_label("Saya menyetujui").check()
        await page.get_by_label("Kata sandi").fill("tujuh gelombang sore 44")
        await page.get_by_role("button", name="Bergabung").click()
        await expect(page.get_by_role("link", name="Pemberitahuan")).to_be_visible()

    async with window(chrome, town.visitor, width=PHONE, javascript=scripts) as page:
        await page.goto("/sign-in")
        await page.get_by_role("link", name="Lupa kata sandi").click()
        await page.get_by_label("Alamat surel").fill("gita@weaving.example")
        await page.get_by_role("button", name="Kirim surel").click()
        await page.goto(path_in(await box.next()))
        await page.get_by_label("Kata sandi").fill("delapan perahu pagi 51")
        await page.get_by_role("button", name="Lanjut").click()
        await expect(page.get_by_role("link", name="Pemberitahuan")).to_be_visible()
