"""Who sees which kind of channel, and who speaks where."""

from datetime import timedelta
from functools import partial

import pytest

from channels.actions import edit, say
from channels.hosting import archive
from channels.joining import remove
from channels.listing import channel_list, channels_listed
from channels.models import Channel, ChannelRole, ChannelState, ChannelType, Membership, Message
from channels.queries import channel_for, channels_of, message_shown, standing_in, still_in
from channels.saying import Said, say_all
from community.blocks import Extent, keep_away
from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied, NotFound, TooFast
from community.members.models import Member
from community.places import Lens
from tests.cast import ADA, BO, CABIN, CY, DEE, FAY, QUAY
from tests.channels.test_saying_together import kinds_of, saying

BESIDE_QUAY, BESIDE_CABIN, DIRECT = 20, 21, 22


def _beside(tx: Transaction, id: int, home: int, *followers: int) -> Channel:
    private = tx.get_one(Channel, home).private
    kind = ChannelType.THREAD
    thread = Channel(id=id, type=kind, name="answers", private=private, parent_id=home)
    tx.add(thread)
    tx.flush()
    tx.add_all(Membership(channel_id=id, member_id=one) for one in followers)
    tx.flush()
    return thread


def _direct(tx: Transaction) -> Channel:
    """Of Bo and Cy."""
    kind, pair = ChannelType.DIRECT, f"{BO}:{CY}"
    room = Channel(id=DIRECT, type=kind, name="", private=True, pair=pair)
    tx.add(room)
    tx.flush()
    tx.add_all(Membership(channel_id=DIRECT, member_id=one) for one in (BO, CY))
    tx.flush()
    return room


def _says(tx: Transaction, member: int, channel: int, key: str) -> Said:
    return say(tx, tx.get_one(Member, member), channel, "ahoy", key=key)


