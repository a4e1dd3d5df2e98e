"""What members choose to hear of, by the forms of the pages."""

import re

from sqlalchemy import select

from community.notices.models import Notice
from tests.browsing import Browser
from tests.cast import CY
from tests.conftest import Town
from tests.forum.pages import answer_in, start_topic, titles_in

TOPIC = "/topics/5"


async def test_a_followed_category_counts_what_is_new_and_a_topic_of_its_own_level_wins(
    town: Town,
) -> None:
    await start_topic(town.bo, "Before", "x")
    await town.cy.post("/categories/market/level", level="following", next="/categories/market")
    rope = await start_topic(town.bo, "Rope", "x")
    assert await _titles(town.cy, "unread") == ["Rope"]
    assert set(await _titles(town.cy, "followed")) == {"Rope", "Before", "Where to moor"}
    await town.cy.post(f"{rope}/level", level="muted", next=rope)
    assert await _titles(town.cy, "unread") == []
    assert re.search('value="muted" aria-pressed="true"', await town.cy.open(rope))
    assert "Rope" in await town.cy.open("/settings/following")
    await town.cy.post(f"{rope}/level", level="", next=rope)
    assert await _titles(town.cy, "unread") == ["Rope"]


async def test_whoever_muted_a_topic_hears_of_it_only_where_they_are_named(town: Town) -> None:
    mine = await start_topic(town.cy, "Nets", "x")
    await town.cy.post(f"{mine}/level", level="muted", next=mine)
    await answer_in(town.bo, mine, "here")
    await answer_in(town.bo, mine, "here, @Cy")
    told = select(Notice.kind).where(Notice.member_id == CY)
    assert await town.db.look(lambda session: list(session.scalars(told))) == ["mention"]


async def test_each_view_shows_its_topics_to_those_it_is_for(town: Town) -> None:
    await start_topic(town.bo, "Rope", "x")
    nets = await start_topic(town.cy, "Nets", "x")
    answer = await answer_in(town.bo, nets, "here")
    assert (await _titles(town.visitor, "newest"))[:2] == ["Nets", "Rope"]
    assert set(await _titles(town.visitor, "unanswered")) == {"Rope", "Where to moor"}
    assert await _titles(town.cy, "mine") == ["Nets"]
    await town.bo.post(f"/posts/{answer}/withdrawal")
    assert "Nets" in await _titles(town.visitor, "unanswered")
    assert (await town.visitor.get("/topics?view=mine")).status_code in {303, 401}


async def _titles(reader: Browser, view: str) -> list[str]:
    return titles_in(await reader.open(f"/categories/market?view={view}"))
