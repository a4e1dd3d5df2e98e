"""What ends in a channel, and what the window says and does about it (D11–D14, blocked sockets)."""

import re
import signal

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from channels import hosting, joining
from community.clock import now
from community.database import Database, Transaction
from community.members.actions import set_muted_until, sign_out
from community.members.models import Member
from community.members.queries import sign_ins_of
from community.opening import open_bus, open_database
from community.settings import Settings
from tests.browser.talking import (
    at_the_quay,
    expect,
    live,
    messages,
    said_by,
    status,
    stored,
    window,
    write,
)
from tests.cast import ADA, BO, CABIN, CY, FAY
from tests.conftest import Town, running
from tests.proxy import Line
from web.frames import Status

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]


async def test_d11_whoever_is_muted_reads_why_and_keeps_what_was_typed(
    chrome: Chromium, town: Town
) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.get_by_label("Message", exact=True).fill("half a sent")
        await town.db.act(_mute, CY, True)
        await expect(page.locator(".composer-closed")).to_contain_text("You are muted until")
        await live(page)
        await said_by(town.db, BO, "still heard")
        await expect(messages(page)).to_have_text(["still heard"])

        await town.db.act(_mute, CY, False)
        await expect(page.get_by_label("Message", exact=True)).to_have_value("half a sent")


async def test_where_a_channel_is_closed_and_opened_again_one_goes_on_writing(
    chrome: Chromium, town: Town
) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await page.get_by_label("Message", exact=True).fill("half a sent")
        await town.db.act(lambda tx: hosting.silence(tx, tx.get_one(Member, FAY), 7) and None)
        await expect(page.locator(".composer-closed")).to_be_visible()
        await town.db.act(lambda tx: hosting.unarchive(tx, tx.get_one(Member, FAY), 7) and None)
        await expect(page.get_by_label("Message", exact=True)).to_have_value("half a sent")


async def test_d11_whoever_is_removed_sees_nothing_more(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.bo) as page:
        await page.goto(f"/channels/{CABIN}")
        await live(page)
        await said_by(town.db, ADA, "between us", channel=CABIN)
        await expect(messages(page)).to_have_text(["between us"])
        await town.db.act(_remove, BO, CABIN)
        await expect(page.locator("live-stream")).to_have_text("You may not see this any more.")
        await expect(messages(page)).to_have_count(0)


async def test_d11_an_ended_session_says_so_and_offers_to_sign_in(
    chrome: Chromium, town: Town
) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await town.db.act(_sign_out, CY)
        await expect(status(page)).to_contain_text("Your session has ended")
        link = status(page).get_by_role("link", name="Sign in again")
        await expect(link).to_have_attribute("href", "/sign-in?next=%2Fchannels%2F7")


