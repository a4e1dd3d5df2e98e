"""Talk beside a channel: who sees it, who speaks in it, what its channel shows, its unread."""

import asyncio

import pytest
from sqlalchemy import func, select

from channels.actions import bring_back, edit, hide_message, read, restore_message, say, withdraw
from channels.beside import held_with_homes
from channels.events import MessageChanged
from channels.hosting import archive, unarchive
from channels.joining import hear, remove
from channels.listing import channels_listed
from channels.models import Channel, HearingLevel, Membership, Message
from channels.queries import channel_for, message_for, still_in, unread_messages
from channels.reactions import react
from channels.rooms import room_for
from channels.threads import begin, followed_in, threads_of, unfollow
from community.blocks import Extent, keep_away
from community.database import Database, OutOfTurn, Transaction
from community.errors import Denied, NotFound
from community.members.models import Member
from community.notices.models import Notice
from community.reactions import Word
from tests.cast import ADA, BO, CABIN, CY, DEE, FAY, QUAY
from tests.conftest import Town
from tests.following import items_of, number
from tests.moderation.reporting import as_

HERE = f"channel:{QUAY}"


def who(tx: Transaction, member: int) -> Member:
    return tx.get_one(Member, member)


def says(tx: Transaction, member: int, body: str, channel: int = QUAY) -> None:
    say(tx, who(tx, member), channel, body, key=f"{channel}-{body}".replace(" ", "-"))


def begun(tx: Transaction, channel: int = QUAY, member: int = CY) -> int:
    """At a message of Bo's, the first there is."""
    says(tx, BO, "who has rope?", channel)
    return begin(tx, who(tx, member), 1).id


def unread(tx: Transaction, member: int) -> int:
    return tx.scalars(unread_messages(who(tx, member))).one()


async def test_the_message_it_began_at_shows_how_many_answered(db: Database) -> None:
    thread = await db.act(begun)

    def story(tx: Transaction) -> None:
        tx.events.clear()
        says(tx, CY, "aye", thread)
        says(tx, ADA, "nay", thread)
        told = [one for one in tx.events if isinstance(one, MessageChanged)]
        assert [(one.address, one.rev, one.replies) for one in told] == [
            (f"channel:{thread}", 1, 0), (HERE, 2, 1), (f"channel:{thread}", 2, 0), (HERE, 3, 2),
        ]  # fmt: skip
        tx.flush()
        tx.expire_all()
        root = tx.get_one(Message, 1)
        assert told[3] == MessageChanged.of(root.channel, root)
        withdraw(tx, who(tx, CY), 2)
        assert tx.get_one(Message, 1).replies == 1
        bring_back(tx, who(tx, CY), 2)
        assert (tx.get_one(Message, 1).replies, tx.get_one(Channel, QUAY).rev) == (2, 5)

    await db.act(story)


async def test_one_message_has_one_thread_and_a_thread_none(db: Database) -> None:
    thread = await db.act(begun)
    assert await db.act(lambda tx: begin(tx, who(tx, ADA), 1).id) == thread
    await db.act(says, CY, "aye", thread)
    with pytest.raises(Denied):
        await as_(db, CY, begin, 2)
    await db.act(says, BO, "a mistake")
    await as_(db, BO, withdraw, 3)
    with pytest.raises(Denied):
        await as_(db, CY, begin, 3)


async def test_who_wrote_or_was_named_follows_and_has_unread_there_alone(db: Database) -> None:
    thread = await db.act(begun)

    def story(tx: Transaction) -> None:
        read(tx, who(tx, ADA), QUAY, 9)
        read(tx, who(tx, CY), QUAY, 9)
        says(tx, CY, "aye", thread)
        assert [unread(tx, one) for one in (ADA, BO, CY, DEE)] == [0, 1, 0, 0]  # Bo began it
        says(tx, BO, "@ada knows", thread)
        assert [unread(tx, one) for one in (ADA, BO, CY)] == [1, 1, 1]
        listed = {one.channel.id: one for one in channels_listed(tx, who(tx, CY))}
        assert (listed[QUAY].unread, listed[QUAY].beside) == (0, 1) and thread not in listed
        (one,) = threads_of(tx, who(tx, CY), QUAY).listed
        assert (one.root.id, one.follows, one.unread) == (1, True, 1)
        read(tx, who(tx, CY), thread, 2)
        assert unread(tx, CY) == 0
        unfollow(tx, who(tx, ADA), thread)
        assert unread(tx, ADA) == 0
        read(tx, who(tx, ADA), thread, 2)  # to look is not to follow
        says(tx, BO, "anybody?", thread)
        assert (unread(tx, ADA), unread(tx, CY)) == (0, 1)

    await db.act(story)


