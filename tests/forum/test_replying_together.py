"""Many replies in one pass: what each is told, what comes of them, and whom a bad one harms."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text

from community.attachments import Along
from community.clock import now
from community.database import Database, Transaction
from community.drafts import Text
from community.errors import Conflict, Denied, Invalid, NotFound, Refusal
from community.members.actions import set_muted_until
from community.members.models import Member
from community.text import written
from forum.drafts import keep_draft
from forum.readings import Reading
from forum.replying import Replied, Replying, reply_all
from forum.topics.actions import lock
from forum.topics.events import PostChanged
from forum.topics.models import Post, Topic
from tests.cast import ADA, BO, CY, DEE, DEE_FOR_OFFICE, EVA, FAY, GUS, LEDGER, MOORING
from tests.conftest import Town
from tests.forum.test_noticing import reply, told
from tests.plans import scanned
from web.replying import Replies, Reply


def replying(tx: Transaction, who: int, key: str, body: str = "ahoy", **about: Any) -> Replying:
    about = {"topic_id": MOORING} | about
    member = tx.get_one(Member, who)
    return Replying(member=member, body=body, written=written(body), key=key, **about)


def kinds_of(outcomes: Sequence[Replied | Refusal]) -> list[type[Replied | Refusal]]:
    return [type(outcome) for outcome in outcomes]


async def test_hundreds_are_stored_in_one_pass_in_the_order_given(db: Database) -> None:
    def story(tx: Transaction) -> None:
        many = [replying(tx, (BO, CY)[n % 2], f"k{n}", f"number {n}") for n in range(300)]
        outcomes = reply_all(tx, many)
        assert [one.seq for one in outcomes if isinstance(one, Replied)] == [*range(1, 301)]
        posts = tx.scalars(select(Post).where(Post.stream_id == MOORING).order_by(Post.seq)).all()
        assert [post.body for post in posts] == [f"number {n}" for n in range(300)]
        shown = [one for one in tx.events if isinstance(one, PostChanged)]
        topic = tx.get_one(Topic, MOORING)
        assert shown == [PostChanged.of(topic, post) for post in posts]
        assert (topic.last_seq, topic.rev, topic.echoed) == (300, 300, True)
        read = {one.member_id: one.read_seq for one in tx.scalars(select(Reading))}
        assert read == {BO: 299, CY: 300}

    await db.act(story)


async def test_each_is_answered_for_itself_in_whatever_topic(db: Database) -> None:
    def story(tx: Transaction) -> None:
        outcomes = reply_all(
            tx,
            [
                replying(tx, BO, "k1"),
                replying(tx, CY, "k1", topic_id=LEDGER),  # not for Cy's eyes
                replying(tx, BO, "k2", topic_id=99),
                replying(tx, BO, "k3", mandate_id=DEE_FOR_OFFICE),
                replying(tx, BO, "k4", parent_id=99),
                replying(tx, BO, "k1"),  # again
                replying(tx, BO, "k1", "other words"),
                replying(tx, DEE, "k1", topic_id=LEDGER, mandate_id=DEE_FOR_OFFICE),
                replying(tx, BO, "k5", barred=Denied()),
            ],
        )
        assert kinds_of(outcomes) == [
            Replied, NotFound, NotFound, Denied, NotFound, Replied, Conflict, Replied, Denied
        ]  # fmt: skip
        assert outcomes[0] == outcomes[5]
        later = [replying(tx, BO, "k1", barred=Denied()), replying(tx, BO, "k6", topic_id=None)]
        assert kinds_of(reply_all(tx, later)) == [Replied, NotFound]  # stored is stored

    await db.act(story)


async def test_in_one_pass_the_same_are_told_as_one_after_another(db: Database) -> None:
    """Gus started it: told of the first, and after they wrote themself of the next."""
    parent = await reply(db, CY, "who has rope?")

    def together(tx: Transaction) -> list[Replied | Refusal]:
        return reply_all(
            tx,
            [
                replying(tx, BO, "a"),
                replying(tx, EVA, "b", topic_id=None, parent_id=parent),
                replying(tx, GUS, "c", "here I am"),
                replying(tx, BO, "d", "@Dee, look, @Gus, too"),
                replying(tx, EVA, "e"),
            ],
        )

    _a, b, _c, d, _e = (one.id for one in await db.act(together) if isinstance(one, Replied))
    assert {*await told(db, GUS)} == {("reply", f"/posts/{parent}"), ("reply", f"/posts/{d}")}
    assert len(await told(db, GUS)) == 2
    assert await told(db, CY) == [("reply", f"/posts/{b}")]
    assert await told(db, DEE) == [("mention", f"/posts/{d}")]


async def test_what_was_begun_is_forgotten_with_what_was_sent(db: Database) -> None:
    def story(tx: Transaction) -> None:
        bo, cy = tx.get_one(Member, BO), tx.get_one(Member, CY)
        for member, body in ((bo, "ahoy"), (cy, "something else")):
            keep_draft(tx, member, f"topic:{MOORING}", Text("", body))
        tx.flush()
        reply_all(tx, [replying(tx, BO, "k"), replying(tx, CY, "k", along=Along(version=0))])
        left = tx.execute(text("SELECT member_id FROM drafts")).scalars().all()
        assert left == [CY]

    await db.act(story)


async def test_a_pass_asks_as_much_for_a_hundred_as_for_three(db: Database) -> None:
    def asked(tx: Transaction, many: int) -> int:
        topics = [MOORING, *(_another(tx) for _topic in range(2))]
        replies = [
            replying(tx, (ADA, BO, CY, EVA, GUS)[n % 5], f"{many}-{n}", topic_id=topics[n % 3])
            for n in range(many)
        ]
        statements: list[str] = []
        connection = tx.connection()

        def write_down(_c: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
            statements.append(statement)

        event.listen(connection, "before_cursor_execute", write_down)
        assert set(kinds_of(reply_all(tx, replies))) == {Replied}
        event.remove(connection, "before_cursor_execute", write_down)
        return len(statements)

    few = await db.act(asked, 15)
    assert await db.act(asked, 100) <= few <= 24


async def test_a_pass_looks_through_no_table(db: Database) -> None:
    """However many posts there are, what it asks is found by an index."""

    def story(tx: Transaction) -> None:
        (first,) = reply_all(tx, [replying(tx, CY, "first")])
        assert isinstance(first, Replied)
        with scanned(tx) as tables:
            replies = [replying(tx, BO, f"k{n}", parent_id=first.id) for n in range(5)]
            assert set(kinds_of(reply_all(tx, replies))) == {Replied}
        assert not tables - {"categories"}  # of which there are few

    await db.act(story)


def _another(tx: Transaction) -> int:
    of = tx.get_one(Topic, MOORING)
    topic = Topic(category_id=of.category_id, starter_id=DEE, title="another",
                  started_at=of.started_at, moved_at=of.moved_at)  # fmt: skip
    tx.add(topic)
    tx.flush()
    return topic.id


async def test_d15_one_that_the_database_refuses_is_refused_alone(town: Town) -> None:
    await town.db.act(_forbid_poison)
    answers = await _sent_at_once(town, ["poison" if n == 7 else f"number {n}" for n in range(20)])
    assert isinstance(answers.pop(7), Invalid | Conflict)
    assert sorted(one.seq for one in answers) == [*range(1, 20)]


async def test_f39_who_is_muted_or_shut_out_meanwhile_writes_nothing_any_more(town: Town) -> None:
    """Those who wait for the pass are judged when it comes."""
    replies: Replies = town.akar.state.replies
    reply = Reply(MOORING, None, "ahoy", "k", None, Along())
    first = await replies.take(town.bo.token, reply)
    await first
    await town.db.act(_mute_bo)
    later = [await replies.take(town.bo.token, reply._replace(key=f"k{n}")) for n in range(3)]
    told = await asyncio.gather(*later, return_exceptions=True)
    assert {type(one) for one in told} == {Denied}
    assert (await (await replies.take(town.bo.token, reply))).seq == 1  # what is stored stays so
    await town.db.act(lambda tx: lock(tx, tx.get_one(Member, FAY), MOORING))
    with pytest.raises(Denied):
        await (await replies.take(town.cy.token, reply))


async def _sent_at_once(town: Town, bodies: Sequence[str]) -> list[Any]:
    replies: Replies = town.akar.state.replies
    waiting = [
        await replies.take(town.bo.token, Reply(MOORING, None, body, f"k{n}", None, Along()))
        for n, body in enumerate(bodies)
    ]
    return list(await asyncio.gather(*waiting, return_exceptions=True))


def _mute_bo(tx: Transaction) -> None:
    bo = tx.get_one(Member, BO)
    tx.lock(bo)
    set_muted_until(tx, bo, now(tx) + timedelta(days=1))


POISON = {
    "sqlite": """CREATE TRIGGER no_poison BEFORE INSERT ON posts WHEN NEW.body = 'poison'
                 BEGIN SELECT RAISE(ABORT, 'poison'); END""",
    "postgresql": """ALTER TABLE posts ADD CONSTRAINT no_poison CHECK (body <> 'poison')""",
}


def _forbid_poison(tx: Transaction) -> None:
    tx.execute(text(POISON[tx.get_bind().dialect.name]))
