import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.actions import edit, read, say, withdraw
from channels.direct import begin
from channels.events import MessageChanged
from channels.hosting import archive
from channels.models import Channel, Message
from channels.queries import channel_for
from channels.saying import Said
from community.blocks import Extent, keep_away
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, NotFound
from community.members.actions import set_muted_until
from community.members.models import Member
from community.notices.models import Notice
from community.streams import changed_after, versions_of
from tests.cast import ADA, BO, BO_FOR_DODOL, CABIN, CY, DEE, DEE_FOR_OFFICE, FAY, QUAY
from tests.moderation.reporting import as_
from tests.moderation.reporting import say as said


def bo_says(tx: Transaction, body: str, key: str, mandate: int | None = None) -> Said:
    return say(tx, tx.get_one(Member, BO), QUAY, body, key=key, mandate_id=mandate)


def heard(session: Session) -> list[tuple[int, int, str]]:
    channel = channel_for(session, session.get_one(Member, CY), QUAY)
    messages = changed_after(session, Message, channel, 0, most=1_000)
    return [(message.seq, message.rev, message.body) for message in messages]


async def test_a_message_is_stored_and_announced(db: Database) -> None:
    def story(tx: Transaction) -> None:
        said = bo_says(tx, "ahoy", "k1")
        assert (said.seq, said.rev) == (1, 1)
        (event,) = tx.events
        assert isinstance(event, MessageChanged)
        assert (event.author, event.html, event.key) == ("Bo", "<p>ahoy</p>", "k1")

    await db.act(story)
    assert await db.look(heard) == [(1, 1, "ahoy")]