async def test_what_waits_beside_is_counted_in_the_channel_for_who_follows_it(town: Town) -> None:
    thread = await town.db.act(begun)
    here = f"/channels/{QUAY}/threads/news"

    def waits(tx: Transaction) -> list[object]:
        says(tx, CY, "aye", thread)
        says(tx, CY, "aye aye", thread)
        counted = [followed_in(tx, who(tx, one), QUAY) for one in (ADA, BO, CY)]
        assert [room_for(tx, who(tx, one), QUAY).beside for one in (ADA, BO, CY)] == [0, 2, 0]
        hear(tx, who(tx, BO), QUAY, HearingLevel.MENTIONS)
        assert (
            followed_in(tx, who(tx, BO), QUAY) == [] and not room_for(tx, who(tx, BO), QUAY).beside
        )
        hear(tx, who(tx, BO), QUAY, HearingLevel.ALL)
        return [*counted]

    assert await town.db.act(waits) == [[], [(thread, 2)], [(thread, 0)]]
    assert f'href="/channels/{QUAY}/threads">' in await town.bo.open(f"/channels/{QUAY}")
    assert f'href="/channels/{QUAY}/threads" hidden>' in await town.cy.open(f"/channels/{QUAY}")
    assert f'data-thread="{thread}"' in await town.bo.open(here)
    assert "data-thread" not in await town.dee.open(here)
    assert (await town.dee.get(f"/channels/{CABIN}/threads/news")).status_code == 404


async def test_a_thread_in_which_nothing_was_said_is_told_nowhere(town: Town) -> None:
    thread = await town.db.act(begun)

    def told(tx: Transaction) -> tuple[int, int]:
        root = tx.get_one(Message, 1)
        followed = followed_in(tx, who(tx, BO), QUAY)
        return len(followed), MessageChanged.of(root.channel, root).thread_id

    assert await town.db.act(told) == (0, 0)
    assert "Answer in a thread" in await town.dee.open("/messages/1")
    await town.db.act(says, CY, "aye", thread)
    assert await town.db.act(told) == (1, thread)
    assert "To its thread" in await town.dee.open("/messages/1")


async def test_what_holds_in_the_channel_holds_beside_it(db: Database) -> None:
    thread = await db.act(begun)
    await as_(db, FAY, archive, QUAY)
    with pytest.raises(Denied):
        await db.act(says, CY, "aye", thread)
    await as_(db, FAY, unarchive, QUAY)
    await db.act(says, CY, "aye", thread)
    await db.act(lambda tx: hide_message(tx, message_for(tx, who(tx, ADA), 1)))
    with pytest.raises(Denied):
        await db.act(says, CY, "and yet", thread)
    await db.act(lambda tx: restore_message(tx, message_for(tx, who(tx, ADA), 1)))
    await db.act(says, CY, "and yet", thread)


async def test_who_is_removed_from_a_private_channel_is_out_of_its_threads(db: Database) -> None:
    thread = await db.act(begun, CABIN, ADA)
    await db.act(says, ADA, "aye", thread)

    def story(tx: Transaction) -> None:
        for one in (CY, DEE):
            with pytest.raises(NotFound):
                channel_for(tx, who(tx, one), thread)
        assert still_in(tx, {(BO, thread), (CY, thread)}) == {(BO, thread)}
        assert tx.get(Membership, (thread, BO))
        remove(tx, who(tx, ADA), CABIN, BO)
        tx.expire_all()
        assert tx.get(Membership, (thread, BO)) is None
        with pytest.raises(NotFound):
            says(tx, BO, "and me?", thread)

    await db.act(story)


async def test_a_thread_is_held_before_its_channel_whoever_holds_them(db: Database) -> None:
    thread = await db.act(begun)

    def in_turn(tx: Transaction) -> None:
        tx.lock(*tx.get_one(Channel, thread).chain)

    def out_of_turn(tx: Transaction) -> None:
        tx.lock(tx.get_one(Channel, QUAY))
        tx.lock(tx.get_one(Channel, thread))

    await db.act(in_turn)
    with pytest.raises(OutOfTurn):
        await db.act(out_of_turn)
    assert list(await db.act(lambda tx: list(held_with_homes(tx, {thread})))) == [thread, QUAY]


