"""An open topic and a list of topics after their line was cut."""

from typing import Any

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from community.database import Transaction
from community.members.models import Member
from community.places import Lens
from forum.topics import actions
from forum.topics.models import Post
from tests.browser.talking import expect, window
from tests.cast import ADA, BO, CY, GUS, MARKET, MOORING
from tests.conftest import Town
from tests.proxy import Line

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("setup", ["embedded"], indirect=True),
]

TOPIC = "/topics/5"
CHANGES = 120
# Of every post: which, below which, at which rev, and what it says; and of what is around them.
SHOWN = """() => [
    ...[...document.querySelectorAll("reply-tree .post")].map((post) => {
        const above = post.closest(".replies")?.parentElement.querySelector(".post").id
        return `${post.id} ${post.dataset.rev} ${above} ${post.innerText}`
    }),
    ...[...document.querySelectorAll(".continue, .topic-line, #stream-heading")]
        .map((one) => one.innerText),
    document.querySelector("#reply").dataset.live,
]"""
TO_THE_TOP = "(id) => document.getElementById(id).scrollIntoView()"
PLACE = "(id) => document.getElementById(id).getBoundingClientRect().top"


async def test_after_a_broken_line_the_page_equals_a_fresh_one_and_stays_where_it_was(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    """120 changes while it is cut: posts are written, edited, hidden and brought back, the topic is
    locked. How long it is cut changes nothing: what counts is that all of it was missed."""
    posts = [await far_town.db.act(_write, n) for n in range(6)]
    async with window(chrome, far_town.cy) as page, window(chrome, far_town.dee) as fresh:
        await _live(page)
        await page.evaluate(TO_THE_TOP, f"post-{posts[3]}")
        place = await page.evaluate(PLACE, f"post-{posts[3]}")
        await wire.cut()
        rev = await far_town.db.act(_change, posts)
        await wire.heal()
        await expect(page.locator("live-stream")).to_have_attribute("rev", str(rev))
        await expect(page.locator("#reply")).to_have_attribute("data-live", "closed")
        await _live(fresh)
        assert await page.evaluate(SHOWN) == await fresh.evaluate(SHOWN)
        assert abs(await page.evaluate(PLACE, f"post-{posts[3]}") - place) < 2
        await expect(page.locator("new-replies")).to_contain_text("new replies")
        await page.locator("new-replies a").click()
        await expect(page.locator(f"#post-{posts[-1] + 1}")).to_be_in_viewport()


async def test_posts_that_move_leave_a_stub_in_their_place_and_what_is_read_stays_where_it_is(
    chrome: Chromium, town: Town
) -> None:
    """Also deeper than the page shows, where they are only counted."""
    posts = [await town.db.act(_write, n) for n in range(8)]
    branch = [posts[1]]
    for number in range(8, 13):
        branch.append(await town.db.act(_write, number, branch[-1]))
    moved = [posts[1], posts[2], branch[4]]
    async with (
        window(chrome, town.cy) as page,
        window(chrome, town.dee) as fresh,
        window(chrome, town.ada) as moderator,
    ):
        await _live(page)
        await page.evaluate(TO_THE_TOP, f"post-{posts[4]}")
        place = await page.evaluate(PLACE, f"post-{posts[4]}")
        await moderator.goto(f"{TOPIC}/moving")
        for post in moved:
            await moderator.locator(f"input[value='{post}']").check()
        await moderator.get_by_label("Title", exact=True).fill("Another matter")
        await moderator.get_by_label("Why").first.fill("It is one.")
        await moderator.get_by_role("button", name="Show what will move").first.click()
        await expect(moderator.locator("main")).to_contain_text("3 posts")
        await moderator.get_by_role("button", name="Move them").click()
        await expect(moderator.locator("h1")).to_have_text("Another matter")
        await expect(page.locator(".post-moved")).to_have_count(2)
        await expect(page.locator(".topic-line")).to_contain_text("It is one.")
        await expect(page.locator(f"#post-{posts[1]}")).to_have_count(0)
        await _live(fresh)
        assert await page.evaluate(SHOWN) == await fresh.evaluate(SHOWN)
        assert abs(await page.evaluate(PLACE, f"post-{posts[4]}") - place) < 2


async def test_a_list_learns_of_what_was_started_while_its_line_was_broken(
    chrome: Chromium, far_town: Town, wire: Line
) -> None:
    """Once each, however often it asks; what is elsewhere, was there already or is the reader's own
    is no news."""
    await far_town.db.act(_start, BO, "Before", "food")
    async with window(chrome, far_town.cy) as page:
        await page.goto("/topics?cluster=food")
        await expect(page.locator("live-status[role=status]")).to_have_text("")
        await wire.cut()
        for author, cluster in ((BO, "food"), (BO, "crafts"), (CY, "food"), (GUS, "food")):
            await far_town.db.act(_start, author, f"While {author} {cluster}", cluster)
        await wire.heal()
        news = page.locator(".new-rows")
        await expect(news).to_have_text("2 new topics – show")
        await far_town.db.act(_start, BO, "After", "food")
        await expect(news).to_have_text("3 new topics – show")
        await expect(page.locator(".topics").get_by_text("While")).to_have_count(0)


def _start(tx: Transaction, member: int, title: str, cluster: str) -> None:
    place = Lens(cluster=cluster)
    actions.start(tx, tx.get_one(Member, member), MARKET, title, "x", place, key=title)


async def _live(page: Page) -> None:
    await page.goto(TOPIC)
    await expect(page.locator("live-status[role=status]")).to_have_text("")
    await expect(page.locator("live-stream")).to_have_attribute("aria-busy", "false")


def _write(tx: Transaction, number: int, parent: int | None = None) -> int:
    tx.forget_turns()
    author = tx.get_one(Member, (BO, GUS)[number % 2])
    words = f"{number}\n\n" * 12
    key = f"k{number}-{parent}"
    return actions.reply(tx, author, MOORING, words, key=key, parent_id=parent).id


def _change(tx: Transaction, posts: list[int]) -> int:
    """Twelve new ones, each below another, so that some are deeper than the page shows."""
    new = list(posts)
    for number in range(12):
        new.append(_write(tx, 6 + number, new[number * 2 % len(new)]))
    for number in range(CHANGES - 12 - 1):
        _change_one(tx, new[number % len(new)], number)
    tx.forget_turns()
    return actions.lock(tx, tx.get_one(Member, ADA), MOORING).rev


def _change_one(tx: Transaction, id: int, number: int) -> Any:
    tx.forget_turns()
    post = tx.get_one(Post, id)
    if post.hidden_at:
        return actions.restore_post(tx, post)
    if number % 5 == 0:
        return actions.hide_post(tx, post)
    return actions.edit(tx, post.author, id, f"edited {number}\n\n" * (number % 20 + 1))
