"""D1: same key, same words: the first answer, for ever. Anything else with that key: refused."""

import asyncio
from collections.abc import Callable

import pytest

from channels.actions import hide_message
from channels.models import Message
from community.clock import now
from community.database import Transaction
from community.members.actions import set_muted_until
from community.members.models import Member
from community.site import site_of
from tests.browsing import sign_in_as
from tests.cast import BO, BO_FOR_DODOL, open_channel
from tests.conftest import Town
from tests.delivery.conftest import Opening
from tests.following import Frame

ACK = {"verb": "ack", "key": "k1", "seq": 1, "rev": 1}


def bo_is_muted(tx: Transaction) -> None:
    set_muted_until(tx, tx.get_one(Member, BO), now(tx))


def it_is_hidden(tx: Transaction) -> None:
    hide_message(tx, tx.get_one(Message, 1))


def the_house_is_closed(tx: Transaction) -> None:
    site_of(tx).read_only = True


async def bo_says_it(town: Town) -> Frame:
    async with town.bo.tab() as bo:
        return await bo.say("ahoy", "k1")


async def test_from_another_tab_and_another_browser(town: Town) -> None:
    assert await bo_says_it(town) == ACK
    assert await bo_says_it(town) == ACK
    elsewhere = await sign_in_as(town.db, town.origin, BO)
    async with elsewhere.tab() as bo:
        assert await bo.say("ahoy", "k1") == ACK
    await elsewhere.close()
    assert len(await town.cy.shown("channel:7")) == 1


@pytest.mark.parametrize("since", [bo_is_muted, it_is_hidden, the_house_is_closed])
async def test_whatever_has_happened_since(
    town: Town, since: Callable[[Transaction], None]
) -> None:
    assert await bo_says_it(town) == ACK
    await town.db.act(since)
    assert await bo_says_it(town) == ACK


async def test_also_when_it_was_edited(town: Town) -> None:
    async with town.bo.tab() as bo:
        assert await bo.say("ahoy", "k1") == ACK
        await bo.send("edit", message=1, body="aye", key="e1")
        assert (await bo.answer("e1"))["rev"] == 2
        assert await bo.say("ahoy", "k1") == ACK


async def test_a_key_is_good_for_one_thing_only(town: Town) -> None:
    await town.db.act(open_channel, 9)
    async with town.bo.tab() as bo:
        assert await bo.say("ahoy", "k1") == ACK
        for other in (
            {"body": "aye"},
            {"body": "ahoy", "channel": 9},
            {"body": "ahoy", "mandate": BO_FOR_DODOL},
        ):
            answer = await bo.say(key="k1", **other)
            assert answer["verb"] == "refused" and answer["final"], other


async def test_many_at_once_are_one_message(town: Town) -> None:
    async def once() -> Frame:
        return await bo_says_it(town)

    assert await asyncio.gather(*(once() for _ in range(8))) == [ACK] * 8
    assert len(await town.cy.shown("channel:7")) == 1


async def test_a_key_is_one_members_own(town: Town) -> None:
    assert await bo_says_it(town) == ACK
    async with town.cy.tab() as cy:
        assert (await cy.say("ahoy", "k1"))["seq"] == 2


async def test_by_a_form_it_is_said_by_who_wrote_it_or_by_nobody(town: Town) -> None:
    """A browser that sends by itself may be somebody else's by now."""
    said = {"body": "ahoy", "key": "k1", "by": BO}
    assert (await town.cy.post("/channels/7/messages", **said)).status_code == 401
    assert await town.cy.shown("channel:7") == []
    assert (await town.bo.post("/channels/7/messages", **said)).status_code == 303
    assert len(await town.cy.shown("channel:7")) == 1


async def test_after_a_restart(opening: Opening) -> None:
    for _run in range(2):
        async with opening() as town:
            assert await bo_says_it(town) == ACK
