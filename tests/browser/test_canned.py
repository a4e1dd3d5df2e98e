"""Canned texts by one press or key, below what is typed, and out again."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.cast import ADA
from tests.chromium import window
from tests.conftest import Town
from tests.moderation.reporting import reported, take

pytestmark = pytest.mark.browser


async def test_a_press_or_a_key_puts_a_text_below_what_is_typed(
    town: Town, chrome: Chromium
) -> None:
    _post, case = await reported(town.db)
    await take(town.db, ADA, case)
    async with window(chrome, town.ada) as ada:
        await ada.goto(f"/cases/{case}")
        facts = ada.locator("#facts")
        await facts.fill("I looked.")
        await ada.locator(".canned summary").click()
        first = ada.locator(".canned-list li").first
        words = await first.locator(".canned-words").inner_text()
        await first.get_by_role("button").click()
        await expect(facts).to_have_value(f"I looked.\n{words}")
        await facts.press("ControlOrMeta+z")
        await expect(facts).to_have_value("I looked.")

        await facts.press("1")  # who writes, writes
        await expect(facts).to_have_value("I looked.1")
        await ada.locator("h1").click()
        await ada.keyboard.press("1")
        await expect(facts).to_have_value(f"I looked.1\n{words}")


async def test_another_reason_brings_its_own_texts(town: Town, chrome: Chromium) -> None:
    _post, case = await reported(town.db)
    await take(town.db, ADA, case)
    async with window(chrome, town.ada) as ada:
        await ada.goto(f"/cases/{case}")
        await ada.locator(".canned summary").click()
        texts = ada.locator(".canned-list")
        await expect(texts).to_contain_text("several places")
        await ada.select_option("#reason", "hoax")
        await expect(texts).to_contain_text("contradicted by this source")
        await expect(texts).not_to_contain_text("several places")
        await ada.keyboard.press("Tab")
        await texts.get_by_role("button").first.click()
        await expect(ada.locator("#facts")).to_have_value(
            "What you stated in “Where to moor” is contradicted by this source:"
        )
