"""Muted and blocked: for the one who did it alone, and nobody else learns of it."""

import pytest

from community.blocks import MOST, Block, Extent, blocks_between, keep_away
from community.database import Database, Transaction
from community.errors import Invalid
from community.members.actions import join
from community.members.models import Member
from community.notices.models import Notice
from forum.topics import actions as topics
from tests.browsing import Browser
from tests.cast import ADA, BO, CY, FAY, GUS, MOORING, QUAY
from tests.conftest import Town
from tests.moderation.reporting import as_, rows, say, write

SHEET = "/settings/people.css"


async def kept(reader: Browser, other: int, extent: str = "muted") -> None:
    answer = await reader.post(f"/members/{other}/distance", extent=extent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/people?saved=yes")


async def told(town: Town, member: int) -> list[str]:
    return [one.kind for one in await rows(town.db, Notice) if one.member_id == member]


async def test_what_a_muted_member_writes_is_folded_up_for_one_reader(town: Town) -> None:
    assert SHEET not in await town.bo.open("/topics/5")
    await kept(town.bo, CY)
    for path in ("/topics/5", "/channels/7", "/channels"):
        assert SHEET in await town.bo.open(path) and SHEET not in await town.gus.open(path)
    css = await town.bo.get(SHEET)
    assert css.headers["content-type"].startswith("text/css")
    assert css.headers["cache-control"] == "private, no-store"
    assert f'[data-author="{CY}"]' in css.text and "(muted)" in css.text
    await kept(town.bo, CY, "none")
    assert not (await town.bo.get(SHEET)).text and SHEET not in await town.bo.open("/topics/5")


async def test_its_own_page_shows_it(town: Town) -> None:
    await kept(town.bo, CY)
    post, message = await write(town.db, CY, "ahoy"), await say(town.db, CY, "ahoy")
    for path in (f"/posts/{post}", f"/messages/{message}"):
        page = await town.bo.open(path)
        assert "ahoy" in page and SHEET not in page


async def test_rows_and_frames_are_the_same_for_everybody(town: Town) -> None:
    """S8: what one reader hides enters nothing that others are sent."""
    await kept(town.bo, CY)
    await write(town.db, CY, "One.")
    assert await town.bo.shown(f"topic:{MOORING}") == await town.gus.shown(f"topic:{MOORING}")
    async with town.bo.tab() as bo, town.gus.tab() as gus:
        heard = []
        for tab in (bo, gus):
            await tab.watch(f"channel:{QUAY}")
        await say(town.db, CY, "Two.")
        for tab in (bo, gus):
            heard.append((await tab.until("put"))["html"])
    assert heard[0] == heard[1]


async def test_no_notice_comes_of_what_they_write(town: Town) -> None:
    post = await write(town.db, BO, "Where is rope?")
    for number, extent in enumerate(("muted", "blocked")):
        await kept(town.bo, CY, extent)
        key = f"k{number}"
        await as_(town.db, CY, topics.reply, MOORING, "@Bo, here", key=key, parent_id=post)
        await write(town.db, CY, "@Bo")
        await say(town.db, CY, "@Bo and @Gus")
    assert await told(town, BO) == []
    assert (await told(town, GUS)).count("mention") == 2
    await kept(town.bo, CY, "none")
    await say(town.db, CY, "@Bo")
    assert await told(town, BO) == ["mention"]


async def test_moderators_reach_everybody(town: Town) -> None:
    await kept(town.bo, ADA, "blocked")
    await say(town.db, ADA, "@Bo, please read the rules")
    assert await told(town, BO) == ["mention"]
    assert "data-staff" in (await town.bo.shown(f"channel:{QUAY}"))[0]
    last = f'class="channel-last" data-author="{ADA}" data-staff>'
    assert last in await town.bo.open("/channels"), "nor is its beginning folded up"
    async with town.ada.tab() as ada, town.bo.tab() as bo:
        for tab in (ada, bo):
            await tab.watch(f"channel:{QUAY}")
        await ada.send("typing", channel=QUAY, key="t")
        while f'data-author="{ADA}" data-staff>' not in (await bo.until("put"))["html"]:
            pass  # who is here is told, too
    await write(town.db, CY, "One.")
    assert "data-staff" not in (await town.bo.shown(f"topic:{MOORING}"))[0]


async def test_who_is_blocked_sees_nothing_personal_and_learns_nothing(town: Town) -> None:
    await town.bo.post("/settings/profile", name="Bo", about="Makes dodol")
    await write(town.db, BO, "In public.")
    before = await town.cy.open(f"/members/{BO}")
    assert "Makes dodol" in before and "Garut" in before
    await kept(town.bo, CY, "muted")
    assert await town.cy.open(f"/members/{BO}") == before
    await kept(town.bo, CY, "blocked")
    page = await town.cy.open(f"/members/{BO}")
    assert "Makes dodol" not in page and "Garut" not in page
    assert "In public." in page and "Joined" in page, "as of somebody who tells nothing"
    assert "Makes dodol" in await town.gus.open(f"/members/{BO}")


async def test_the_list_is_ones_own_and_ends_what_it_shows(town: Town) -> None:
    assert "Nobody" in await town.bo.open("/settings/people")
    await kept(town.bo, CY, "blocked")
    page = await town.bo.open("/settings/people")
    assert "Blocked" in page and f'action="/members/{CY}/distance"' in page
    assert f'action="/members/{CY}/distance"' not in await town.gus.open("/settings/people")
    await kept(town.bo, CY, "none")
    assert await rows(town.db, Block) == []


async def test_nobody_keeps_away_from_themself_or_from_nobody(town: Town) -> None:
    assert (await town.bo.post(f"/members/{BO}/distance", extent="muted")).status_code == 403
    assert (await town.bo.post("/members/99999/distance", extent="muted")).status_code == 404
    assert (await town.bo.post(f"/members/{CY}/distance", extent="nearer")).status_code == 422
    assert (await town.visitor.post(f"/members/{CY}/distance", extent="muted")).status_code == 401


async def test_one_block_is_enough_to_say_nothing_to_each_other(db: Database) -> None:
    def between(tx: Transaction, one: int, other: int) -> bool:
        return blocks_between(tx, tx.get_one(Member, one), tx.get_one(Member, other))

    await as_(db, BO, keep_away, CY, Extent.MUTED)
    assert not await db.act(between, BO, CY)
    await as_(db, BO, keep_away, CY, Extent.BLOCKED)
    assert await db.act(between, BO, CY) and await db.act(between, CY, BO)
    assert not await db.act(between, BO, FAY)


async def test_the_list_has_an_end(db: Database) -> None:
    def crowd(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        for number in range(MOST + 1):
            one = join(tx, name="M", email=f"m{number}@harbour.test", password_hash="")
            keep_away(tx, bo, one.id, Extent.MUTED)

    with pytest.raises(Invalid, match="as many"):
        await db.act(crowd)