async def test_a_thread_is_seen_by_who_sees_its_channel_and_stands_in_no_list(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _beside(tx, BESIDE_QUAY, QUAY)
        _beside(tx, BESIDE_CABIN, CABIN, CY)  # who follows a thread sees no more for that
        cy, bo = tx.get_one(Member, CY), tx.get_one(Member, BO)
        assert {one.id for one in tx.scalars(channels_of(cy))} == {QUAY, BESIDE_QUAY}
        every = {QUAY, CABIN, BESIDE_QUAY, BESIDE_CABIN}
        assert {one.id for one in tx.scalars(channels_of(bo))} == every
        assert {one.channel.id for one in channels_listed(tx, bo)} == {QUAY, CABIN}
        asked = {(who, id) for who in (BO, CY, DEE) for id in (BESIDE_QUAY, BESIDE_CABIN, 99)}
        public = {(who, BESIDE_QUAY) for who in (BO, CY, DEE)}
        assert still_in(tx, asked) == {*public, (BO, BESIDE_CABIN)}
        with pytest.raises(NotFound):
            _says(tx, CY, BESIDE_CABIN, "k1")
        assert _says(tx, BO, BESIDE_CABIN, "k1").seq == 1

    await db.act(story)


async def test_what_ends_for_a_channel_ends_for_the_threads_beside_it(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _beside(tx, BESIDE_CABIN, CABIN, BO)
        fay, ada = tx.get_one(Member, FAY), tx.get_one(Member, ADA)
        remove(tx, ada, CABIN, BO)
        told = {event.channel for event in tx.events if hasattr(event, "channel")}
        assert told == {f"channel:{CABIN}", f"channel:{BESIDE_CABIN}"}
        with pytest.raises(NotFound):
            _says(tx, BO, BESIDE_CABIN, "k1")
        archive(tx, fay, CABIN)
        with pytest.raises(Denied, match="archived"):
            _says(tx, ADA, BESIDE_CABIN, "k2")

    await db.act(story)


async def test_a_direct_room_is_for_its_two_and_for_nobody_who_administers(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _direct(tx)
        assert _says(tx, BO, DIRECT, "k1").seq == 1
        for member in (ADA, FAY):
            with pytest.raises(NotFound):
                channel_for(tx, tx.get_one(Member, member), DIRECT)
            with pytest.raises(NotFound):
                archive(tx, tx.get_one(Member, FAY), DIRECT)
        bo = tx.get_one(Member, BO)
        assert DIRECT not in {one.channel.id for one in channel_list(tx, bo, Lens()).listed}

    await db.act(story)


@pytest.mark.parametrize(("blocker", "blocked"), [(BO, CY), (CY, BO)])
async def test_two_of_whom_one_blocks_the_other_write_no_more(
    db: Database, blocker: int, blocked: int
) -> None:
    def story(tx: Transaction) -> None:
        _direct(tx)
        _says(tx, CY, DIRECT, "k1")
        keep_away(tx, tx.get_one(Member, blocker), blocked, Extent.BLOCKED)
        for member in (BO, CY):
            with pytest.raises(Denied, match="You two do not write"):
                _says(tx, member, DIRECT, "k2")
        cy, (message,) = tx.get_one(Member, CY), tx.query(Message).all()
        assert message_shown(tx, cy, message.id).standing.apart
        with pytest.raises(Denied, match="You two do not write"):
            edit(tx, cy, message.id, "and one more thing")
        assert _says(tx, CY, QUAY, "k3").seq == 1  # elsewhere they meet as before

    await db.act(story)


async def test_in_a_channel_for_announcements_only_hosts_begin_to_speak(db: Database) -> None:
    def story(tx: Transaction) -> None:
        tx.get_one(Channel, QUAY).announcing = True
        _beside(tx, BESIDE_QUAY, QUAY)
        with pytest.raises(Denied, match="only hosts"):
            _says(tx, BO, QUAY, "k1")
        tx.get_one(Membership, (QUAY, BO)).role = ChannelRole.HOST
        assert standing_in(tx, tx.get_one(Member, BO), tx.get_one(Channel, QUAY)).hosts
        assert _says(tx, BO, QUAY, "k1").seq == 1
        assert _says(tx, ADA, QUAY, "k1").seq == 2  # who moderates, too
        assert _says(tx, CY, BESIDE_QUAY, "k1").seq == 1  # everybody answers

    await db.act(story)


async def test_nobody_speaks_where_one_only_reads(db: Database) -> None:
    def story(tx: Transaction) -> None:
        tx.get_one(Channel, QUAY).state = ChannelState.READ_ONLY
        with pytest.raises(Denied, match="for now"):
            _says(tx, BO, QUAY, "k1")

    await db.act(story)


async def test_slow_mode_says_how_long_to_wait_and_takes_the_same_message_then(
    db: Database,
) -> None:
    def slow(tx: Transaction) -> None:
        tx.get_one(Channel, QUAY).slow_seconds = 30
        tx.get_one(Membership, (QUAY, ADA)).role = ChannelRole.HOST
        _says(tx, BO, QUAY, "k1")

    def after(seconds: int, tx: Transaction) -> list[object]:
        tx.info["now"] = tx.get_one(Message, 1).written_at + timedelta(seconds=seconds)
        return [*say_all(tx, [saying(tx, BO, "k1"), saying(tx, BO, "k2")])]

    await db.act(slow)
    first, second = await db.act(partial(after, 20))
    assert isinstance(first, Said) and first.seq == 1  # stored already: answered as before
    assert isinstance(second, TooFast) and second.values["retry_after"] == 10
    first, second = await db.act(partial(after, 30))
    assert isinstance(second, Said) and second.seq == 2


async def test_slow_mode_holds_within_one_pass_and_not_for_hosts(db: Database) -> None:
    def story(tx: Transaction) -> None:
        tx.get_one(Channel, QUAY).slow_seconds = 5
        tx.get_one(Membership, (QUAY, CY)).role = ChannelRole.HOST
        sayings = [saying(tx, one, f"k{n}") for n in (1, 2) for one in (BO, CY, ADA, DEE)]
        sayings += [saying(tx, BO, f"k{n}", channel=CABIN) for n in (3, 4)]
        first, second, elsewhere = [Said] * 4, [TooFast, Said, Said, TooFast], [Said] * 2
        assert kinds_of(say_all(tx, sayings)) == [*first, *second, *elsewhere]

    await db.act(story)


async def test_who_speaks_in_a_public_channel_has_joined_it(db: Database) -> None:
    def story(tx: Transaction) -> None:
        _says(tx, BO, QUAY, "k1")
        say_all(tx, [saying(tx, DEE, "k1"), saying(tx, DEE, "k2")])
        assert tx.get_one(Membership, (QUAY, DEE)).read_seq == 3
        assert _says(tx, DEE, QUAY, "k3").seq == 4

    await db.act(story)


async def test_slow_mode_counts_what_was_said_beside_the_channel(db: Database) -> None:
    def story(tx: Transaction) -> None:
        tx.get_one(Channel, QUAY).slow_seconds = 30
        _beside(tx, BESIDE_QUAY, QUAY)
        tx.add(Message(id=900, stream_id=QUAY, seq=900, rev=900, author_id=ADA, key="k0", body="x",
                       html="x", first_rev=1, first_hash="", written_at=now(tx),
                       thread_id=BESIDE_QUAY))  # fmt: skip
        tx.flush()
        _says(tx, BO, QUAY, "k1")
        for at in (BESIDE_QUAY, QUAY):
            tx.forget_turns()
            with pytest.raises(TooFast):
                _says(tx, BO, at, "k2")
        sayings = [saying(tx, CY, "k1", channel=BESIDE_QUAY), saying(tx, CY, "k2")]
        assert kinds_of(say_all(tx, sayings)) == [Said, TooFast]

    await db.act(story)