async def test_nobody_deadlocks_however_they_hold_a_thread_and_its_channel(db: Database) -> None:
    thread = await db.act(begun)
    await db.act(says, CY, "aye", thread)

    async def talks(member: int, channel: int) -> None:
        for n in range(8):
            await db.act(says, member, f"{member} says {n}", channel)

    async def changes() -> None:
        for n in range(8):
            await as_(db, BO, edit, 1, f"who has rope, {n}?")

    async def ends() -> None:
        for _ in range(4):
            await as_(db, FAY, archive, CABIN)
            await as_(db, FAY, unarchive, CABIN)
            await db.act(lambda tx: hide_message(tx, message_for(tx, who(tx, ADA), 2)))
            await db.act(lambda tx: restore_message(tx, message_for(tx, who(tx, ADA), 2)))

    talking = talks(BO, thread), talks(CY, QUAY), talks(ADA, thread)
    await asyncio.gather(*talking, changes(), ends())
    root = await db.look(lambda session: session.get_one(Message, 1))
    assert root.replies == 17


async def test_a_thread_is_a_page_and_live_as_any_channel(town: Town) -> None:
    await town.db.act(says, BO, "who has rope?")
    begins = await town.cy.post("/messages/1/thread")
    place = begins.headers["location"]
    thread = f"channel:{place.rpartition('/')[2]}"
    async with town.ada.tab() as ada, town.cy.tab() as cy:
        await ada.follow(HERE)
        beside = await ada.watch(thread)
        told = await cy.say("I have", "k1", channel=int(thread.partition(":")[2]))
        assert told["verb"] == "ack"
        await cy.say("ten metres", "k2", channel=int(thread.partition(":")[2]))
        await ada.until_rev(thread, 2)
        await ada.until_rev(HERE, 3)
        assert "2 replies" in ada.streams[HERE].shown[0]
        assert ada.streams[HERE].shown == await town.ada.shown(HERE)
        page = items_of(await town.ada.open(place))
        assert number(page[0], "rev") == 3 and page[1:] == beside.shown
    plain = await town.bo.post(f"{place}/messages", body="thanks", key="k3")
    assert plain.status_code == 303
    listed = await town.cy.open(f"/channels/{QUAY}/threads")
    assert "who has rope?" in listed and "You follow it" in listed and "3 replies" in listed
    found = await town.cy.open("/search?q=metres in:quay&part=messages")
    assert f"{place}?at=2" in found
    left = await town.cy.post(f"{place}/following/end")
    assert left.headers["location"] == f"/channels/{QUAY}/threads"


@pytest.mark.parametrize("follows", [True, False])
async def test_a_tab_beside_a_private_channel_hears_nothing_after_its_member_left(
    town: Town, follows: bool
) -> None:
    thread = await town.db.act(begun, CABIN, ADA)
    if not follows:
        await as_(town.db, BO, unfollow, thread)
    async with town.bo.tab() as bo:
        await bo.watch(f"channel:{thread}")
        await bo.watch(f"channel:{CABIN}")
        await as_(town.db, ADA, remove, CABIN, BO)
        ended = {(await bo.until("revoked"))["stream"] for _both in range(2)}
        assert ended == {f"channel:{thread}", f"channel:{CABIN}"} and not bo.streams


async def test_nobody_follows_because_of_whom_they_keep_away_from(db: Database) -> None:
    thread = await db.act(begun)

    def story(tx: Transaction) -> None:
        keep_away(tx, who(tx, DEE), CY, Extent.BLOCKED)
        tx.forget_turns()
        says(tx, CY, "@dee, @ada: aye", thread)
        tx.flush()
        assert tx.get(Membership, (thread, ADA)) and not tx.get(Membership, (thread, DEE))

    await db.act(story)


@pytest.mark.parametrize(("level", "notices"), [("mentions", 2), ("nothing", 0)])
async def test_how_much_one_hears_of_a_channel_holds_beside_it(
    db: Database, level: str, notices: int
) -> None:
    thread = await db.act(begun)

    def story(tx: Transaction) -> None:
        says(tx, BO, "aye", thread)
        hear(tx, who(tx, BO), QUAY, HearingLevel(level))
        says(tx, CY, "@bo?", thread)
        tx.forget_turns()
        react(tx, who(tx, CY), 2, Word.IDEA)
        tx.flush()
        told = select(func.count()).where(Notice.member_id == BO)
        assert tx.scalars(told).one() == notices
        listed = {one.channel.id: one for one in channels_listed(tx, who(tx, BO))}
        assert (unread(tx, BO), listed[QUAY].beside) == (0, 0)

    await db.act(story)
