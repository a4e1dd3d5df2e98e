"""Posts move between topics: what hangs at them goes along, and what was read stays read."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from community.database import Database, Transaction
from community.drafts import Text, draft_of
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.models import Member
from community.notices.models import Notice
from community.places import Lens
from community.search.models import SearchEntry
from forum.aims import accept, turn
from forum.bookmarks import bookmark_topic, bookmarks_of
from forum.drafts import keep_draft
from forum.following.actions import choose_for_topic
from forum.following.models import Level, TopicLevel
from forum.moving.actions import bring, merge, split
from forum.moving.queries import Extent, post_moved_from, posts_chosen
from forum.readings import progress_of, unread_in
from forum.topics import actions
from forum.topics.models import Aim, Post, Topic
from forum.topics.queries import branch_for, post_for, topic_for
from moderation.queries import case_for
from tests.cast import ADA, BO, CY, EVA, FAY, GUS, MARKET, OFFICE
from tests.moderation.reporting import HIDE, as_, judge, report, the
from web.reindexing import reindex

WHY = "Another matter"


async def test_a_split_keeps_every_post_and_leaves_a_stub_in_its_place(db: Database) -> None:
    one, two, three, four = await _talk(db, "one", "two", "three", "four")
    answer = await as_(db, GUS, actions.answer, two, "to two", key="a")
    left = await as_(db, GUS, actions.answer, three, "to three", key="b")
    source = answer.stream_id
    made = await as_(db, ADA, split, source, [two, answer.id, three], "Rope", MARKET, reason=WHY)

    def look(tx: Transaction) -> None:
        posts = _posts(tx, made.id)
        assert [(post.id, post.seq) for post in posts] == [(two, 1), (three, 2), (answer.id, 3)]
        assert posts[2].parent_id == two and made.starter_id == posts[0].author_id
        stubs = [post for post in _posts(tx, source) if post.gone]
        assert [(stub.seq, stub.moved_to_id, stub.body) for stub in stubs] == [
            (2, two, ""), (3, three, ""), (5, answer.id, ""),
        ]  # fmt: skip
        assert stubs[2].parent_id == stubs[0].id
        assert tx.get_one(Post, left.id).parent_id == stubs[1].id
        assert tx.get_one(Topic, source).posts == 3 and topic_for(tx, None, made.id).posts == 3
        with pytest.raises(NotFound):
            post_for(tx, tx.get_one(Member, CY), stubs[0].id)
        assert post_moved_from(tx, None, source, 5).id == answer.id
        assert [reply.id for reply in branch_for(tx, None, two).replies] == [answer.id]
        found = set(tx.scalars(select(SearchEntry.thing_id).where(SearchEntry.kind == Post.kind)))
        assert found == {one, two, three, four, answer.id, left.id}
        reindex(tx)
        again = tx.scalars(select(SearchEntry.thing_id).where(SearchEntry.kind == Post.kind))
        assert set(again) == found

    await db.act(look)
    again = await as_(db, ADA, split, source, [two, answer.id, three], "Rope", MARKET, reason=WHY)
    assert again.id == made.id
    for refused, ids in (
        (Conflict, [two, four]),
        (Invalid, [one]),
        (Invalid, []),
        (Denied, [four]),
    ):
        who = CY if refused is Denied else ADA
        with pytest.raises(refused):
            await as_(db, who, split, source, ids, "Rope", MARKET, reason=WHY)


async def test_who_has_read_a_post_has_read_it_wherever_it_goes(db: Database) -> None:
    posts = await _talk(db, "one", "two", "three", "four", "five")
    source = await _topic_of(db, posts[0])
    (other,) = await _talk(db, "elsewhere")
    target = await _topic_of(db, other)
    await as_(db, CY, actions.read, source, 3)
    await as_(db, CY, actions.read, target, 1)
    await as_(db, ADA, bring, source, [posts[2], posts[4]], target, reason=WHY)
    assert await _unread(db, CY, source) == [posts[3]]
    assert await _unread(db, CY, target) == [posts[4]]
    await as_(db, ADA, split, target, [posts[2], posts[4]], "Nets", MARKET, reason=WHY)
    third = await _topic_of(db, posts[2])
    assert await _unread(db, CY, third) == [posts[4]]
    await as_(db, CY, actions.mark_unread, posts[2])
    assert await _unread(db, CY, third) == [posts[2], posts[4]]
    hears = await db.act(lambda tx: unread_in(tx, tx.get_one(Member, GUS), [third]))
    assert hears == {}  # who opened none of them


async def test_a_merged_topic_is_found_in_the_other_with_all_that_hung_at_it(db: Database) -> None:
    first, *rest = await _talk(db, "one", "two", "three")
    (other,) = await _talk(db, "elsewhere")
    source, target = await _topic_of(db, first), await _topic_of(db, other)
    await as_(db, CY, choose_for_topic, source, Level.MUTED)
    await as_(db, GUS, choose_for_topic, source, Level.FOLLOWING)
    await as_(db, GUS, bookmark_topic, source, "mine")
    await as_(db, GUS, keep_draft, f"topic:{source}", Text("", "half a sentence"))
    await as_(db, GUS, keep_draft, f"topic:{target}", Text("", "another half"))
    await as_(db, ADA, merge, source, target, reason=WHY)
    assert (await as_(db, ADA, merge, source, target, reason=WHY)).id == target
    with pytest.raises(Conflict):
        await as_(db, EVA, bring, source, [rest[0]], target, reason=WHY)

    def look(tx: Transaction) -> None:
        gus = tx.get_one(Member, GUS)
        assert [post.id for post in _posts(tx, target)] == [other, first, *rest]
        with pytest.raises(NotFound):
            topic_for(tx, gus, source)
        assert post_moved_from(tx, gus, source, 1).id == first
        assert post_moved_from(tx, gus, source, 99).id == rest[-1]
        (mine,) = bookmarks_of(tx, gus)
        assert (mine.post_id, mine.note) == (first, "mine")
        draft = draft_of(tx, gus, f"topic:{target}")
        assert draft and draft.body == "another half\n\nhalf a sentence"
        levels = select(TopicLevel.member_id, TopicLevel.level).where(TopicLevel.topic_id == target)
        chosen = {(who, level) for who, level in tx.execute(levels)}
        assert {(CY, Level.MUTED), (GUS, Level.FOLLOWING)} <= chosen

    await db.act(look)
    await as_(db, CY, keep_draft, f"topic:{source}", Text("", "still typing"))
    assert await db.look(lambda s: draft_of(s, s.get_one(Member, CY), f"topic:{target}"))
    late = await as_(db, GUS, actions.reply, source, "still writing", key="late")
    assert late.stream_id == target


async def test_notices_reports_and_authors_follow_where_posts_go(db: Database) -> None:
    one, two = await _talk(db, "one", "two, @Gus")
    source = await _topic_of(db, one)
    case = await report(db, two)
    made = await as_(db, FAY, split, source, [two], "Rope", OFFICE, reason=WHY)

    def told(tx: Transaction, member: int) -> list[tuple[Any, ...]]:
        rows = select(Notice.kind, Notice.stream, Notice.seq, Notice.link)
        return [tuple(row) for row in tx.execute(rows.where(Notice.member_id == member))]

    mention = ("mention", f"topic:{made.id}", 1, f"/posts/{two}")
    assert mention in await db.act(told, GUS)
    assert ("moved", "", 1, f"/topics/{source}") in await db.act(told, BO)  # sees no office
    assert (await db.act(lambda tx: case_for(tx, tx.get_one(Member, FAY), case))).id == case
    await as_(db, FAY, merge, made.id, source, reason=WHY)
    await judge(db, EVA, case, HIDE)
    assert await db.act(lambda tx: tx.get_one(Post, two).gone) == "hidden"


async def test_an_accepted_answer_that_leaves_is_none_any_more(db: Database) -> None:
    one, two = await _talk(db, "Which rope?", "Hemp.")
    topic = await _topic_of(db, one)
    await as_(db, BO, turn, topic, Aim.QUESTION)
    await as_(db, BO, accept, two)
    await as_(db, ADA, split, topic, [two], "Hemp", MARKET, reason=WHY)
    assert (await the(db, Topic, topic)).answer_seq is None
    made = await the(db, Topic, await _topic_of(db, two))
    assert made.aim == Aim.DISCUSSION and made.last_seq == 1


async def test_whoever_writes_while_it_moves_writes_where_it_is(db: Database) -> None:
    """And of two moderators at once one wins. Numbers have no holes, answers stand by what they
    answer."""
    (other,) = await _talk(db, "elsewhere")
    for number in range(4):
        one, two, three = await _talk(db, f"one {number}", "two", "three")
        source, target = await _topic_of(db, one), await _topic_of(db, other)
        deeds = [
            as_(db, BO, actions.edit, two, "changed"),
            as_(db, ADA, split, source, [two, three], "Rope", MARKET, reason=WHY),
            as_(db, GUS, actions.answer, two, "aye", key=f"a{number}"),
            as_(db, EVA, bring, source, [two], target, reason=WHY),
            as_(db, BO, actions.edit, three, "changed, too"),
            as_(db, CY, actions.reply, source, "late", key=f"l{number}"),
        ]
        done = await asyncio.gather(*deeds[number:], *deeds[:number], return_exceptions=True)
        failed = [one for one in done if isinstance(one, BaseException)]
        assert [type(error) for error in failed] == [Conflict]

        await db.act(_has_no_holes)
        bodies = [(await the(db, Post, id)).body for id in (two, three)]
        assert bodies == ["changed", "changed, too"]


async def test_what_is_moved_with_the_chosen_is_said_in_one_word(db: Database) -> None:
    one, two, three, four = await _talk(db, "one", "two", "three", "four")
    below = await as_(db, GUS, actions.answer, two, "below", key="a")
    deeper = await as_(db, CY, actions.answer, below.id, "deeper", key="b")

    def chosen(tx: Transaction, extent: Extent) -> list[int]:
        topic = tx.get_one(Topic, below.stream_id)
        return [post.id for post in posts_chosen(tx, topic, [two], extent)]

    assert await db.act(chosen, Extent.THESE) == [two]
    assert await db.act(chosen, Extent.BELOW) == [two, below.id, deeper.id]
    assert await db.act(chosen, Extent.ONWARD) == [two, three, four, below.id, deeper.id]


def _has_no_holes(tx: Transaction) -> None:
    for topic in tx.scalars(select(Topic)):
        posts = _posts(tx, topic.id)
        assert [post.seq for post in posts] == list(range(1, topic.last_seq + 1))
        assert all(post.rev <= topic.rev for post in posts)
        assert {post.parent.stream_id for post in posts if post.parent} <= {topic.id}


async def _talk(db: Database, *bodies: str) -> list[int]:
    """A topic of Bo's, of which these are the posts."""
    first = await as_(db, BO, actions.start, MARKET, "Talk", bodies[0], Lens(), key=f"k{bodies}")
    replies = [
        await as_(db, BO, actions.reply, first.stream_id, body, key=f"{first.id}{body}")
        for body in bodies[1:]
    ]
    return [post.id for post in (first, *replies)]


async def _topic_of(db: Database, post: int) -> int:
    return await db.act(lambda tx: tx.get_one(Post, post).stream_id)


async def _unread(db: Database, member: int, topic: int) -> list[int]:
    """From the first on."""

    def look(tx: Transaction) -> list[int]:
        unread = progress_of(tx, tx.get_one(Member, member), tx.get_one(Topic, topic)).unread
        standing = [post for post in _posts(tx, topic) if not post.gone]
        found = [post.id for post in standing if unread.first and post.seq >= unread.first]
        assert len(found) == unread.posts
        return found

    return await db.act(look)


def _posts(tx: Transaction, topic: int) -> Sequence[Post]:
    return tx.scalars(select(Post).where(Post.stream_id == topic).order_by(Post.seq)).all()
