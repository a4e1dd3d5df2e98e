"""What was written and not yet answered, whatever becomes of the tab, the browser, the sign-in."""

import asyncio

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Dialog, Locator, Page

from channels import actions, hosting
from community.database import Transaction
from community.members.actions import sign_out_others
from community.members.models import Member
from tests.browser.talking import (
    at_the_quay,
    expect,
    live,
    messages,
    said_by,
    status,
    stored,
    until_shelved,
    until_stored,
    window,
    write,
)
from tests.browsing import Browser, signed_in
from tests.cast import CY, FAY, QUAY
from tests.conftest import Town
from tests.proxy import Line

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

DENIED = """Object.defineProperty(window, "indexedDB", {
    get() { throw new DOMException("denied", "SecurityError") },
})"""


async def test_f30_of_two_tabs_one_crashes_and_the_other_sends_for_both(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        other = await at_the_quay(await page.context.new_page())
        await wire.cut()
        await write(page, "one")
        await write(other, "two")
        await expect(_pending(page)).to_have_count(2)
        await expect(_pending(other)).to_have_count(2)

        await _crash(other)
        await wire.heal()
        await expect(messages(page)).to_have_text(["one", "two"])
        await expect(_pending(page)).to_have_count(0)
        assert await _bodies(far_town) == ["one", "two"]


async def test_f30_what_the_crashed_tab_was_not_answered_is_said_once(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        other = await at_the_quay(await page.context.new_page())
        await wire.swallow()
        await write(other, "ahoy")
        await until_stored(far_town.db, "ahoy")
        await _crash(other)

        await wire.heal()
        await expect(messages(page)).to_have_text(["ahoy"])
        await expect(_pending(page)).to_have_count(0)
        assert await _bodies(far_town) == ["ahoy"]


async def test_what_a_closed_tab_left_is_sent_by_the_next_page_of_any_kind(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await wire.cut()
        await write(page, "ahoy")
        key = await _pending(page).get_attribute("data-pending")
        await until_shelved(page)
        next_page = await page.context.new_page()
        await page.close()

        await wire.heal()
        await next_page.goto("/")
        await until_stored(far_town.db, "ahoy")
        assert await stored(far_town.db) == [(key, "ahoy")]


async def test_where_nothing_can_be_stored_the_page_says_so_and_does_not_go_silently(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await page.add_init_script(DENIED)
        await at_the_quay(page)
        await wire.cut()
        await write(page, "ahoy")
        await expect(_pending(page)).to_contain_text("keep this page open")
        async with page.expect_event("dialog") as asked:
            await page.close(run_before_unload=True)
        dialog: Dialog = await asked.value
        assert dialog.type == "beforeunload"
        await dialog.dismiss()

        await wire.heal()
        await expect(messages(page)).to_have_text(["ahoy"])
        await expect(_pending(page)).to_have_count(0)


async def test_where_the_disk_is_full_it_is_sent_all_the_same(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        devices = await page.context.new_cdp_session(page)
        full = {"origin": town.origin, "quotaSize": 0}
        await devices.send("Storage.overrideQuotaForOrigin", full)
        await write(page, "ahoy")
        await expect(messages(page)).to_have_text(["ahoy"])
        await expect(_pending(page)).to_have_count(0)


async def test_what_was_written_after_the_session_ended_waits_for_the_same_member(
    chrome: Chromium, town: Town
) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await town.db.act(_sign_out_everywhere, CY)
        await expect(status(page)).to_contain_text("Your session has ended")
        await write(page, "ahoy")
        await expect(_pending(page)).to_contain_text("Waiting")
        assert await _bodies(town) == []

        (cy,) = await signed_in(town.db, town.origin, [CY])
        await _become(page, cy)
        await page.goto("/channels/7")
        await expect(messages(page)).to_have_text(["ahoy"])
        await expect(_pending(page)).to_have_count(0)


async def test_nobody_sends_or_sees_what_another_left_in_the_same_browser(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await wire.cut()
        await write(page, "mine alone")
        await until_shelved(page)
        await _become(page, far_town.bo)
        await wire.heal()
        await expect(status(page)).to_contain_text("Somebody else is signed in")
        await expect(_pending(page)).to_contain_text("Waiting")

        others = await at_the_quay(await page.context.new_page())
        await expect(_pending(others)).to_have_count(0)
        await write(others, "aye")
        await expect(messages(others)).to_have_text(["aye"])
        assert await _bodies(far_town) == ["aye"]

        await _become(page, far_town.cy)
        await at_the_quay(page)
        await expect(messages(page)).to_have_text(["aye", "mine alone"])
        await expect(page.locator(".message.mine .prose")).to_have_text(["mine alone"])


async def test_a_key_that_was_used_for_other_words_does_not_eat_these(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await wire.cut()
        await write(page, "a long thought")
        key = await _pending(page).get_attribute("data-pending")
        assert key
        await far_town.db.act(_say, CY, "other words", key)
        await wire.heal()
        failed = page.locator(".pending[data-state=failed]")
        await expect(failed).to_contain_text("a long thought")

        await page.get_by_label("Message", exact=True).fill("half a sent")
        await failed.get_by_role("button", name="Edit and send anew").click()
        field = page.get_by_label("Message", exact=True)
        await expect(field).to_have_value("a long thought\n\nhalf a sent")
        await field.press("Enter")
        await expect(messages(page)).to_have_count(2)
        assert len({key for key, _ in await stored(far_town.db)}) == 2


async def test_in_a_channel_that_was_archived_meanwhile_the_words_stay_to_be_copied(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await wire.cut()
        await write(page, "too late")
        await far_town.db.act(_archive)
        await wire.heal()
        failed = page.locator(".pending[data-state=failed]")
        await expect(failed).to_contain_text("too late")
        await expect(failed).to_contain_text("archived")
        await expect(page.locator(".composer-closed")).to_contain_text("archived")

        await page.reload()
        await live(page)
        await expect(failed).to_contain_text("too late")
        await expect(failed.get_by_role("button", name="Edit and send anew")).to_be_hidden()
        await failed.get_by_role("button", name="Discard").click()
        await expect(failed).to_have_count(0)


async def test_it_keeps_its_order_when_the_clock_goes_back(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    await said_by(far_town.db, CY, "before")
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await wire.cut()
        for hour, body in ((12, "one"), (11, "two"), (10, "three")):
            await page.clock.set_fixed_time(f"2026-11-23T{hour}:00:00Z")
            await write(page, body)
        await expect(page.locator(".pending-body")).to_have_text(["one", "two", "three"])
        await until_shelved(page)
        await page.close()
        again = await page.context.new_page()
        await wire.heal()
        await at_the_quay(again)
        await expect(messages(again)).to_have_text(["before", "one", "two", "three"])


def _pending(page: Page) -> Locator:
    return page.locator(".pending")


async def _bodies(town: Town) -> list[str]:
    return [body for _, body in await stored(town.db)]


async def _crash(page: Page) -> None:
    devices = await page.context.new_cdp_session(page)
    async with page.expect_event("crash"):
        asking = asyncio.create_task(devices.send("Page.crash"))
    asking.cancel()  # nobody is left to answer
    await page.close()


async def _become(page: Page, browser: Browser) -> None:
    """Signs in as somebody, in another tab of the same browser."""
    await page.context.add_cookies([{"name": "sid", "value": browser.token, "url": browser.origin}])


def _sign_out_everywhere(tx: Transaction, member: int) -> None:
    sign_out_others(tx, tx.get_one(Member, member), staying="")


def _say(tx: Transaction, member: int, body: str, key: str) -> None:
    actions.say(tx, tx.get_one(Member, member), QUAY, body, key=key)


def _archive(tx: Transaction) -> None:
    hosting.archive(tx, tx.get_one(Member, FAY), QUAY)
