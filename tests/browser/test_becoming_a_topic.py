"""Messages are chosen in the talk and become a topic, live for whoever else is there; what a new
member says is held and heard when it is let through."""

import re

import pytest
from playwright.async_api import Browser as Chromium

from moderation.decisions.deciding import Judgement
from moderation.models import Ruling
from tests.browser.talking import at_the_quay, expect, messages, said_by, window, write
from tests.cast import ADA, BO, DEE, MARKET, OFFICE, QUAY, hold_first
from tests.conftest import Town
from tests.moderation.reporting import judge

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


async def test_one_chooses_by_keys_and_the_other_sees_the_line_live(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, "one", "two", "three", "four")
    async with window(chrome, town.bo) as bo, window(chrome, town.cy) as cy:
        await at_the_quay(cy)
        await at_the_quay(bo)
        await bo.locator("#message-1 .message-open").click()
        await bo.get_by_role("link", name="Make a topic of it").click()
        await expect(bo.locator("#message-1 .choice")).to_be_checked()
        await expect(bo.locator("#message-1 .choice")).to_be_focused()
        await bo.keyboard.press("Shift+ArrowDown")
        await bo.keyboard.press("ArrowDown")
        await expect(bo.locator(".choosing [role=status]")).to_have_text("2 chosen")
        await bo.locator("#message-4 .choice").click()
        await bo.locator("#message-2 .choice").click(modifiers=["Shift"])
        await expect(bo.locator(".choosing [role=status]")).to_have_text("1 chosen")
        await bo.locator("#message-4 .choice").click(modifiers=["Shift"])
        await expect(bo.locator(".choosing [role=status]")).to_have_text("4 chosen")
        await bo.locator("#message-4 .choice").click()
        await bo.keyboard.press("Escape")
        await expect(bo.locator(".choice")).to_have_count(0)

        await bo.locator("#message-1 .message-open").click()
        await bo.get_by_role("link", name="Make a topic of it").click()
        await bo.locator("#message-3 .choice").click(modifiers=["Shift"])
        await bo.get_by_role("button", name="make one of yours").click()
        await expect(bo.get_by_text("3 messages are chosen.")).to_be_visible()
        where = bo.get_by_label("Its number, its address")
        await expect(where).to_be_hidden()
        await bo.get_by_label("Into a topic that is there already").check()
        await expect(where).to_be_visible()
        await expect(bo.get_by_label("Title", exact=True)).to_be_hidden()
        await bo.get_by_label("Into a new topic").check()
        await bo.get_by_label("Title", exact=True).fill("Numbers")
        await bo.get_by_role("button", name="Go on").click()
        await bo.get_by_role("button", name="Make it so").click()
        await expect(bo.get_by_text("3 messages are part of the topic")).to_be_visible()

        await expect(cy.locator("#message-1")).to_contain_text("3 messages became part of a topic")
        await expect(messages(cy)).to_have_text(["four"])
        there = cy.locator("#message-1").get_by_role("link", name="Numbers")
        await expect(there).to_have_attribute("href", re.compile("^/topics/"), timeout=15_000)
        await bo.get_by_role("button", name="Undo").click()
        await expect(messages(cy)).to_have_text(["one", "two", "three", "four"])


async def test_a_stub_names_the_topic_to_those_alone_who_may_read_it(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, DEE, "one", "two", "three")
    for message, title, category in ((1, "Sealed", OFFICE), (3, "Numbers", MARKET)):
        form = {"message": [str(message)], "title": title, "category": str(category)}
        assert (await town.dee.post(f"/channels/{QUAY}/topic", **form)).status_code == 303
    async with window(chrome, town.bo) as bo, window(chrome, town.dee) as dee:
        await at_the_quay(bo)
        await at_the_quay(dee)
        for page in (bo, dee):
            await expect(page.locator("#message-3").get_by_role("link")).to_have_text("Numbers")
        await expect(dee.locator("#message-1").get_by_role("link")).to_have_text("Sealed")
        await expect(bo.locator("#message-1")).to_contain_text("not open to you")
        assert "Sealed" not in await bo.content()
        await dee.locator("#message-1").get_by_role("link").click()
        await expect(dee.get_by_role("heading", name="Sealed")).to_be_visible()


async def test_what_is_held_waits_in_its_place_and_is_heard_when_let_through(
    chrome: Chromium, town: Town
) -> None:
    await town.db.act(hold_first, 1)
    async with window(chrome, town.bo) as bo, window(chrome, town.cy) as cy:
        await at_the_quay(cy)
        await at_the_quay(bo)
        await write(bo, "ahoy")
        await expect(bo.locator(".held")).to_contain_text("Waits to be checked")
        await expect(bo.locator(".pending")).to_have_count(0)
        await expect(messages(cy)).to_have_count(0)
        await judge(town.db, ADA, 1, Judgement(Ruling.RELEASE, "held", ""))
        await expect(messages(cy)).to_have_text(["ahoy"])
        await expect(messages(bo)).to_have_text(["ahoy"])
        await expect(bo.locator(".held")).to_have_count(0)