async def test_d11_an_archived_channel_closes_its_composer(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await town.db.act(_archive)
        await expect(page.locator(".composer-closed")).to_contain_text("archived")


@pytest.mark.parametrize(
    ("code", "reason", "wait"),
    [
        (1012, "restarting", 5_000),
        (1013, "busy", 60_000),
        (1011, "failed", 30_000),
        (4290, "fell behind", 1_000),
        (4403, "standing changed", 2_000),
        (4429, "too much; come back in 3 s", 5_000),
    ],
)
async def test_d12_after_these_codes_the_window_comes_back(
    chrome: Chromium, town: Town, code: int, reason: str, wait: int
) -> None:
    async with window(chrome, town.cy) as page:
        await page.clock.install()
        async with page.expect_websocket() as opening:
            await at_the_quay(page)
        async with (await opening.value).expect_event("close"):
            _hang_up(town, code, reason)
        await said_by(town.db, BO, "ahoy")
        await page.clock.run_for(wait)
        await expect(messages(page)).to_have_text(["ahoy"])
        await live(page)


async def test_d12_what_was_asked_too_often_waits_as_long_as_it_was_told(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await page.clock.install()
        await at_the_quay(page)
        before = wire.sockets
        _hang_up(far_town, 4429, "too much; come back in 90 s")
        await expect(status(page)).to_contain_text("Disconnected")
        await page.clock.run_for(40_000)  # the clock of the wall runs on beside it
        assert wire.sockets == before
        await page.clock.run_for(60_000)
        await live(page)


async def test_d12_a_page_that_is_out_of_date_says_so_and_stops(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await page.clock.install()
        await at_the_quay(page)
        before = wire.sockets
        _hang_up(far_town, 4400, "not understood; reload the page")
        await expect(status(page).get_by_role("link", name="Load it again")).to_be_visible()
        await page.clock.run_for(120_000)
        assert wire.sockets == before


async def test_d13_a_restart_is_told_and_nothing_written_meanwhile_is_lost(
    chrome: Chromium, db: Database, settings: Settings
) -> None:
    first = running(db, settings)
    town = await first.__aenter__()
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        town.serving.handle_exit(signal.SIGTERM, None)
        await expect(status(page)).to_contain_text(re.compile("restarted|Disconnected"))
        await write(page, "said in between")
        await expect(page.locator(".pending")).to_contain_text("Waiting")
        await first.__aexit__(None, None, None)

        again = open_database(settings.database_url, open_bus(settings.bus_url))
        async with running(again, settings):
            await expect(messages(page)).to_have_text(["said in between"])
            assert [body for _, body in await stored(again)] == ["said in between"]


async def test_d14_trouble_is_said_in_words_until_it_is_over(chrome: Chromium, town: Town) -> None:
    async with window(chrome, town.cy) as page:
        await at_the_quay(page)
        await expect(status(page)).to_be_empty()
        town.hub.tell_everyone(Status(write=False, live=True))
        await expect(status(page)).to_contain_text("Nothing can be stored just now")
        town.hub.tell_everyone(Status(write=True, live=False))
        await expect(status(page)).to_contain_text("a second or two late")
        town.hub.tell_everyone(Status(write=True, live=True))
        await expect(status(page)).to_be_empty()


async def test_without_a_network_another_page_says_so_and_comes_back(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy, offline=True) as page:
        await at_the_quay(page)
        await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        await wire.cut()
        await page.goto("/topics")
        await expect(page.get_by_role("heading", name="Anda sedang luring")).to_be_visible()

        await wire.heal()
        await page.get_by_role("link", name="Coba lagi").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Topics"))


async def test_where_sockets_are_blocked_the_page_asks_every_ten_seconds(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    async with window(chrome, far_town.cy) as page:
        await page.clock.install()
        await wire.refuse_sockets()
        await page.goto("/channels/7")
        await _until_polling(page)
        await said_by(far_town.db, BO, "ahoy")
        await page.clock.run_for(11_000)
        await expect(messages(page)).to_have_text(["ahoy"])
        await write(page, "aye")
        await expect(page.locator(".pending[data-state=sent]")).to_contain_text("Sent")
        await page.clock.run_for(11_000)
        await expect(messages(page)).to_have_text(["ahoy", "aye"])
        await expect(page.locator(".pending")).to_have_count(0)

        await wire.heal()
        asked_for = wire.sockets
        while wire.sockets == asked_for:  # in small steps: what is asked for needs time to be given
            await page.clock.run_for(1_000)
        await live(page)


async def _until_polling(page: Page) -> None:
    told = status(page).filter(has_text="lets no live connection through")
    while not await told.count():
        await page.clock.run_for(1_000)


def _hang_up(town: Town, code: int, reason: str) -> None:
    for tab in town.hub.everyone:
        tab.line.hang_up(code, reason)


def _mute(tx: Transaction, member: int, muted: bool) -> None:
    until = now(tx).replace(year=now(tx).year + 1) if muted else None
    set_muted_until(tx, tx.get_one(Member, member), until)


def _remove(tx: Transaction, member: int, channel: int) -> None:
    joining.remove(tx, tx.get_one(Member, ADA), channel, member)


def _archive(tx: Transaction) -> None:
    hosting.archive(tx, tx.get_one(Member, FAY), 7)


def _sign_out(tx: Transaction, member_id: int) -> None:
    member = tx.get_one(Member, member_id)
    for sign_in in sign_ins_of(tx, member):
        sign_out(tx, member, sign_in.id)
