"""Who keeps a search is told of what it would find later, and of nothing they may not see."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select

from community import clock
from community.database import Database
from community.errors import Invalid, NotFound
from community.notices.models import Notice, NoticeKind
from community.searches import EVERY, KeptSearch, end_search, keep_search, tell_of_new_finds
from forum.topics import actions as topics
from forum.topics.models import Post
from tests.cast import ADA, BO, CABIN, CY, DEE, LEDGER
from tests.community.test_search import CANARY
from tests.conftest import Town
from tests.moderation.reporting import as_, say, write
from web.searching import is_new


async def test_who_keeps_a_search_is_told_of_what_they_may_see(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await as_(db, CY, keep_search, f" {CANARY} ")
    assert (await as_(db, CY, keep_search, CANARY)).id == kept.id
    await say(db, ADA, CANARY, CABIN)
    await write(db, DEE, CANARY, LEDGER)
    await write(db, CY, CANARY)
    hidden = await write(db, BO, CANARY)
    await db.act(lambda tx: topics.hide_post(tx, tx.get_one(Post, hidden)))
    assert await told_later(db, monkeypatch) == []
    await write(db, BO, CANARY)
    assert await told_later(db, monkeypatch) == [kept.link]
    await write(db, BO, CANARY)
    assert await told_later(db, monkeypatch) == [kept.link]  # still unread: not twice
    await as_(db, CY, end_search, kept.id)
    with pytest.raises(NotFound):
        await as_(db, CY, end_search, kept.id)
    with pytest.raises(Invalid):  # before there were days
        await as_(db, CY, keep_search, "rope after:0001")


async def test_a_search_that_cannot_be_looked_for_holds_up_nobody_elses(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = await as_(db, BO, keep_search, CANARY)
    words = "region:nowhere"  # as if it had been kept when there was such a region
    await db.act(lambda tx: setattr(tx.get_one(KeptSearch, broken.id), "words", words))
    kept = await as_(db, CY, keep_search, CANARY)
    await write(db, BO, CANARY)
    assert await told_later(db, monkeypatch) == [kept.link]


async def test_the_page_shows_what_was_found_and_keeps_a_search(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(town.db, body=f"<b>{CANARY}</b> di dermaga")
    page = await town.cy.open(f"/search?q={CANARY}&has=&from=")
    assert f"&lt;b <mark>{CANARY}</mark>&lt;/b di dermaga" in page
    led = await town.cy.get("/search?q=di&from=Bo&region=")
    assert led.headers["location"] == "/search?q=di+from%3ABo"
    assert (await town.cy.post("/searches", q=CANARY)).headers["location"] == f"/search?q={CANARY}"
    assert "Keep it no more" in await town.cy.open(f"/search?q={CANARY}")
    assert f'<a href="/search?q={CANARY}">' in await town.cy.open("/search")
    await _is_read_by_opening(town, monkeypatch)
    assert (await town.cy.post("/searches/1/end")).status_code == 303
    assert "There is no region" in (await town.visitor.get("/search?q=region:atlantis")).text


async def _is_read_by_opening(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notice, however the page was come to; a link that somebody wrote reads nothing."""
    picture = "/searches/1/opened"
    ours = {"sec-fetch-site": "same-origin", "sec-fetch-dest": "image"}
    await write(town.db, BO, CANARY)
    await told_later(town.db, monkeypatch)
    await town.cy.get(picture)
    assert picture in await town.cy.open(f"/search?q={CANARY}")
    await town.cy.get(picture, **ours)
    assert picture not in await town.cy.open(f"/search?q={CANARY}")


async def told_later(db: Database, monkeypatch: pytest.MonkeyPatch) -> Sequence[str]:
    monkeypatch.setattr(clock, "ahead", clock.ahead + 2 * EVERY)
    await db.act(tell_of_new_finds, is_new)
    told = select(Notice.link).where(Notice.member_id == CY, Notice.kind == NoticeKind.SEARCH)
    return await db.look(lambda session: session.scalars(told).all())