async def test_what_is_announced_is_what_a_page_would_read(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo_says(tx, "@ada, *ahoy*", "k1", BO_FOR_DODOL)
        announced = next(event for event in tx.events if isinstance(event, MessageChanged))
        tx.expire_all()
        message = tx.get_one(Message, announced.id)
        assert announced == MessageChanged.of(message.channel, message)

    await db.act(story)


async def test_an_edit_moves_the_rev_and_not_the_seq_and_keeps_what_it_said(db: Database) -> None:
    for n in (1, 2):
        await db.act(bo_says, "ahoy", f"k{n}")
    await db.act(lambda tx: edit(tx, tx.get_one(Member, BO), 1, "aye") and None)
    assert await db.look(heard) == [(2, 2, "ahoy"), (1, 3, "aye")]
    kept = await db.look(lambda session: [v.body for v in versions_of(session, "channel", 1)])
    assert kept == ["ahoy"]


async def test_to_change_or_withdraw_twice_is_to_do_it_once(db: Database) -> None:
    await db.act(bo_says, "ahoy", "k1")
    for _ in range(2):
        await db.act(lambda tx: edit(tx, tx.get_one(Member, BO), 1, "aye") and None)
    assert await db.look(heard) == [(1, 2, "aye")]
    for _ in range(2):
        await db.act(lambda tx: withdraw(tx, tx.get_one(Member, BO), 1) and None)
    rev = await db.look(lambda session: session.get_one(Channel, QUAY).rev)
    assert rev == 3


async def test_only_the_author_edits_and_nobody_what_is_gone(db: Database) -> None:
    await db.act(bo_says, "ahoy", "k1")
    with pytest.raises(Denied, match="author"):
        await db.act(lambda tx: edit(tx, tx.get_one(Member, ADA), 1, "aye"))
    await db.act(lambda tx: withdraw(tx, tx.get_one(Member, BO), 1) and None)
    with pytest.raises(Denied, match="not there any more"):
        await db.act(lambda tx: edit(tx, tx.get_one(Member, BO), 1, "aye"))


@pytest.mark.parametrize("lost", ["muted", "archived", "apart"])
async def test_own_words_are_withdrawn_also_where_nothing_more_is_said(
    db: Database, lost: str
) -> None:
    room = await as_(db, BO, lambda tx, bo: begin(tx, bo, CY).id)
    id = await said(db, BO, channel=room if lost == "apart" else QUAY)
    await db.act(_something_happens, lost)
    with pytest.raises(Denied):
        await as_(db, BO, edit, id, "aye")
    with pytest.raises(Denied, match="Only the author"):
        await as_(db, CY, withdraw, id)
    assert (await as_(db, BO, withdraw, id)).withdrawn_at


async def test_the_muted_are_told_until_when(db: Database) -> None:
    await db.act(lambda tx: set_muted_until(tx, tx.get_one(Member, BO), now(tx)))
    with pytest.raises(Denied, match="muted until"):
        await db.act(bo_says, "ahoy", "k1")


async def test_nobody_speaks_in_an_archived_channel(db: Database) -> None:
    await db.act(lambda tx: archive(tx, tx.get_one(Member, FAY), QUAY) and None)
    with pytest.raises(Denied, match="archived"):
        await db.act(bo_says, "ahoy", "k1")


async def test_outsiders_cannot_tell_a_private_channel_exists(db: Database) -> None:
    with pytest.raises(NotFound):
        await db.look(lambda session: channel_for(session, session.get_one(Member, CY), CABIN))
    with pytest.raises(NotFound):
        await db.act(lambda tx: say(tx, tx.get_one(Member, CY), CABIN, "psst", key="k1"))


async def test_one_speaks_for_the_own_organisation_only(db: Database) -> None:
    await db.act(bo_says, "for us all", "k1", BO_FOR_DODOL)
    with pytest.raises(Denied, match="no mandate"):
        await db.act(bo_says, "for the harbour", "k2", DEE_FOR_OFFICE)


async def test_crowds_get_consecutive_numbers(db: Database) -> None:
    said = await asyncio.gather(*(db.act(bo_says, "ahoy", f"k{n}") for n in range(20)))
    assert sorted(one.seq for one in said) == list(range(1, 21))
    assert sorted(one.rev for one in said) == list(range(1, 21))


@pytest.mark.parametrize("lost", ["muted", "archived", "edited"])
async def test_a_key_is_answered_as_the_first_time_whatever_has_happened(
    db: Database, lost: str
) -> None:
    first = await db.act(bo_says, "ahoy", "same")
    await db.act(_something_happens, lost)
    assert await db.act(bo_says, "ahoy", "same") == first
    with pytest.raises(Conflict):
        await db.act(bo_says, "aye", "same")
    with pytest.raises(Conflict):
        await db.act(bo_says, "ahoy", "same", BO_FOR_DODOL)
    assert len(await db.look(heard)) == 1


def _something_happens(tx: Transaction, what: str) -> None:
    match what:
        case "muted":
            set_muted_until(tx, tx.get_one(Member, BO), now(tx))
        case "archived":
            archive(tx, tx.get_one(Member, FAY), QUAY)
        case "edited":
            edit(tx, tx.get_one(Member, BO), 1, "other words")
        case "apart":
            keep_away(tx, tx.get_one(Member, CY), BO, Extent.BLOCKED)


async def test_who_is_mentioned_is_notified_where_they_can_read_it(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        say(tx, bo, QUAY, "@Cy and @Bo, look", key="k1")
        say(tx, bo, CABIN, "@Cy is not here, @Ada", key="k2")
        told = tx.scalars(select(Notice).order_by(Notice.id)).all()
        assert [(notice.member_id, notice.link, notice.stream) for notice in told] == [
            (CY, "/messages/1", "channel:7"),
            (ADA, "/messages/2", "channel:8"),
        ]
        read(tx, tx.get_one(Member, CY), QUAY, 1)
        assert told[0].read_at and not told[1].read_at

    await db.act(story)


async def test_the_longest_name_is_the_one_that_is_meant(db: Database) -> None:
    def story(tx: Transaction) -> None:
        tx.get_one(Member, DEE).name = "Cy Marina"
        say(tx, tx.get_one(Member, BO), QUAY, "@Cy Marina, look", key="k1")
        assert [notice.member_id for notice in tx.scalars(select(Notice))] == [DEE]

    await db.act(story)
