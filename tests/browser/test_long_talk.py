"""A talk longer than a page holds: the reader keeps their place, and nothing is missing between."""

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Locator, Page, Route

from channels import actions
from channels.models import Message
from community.database import Transaction
from community.members.models import Member
from tests.browser.talking import at_the_quay, expect, messages, said_by, window, write
from tests.cast import BO, QUAY
from tests.chromium import DESK, PHONE
from tests.conftest import Town

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

MOST = 300  # messages in the page, as in static/js/channels/part.js
SEQS = "all => all.map(one => Number(one.dataset.seq))"
UP, DOWN = "log => log.scrollTo(0, -log.scrollHeight)", "log => log.scrollTo(0, 0)"
MIDDLE = "log => log.scrollTo(0, -log.scrollHeight / 2)"
EARLY, LATE = MIDDLE.replace("/ 2", "* .8"), MIDDLE.replace("/ 2", "* .2")
NO_PICTURES = (
    "() => { window.drawn = requestAnimationFrame; window.requestAnimationFrame = () => 0 }"
)
PICTURES = "() => { window.requestAnimationFrame = window.drawn }"


async def test_no_more_than_three_hundred_stand_in_the_page_and_the_rest_is_a_scroll_away(
    chrome: Chromium, town: Town
) -> None:
    await _talk(town, 1, 20)
    async with window(chrome, town.cy) as page:
        await _at_the_end(page)
        await _talk(town, 21, 450)
        await expect(messages(page).last).to_have_text("number 450")
        await _until_seqs(page, 151, 450)

        while (await _seqs(page))[0] > 1:  # up, to where it began
            first = (await _seqs(page))[0]
            await _log(page).evaluate(UP)
            await _until_before(page, first)
            await _holds_together(page)
        await expect(page.locator(".older")).to_be_hidden()
        await _until_seqs(page, 1, 300)

        while (await _seqs(page))[-1] < 450:  # and down again
            last = (await _seqs(page))[-1]
            await _log(page).evaluate(DOWN)
            await _until_behind(page, last)
            await _holds_together(page)
        await expect(page.locator(".newer")).to_be_hidden()
        await _talk(town, 451, 451)
        await expect(messages(page).last).to_have_text("number 451")


@pytest.mark.parametrize("width", [PHONE, DESK])
async def test_the_reader_keeps_their_place_while_older_load_and_both_ends_move(
    chrome: Chromium, town: Town, width: int
) -> None:
    await _talk(town, 1, 250)
    async with window(chrome, town.cy, width=width) as page:
        await at_the_quay(page)
        while (first := (await _seqs(page))[0]) > 1:
            await _log(page).evaluate(UP)
            read, end = await _in_sight(page)
            await _until_before(page, first)
            await _stays(page, read, end)
        await _talk(town, 251, 300)
        await _until_count(page, MOST)

        await _log(page).evaluate(LATE)
        read, end = await _in_sight(page)
        await _talk(town, 301, 320)  # the first ones go
        await expect(page.locator("#message-320")).to_be_attached()
        await _until_count(page, MOST)
        await _stays(page, read, end)

        await _log(page).evaluate(EARLY)
        read, end = await _in_sight(page)
        await page.evaluate(NO_PICTURES)  # so that many come at once, as on a slow phone
        await _talk(town, 321, 440)  # the last ones go
        await expect(page.get_by_role("button", name="190 new messages")).to_be_visible()
        await page.evaluate(PICTURES)
        await _until_count(page, MOST)
        await _stays(page, read, end)


async def test_who_reads_at_the_end_stays_there_and_who_does_not_is_told_how_many_came(
    chrome: Chromium, town: Town
) -> None:
    await _talk(town, 1, 60)
    async with window(chrome, town.cy) as page:
        await _at_the_end(page)
        await _talk(town, 61, 62)
        await expect(page.locator("#message-62")).to_be_in_viewport()
        jump = page.locator(".jump")
        await expect(jump).to_be_hidden()

        await _log(page).evaluate(MIDDLE)
        await expect(jump).to_have_text("Newest messages")
        await said_by(town.db, BO, "a")
        await expect(jump).to_have_text("1 new message")
        await said_by(town.db, BO, *"bcdefghijkl")
        await expect(jump).to_have_text("12 new messages")
        await jump.press("Enter")
        await expect(page.get_by_text("l", exact=True)).to_be_in_viewport()
        await expect(jump).to_be_hidden()
        await expect(_log(page)).to_be_focused()


