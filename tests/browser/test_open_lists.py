"""The list of channels in a window: it follows what happens, and stays as it stands."""

import asyncio
import re

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Locator, Page, Route, WebSocket

from channels.actions import hide_message, read
from channels.direct import begin
from channels.joining import invite, remove
from channels.models import Channel, ChannelRole, Membership
from channels.queries import message_for
from channels.threads import begin as answer
from community.database import Transaction
from community.members.models import Member
from tests.browser.talking import at_the_quay, expect, said_by, window
from tests.cast import ADA, BO, CABIN, CY, GUS, QUAY
from tests.chromium import PATIENCE
from tests.conftest import Town
from tests.proxy import Line

pytestmark = pytest.mark.browser

SLOW = 2 * PATIENCE  # the home page looks over ten seconds


async def test_what_is_said_is_counted_where_it_stands_and_read_again_elsewhere(
    town: Town, chrome: Chromium
) -> None:
    async with window(chrome, town.cy) as cy, window(chrome, town.cy) as beside:
        await _listed(cy)
        await said_by(town.db, BO, "ahoy")
        await expect(_row(cy, QUAY)).to_have_class(re.compile("channel-row-new"))
        await expect(_row(cy, QUAY)).to_contain_text("Bo: ahoy")
        await expect(_unread(cy, QUAY)).to_have_text("1 unread")
        await expect(_badge(cy)).to_have_text("1 unread")
        await said_by(town.db, BO, "is anybody there?")
        await expect(_unread(cy, QUAY)).to_have_text("2 unread")

        await at_the_quay(beside)
        await expect(_unread(cy, QUAY)).to_be_hidden()
        await expect(_badge(cy)).to_be_hidden()
        await expect(_badge(beside)).to_be_hidden()


async def test_what_is_read_along_in_another_window_is_not_left_unread(
    town: Town, chrome: Chromium
) -> None:
    async with window(chrome, town.cy) as cy, window(chrome, town.cy) as beside:
        await at_the_quay(beside)
        await _listed(cy)
        await said_by(town.db, BO, "one")
        await expect(_row(cy, QUAY)).to_contain_text("one")
        await said_by(town.db, BO, "two")
        await expect(_row(cy, QUAY)).to_contain_text("two")
        await expect(_unread(cy, QUAY)).to_be_hidden()


async def test_talk_among_few_moves_up_when_its_reader_wants_it(
    town: Town, chrome: Chromium
) -> None:
    first, second = await town.db.act(_rooms)
    await said_by(town.db, ADA, "by the rope", channel=first)
    await said_by(town.db, BO, "by the sail", channel=second)
    async with window(chrome, town.cy) as cy:
        await _listed(cy)
        names = cy.locator("[data-few] h3")
        await expect(names).to_have_text(["Bo", "Ada"])
        await said_by(town.db, ADA, "still by the rope", channel=first)
        await expect(_row(cy, first)).to_contain_text("still by the rope")
        await expect(names).to_have_text(["Bo", "Ada"])
        await said_by(town.db, GUS, "who is there?", channel=await town.db.act(_gus_writes))
        await expect(names).to_have_text(["Bo", "Ada"])
        await cy.get_by_role("link", name="2 new").click()
        await expect(names).to_have_text(["Gus", "Ada", "Bo"])
        await expect(cy.locator(".new-rows")).to_be_hidden()


async def test_a_channel_one_is_let_into_comes_and_one_is_removed_from_stays_in_its_place(
    town: Town, chrome: Chromium
) -> None:
    def let_in(tx: Transaction) -> None:
        tx.get_one(Membership, (CABIN, BO)).role = ChannelRole.HOST
        invite(tx, tx.get_one(Member, BO), CABIN, CY)

    async with window(chrome, town.cy) as cy:
        await _listed(cy)
        await town.db.act(let_in)
        await cy.get_by_role("link", name="1 new").click()
        await expect(_row(cy, CABIN)).to_be_visible()
        await town.db.act(lambda tx: remove(tx, tx.get_one(Member, ADA), CABIN, CY))
        await expect(_row(cy, CABIN)).to_contain_text("You may not see this any more.")
        await expect(_row(cy, CABIN).get_by_role("link")).to_have_count(0)


async def test_what_one_leaves_in_another_window_counts_in_none(
    town: Town, chrome: Chromium
) -> None:
    await said_by(town.db, BO, "ahoy")
    async with window(chrome, town.cy) as cy, window(chrome, town.cy) as beside:
        await _listed(cy)
        await expect(_unread(cy, QUAY)).to_have_text("1 unread")
        await expect(_badge(cy)).to_have_text("1 unread")
        await beside.goto(f"/channels/{QUAY}/about")
        await expect(_badge(beside)).to_have_text("1 unread")
        await beside.locator("#leaving").get_by_role("button").click()
        await expect(_unread(cy, QUAY)).to_be_hidden()
        await expect(_badge(cy)).to_be_hidden()


