"""D5: join first, then read; what was missed, or a reset, then caught_up."""

import asyncio

import pytest

from channels.actions import edit
from channels.saying import Saying, say_all
from community.database import Transaction
from community.members.models import Member
from community.text import written
from tests.browsing import PATIENCE, number
from tests.cast import BO, QUAY
from tests.conftest import Town
from tests.delivery.conftest import UNHURRIED, Opening
from web.streams import MISSED


def crowd(tx: Transaction, many: int) -> None:
    bo = tx.get_one(Member, BO)
    html = written("ahoy")
    say_all(tx, [
        Saying(member=bo, channel_id=QUAY, body="ahoy", written=html, key=f"k{n}")
        for n in range(many)
    ])  # fmt: skip


async def test_only_what_was_missed_each_thing_once_as_it_is_now(town: Town) -> None:
    await town.db.act(crowd, 6)
    await town.db.act(lambda tx: edit(tx, tx.get_one(Member, BO), 2, "aye"))
    async with town.cy.tab() as cy:
        await cy.send("watch", stream="channel:7", rev=4, epoch=cy.epoch)
        await cy.until("caught_up")
        told = [f for f in cy.heard if f.get("stream") == "channel:7" and f["verb"] != "changed"]
        assert [(f["verb"], f["rev"]) for f in told] == [
            ("put", 5), ("put", 6), ("put", 7), ("caught_up", 7)
        ]  # fmt: skip
        assert number(told[2]["html"], "seq") == 2 and "aye" in told[2]["html"]


async def test_five_hundred_come_one_by_one_and_one_more_is_a_reset(town: Town) -> None:
    await town.db.act(crowd, MISSED + 1)
    async with town.cy.tab() as cy:
        await cy.send("watch", stream="channel:7", rev=1, epoch=cy.epoch)
        for rev in range(2, MISSED + 2):
            while (put := await cy.until("put", "reset")).get("stream") != "channel:7":
                pass
            assert put["rev"] == rev
        assert (await cy.until("caught_up"))["rev"] == MISSED + 1
        await cy.send("watch", stream="channel:7", rev=0, epoch=cy.epoch)
        assert await cy.until("reset", "caught_up") == {"verb": "reset", "stream": "channel:7"}


async def test_after_a_reset_the_tab_shows_what_the_page_shows(town: Town) -> None:
    await town.db.act(crowd, MISSED + 1)
    async with town.cy.tab() as cy, town.bo.tab() as bo:
        quay = await cy.watch("channel:7")
        assert any(frame["verb"] == "reset" for frame in cy.heard)
        assert quay.shown == await town.cy.shown("channel:7") and len(quay.shown) == 50
        await bo.say("once more", "k-after")
        await cy.until_rev("channel:7", MISSED + 2)
        assert "once more" in quay.shown[-1]


@pytest.mark.parametrize(("rev", "epoch"), [(1, ""), (0, "another")])
async def test_another_life_of_the_stream_is_a_reset(town: Town, rev: int, epoch: str) -> None:
    async with town.cy.tab() as cy:
        await cy.send("watch", stream="channel:7", rev=rev, epoch=epoch or cy.epoch)
        assert (await cy.until("reset", "caught_up"))["verb"] == "reset"


async def test_what_happens_while_catching_up_comes_afterwards(opening: Opening) -> None:
    """Cy watches again and again while Bo speaks: every number, in order, once."""
    async with opening(**UNHURRIED) as town:
        async with town.bo.tab() as bo, town.cy.tab() as cy:
            quay = await cy.watch("channel:7")
            for n in range(30):
                await bo.send("say", channel=7, body=f"ahoy {n}", key=f"k{n}")
                if n % 3 == 0:
                    await cy._catch_up("channel:7")
                await bo.until("ack")
            await cy.until_rev("channel:7", 30)
            assert quay.seqs == list(range(1, 31))


async def test_an_edit_of_what_is_not_loaded_is_not_shown(town: Town) -> None:
    await town.db.act(crowd, 60)
    async with town.cy.tab() as cy, town.bo.tab() as bo:
        quay = await cy.follow("channel:7")
        await bo.send("edit", message=5, body="far above")
        await bo.send("edit", message=60, body="in sight")
        await cy.until_rev("channel:7", 62)
        assert len(quay.shown) == 50 and "in sight" in quay.shown[-1]
        assert "far above" not in "".join(quay.shown)


async def test_two_hundred_streams_and_no_more(opening: Opening) -> None:
    async with opening(watches_per_socket=2) as town, town.ada.tab() as ada:
        await ada.watch("channel:7")
        await ada.watch("channel:8")
        await ada.watch("channel:8", rev=0)  # once more is not one more
        await ada.send("watch", stream="topic:5", rev=0, epoch=ada.epoch)
        assert (await ada.until("refused"))["stream"] == "topic:5"
        await ada.send("unwatch", stream="channel:7")
        async with asyncio.timeout(PATIENCE):
            await ada.watch("topic:5")
