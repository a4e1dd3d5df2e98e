"""A bookmark is its member's alone, and shows nothing that they may not see any more."""

import pytest

from forum.categories import restrict_category
from forum.topics import actions
from forum.topics.models import Post
from tests.cast import FAY, MARKET
from tests.conftest import Town
from tests.forum.pages import answer_in
from tests.moderation.reporting import as_

TOPIC = "/topics/5"
NOTE = "ask them on Monday"


async def test_a_bookmark_with_its_note_leads_back_and_is_removed(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "forty metres of rope")
    for path in (f"/posts/{post}/bookmark", f"{TOPIC}/bookmark"):
        await town.cy.post(path, note="x")
        assert (await town.cy.post(path, note=NOTE)).status_code == 303  # in place of the first
        assert NOTE in await town.cy.open(path)
    page = await town.cy.open("/bookmarks")
    assert page.count(NOTE) == 2 and "forty metres" in page
    assert f"{TOPIC}?at=1#post-{post}" in page
    assert NOTE not in await town.bo.open("/bookmarks")
    await town.cy.post("/bookmarks/1/removal")
    assert (await town.cy.open("/bookmarks")).count(NOTE) == 1


@pytest.mark.parametrize("gone", ["hidden", "withdrawn", "restricted"])
async def test_what_one_may_not_see_any_more_is_on_no_list(town: Town, gone: str) -> None:
    post = await answer_in(town.bo, TOPIC, "forty metres of rope")
    await town.cy.post(f"/posts/{post}/bookmark", note=NOTE)
    if gone == "hidden":
        await town.db.act(lambda tx: actions.hide_post(tx, tx.get_one(Post, post)))
    elif gone == "withdrawn":
        await town.bo.post(f"/posts/{post}/withdrawal")
    else:
        await as_(town.db, FAY, restrict_category, MARKET, ["role:moderator"])
    page = await town.cy.open("/bookmarks")
    assert NOTE not in page and "forty metres" not in page
