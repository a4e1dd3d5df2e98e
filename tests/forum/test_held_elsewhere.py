"""What waits for a moderator while its topic goes on elsewhere: it is let through to where it
went, and its author sees it wait there."""

import pytest

from community.database import Database, Transaction
from community.errors import Denied
from community.members.models import Member
from community.places import Lens
from community.site import change_joining
from community.text import written
from forum.holding import HeldPost, held_in
from forum.moving.actions import merge, split
from forum.replying import Replied, Replying
from forum.topics.actions import lock
from forum.topics.models import Post, Topic
from moderation.before.actions import Answered, reply_all
from moderation.before.heeding import looked_at
from moderation.before.repeats import Repeats
from moderation.decisions.deciding import Judgement
from moderation.models import Ruling
from tests.cast import ADA, BO, CY, FAY, MARKET, MOORING
from tests.moderation.reporting import as_, judge, rows, start, the, write

THROUGH = Judgement(Ruling.RELEASE, "held", "")
WORDS = "who sells rope?"


@pytest.fixture
async def new(db: Database) -> None:
    """Bo is new here, and the first two things such write are held."""

    def begin(tx: Transaction) -> None:
        fay = tx.get_one(Member, FAY)
        change_joining(tx, fay, guardian_consent=False, approval=False, held_first=2)
        tx.get_one(Member, BO).observed = True

    await db.act(begin)


async def replies(db: Database, topic: int | None = None, parent: int | None = None) -> Replied:
    def act(tx: Transaction, member: Member) -> Replied:
        reply = Replying(member=member, body=WORDS, written=written(WORDS), key="held",
                         topic_id=topic, parent_id=parent)  # fmt: skip
        (outcome,) = reply_all(tx, [Answered(reply, looked_at(WORDS))], Repeats())
        assert isinstance(outcome, Replied), outcome
        return outcome

    return await as_(db, BO, act)


async def waiting(db: Database, topic: int) -> list[int]:
    def seen(tx: Transaction, member: Member) -> list[int]:
        return [one.id for one in held_in(tx, member, tx.get_one(Topic, topic))]

    return await as_(db, BO, seen)


async def written_by_bo(db: Database) -> list[tuple[int, str]]:
    return [(one.stream_id, one.body) for one in await rows(db, Post)
            if one.author_id == BO and not one.moved_to_id]  # fmt: skip


async def elsewhere(db: Database) -> int:
    return (await the(db, Post, await start(db, CY, Lens()))).stream_id


async def test_in_a_topic_that_was_merged_it_waits_and_is_let_through_where_that_went(
    db: Database, new: None
) -> None:
    source, target = await elsewhere(db), MOORING
    held = await replies(db, source)
    await as_(db, ADA, merge, source, target, reason="The same.")
    assert await waiting(db, target) == [held.held], "its author sees it where the topic went"
    await judge(db, ADA, 1, THROUGH)
    assert await written_by_bo(db) == [(target, WORDS)]
    again = await replies(db, source)
    assert (again.stream_id, again.held) == (target, 0), "sent again it is found"
    assert (await the(db, HeldPost, held.held)).state == "released"


async def test_an_answer_to_what_was_moved_goes_where_that_stands(db: Database, new: None) -> None:
    source = await elsewhere(db)
    parent = await write(db, CY, topic=source)
    await replies(db, parent=parent)
    made = await as_(db, ADA, split, source, [parent], "Rope", MARKET, reason="Of its own.")
    await judge(db, ADA, 1, THROUGH)
    assert await written_by_bo(db) == [(made.id, WORDS)]


async def test_where_it_went_is_locked_it_waits_on_and_the_moderator_is_told_why(
    db: Database, new: None
) -> None:
    source = await elsewhere(db)
    held = await replies(db, source)
    await as_(db, ADA, merge, source, MOORING, reason="The same.")
    await as_(db, ADA, lock, MOORING)
    with pytest.raises(Denied, match="locked"):
        await judge(db, ADA, 1, THROUGH)
    assert (await the(db, HeldPost, held.held)).state == "waiting"
