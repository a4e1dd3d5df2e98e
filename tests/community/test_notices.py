"""The bell and what it counts: told, read, read along, switched off."""

import re

from sqlalchemy import select

from community.database import Database, Transaction
from community.members.models import Member
from community.notices.actions import notify, read_along, want
from community.notices.models import Notice, NoticeKind, Way
from community.notices.words import KIND_NAMES, SENTENCES
from tests.browsing import Tab
from tests.cast import ADA, BO, CY
from tests.conftest import Town


def tell_bo(
    tx: Transaction, kind: NoticeKind = NoticeKind.REPLY, *, link: str = "/topics/5", seq: int = 4
) -> None:
    actor, title = tx.get_one(Member, ADA), "Where to moor"
    notify(tx, [BO], kind, actor=actor, title=title, link=link, stream="topic:5", seq=seq)


def test_each_kind_has_a_name_and_a_sentence() -> None:
    assert set(SENTENCES) == set(KIND_NAMES) == set(NoticeKind)


async def test_the_bell_counts_at_once_in_every_open_tab(town: Town) -> None:
    async with town.bo.tab() as phone, town.bo.tab() as desk:
        await town.db.act(tell_bo)
        await town.db.act(tell_bo, NoticeKind.MENTION)
        await bell_says(phone, 2)
        await bell_says(desk, 2)
        await town.bo.post("/notices/reading")
        await bell_says(phone, 0)
        await bell_says(desk, 0)


async def test_a_notice_is_said_in_the_readers_tongue(town: Town) -> None:
    await town.db.act(tell_bo)
    assert "Ada replied to you in “Where to moor”." in await town.bo.open("/notices")
    await town.bo.post("/language", locale="id")
    assert "Ada membalas Anda di “Where to moor”." in await town.bo.open("/notices")


async def test_opening_one_reads_it_and_leads_to_what_it_is_about(town: Town) -> None:
    await town.db.act(tell_bo, link="/topics/5#post-9")
    page = await town.bo.open("/")
    assert re.search(r'action="(/notices/\d+/reading)"', page), (
        "it is read from the first page, too"
    )
    page = await town.bo.open("/notices")
    action = re.search(r'action="(/notices/\d+/reading)"', page)
    assert action and "data-unread" in page
    for _ in range(2):  # once more does no harm
        answer = await town.bo.post(action[1])
        assert answer.headers["location"] == "/topics/5#post-9"
    assert "data-unread" not in await town.bo.open("/notices")
    assert (await town.cy.post(action[1])).status_code == 404


async def test_a_kind_that_is_switched_off_is_not_told(town: Town) -> None:
    assert (await town.bo.post("/settings/notices", reply="not")).status_code == 303
    assert '<option value="not" selected>' in await town.bo.open("/settings")
    await town.db.act(tell_bo, NoticeKind.REPLY)
    await town.db.act(tell_bo, NoticeKind.MENTION)
    page = await town.bo.open("/notices")
    assert "mentioned you" in page and "replied" not in page

    await town.bo.post("/settings/notices", reply="bell")
    await town.db.act(tell_bo, NoticeKind.REPLY)
    assert "replied" in await town.bo.open("/notices")


async def test_reading_as_far_as_it_is_about_reads_it(db: Database) -> None:
    def read_to(tx: Transaction, seq: int) -> int:
        read_along(tx, tx.get_one(Member, BO), "topic:5", seq)
        return len(tx.scalars(select(Notice).where(Notice.read_at.is_(None))).all())

    await db.act(tell_bo, seq=4)
    assert await db.act(read_to, 3) == 1
    assert await db.act(read_to, 4) == 0


async def test_what_one_switches_off_another_still_gets(db: Database) -> None:
    def choose(tx: Transaction) -> list[int]:
        want(tx, tx.get_one(Member, BO), {NoticeKind.REPLY: Way.NOT})
        notify(tx, [BO, CY], NoticeKind.REPLY, title="Rope", link="/")
        return list(tx.scalars(select(Notice.member_id)))

    assert await db.act(choose) == [CY]


async def test_older_notices_stand_on_the_next_page(town: Town) -> None:
    def tell_often(tx: Transaction) -> None:
        for n in range(51):
            notify(tx, [BO], NoticeKind.REPLY, title=f"Rope {n}.", link="/")

    await town.db.act(tell_often)
    first = await town.bo.open("/notices")
    assert "Rope 50." in first and "Rope 0." not in first
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older and "Rope 0." in await town.bo.open(older[1])


async def test_whom_one_keeps_away_from_later_is_not_heard_meanwhile(town: Town) -> None:
    """Told before: left out of the list, of the first page and of the bell, until they are back.
    What the community decides is told whoever caused it."""

    def tell(tx: Transaction) -> None:
        cy = tx.get_one(Member, CY)
        for kind in (NoticeKind.MENTION, NoticeKind.OFFER, NoticeKind.DECISION):
            notify(tx, [BO], kind, actor=cy, title="Rope", link="/topics/5")

    await town.db.act(tell)
    await town.db.act(tell_bo)
    for extent, heard in (("muted", 2), ("blocked", 2), ("none", 4)):
        await town.bo.post(f"/members/{CY}/distance", extent=extent)
        pages = [await town.bo.open(path) for path in ("/notices", "/")]
        assert [page.count("Cy mentioned you") for page in pages] == [heard // 4] * 2
        assert all("Ada replied" in page and "A moderator decided" in page for page in pages)
        assert f">{heard}<" in await town.bo.open("/notices/bell")
        async with town.bo.tab() as tab:
            await bell_says(tab, heard)
    await town.bo.post(f"/members/{CY}/distance", extent="muted")
    await town.bo.post("/notices/reading")
    await town.bo.post(f"/members/{CY}/distance", extent="none")
    assert ">2<" in await town.bo.open("/notices/bell"), "what was left out is not read"


async def bell_says(tab: Tab, count: int) -> None:
    """Reads on until it does."""
    shown = -1
    while shown != count:
        frame = await tab.until("put")
        if frame.get("target") == "bell":
            found = re.search(r'data-count="notices"[^>]*>(\d+)', frame["html"])
            shown = int(found[1]) if found else -1
