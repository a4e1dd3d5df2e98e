"""The delivery contract as a browser keeps it (PROTOCOL.md). One test a line, named after it."""

import json
from typing import Any

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, WebSocketRoute

from channels import actions
from community.database import Transaction
from community.members.models import Member
from community.site import begin_epoch
from tests.browser.talking import (
    at_the_quay,
    expect,
    live,
    messages,
    said_by,
    shown_in,
    stored,
    until_stored,
    window,
    write,
)
from tests.cast import BO, CY
from tests.conftest import Town
from tests.proxy import Line

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


async def test_d1_what_was_not_answered_is_said_once_after_a_reload(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await wire.swallow()
        await write(page, "ahoy")
        await until_stored(far_town.db, "ahoy")
        await expect(page.locator(".pending[data-state=pending]")).to_contain_text("Waiting")

        await wire.heal()
        await page.reload()
        await live(page)
        await expect(page.locator(".pending")).to_have_count(0)
        await expect(messages(page)).to_have_text(["ahoy"])
        assert [body for _, body in await stored(far_town.db)] == ["ahoy"]


async def test_d1_what_was_written_without_a_network_waits_and_keeps_its_order(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await wire.cut()
        for body in ("one", "two", "three"):
            await write(page, body)
        await expect(page.locator(".pending")).to_have_count(3)

        await wire.heal()
        await expect(messages(page)).to_have_text(["one", "two", "three"])
        assert [body for _, body in await stored(far_town.db)] == ["one", "two", "three"]


async def test_d1_what_is_refused_for_good_is_not_lost(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await write(page, "https://contoh.id " * 51)
        failed = page.locator(".pending[data-state=failed]")
        await expect(failed).to_contain_text("too many links")
        await page.reload()
        await expect(failed).to_contain_text("https://contoh.id")

        await failed.get_by_role("button", name="Edit and send anew").click()
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()
        await write(page, "flat")
        await expect(messages(page)).to_have_text(["flat"])
        await expect(page.locator(".pending")).to_have_count(0)


async def test_d4_every_change_shows_in_every_window_in_order(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.bo) as bo, window(chrome, town.cy) as cy:
        await at_the_quay(bo)
        await at_the_quay(cy)
        await write(bo, "ahoy")
        await expect(messages(cy)).to_have_text(["ahoy"])
        await write(cy, "aye")
        await expect(messages(bo)).to_have_text(["ahoy", "aye"])

        await town.db.act(_edit, BO, 1, "ahoy!")
        await town.db.act(_withdraw, CY, 2)
        for page in (bo, cy):
            await expect(messages(page)).to_have_text(["ahoy!"])
            await expect(page.locator("#message-2")).to_contain_text("withdrawn")
        assert await shown_in(bo) == await shown_in(cy)


async def test_d5_whoever_comes_back_sees_what_a_fresh_page_shows(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    db = far_town.db
    await said_by(db, BO, "one", "two", "three")
    async with window(chrome, far_town.cy) as page, window(chrome, far_town.ada) as fresh:
        await at_the_quay(page)
        await wire.cut()
        await db.act(_edit, BO, 1, "one, truly")
        await db.act(_withdraw, BO, 2)
        await said_by(db, BO, "four")

        await wire.heal()
        await expect(messages(page)).to_have_text(["one, truly", "three", "four"])
        await at_the_quay(fresh)
        assert await shown_in(page) == await shown_in(fresh)


async def test_d5_too_much_missed_shows_the_page_anew_and_keeps_what_is_typed(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await page.get_by_label("Message", exact=True).fill("half a sent")
        await wire.cut()
        await far_town.db.act(_much, 501)

        await wire.heal()
        await expect(messages(page).last).to_have_text("501")
        await expect(messages(page)).to_have_count(50)
        await expect(page.get_by_label("Message", exact=True)).to_have_value("half a sent")
        await expect(page.get_by_label("Message", exact=True)).to_be_focused()


async def test_d6_a_lost_change_is_noticed_by_the_next_one(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.cy) as page:
        await _losing(page, _second, once=True)
        await at_the_quay(page)
        await said_by(town.db, BO, "one", "two", "three")
        await expect(messages(page)).to_have_text(["one", "two", "three"])


async def test_d6_a_hole_that_stays_is_filled_by_the_page(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.cy) as page:
        await page.clock.install()
        await _losing(page, _second_and_what_fills_it)
        await at_the_quay(page)
        await said_by(town.db, BO, "one", "two", "three")
        await expect(messages(page).first).to_have_text("one")
        await page.clock.run_for(8_000)
        await expect(messages(page)).to_have_text(["one", "two", "three"])


async def test_d7_after_a_restored_backup_the_page_starts_anew(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await at_the_quay(page)
        await page.get_by_label("Message", exact=True).fill("half a sent")
        await wire.cut()
        far_town.hub.epoch = await far_town.db.act(begin_epoch)
        await wire.heal()
        await expect(page.locator("body")).to_have_attribute("data-epoch", far_town.hub.epoch)
        await said_by(far_town.db, BO, "ahoy")
        await expect(messages(page)).to_have_text(["ahoy"])
        await expect(page.get_by_label("Message", exact=True)).to_have_value("half a sent")


async def test_d10_a_line_that_says_nothing_is_given_up(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await page.clock.install()
        await at_the_quay(page)
        await wire.swallow()
        await said_by(far_town.db, BO, "ahoy")
        before = wire.sockets
        await page.clock.run_for(20_000)  # 45 s less a fifth, and the clock on the wall: not yet
        assert wire.sockets == before
        await page.clock.run_for(35_000)
        await wire.heal()
        await page.clock.run_for(5_000)
        await expect(messages(page)).to_have_text(["ahoy"])


def _second(frame: dict[str, Any]) -> bool:
    return frame["verb"] == "put" and frame.get("rev") == 2


def _second_and_what_fills_it(frame: dict[str, Any]) -> bool:
    """As long as it is not told that all was told, the page goes on asking."""
    return _second(frame) or (frame["verb"] == "caught_up" and frame["rev"] > 1)


def _edit(tx: Transaction, member: int, message: int, body: str) -> None:
    actions.edit(tx, tx.get_one(Member, member), message, body)


def _withdraw(tx: Transaction, member: int, message: int) -> None:
    actions.withdraw(tx, tx.get_one(Member, member), message)


def _much(tx: Transaction, count: int) -> None:
    bo = tx.get_one(Member, BO)
    for n in range(1, count + 1):
        actions.say(tx, bo, 7, str(n), key=f"much{n}")


async def _losing(page: Page, lost: Any, *, once: bool = False) -> None:
    """Some frames never arrive, though the line is well."""
    left = [1] if once else None

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def carry(message: str | bytes) -> None:
            if lost(json.loads(message)) and left != []:
                return left.clear() if left else None
            socket.send(message)

        server.on_message(carry)

    await page.route_web_socket("**/live", route)
