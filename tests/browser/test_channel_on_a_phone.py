"""A channel and its threads on a narrow screen: nothing is off it or over something else."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import FloatRect, Locator, Page

from channels.models import Channel, Message
from channels.threads import begin
from community.clock import now
from community.database import Transaction
from community.members.actions import set_muted_until
from community.members.models import Member
from tests.browser.talking import at_the_quay, expect, said_by, window
from tests.cast import BO, CABIN, CY, QUAY
from tests.chromium import DESK, PHONE
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

LONG = "Koordinasi Pascabencana Kabupaten Tasikmalaya"


async def box(one: Locator) -> FloatRect:
    found = await one.bounding_box()
    assert found is not None
    return found


async def inside(page: Page, one: Locator) -> bool:
    """Whether all of it is on the screen."""
    there, screen = await box(one), page.viewport_size
    assert screen is not None
    across = 0 <= there["x"] and there["x"] + there["width"] <= screen["width"]
    return across and 0 <= there["y"] and there["y"] + there["height"] <= screen["height"]


async def over(one: Locator, other: Locator) -> bool:
    """Whether the one ends where the other begins, or above that."""
    upper, lower = await box(one), await box(other)
    return upper["y"] + upper["height"] <= lower["y"] + 1


async def test_a_message_with_a_thread_stands_at_its_own_day_and_time(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, "who has rope?")
    thread = await town.db.act(_thread_at_an_old_message)
    await said_by(town.db, CY, "I have", channel=thread)
    await said_by(town.db, CY, "and tar?")
    async with window(chrome, town.cy, width=PHONE) as page:
        await at_the_quay(page)
        await expect(page.locator(".message-thread")).to_contain_text("1 reply")
        await expect(page.locator(".messages > .day")).to_have_count(2)
        own = page.locator("#message-1 .message-foot time")
        assert await own.get_attribute("title")
        said = await own.evaluate("one => [new Date(one.dateTime).getMinutes(), one.textContent]")
        assert said[1].endswith(f"{said[0]:02}")
        assert len(await page.locator(".message-thread").evaluate("one => [...one.children]")) == 2


async def test_what_opens_from_the_composer_is_on_the_screen(chrome: Chromium, town: Town) -> None:
    for wide in (PHONE, DESK):
        async with window(chrome, town.cy, width=wide) as page:
            await at_the_quay(page)
            await page.locator(".composer-more > summary").click()
            assert await inside(page, page.locator(".composer-more > .menu-list"))


async def test_above_a_thread_its_name_is_read_and_below_it_one_can_write(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, "who has rope?" + "\n\nIt is for the boat." * 20)
    thread = await town.db.act(_thread_at_an_old_message)
    await said_by(town.db, CY, "I have", channel=thread)  # and follows it
    await town.db.act(_name)
    async with window(chrome, town.cy, width=PHONE) as page:
        await page.set_viewport_size({"width": PHONE, "height": 560})
        await page.goto(f"/channels/{thread}")
        await expect(page.locator("live-status[brief]")).to_have_text("Live")
        assert (await box(page.locator(".channel-head")))["height"] < 80
        assert await over(page.locator(".composer"), page.locator(".places"))
        await page.locator(".channel-more > summary").click()
        await page.get_by_role("button", name="Stop following").click()
        await expect(page).to_have_url(f"{town.origin}/channels/{QUAY}/threads")
        when = page.locator(".channel-row time")
        assert (await box(when))["height"] < 30


async def test_nothing_lies_between_the_talk_and_an_empty_composer(
    chrome: Chromium, town: Town
) -> None:
    await said_by(town.db, BO, *(f"number {n}" for n in range(40)))
    await town.db.act(_name)
    async with window(chrome, town.cy, width=PHONE) as page:
        await at_the_quay(page)
        assert (await box(page.locator(".channel-head")))["height"] < 80
        assert (await box(page.locator("live-status[brief]")))["width"] < 20
        composer, line = page.locator(".composer"), page.locator(".composer-line")
        assert (await box(line))["y"] - (await box(composer))["y"] < 16
        await page.locator("channel-log").evaluate("log => log.scrollTo(0, -400)")
        await expect(page.locator(".jump")).to_be_visible()
        assert await over(page.locator("channel-log"), page.locator(".jump"))


async def test_the_numbers_of_the_rail_stand_below_each_other(chrome: Chromium, town: Town) -> None:
    await said_by(town.db, BO, "ahoy")
    async with window(chrome, town.cy) as page:
        await page.goto("/topics")
        place = await box(page.locator(".place[href='/channels']"))
        number = await box(page.locator(".place[href='/channels'] .unread"))
        assert place["x"] + place["width"] - number["x"] - number["width"] < 16


async def test_why_one_may_not_write_and_what_to_do_are_two_words(
    chrome: Chromium, town: Town
) -> None:
    await town.db.act(_muted)
    async with window(chrome, town.bo, width=PHONE) as page:
        await page.goto("/channels/7")
        said = await page.locator(".composer-closed").inner_text()
        assert " Why this is" in said


async def test_what_is_told_does_not_touch_what_is_asked(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.ada, width=PHONE) as page:
        await page.goto(f"/channels/{CABIN}/topic")
        told, asked = await box(page.locator(".notice")), await box(page.locator("form.form"))
        assert asked["y"] - told["y"] - told["height"] >= 12


def _thread_at_an_old_message(tx: Transaction) -> int:
    message = tx.get_one(Message, 1)
    message.written_at = now(tx) - timedelta(days=3, minutes=17)
    return begin(tx, tx.get_one(Member, CY), message.id).id


def _name(tx: Transaction) -> None:
    tx.get_one(Channel, QUAY).name = LONG


def _muted(tx: Transaction) -> None:
    set_muted_until(tx, tx.get_one(Member, BO), now(tx) + timedelta(days=1))
