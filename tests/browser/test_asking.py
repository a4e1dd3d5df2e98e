"""An author is asked before others read it: the words stay, and two ways lead on."""

import pytest
from playwright.async_api import Browser as Chromium

from tests.browser.talking import at_the_quay, expect, messages, stored, window, write
from tests.browser.test_topics import TOPIC, opened
from tests.conftest import Town

pytestmark = pytest.mark.browser

PHONE = "Call 081234567890 for rope"


async def test_in_a_channel_the_question_stands_at_the_message_that_waits(
    town: Town, chrome: Chromium
) -> None:
    async with window(chrome, town.bo) as bo:
        await at_the_quay(bo)
        await write(bo, PHONE)
        waits = bo.locator(".pending")
        await expect(waits.locator("mark")).to_have_text("081234567890")
        await expect(waits.locator(".pending-body")).to_have_text(PHONE)
        assert await stored(town.db) == []

        await waits.get_by_role("button", name="Edit and send anew").click()
        box = bo.get_by_label("Message", exact=True)
        await expect(box).to_have_value(PHONE)
        await expect(waits).to_have_count(0)
        await box.fill("Call me for rope")
        await box.press("Enter")
        await expect(messages(bo)).to_have_text(["Call me for rope"])

        await write(bo, PHONE)
        await waits.get_by_role("button", name="I mean it").click()
        await expect(messages(bo)).to_have_text(["Call me for rope", PHONE])
        await write(bo, f"{PHONE} again")
        await expect(messages(bo).nth(2)).to_have_text(f"{PHONE} again")
        await expect(bo.locator(".pending-ask:not(:empty)")).to_have_count(0)


async def test_in_a_topic_the_question_stands_above_the_text(town: Town, chrome: Chromium) -> None:
    async with opened(chrome, town.bo, TOPIC) as bo:
        box = bo.locator("textarea[name=body]")
        await box.fill(PHONE)
        await bo.get_by_role("button", name="Send reply").click()
        question = bo.locator("[data-error] .asked")
        await expect(question.locator("mark")).to_have_text("081234567890")
        await expect(box).to_have_value(PHONE)
        await question.get_by_text("Change it").click()
        await expect(box).to_be_focused()
        await question.get_by_role("button", name="I mean it").click()
        await expect(bo.locator(".post.mine .prose")).to_contain_text(PHONE)
        await expect(question).to_have_count(0)
