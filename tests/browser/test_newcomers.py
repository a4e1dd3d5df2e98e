"""Who comes by an invitation, with a guardian, or past a moderator: from the first page on,
in a real browser, with scripts and without."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect

from tests.browsing import Browser, sign_in_as
from tests.cast import ADA, BO, DODOL, FAY
from tests.chromium import PHONE, window
from tests.conftest import Posted
from tests.letterbox import path_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
    pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"]),
]

GITA, MUM = "gita@weaving.example", "mum@weaving.example"
PASSWORD = "tujuh gelombang sore 44"


async def test_gita_is_invited_joins_and_speaks_for_the_brand(
    posted: Posted, chrome: Chromium, scripts: bool
) -> None:
    town, box = posted
    async with _at(posted, chrome, BO, scripts) as page:
        await page.goto(f"/invitations?organisation={DODOL}")
        await page.get_by_label("E-mail address").fill(GITA)
        await page.get_by_role("button", name="Make the invitation").click()
        await expect(page.get_by_role("img", name="Code of the link")).to_be_visible()
    async with window(chrome, town.visitor, width=PHONE, javascript=scripts) as page:
        await page.goto(path_in(await box.next()))
        await expect(page.get_by_text("Bo mengundang Anda")).to_be_visible()
        await page.get_by_role("main").get_by_role("link", name="Bergabung").click()
        await expect(page.get_by_label("Alamat surel")).to_have_value(GITA)
        await page.get_by_label("Nama Anda").fill("Gita")
        await page.get_by_label("Tahun lahir").fill("1991")
        await page.get_by_role("main").get_by_role("button", name="Bergabung").click()
        await _confirm(page)
        await page.goto("/notices")
        await page.get_by_text("menawari").first.click()
        await page.get_by_role("button", name="Terima").click()
        await page.goto(f"/organisations/{DODOL}")
        await expect(page.get_by_role("main").get_by_text("Gita").first).to_be_visible()


async def test_gita_joins_with_her_mother(posted: Posted, chrome: Chromium, scripts: bool) -> None:
    town, box = posted
    async with _at(posted, chrome, FAY, scripts) as page:
        await page.goto("/administration/site")
        await page.get_by_label("Under 16 with the consent of a guardian").check()
        await page.get_by_role("button", name="Save").nth(1).click()
        await expect(page.get_by_text("It holds from now on")).to_be_visible()
    async with window(chrome, town.visitor, width=PHONE, javascript=scripts) as page:
        await _ask(page, born="2012", guardian=MUM)
        letters = {letter["to"]: path_in(letter) for letter in [await box.next(), await box.next()]}
        await page.goto(letters[GITA])
        await _confirm(page, waits=True)
        await expect(page.get_by_role("heading", name="Kami menunggu wali Anda")).to_be_visible()
        await page.goto(letters[MUM])
        await page.get_by_label("Nama Anda sendiri").fill("Ibu Gita")
        await page.get_by_label("Saya ibu, ayah, atau walinya").check()
        await page.get_by_role("button", name="Saya menyetujui").click()
        await expect(page.get_by_text("Ia sudah menjadi anggota")).to_be_visible()
        assert (await box.next())["to"] == GITA
        await page.goto("/sign-in")
        await page.get_by_label("Alamat surel").fill(GITA)
        await page.get_by_label("Kata sandi").fill(PASSWORD)
        await page.get_by_role("main").get_by_role("button", name="Masuk", exact=True).click()
        await expect(page.get_by_role("link", name="Pemberitahuan").first).to_be_visible()


async def test_gita_waits_until_ada_lets_her_in(
    posted: Posted, chrome: Chromium, scripts: bool
) -> None:
    town, box = posted
    await town.fay.post("/administration/site/joining", approval="yes")
    async with (
        window(chrome, town.visitor, width=PHONE, javascript=scripts) as page,
        _at(posted, chrome, ADA, scripts) as moderator,
    ):
        await _ask(page, born="1991")
        await page.goto(path_in(await box.next()))
        await _confirm(page)
        await expect(page.get_by_text("Moderator perlu menerima Anda")).to_be_visible()
        await moderator.goto("/cases/1")
        await moderator.get_by_role("button", name="Claim").click()
        await moderator.get_by_label("Let in").check()
        await moderator.get_by_label("Why").fill("Welcome.")
        await moderator.get_by_role("button", name="Decide", exact=True).click()
        await expect(moderator.get_by_text("Granted").first).to_be_visible()
        await page.goto("/topics/5")
        await expect(page.get_by_text("Moderator perlu menerima Anda")).to_be_hidden()


@asynccontextmanager
async def _at(posted: Posted, chrome: Chromium, member: int, scripts: bool) -> AsyncIterator[Page]:
    town = posted.town
    browser: Browser = await sign_in_as(town.db, town.origin, member)
    async with window(chrome, browser, javascript=scripts) as page:
        yield page
    await browser.close()


async def _ask(page: Page, *, born: str, guardian: str = "") -> None:
    await page.goto("/join")
    await page.get_by_label("Alamat surel").first.fill(GITA)
    await page.get_by_label("Nama Anda").fill("Gita")
    await page.get_by_label("Tahun lahir").fill(born)
    if guardian:
        await page.get_by_label("Alamat surel wali Anda").fill(guardian)
    await page.get_by_role("main").get_by_role("button", name="Bergabung").click()
    await expect(page.get_by_role("heading", name="Periksa surel Anda")).to_be_visible()


async def _confirm(page: Page, *, waits: bool = False) -> None:
    await page.get_by_label("Saya menyetujui").check()
    await page.get_by_label("Kata sandi").fill(PASSWORD)
    await page.get_by_role("main").get_by_role("button", name="Bergabung").click()
    if not waits:
        await expect(page.get_by_role("link", name="Pemberitahuan").first).to_be_visible()
