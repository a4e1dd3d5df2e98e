"""Pages kept whole for visitors: never older than the last change, never anybody's own."""

import asyncio
from collections.abc import Callable

from sqlalchemy.orm import Session

from community.database import Database, Transaction
from community.members.models import Member
from community.site import change_site
from forum.categories import Category, restrict_category
from forum.moving.actions import split
from forum.topics.actions import hide_post
from forum.topics.models import Post
from tests.cast import ADA, BO, FAY, GUS, MARKET
from tests.conftest import Town
from tests.forum.pages import answer_in, start_topic
from tests.moderation.reporting import as_
from web.whole import LONGEST, Packed, Stamp, Whole

TOPIC = "/topics/5"


async def test_every_change_is_on_the_next_page(town: Town) -> None:
    post = await answer_in(town.bo, TOPIC, "ten metres")

    def by_fay(work: Callable[[Transaction, Member], object]) -> Callable[[Transaction], object]:
        return lambda tx: work(tx, tx.get_one(Member, FAY))

    def renamed(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        bo.name, bo.rev = "Boris", bo.rev + 1

    async def edited() -> None:
        await town.bo.post(f"/posts/{post}/edit", place=f"post:{post}", body="twelve metres")

    await town.visitor.open(TOPIC)
    assert await town.visitor.open(TOPIC) == await town.visitor.open(TOPIC)
    await edited()
    assert "twelve metres" in await town.visitor.open(TOPIC)
    await town.db.act(renamed)
    assert "Boris" in await town.visitor.open(TOPIC)
    await town.db.act(
        by_fay(lambda tx, fay: change_site(tx, fay, name="AKAR", banner="Storm", read_only=False))
    )
    assert "Storm" in await town.visitor.open(TOPIC)
    await town.ada.post(f"{TOPIC}/lock")
    assert 'aria-label="Locked"' in await town.visitor.open(TOPIC)
    await town.db.act(lambda tx: hide_post(tx, tx.get_one(Post, post)))
    assert "twelve metres" not in await town.visitor.open(TOPIC)
    await town.db.act(restricted)
    assert (await town.visitor.get(TOPIC)).status_code == 404


async def test_every_change_is_in_the_next_list(town: Town) -> None:
    """Of all topics, of a category, and by another order."""

    def changed(tx: Transaction) -> None:
        gus, market = tx.get_one(Member, GUS), tx.get_one(Category, MARKET)
        gus.name, gus.rev, market.name = "Gustav", gus.rev + 1, "Bazaar"

    for path in ("/topics", "/categories/market", "/topics?view=newest"):
        before = await town.visitor.open(path)
        assert await town.visitor.open(path) == before and "Where to moor" in before
    await town.db.act(changed)
    await town.ada.post(f"{TOPIC}/lock")
    for path in ("/topics", "/categories/market", "/topics?view=newest"):
        after = await town.visitor.open(path)
        assert "Gustav" in after and "Bazaar" in after and 'aria-label="Locked"' in after, path
    await start_topic(town.bo, "Is there rope?", "Ten metres.")
    assert "Is there rope?" in await town.visitor.open("/topics")
    await town.db.act(restricted)
    for path in ("/topics", "/topics?view=newest"):
        page = await town.visitor.open(path)
        assert "Where to moor" not in page and "Bazaar" not in page, path
    assert (await town.visitor.get("/categories/market")).status_code == 404


def restricted(tx: Transaction) -> None:
    restrict_category(tx, tx.get_one(Member, FAY), MARKET, ["role:moderator"])


async def test_nobody_is_given_what_another_saw(town: Town) -> None:
    await answer_in(town.bo, TOPIC, "ahoy")
    for _ in range(2):
        visitors = await town.visitor.get(TOPIC)
        assert "data-member" not in visitors.text and "set-cookie" not in visitors.headers
        assert 'data-member="2"' in await town.bo.open(TOPIC)
        assert 'data-member="3"' in await town.cy.open(TOPIC)


async def test_what_a_page_asks_for_is_not_given_to_who_comes_by_a_link(town: Town) -> None:
    """A link to a post that was moved leads after it; a page that looks how it reads now stays."""
    topic = await start_topic(town.bo, "Rope", "ahoy")
    post, source = await answer_in(town.bo, topic, "nets"), int(topic.rsplit("/", 1)[1])
    await as_(town.db, ADA, split, source, [post], "Nets", MARKET, reason="Another matter")
    there = f"{topic}?at=2"
    for _ in range(2):
        asked = await town.visitor.get(there, **{"sec-fetch-dest": "empty"})
        assert asked.status_code == 200 and "was moved to another topic" in asked.text
        assert (await town.visitor.get(there)).headers["location"].endswith(f"#post-{post}")


async def test_each_language_has_its_own(town: Town) -> None:
    for _ in range(2):
        assert "Sign in" in await town.visitor.open(TOPIC)
        assert "Masuk" in (await town.visitor.get(TOPIC, **{"accept-language": "id"})).text


async def test_a_page_after_the_end_is_the_last_one(town: Town) -> None:
    await answer_in(town.bo, TOPIC, "ahoy")
    for _ in range(2):
        assert "ahoy" in await town.visitor.open(f"{TOPIC}?at=999")


async def test_a_page_under_a_padded_address_is_not_kept(db: Database) -> None:
    kept, page = Whole(db), Packed(b"page", {})
    padding = "&" * (LONGEST + 1)
    for query, unpacks, found in (("at=21", "", page), (padding, "", None), ("", padding, None)):
        kept.put((TOPIC, query, "en", unpacks), (1,), page)
        assert kept.get((TOPIC, query, "en", unpacks), (1,)) == found


async def test_each_browser_is_given_what_it_unpacks(town: Town) -> None:
    """The first time and from what is kept; none is told that what it got is for all."""
    known = {"identity": "", "gzip": "gzip", "gzip, deflate, br": "br"}
    pages = set()
    for unpacks, packed in [*known.items()] * 2:
        answer = await town.visitor.get(TOPIC, **{"accept-encoding": unpacks})
        assert answer.headers.get("content-encoding", "") == packed
        assert {"Cookie", "Accept-Encoding"} <= set(answer.headers["vary"].split(", "))
        pages.add(answer.text)
    assert len(pages) == 1


async def test_one_who_asks_for_nonsense_harms_nobody_who_asks_at_once(town: Town) -> None:
    """Their stamps are asked in one look: what fails there is asked one by one."""
    kept = Whole(town.db)

    def poison(_session: Session) -> Stamp:
        raise ZeroDivisionError

    asked = [
        kept.stamp((path, "", "en", ""), poison if path == "bad" else lambda _session: (1,))
        for path in ("good", "bad", "fine")
    ]
    good, bad, fine = await asyncio.gather(*asked, return_exceptions=True)
    assert good == fine and isinstance(good, tuple) and good[-1] == 1
    assert isinstance(bad, ZeroDivisionError)


async def test_a_place_beyond_all_posts_is_refused(town: Town) -> None:
    for at in (10**9 + 1, 2**63 - 1):
        assert (await town.visitor.get(f"{TOPIC}?at={at}")).status_code == 422
    assert (await town.visitor.get(f"{TOPIC}?at={10**9}")).status_code == 200
