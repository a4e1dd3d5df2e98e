"""Pins, and what its author takes back and brings back."""

from collections.abc import Callable

import pytest

from channels import pinning
from channels.actions import bring_back, hide_message, restore_message, withdraw
from channels.models import ChannelRole, Membership, Message
from channels.pinning import MOST, pin, pins_of, unpin
from channels.queries import message_for
from community.database import Database, Transaction
from community.errors import Conflict, Denied
from community.members.models import Member
from tests.cast import ADA, BO, CY, MARKET, QUAY
from tests.channels.test_reading import _chat
from tests.conftest import Town
from tests.moderation.reporting import as_
from web.crossings import NewTopic, make_topic, undo_topic

STREAM = f"channel:{QUAY}"


def pinned(tx: Transaction) -> list[int]:
    return [one.id for one in pins_of(tx, tx.get_one(Member, CY), QUAY).messages]


async def test_hosts_and_moderators_pin_and_take_down(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 3)
        ada, cy = tx.get_one(Member, ADA), tx.get_one(Member, CY)
        with pytest.raises(Denied):
            pin(tx, cy, 1)
        tx.get_one(Membership, (QUAY, CY)).role = ChannelRole.HOST
        tx.flush()
        pin(tx, cy, 1)
        pin(tx, ada, 3)
        rev = pin(tx, ada, 3).rev
        assert pinned(tx) == [3, 1]
        unpin(tx, ada, 1)
        assert pinned(tx) == [3]
        assert rev == 5
        withdraw(tx, tx.get_one(Member, BO), 3)
        assert pinned(tx) == []
        with pytest.raises(Conflict):
            pin(tx, ada, 3) if unpin(tx, ada, 3) else None

    await db.act(story)


async def test_no_more_are_pinned_than_one_looks_through(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST == 50
    monkeypatch.setattr(pinning, "MOST", 2)

    def story(tx: Transaction) -> None:
        _chat(tx, 3)
        ada = tx.get_one(Member, ADA)
        pin(tx, ada, 1)
        pin(tx, ada, 2)
        with pytest.raises(Conflict):
            pin(tx, ada, 3)

    await db.act(story)


async def test_pins_are_live_and_listed(town: Town) -> None:
    await town.db.act(_chat, 2)
    async with town.cy.tab() as cy:
        await cy.follow(STREAM)
        answer = await town.ada.post("/messages/1/pin")
        assert answer.headers["location"] == f"/channels/{QUAY}?at=1#message-1"
        await cy.until_rev(STREAM, 3)
        assert cy.streams[STREAM].shown == await town.cy.shown(STREAM)
        assert "Pinned" in cy.streams[STREAM].shown[0]
    listed = await town.cy.open(f"/channels/{QUAY}/pins")
    assert "number 1" in listed and "number 2" not in listed
    await town.ada.post("/messages/1/pin/end")
    assert "number 1" not in await town.cy.open(f"/channels/{QUAY}/pins")
    assert (await town.dee.post("/messages/1/pin")).status_code == 403


async def test_its_author_brings_back_what_they_withdrew_and_nothing_else(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 1)
        bo = tx.get_one(Member, BO)
        withdraw(tx, bo, 1)
        with pytest.raises(Denied):
            bring_back(tx, tx.get_one(Member, CY), 1)
        assert bring_back(tx, bo, 1).gone == "" and bring_back(tx, bo, 1).rev == 3
        hide_message(tx, message_for(tx, bo, 1))
        with pytest.raises(Denied):
            bring_back(tx, bo, 1)

    await db.act(story)


async def test_what_a_message_said_before_is_told_word_by_word(town: Town) -> None:
    await town.db.act(_chat, 1)
    await town.bo.post("/messages/1", body="number one")
    page = await town.cy.open("/messages/1/history")
    assert "<del>" in page and "<ins>" in page and "How it read before" in page
    assert 'href="/messages/1/history"' in await town.cy.open(f"/channels/{QUAY}")
    await town.bo.post("/messages/1/withdrawal")
    assert (await town.cy.get("/messages/1/history")).status_code == 404
    assert 'action="/messages/1/return"' in await town.cy.open(f"/channels/{QUAY}")
    await town.bo.post("/messages/1/return")
    assert "number one" in await town.cy.open(f"/channels/{QUAY}")


async def test_the_box_of_a_channel_finds_in_it_and_leads_to_the_place(town: Town) -> None:
    await town.db.act(_chat, 3)
    page = await town.cy.open(f"/channels/{QUAY}")
    assert '<input type="hidden" name="in" value="quay">' in page
    answer = await town.cy.get("/search?in=quay&part=messages&q=number")
    found = await town.cy.open(answer.headers["location"])
    assert f'href="/channels/{QUAY}?at=2#message-2"' in found


async def test_what_was_withdrawn_comes_back_without_its_pin(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 1)
        bo = tx.get_one(Member, BO)
        pin(tx, tx.get_one(Member, ADA), 1)
        withdraw(tx, bo, 1)
        assert bring_back(tx, bo, 1).pinned_at is None and pinned(tx) == []

    await db.act(story)


async def test_what_comes_back_is_pinned_again_only_where_there_is_room(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pinning, "MOST", 2)
    await db.act(_chat, 4)
    for one in (1, 2):
        await as_(db, ADA, pin, one)
    await on_message(db, 1, hide_message)
    await as_(db, ADA, pin, 3)
    await on_message(db, 1, restore_message)
    assert await db.act(pinned) == [3, 2]

    departure = await as_(db, ADA, make_topic, QUAY, [2, 3], NewTopic("Ropes", MARKET))
    await as_(db, ADA, pin, 4)
    await as_(db, ADA, undo_topic, departure.id)
    assert await db.act(pinned) == [4, 2]

    await on_message(db, 2, hide_message)
    await on_message(db, 2, restore_message)
    assert await db.act(pinned) == [4, 2]


async def on_message(db: Database, id: int, change: Callable[[Transaction, Message], None]) -> None:
    """As moderation does it."""
    await db.act(lambda tx: change(tx, tx.get_one(Message, id)))