async def test_the_threads_of_a_channel_follow_what_is_answered(
    town: Town, chrome: Chromium
) -> None:
    await said_by(town.db, BO, "who has rope?")
    thread = await town.db.act(lambda tx: answer(tx, tx.get_one(Member, CY), 1).id)
    async with window(chrome, town.cy) as cy:
        await _listed(cy, f"/channels/{QUAY}/threads")
        await expect(cy.get_by_role("heading", name="No threads yet")).to_be_visible()
        for count, words in ((1, "1 reply"), (2, "2 replies")):
            await said_by(town.db, BO, f"aye {count}", channel=thread)
            await expect(cy.locator("#threads li")).to_contain_text(words)


async def test_the_home_page_follows_what_waits_on_it(town: Town, chrome: Chromium) -> None:
    await said_by(town.db, BO, "ahoy")
    async with window(chrome, town.cy) as cy:
        await _listed(cy, "/")
        await said_by(town.db, BO, "is anybody there?")
        row = cy.locator("#home-channels li")
        await expect(cy.locator("#home-channels .section")).not_to_have_css("margin-top", "0px")
        await expect(row).to_contain_text("2 unread", timeout=SLOW)
        await expect(_badge(cy)).to_have_text("2 unread")
        await town.db.act(lambda tx: read(tx, tx.get_one(Member, CY), QUAY, 2))
        await expect(row).to_have_count(0, timeout=SLOW)
        await expect(_badge(cy)).to_be_hidden()


async def test_a_list_with_places_and_favourites_goes_on_following(
    town: Town, chrome: Chromium
) -> None:
    first, _ = await town.db.act(_rooms)
    await town.db.act(_favourite_with_a_place)
    async with window(chrome, town.cy) as cy:
        await _listed(cy)
        await cy.get_by_text("By place").click()
        for count, words in enumerate(("one", "two"), 1):
            await said_by(town.db, BO, words)
            await expect(_unread(cy, QUAY)).to_have_text(f"{count} unread")
            await expect(cy.locator("summary .unread")).to_have_text(f"{count} unread")
        await said_by(town.db, ADA, "by the rope", channel=first)
        await cy.get_by_role("link", name="1 new").click()
        await expect(_row(cy, first)).to_be_visible()
        await expect(cy.locator(".folder[open] > summary")).to_contain_text(
            ["By place", "Favourites"]
        )
        await expect(cy.locator(".new-rows")).to_be_hidden()


async def test_who_is_told_to_come_later_does(town: Town, chrome: Chromium) -> None:
    """What had changed is not forgotten over it."""
    refused = 0

    async def busy(route: Route) -> None:
        nonlocal refused
        refused += 1
        if refused > 1:
            return await route.continue_()
        await route.fulfill(status=503, headers={"retry-after": "1"}, body="Too many.")

    async with window(chrome, town.cy) as cy:
        await _listed(cy)
        await cy.context.route("**/channels/news*", busy)
        await said_by(town.db, BO, "one")
        await expect(_unread(cy, QUAY)).to_have_text("1 unread")
        assert refused == 2


async def test_after_a_broken_line_the_list_is_as_it_is_now(
    far_town: Town, wire: Line, chrome: Chromium
) -> None:
    async with window(chrome, far_town.cy) as cy:
        await _listed(cy)
        await said_by(far_town.db, BO, "one")
        await expect(_unread(cy, QUAY)).to_have_text("1 unread")
        await wire.cut()
        await expect(cy.get_by_text("Disconnected. Trying again")).to_be_visible()
        await said_by(far_town.db, BO, "two")
        await said_by(far_town.db, BO, "three")
        await far_town.db.act(_one_is_hidden)
        await wire.heal()
        await expect(_unread(cy, QUAY)).to_have_text("2 unread")


async def _listed(page: Page, path: str = "/channels") -> None:
    """Open, and told of what happens from now on."""
    listening = asyncio.Event()

    def sent(frame: str | bytes) -> None:
        if "listen" in str(frame):
            listening.set()

    def opened(socket: WebSocket) -> None:
        socket.on("framesent", sent)  # from its first frame on: a wait begun later may miss it

    page.once("websocket", opened)
    await page.goto(path)
    async with asyncio.timeout(PATIENCE / 1000):
        await listening.wait()


def _row(page: Page, channel: int) -> Locator:
    return page.locator(f"#row-{channel}")


def _unread(page: Page, channel: int) -> Locator:
    return _row(page, channel).locator(".channel-count > .unread")


def _badge(page: Page) -> Locator:
    return page.locator("#unread-channels .unread")


def _rooms(tx: Transaction) -> tuple[int, int]:
    cy = tx.get_one(Member, CY)
    return begin(tx, cy, ADA).id, begin(tx, cy, BO).id


def _gus_writes(tx: Transaction) -> int:
    return begin(tx, tx.get_one(Member, GUS), CY).id


def _one_is_hidden(tx: Transaction) -> None:
    hide_message(tx, message_for(tx, tx.get_one(Member, ADA), 1))


def _favourite_with_a_place(tx: Transaction) -> None:
    tx.get_one(Channel, QUAY).region = "32.05"
    tx.get_one(Membership, (QUAY, CY)).favourite = True