async def test_from_far_up_one_jump_leads_to_the_newest_and_what_one_says_is_seen(
    chrome: Chromium, town: Town
) -> None:
    await _talk(town, 1, 400)
    async with window(chrome, town.cy) as page:
        await page.goto("/channels/7?before=200")
        await expect(page.locator("live-stream")).to_have_attribute("aria-busy", "false")
        await expect(page.get_by_text("number 190", exact=True)).to_be_attached()
        await _talk(town, 401, 412)
        await page.get_by_role("button", name="12 new messages").click()
        await expect(messages(page).last).to_have_text("number 412")
        await expect(messages(page).last).to_be_in_viewport()
        assert page.url.endswith("/channels/7")

        await page.goto("/channels/7?before=200")
        await expect(page.locator("live-stream")).to_have_attribute("aria-busy", "false")
        await write(page, "I say this from up here")
        await expect(messages(page).last).to_have_text("I say this from up here")
        await expect(page.locator(".pending")).to_have_count(0)


async def test_what_was_hidden_while_an_older_part_was_on_its_way_is_not_shown(
    chrome: Chromium, town: Town
) -> None:
    await _talk(town, 1, 70)
    async with window(chrome, town.cy) as page:
        await page.route("**/channels/7?before=*", lambda route: _slowly(route, town))
        await at_the_quay(page)
        await _log(page).evaluate(UP)
        await expect(page.locator("#message-5")).to_contain_text("hidden by a moderator")
        await expect(messages(page).filter(has_text="number 5")).to_have_count(10)  # 50 to 59


async def _at_the_end(page: Page) -> None:
    await at_the_quay(page)
    await _log(page).evaluate(DOWN)
    await expect(page.locator(".jump")).to_be_hidden()


async def _slowly(route: Route, town: Town) -> None:
    answer = await route.fetch()
    await town.db.act(_hide, 5)
    await route.fulfill(response=answer)


async def _talk(town: Town, first: int, last: int) -> None:
    await town.db.act(_say, first, last)


def _say(tx: Transaction, first: int, last: int) -> None:
    bo = tx.get_one(Member, BO)
    for n in range(first, last + 1):
        actions.say(tx, bo, QUAY, f"number {n}", key=f"n{n}")


def _hide(tx: Transaction, message: int) -> None:
    actions.hide_message(tx, tx.get_one(Message, message))


def _log(page: Page) -> Locator:
    return page.get_by_role("log")


async def _seqs(page: Page) -> list[int]:
    found: list[int] = await page.locator(".message[data-seq]").evaluate_all(SEQS)
    return found


async def _holds_together(page: Page) -> None:
    await page.wait_for_function(
        "most => document.querySelectorAll('.message[data-seq]').length <= most", arg=MOST
    )
    seqs = await _seqs(page)
    assert seqs == list(range(seqs[0], seqs[-1] + 1))


async def _until_seqs(page: Page, first: int, last: int) -> None:
    await expect(page.locator(".message[data-seq]").first).to_have_attribute("data-seq", str(first))
    await expect(page.locator(".message[data-seq]").last).to_have_attribute("data-seq", str(last))
    await _holds_together(page)


async def _until_before(page: Page, seq: int) -> None:
    await _until(page, f"seqs => seqs[0] < {seq}")


async def _until_behind(page: Page, seq: int) -> None:
    await _until(page, f"seqs => seqs.at(-1) > {seq}")


async def _until_count(page: Page, count: int) -> None:
    await _until(page, f"seqs => seqs.length === {count}")


async def _until(page: Page, so: str) -> None:
    await page.wait_for_function(
        f"""() => {{
            const all = [...document.querySelectorAll(".message[data-seq]")]
            return ({so})(all.map((one) => Number(one.dataset.seq)))
        }}"""
    )


async def _stays(page: Page, id: str, end: float) -> None:
    now: float = await page.locator(f"#{id}").evaluate("one => one.getBoundingClientRect().bottom")
    assert abs(now - end) < 2


async def _in_sight(page: Page) -> tuple[str, float]:
    """The first message on the screen, and where it ends: its head goes when one comes above."""
    found = await page.evaluate(
        """() => {
            const edge = document.querySelector("[role=log]").getBoundingClientRect().top
            const all = [...document.querySelectorAll(".message[data-seq]")]
            const first = all.find((one) => one.getBoundingClientRect().top >= edge)
            return [first.id, first.getBoundingClientRect().bottom]
        }"""
    )
    return found[0], found[1]
