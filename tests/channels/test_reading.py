import asyncio

import pytest
from sqlalchemy.util import await_only

from channels import actions
from channels.actions import hide_message, read, say, withdraw
from channels.histories import history_for
from channels.joining import remove
from channels.listing import channel_list, channels_listed
from channels.models import Channel, Membership
from channels.queries import channel_for, message_for, unread_messages
from channels.rooms import Place, room_for
from community.database import Database, Transaction
from community.errors import NotFound
from community.members.models import Member
from community.places import Lens
from tests.cast import ADA, BO, CABIN, CY, DEE, QUAY


def unread_of(tx: Transaction, member: int) -> int:
    return tx.scalars(unread_messages(tx.get_one(Member, member))).one()


def _chat(tx: Transaction, count: int) -> None:
    for n in range(1, count + 1):
        say(tx, tx.get_one(Member, BO), QUAY, f"number {n}", key=f"k{n}")


async def test_unread_counts_what_others_said_and_is_still_there(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 4)
        assert (unread_of(tx, BO), unread_of(tx, CY), unread_of(tx, DEE)) == (0, 4, 0)
        withdraw(tx, tx.get_one(Member, BO), 4)
        assert unread_of(tx, CY) == 3
        read(tx, tx.get_one(Member, CY), QUAY, 2)
        assert unread_of(tx, CY) == 1
        read(tx, tx.get_one(Member, CY), QUAY, 1)  # never back
        assert unread_of(tx, CY) == 1
        listed = {one.channel.id: one for one in channels_listed(tx, tx.get_one(Member, CY))}
        assert (listed[QUAY].unread, listed[QUAY].joined) == (1, True)

    await db.act(story)


async def test_hidden_messages_are_not_unread(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 1)
        hide_message(tx, message_for(tx, tx.get_one(Member, ADA), 1))
        assert unread_of(tx, CY) == 0

    await db.act(story)


async def test_a_room_shows_the_newest_and_then_what_was_before(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 60)
        cy = tx.get_one(Member, CY)
        room = room_for(tx, cy, QUAY)
        assert [one.seq for one in room.messages] == list(range(11, 61))
        assert (room.earlier, room.later, room.unread) == (True, False, 60)
        before = room_for(tx, cy, QUAY, Place(before=11))
        assert [one.seq for one in before.messages] == list(range(1, 11))
        assert (before.earlier, before.later) == (False, True)

    await db.act(story)


async def test_the_list_shows_what_a_member_may_see_through_the_lens(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 1)
        everything = channel_list(tx, tx.get_one(Member, ADA), Lens())
        assert [one.channel.id for one in everything.listed] == [CABIN, QUAY]
        quay = everything.listed[1]
        assert quay.last and quay.last.body == "number 1"
        quay.channel.cluster = "food"
        tx.flush()
        cy = tx.get_one(Member, CY)
        assert [one.channel.id for one in channel_list(tx, cy, Lens()).listed] == [QUAY]
        assert channel_list(tx, cy, Lens(cluster="food")).places == [("cluster", "food")]
        assert channel_list(tx, cy, Lens(cluster="crafts")).listed == []

    await db.act(story)


async def test_what_is_gone_shows_nothing_of_what_it_said(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _chat(tx, 1)
        withdraw(tx, tx.get_one(Member, BO), 1)
        with pytest.raises(NotFound):
            history_for(tx, tx.get_one(Member, CY), 1)

    await db.act(story)


@pytest.mark.parametrize("setup", [pytest.param("scaled out", marks=pytest.mark.scaled_out)])
async def test_who_is_removed_while_they_read_does_not_come_back(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody removes them after we have found the channel; on SQLite nobody comes between."""

    def found_and_removed(tx: Transaction, member: Member, channel_id: int) -> Channel:
        channel = channel_for(tx, member, channel_id)
        await_only(db.act(lambda other: remove(other, other.get_one(Member, ADA), CABIN, BO)))
        return channel

    monkeypatch.setattr(actions, "channel_for", found_and_removed)
    await db.act(lambda tx: read(tx, tx.get_one(Member, BO), CABIN, 0))
    assert await db.look(lambda session: session.get(Membership, (CABIN, BO))) is None


def _cy_reads(tx: Transaction, seq: int) -> None:
    read(tx, tx.get_one(Member, CY), QUAY, seq)


async def test_two_tabs_that_read_at_once_stay_at_the_farther_place(db: Database) -> None:
    await db.act(_chat, 12)
    for _ in range(5):
        await asyncio.gather(*(db.act(_cy_reads, seq) for seq in (9, 2, 12, 3)))
        kept = await db.look(lambda session: session.get_one(Membership, (QUAY, CY)))
        assert kept.read_seq == 12
