"""Unread is exact: what the queries count is what one finds by going through everything."""

from random import Random

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community.database import Database, Transaction
from community.members.models import Member
from forum.listing import unread_topics_of
from forum.readings import Reading, Unread, progress_of, unread_in, unread_topics
from forum.topics import actions
from forum.topics.models import Post, Topic
from tests.cast import BO, CY, DEE, LEDGER, MOORING

READERS = (BO, CY, DEE)
STEPS = 40


@pytest.mark.parametrize("seed", range(4))
async def test_unread_is_what_one_finds_by_counting(db: Database, seed: int) -> None:
    chance = Random(seed)
    for step in range(STEPS):
        await db.act(_something, chance, f"{seed}-{step}")
    for reader in READERS:
        await db.look(_compare, reader)


async def test_reading_never_goes_back_nor_past_the_end(db: Database) -> None:
    def read(tx: Transaction, seq: int) -> int:
        cy = tx.get_one(Member, CY)
        actions.read(tx, cy, MOORING, seq)
        return progress_of(tx, cy, tx.get_one(Topic, MOORING)).read_seq

    for number in range(3):
        await db.act(_write, BO, MOORING, f"k{number}")
    assert [await db.act(read, seq) for seq in (2, 1, 2**62)] == [2, 2, 3]


def _something(tx: Transaction, chance: Random, key: str) -> None:
    who, topic = chance.choice([(BO, MOORING), (CY, MOORING), (DEE, MOORING), (DEE, LEDGER)])
    member = tx.get_one(Member, who)
    posts = tx.scalars(select(Post).where(Post.stream_id == topic)).all()
    mine = [post for post in posts if post.author_id == who and not post.gone]
    match chance.choice(["write", "write", "read", "withdraw", "hide", "restore", "edit"]):
        case "read":
            actions.read(tx, member, topic, chance.randint(0, len(posts)))
        case "withdraw" if mine:
            actions.withdraw(tx, member, chance.choice(mine).id)
        case "edit" if mine:
            actions.edit(tx, member, chance.choice(mine).id, f"edited {key}")
        case "hide" if posts:
            actions.hide_post(tx, chance.choice(posts))
        case "restore" if posts:
            actions.restore_post(tx, chance.choice(posts))
        case _:
            _write(tx, who, topic, key)


def _write(tx: Transaction, who: int, topic: int, key: str) -> None:
    actions.reply(tx, tx.get_one(Member, who), topic, "ahoy", key=key)


def _compare(session: Session, reader: int) -> None:
    member, waiting = session.get_one(Member, reader), 0
    for topic in session.scalars(select(Topic)):
        reading = session.get(Reading, (reader, topic.id))
        read_seq = reading.read_seq if reading else 0
        posts = session.scalars(select(Post).where(Post.stream_id == topic.id)).all()
        further = [post for post in posts if post.seq > read_seq and not post.gone]
        left = [post.seq for post in further if post.author_id != reader]
        found = Unread(len(left), min(left, default=None), len(further) - len(left))
        assert progress_of(session, member, topic)[:2] == (read_seq, found)
        counted = {topic.id: len(left)} if reading else {}
        assert unread_in(session, member, [topic.id]) == counted
        waiting += bool(reading and left)
    assert session.scalars(unread_topics(member)).one() == waiting
    assert len(unread_topics_of(session, member, STEPS)) == waiting
