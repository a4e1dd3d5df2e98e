"""What scripts add to a topic: replying in place, hearing others, drafts and preview."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page, expect
from sqlalchemy.orm import Session

from forum.readings import Reading
from tests.browsing import PATIENCE, Browser
from tests.cast import CY, MOORING
from tests.chromium import window
from tests.conftest import Town
from tests.forum.pages import answer_in, answer_to, start_topic

pytestmark = pytest.mark.browser

TOPIC = "/topics/5"
TO_THE_MIDDLE = '(one) => document.querySelector(one).scrollIntoView({ block: "center" })'
TO_ITS_END = TO_THE_MIDDLE.replace("center", "end")
# In one turn: nobody could have read what was passed over.
PAST_ALL_AND_BACK = (
    f"(one) => {{ scrollTo(0, document.body.scrollHeight); ({TO_THE_MIDDLE})(one) }}"
)


@asynccontextmanager
async def opened(chrome: Chromium, member: Browser, path: str) -> AsyncIterator[Page]:
    async with window(chrome, member) as page:
        await page.goto(path)
        yield page


async def test_a_reply_is_written_below_its_post_and_comes_back_there(
    town: Town, chrome: Chromium
) -> None:
    first = await answer_in(town.bo, TOPIC, "who has rope?")
    async with (
        opened(chrome, town.cy, TOPIC) as cy,
        opened(chrome, town.ada, TOPIC) as ada,
    ):
        box = cy.locator("textarea[name=body]")
        await box.press_sequentially("I")
        await expect(cy.locator(".draft-state")).to_have_text("Draft kept")
        await cy.locator(f"#post-{first} .post-reply").click()
        await expect(cy.get_by_text("Your reply to #1 by Bo")).to_be_visible()
        await expect(box).to_be_focused()
        await expect(box).to_have_value("I")
        await box.fill("I **have**.")
        await cy.get_by_role("button", name="Send reply").click()
        for page in (cy, ada):
            reply = page.locator(f"li:has(> #post-{first}) > .replies .post")
            await expect(reply.locator("strong")).to_have_text("have")
        await expect(box).to_have_value("")
        await expect(cy.locator(".post.mine")).to_have_count(1)
        await expect(ada.locator(".fresh .post")).to_have_count(2)
        await cy.goto(TOPIC)
        await expect(box).to_have_value("")  # nor does a draft stay where it was begun


async def test_what_is_too_deep_is_counted_where_it_continues(town: Town, chrome: Chromium) -> None:
    chain = [await answer_in(town.bo, TOPIC, "root")]
    for _ in range(2):
        chain.append(await answer_to(town.bo, chain[-1], "deeper"))
    async with opened(chrome, town.cy, TOPIC) as cy:
        await expect(cy.locator("live-status")).to_have_text("")
        for _ in range(2):
            chain.append(await answer_to(town.bo, chain[-1], "too deep"))
        fold = cy.locator(f'.continue[href="/posts/{chain[2]}"]')
        await expect(fold.locator("b")).to_have_text("2")
        await expect(cy.locator(".post")).to_have_count(3)


async def test_an_edit_and_a_withdrawal_are_seen_where_the_post_stands(
    town: Town, chrome: Chromium
) -> None:
    post = await answer_in(town.bo, TOPIC, "ten metres")
    async with opened(chrome, town.cy, TOPIC) as cy, opened(chrome, town.bo, TOPIC) as bo:
        menu = bo.locator(f"#post-{post} .menu")
        await menu.locator("summary").click()
        await menu.get_by_role("link", name="Edit").click()
        dialog = bo.get_by_role("dialog")
        await dialog.get_by_label("Your text").fill("twelve metres")
        sent: list[str] = []
        bo.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
        await dialog.get_by_role("button", name="Save", exact=True).click()
        await expect(dialog).to_have_count(0)
        assert len([url for url in sent if url.endswith(f"/posts/{post}/edit")]) == 1
        await expect(cy.locator(f"#post-{post} .post-body")).to_have_text("twelve metres")
        await expect(bo.locator(f"#post-{post} .post-edited")).to_be_visible()
        await town.bo.post(f"/posts/{post}/withdrawal")
        await expect(cy.locator(f"#post-{post} .gone")).to_be_visible()


async def test_who_uses_the_keyboard_stays_where_they_are_when_a_post_is_drawn_anew(
    town: Town, chrome: Chromium
) -> None:
    post = await answer_in(town.bo, TOPIC, "ten metres")
    async with opened(chrome, town.cy, TOPIC) as cy:
        menu = cy.locator(f"#post-{post} .menu")
        await menu.locator("summary").press("Enter")
        link = menu.get_by_role("link", name="Quote")
        await link.focus()
        await town.bo.post(f"/posts/{post}/edit", place=f"post:{post}", body="twelve metres")
        await expect(cy.locator(f"#post-{post} .post-body")).to_have_text("twelve metres")
        await expect(link).to_be_focused()
        await cy.keyboard.press("Escape")
        await expect(link).to_be_hidden()
        await expect(menu.locator("summary")).to_be_focused()


async def test_a_draft_waits_on_the_next_visit_and_a_preview_shows_it(
    town: Town, chrome: Chromium
) -> None:
    async with opened(chrome, town.bo, TOPIC) as bo:
        box = bo.locator("textarea[name=body]")
        await box.fill("half **a** sentence")
        await expect(bo.locator(".draft-state")).to_have_text("Draft kept")
        await bo.get_by_role("button", name="Preview").click()
        await expect(bo.locator(".preview strong")).to_have_text("a")
        await expect(box).to_be_hidden()
    async with opened(chrome, town.bo, TOPIC) as bo:
        await expect(bo.locator("textarea[name=body]")).to_have_value("half **a** sentence")


async def test_what_was_on_screen_is_read(town: Town, chrome: Chromium) -> None:
    await answer_in(town.cy, TOPIC, "first")
    await answer_in(town.bo, TOPIC, "second")
    async with opened(chrome, town.cy, "/topics") as cy:
        await expect(cy.locator(".topic .unread")).to_contain_text("1")
        await cy.goto(TOPIC)
        await expect(cy.locator("#unread")).to_be_visible()
        await read_up_to(town, 2)
        await cy.goto("/topics")
        await expect(cy.locator(".topic .unread")).to_be_hidden()


async def test_what_was_passed_over_and_marked_unread_stays_unread(
    town: Town, chrome: Chromium
) -> None:
    """A late reply beside the first post is no sign that those between them were seen."""
    first = await answer_in(town.bo, TOPIC, "first")
    others = [await answer_in(town.bo, TOPIC, "long\n\n" * 40) for _ in range(2)]
    await answer_to(town.bo, first, "late")
    async with opened(chrome, town.cy, TOPIC) as cy:
        await read_up_to(town, 1)
        await cy.evaluate(PAST_ALL_AND_BACK, f"#post-{others[0]}")
        assert await town.db.look(read_by_cy) == 1
        for post in others:
            await cy.evaluate(TO_ITS_END, f"#post-{post}")
            await read_up_to(town, {others[0]: 2, others[1]: 4}[post])
        menu = cy.locator(f"#post-{others[1]} .menu")
        await menu.locator("summary").click()
        await menu.get_by_role("button", name="Mark unread from here").click()
        await expect(cy).to_have_url(re.compile("/categories/market"))
        await expect(cy.locator(".topic .unread")).to_contain_text("2")
        assert await town.db.look(read_by_cy) == 2
        await cy.locator(".topic-title a").click()
        await expect(cy).to_have_url(re.compile(r"at=1#unread$"))
        await expect(cy.locator("#unread")).to_be_in_viewport()


async def read_up_to(town: Town, seq: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while await town.db.look(read_by_cy) != seq:
            await asyncio.sleep(0.05)


def read_by_cy(session: Session) -> int:
    """How far, in the topic."""
    reading = session.get(Reading, (CY, MOORING))
    return reading.read_seq if reading else 0


async def test_a_list_says_what_is_new_and_stays_as_it_is(town: Town, chrome: Chromium) -> None:
    async with opened(chrome, town.cy, "/topics?cluster=food") as cy:
        await expect(cy.locator("live-status")).to_have_text("")
        await start_topic(town.bo, "Baskets", "x", cluster="crafts")
        await start_topic(town.bo, "Dodol", "x", cluster="food")
        await expect(cy.locator(".new-rows")).to_have_text("1 new topic – show")
        await expect(cy.get_by_text("Dodol")).to_have_count(0)
        await cy.locator(".new-rows").click()
        await expect(cy.get_by_role("link", name="Dodol")).to_be_visible()


async def test_the_position_follows_the_reader_and_what_comes_live(
    town: Town, chrome: Chromium
) -> None:
    posts = [await answer_in(town.bo, TOPIC, f"{n}\n\n" * 20) for n in range(1, 5)]
    async with opened(chrome, town.cy, TOPIC) as cy:
        position = cy.locator(".position")
        await expect(position).to_contain_text("1 of 4")
        await cy.evaluate(TO_THE_MIDDLE, f"#post-{posts[1]}")
        await expect(position).to_contain_text("2 of 4")
        await answer_in(town.ada, TOPIC, "me too")
        await expect(position).to_contain_text("2 of 5")
