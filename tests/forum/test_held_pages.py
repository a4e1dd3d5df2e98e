"""What is held in the forum, in a browser: its author sees it in its place, moderators in their
queue, nobody anywhere else; let through, everybody sees it live."""

import pytest
from httpx2 import Response

from forum.topics.models import Post
from moderation.decisions.deciding import Judgement
from moderation.models import Ruling
from tests.browsing import Browser
from tests.cast import ADA, BO, MARKET, MOORING, hold_first
from tests.conftest import Town
from tests.moderation.reporting import judge, rows

HERE, STREAM = f"/topics/{MOORING}", f"topic:{MOORING}"
CANARY = "kakatua"
WORDS = {"place": STREAM, "body": f"My {CANARY}", "key": "k1"}
THROUGH = Judgement(Ruling.RELEASE, "held", "")
BACK = Judgement(Ruling.REFUSE, "held", "No pets here.")
PLACES = (HERE, f"{HERE}?view=flat", "/topics", "/topics?view=newest", "/categories/market", "/",
          "/search?q=kaka", "/notices", f"/members/{BO}", f"{HERE}/feed", "/topics/feed",
          f"/catch-up?stream={STREAM}&rev=0&epoch=x", "/moderation", "/moderation/log", "/cases/1",
          "/held-posts/1", "/held-posts/1/decision", "/decisions/1", "/topics/started",
          "/log")  # fmt: skip


@pytest.fixture
async def strict(town: Town) -> Town:
    """Bo is new, and the first thing such write is held."""
    await town.db.act(hold_first, 1)
    return town


async def test_its_author_sees_it_wait_and_everybody_hears_it_when_it_is_let_through(
    strict: Town,
) -> None:
    town = strict
    async with town.bo.tab() as bo, town.cy.tab() as cy:
        await bo.follow(STREAM)
        await cy.follow(STREAM)
        for _twice in range(2):
            answer = await town.bo.post(f"{HERE}/posts", **WORDS)
            assert answer.headers["location"] == f"{HERE}#held-{STREAM}"
        while not any(frame.get("target") == f"held-{STREAM}" for frame in bo.heard):
            await bo.until("refresh")
        waiting = _held_in(await town.bo.open(HERE))
        assert CANARY in waiting and "Waits to be checked" in waiting
        await _nobody_else_sees(town, str(cy.heard))
        queue = await town.ada.open("/moderation?kind=held_post")
        assert CANARY in queue and "To be seen first" in queue
        await judge(town.db, ADA, 1, THROUGH)
        for tab in (bo, cy):
            await tab.until_rev(STREAM, 1)
            assert CANARY in tab.streams[STREAM].shown[0]
    assert CANARY not in _held_in(await town.bo.open(HERE))
    assert CANARY in await town.visitor.open(HERE)


async def test_refused_it_says_why_to_its_author_alone(strict: Town) -> None:
    town = strict
    told = await _scripted(town.bo, f"{HERE}/posts", **WORDS)
    assert told.json() == {"place": f"{HERE}#held-{STREAM}", "held": True}
    assert CANARY in await town.ada.open("/cases/1")
    await judge(town.db, ADA, 1, BACK)
    page = _held_in(await town.bo.open(HERE))
    assert "Not let through" in page and CANARY in page
    why = await town.bo.get("/held-posts/1/decision")
    statement = await town.bo.open(why.headers["location"])
    for said in ("No pets here.", "180 days", "not let through", CANARY, "Ask for another look"):
        assert said in statement, said
    await _nobody_else_sees(town)
    again = await _scripted(town.bo, f"{HERE}/posts", **WORDS)
    assert again.status_code == 403 and "did not let it through" in again.text
    assert not await rows(town.db, Post)


async def test_on_appeal_it_is_written_after_all(strict: Town) -> None:
    town = strict
    await town.bo.post(f"{HERE}/posts", **WORDS)
    await judge(town.db, ADA, 1, BACK)
    await town.bo.post("/decisions/1/appeal", words="It is about rope.")
    await town.eva.post("/cases/1/claim", version="4")
    form = await town.eva.open("/cases/1")
    assert 'value="overturn"' in form
    wrong = {"ruling": "overturn", "reason": "held", "facts": "It is.", "version": "5"}
    await town.eva.post("/cases/1/ruling", **wrong, key="d2")
    assert CANARY in await town.visitor.open(HERE)


async def test_a_topic_waits_on_a_page_of_its_own_and_on_the_list_of_its_author(
    strict: Town,
) -> None:
    town = strict
    about = {"place": "new", "category": MARKET, "title": f"A {CANARY}", "body": "It sings"}
    answer = await town.bo.post("/topics", **about, key="t1")
    assert answer.headers["location"] == "/held-posts/1"
    page = await town.bo.open("/held-posts/1")
    assert CANARY in page and "It sings" in page and "Waits to be checked" in page
    for path in ("/topics", "/categories/market"):
        assert 'href="/held-posts/1"' in await town.bo.open(path)
    assert CANARY not in await town.bo.open("/topics?view=newest&region=32")
    await _nobody_else_sees(town)
    await judge(town.db, ADA, 1, THROUGH)
    (post,) = await rows(town.db, Post)
    became = await town.bo.get("/held-posts/1")
    assert became.headers["location"].startswith(f"/topics/{post.stream_id}?")
    assert CANARY in await town.visitor.open("/topics")
    assert "/held-posts/1" not in await town.bo.open("/topics")


async def _nobody_else_sees(town: Town, cy_heard: str = "") -> None:
    assert CANARY not in cy_heard
    for reader in (town.cy, town.gus, town.dee, town.visitor):
        for path in PLACES:
            assert CANARY not in (await reader.get(path)).text, path


async def _scripted(reader: Browser, path: str, **fields: str) -> Response:
    return await reader.post_with({"accept": "application/json"}, path, **fields)


def _held_in(page: str) -> str:
    return page.partition(f'id="held-{STREAM}"')[2].partition("</ol>")[0]
