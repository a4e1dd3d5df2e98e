"""Messages become posts: what they were, they stay."""

from typing import Any

import pytest
from sqlalchemy import select, update

from channels.actions import edit, read, withdraw
from channels.models import Departure, Membership, Message
from channels.reactions import react
from community.attachments import hanging
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.files import File, FileKind
from community.members.models import Member
from community.notices.models import Notice
from community.reactions import Word
from community.streams import versions_of
from forum import reactions as posts
from forum.topics import actions as topics
from forum.topics.models import Post, Topic
from moderation.models import Case, SubjectKind
from tests.cast import ADA, BO, BO_FOR_DODOL, CABIN, CY, DEE, GUS, MARKET, MOORING, OFFICE, QUAY
from tests.channels.becoming import (
    ROPE,
    fields_of,
    messages_in,
    posts_in,
    talk,
    topic_of,
    unread_of,
)
from tests.moderation.reporting import HIDE, as_, judge, report, the
from web.crossings import NewTopic, make_topic, undo_topic


async def test_authors_times_and_whom_they_spoke_for_stay(db: Database) -> None:
    ids = await talk(db, (BO, "Which rope?"), (CY, "Hemp."), (BO, "Why?"))
    await as_(db, CY, edit, ids[1], "Hemp, tarred.")
    await db.act(lambda tx: tx.execute(_spoken_for(ids[2])) and None)
    before = await db.look(lambda s: [fields_of(s.get_one(Message, id)) for id in ids])
    await as_(db, ADA, make_topic, QUAY, ids, ROPE)

    def look(tx: Transaction) -> None:
        posts = posts_in(tx)
        assert [fields_of(post) for post in posts] == before
        assert [(post.seq, post.message_id, post.said_in) for post in posts] == [
            (n, id, "quay") for n, id in enumerate(ids, 1)
        ]
        assert [v.body for v in versions_of(tx, Topic.kind, posts[1].id)] == ["Hemp."]
        topic = posts[0].topic
        assert (topic.title, topic.starter_id, topic.last_seq) == ("Rope", BO, 3)
        assert (topic.started_at, topic.moved_at) == (posts[0].written_at, posts[2].written_at)
        messages = messages_in(tx)
        assert [(m.seq, m.gone, m.left, m.body) for m in messages] == [
            (1, "moved", 3, "Which rope?"),
            (2, "moved", 0, "Hemp, tarred."),
            (3, "moved", 0, "Why?"),
        ]
        assert messages[0].channel.rev == 7 and messages[2].rev == 7  # 3 said, 1 edited, 3 left
        told = tx.execute(select(Notice.member_id, Notice.kind, Notice.link)).all()
        assert {tuple(row) for row in told} == {
            (who, "topic", f"/posts/{posts[0].id}") for who in (BO, CY)
        }

    await db.act(look)
    await as_(db, ADA, make_topic, QUAY, ids, ROPE)  # sent twice
    assert len(await db.look(lambda s: s.scalars(select(Departure)).all())) == 1


async def test_each_row_of_neighbours_leaves_one_line(db: Database) -> None:
    ids = await talk(db, *[(BO, f"number {n}") for n in range(1, 7)])
    chosen = [ids[n] for n in (0, 1, 3, 5)]
    await as_(db, BO, make_topic, QUAY, chosen, ROPE)
    left = await db.look(lambda s: [(m.seq, m.left) for m in messages_in(s) if m.gone])
    assert left == [(1, 2), (2, 0), (4, 1), (6, 1)]


async def test_who_has_read_it_has_read_it_there_and_nobody_counts_it_twice(db: Database) -> None:
    ids = await talk(db, *[(BO, f"number {n}") for n in range(1, 6)])
    await as_(db, CY, read, QUAY, 2)
    await as_(db, ADA, read, QUAY, 5)
    topic = await topic_of(db, await as_(db, BO, make_topic, QUAY, ids[:4], ROPE))
    for who, here, there in ((CY, 1, 2), (ADA, 0, 0), (BO, 0, 0)):
        await as_(db, who, topics.read, topic, 0)
        assert await db.look(unread_of, who, topic) == (here, there), who


async def test_into_a_topic_that_is_there_they_come_last_and_answer_what_they_did(
    db: Database,
) -> None:
    first, second, third = await talk(db, (BO, "Which rope?"), (CY, "Hemp."), (BO, "Thanks."))
    await db.act(lambda tx: tx.execute(_answering(second, first)) and None)
    await db.act(lambda tx: tx.execute(_answering(third, second)) and None)
    there = await as_(db, GUS, topics.reply, MOORING, "By the quay", key="k")
    await as_(db, BO, make_topic, QUAY, [first], MOORING)
    await as_(db, ADA, make_topic, QUAY, [third, second], MOORING)

    def look(tx: Transaction) -> None:
        posts = tx.scalars(select(Post).where(Post.stream_id == MOORING).order_by(Post.seq)).all()
        assert [post.message_id for post in posts] == [None, first, second, third]
        assert [post.parent_id for post in posts] == [None, None, posts[1].id, posts[2].id]
        assert posts[0].id == there.id

    await db.act(look)


async def test_reactions_and_files_go_along_and_come_back(db: Database) -> None:
    (id,) = await talk(db, (BO, "Which rope?"))
    await as_(db, CY, react, id, Word.AGREE)
    await db.act(_hang, id)
    departure = await as_(db, BO, make_topic, QUAY, [id], ROPE)
    (post,) = await db.look(posts_in)
    await as_(db, ADA, posts.react, post.id, Word.AGREE)
    (post,) = await db.look(posts_in)
    assert post.reactions == {"agree": {"total": 2, "by": [CY, ADA]}}
    assert [one["file"] for one in post.attachments] == ["rope"]
    assert (await db.look(lambda s: s.get_one(File, "rope"))).belongs_to == f"post:{post.id}"
    await as_(db, BO, undo_topic, departure.id)
    (message,) = await db.look(messages_in)
    assert message.reactions == {"agree": {"total": 1, "by": [CY]}} and message.attachments
    assert (await db.look(lambda s: s.get_one(File, "rope"))).belongs_to == f"message:{id}"


async def test_hosts_moderators_and_for_their_own_words_authors(db: Database) -> None:
    ids = await talk(db, (BO, "mine"), (CY, "yours"))
    with pytest.raises(Denied, match="hosts"):
        await as_(db, BO, make_topic, QUAY, ids, ROPE)
    await as_(db, CY, make_topic, QUAY, ids[1:], ROPE)
    await db.act(lambda tx: setattr(tx.get_one(Membership, (QUAY, BO)), "role", "host"))
    (other,) = await talk(db, (CY, "more"))
    await as_(db, BO, make_topic, QUAY, [ids[0], other], ROPE)
    for refused, who, chosen, into in (
        (NotFound, GUS, await talk(db, (BO, "secret"), channel=CABIN), ROPE),
        (Conflict, ADA, ids, NewTopic("Again", MARKET)),
        (Invalid, ADA, [], ROPE),
        (NotFound, CY, await talk(db, (CY, "hidden")), NewTopic("x", OFFICE)),
    ):
        with pytest.raises(refused):
            channel = CABIN if who == GUS else QUAY
            await as_(db, who, make_topic, channel, chosen, into)


async def test_nothing_said_in_private_leaves_but_by_its_author(db: Database) -> None:
    ids = await talk(db, (BO, "between us"), (ADA, "of course"), channel=CABIN)
    await db.act(lambda tx: setattr(tx.get_one(Membership, (CABIN, BO)), "role", "host"))
    for who in (ADA, BO):
        with pytest.raises(Denied, match="private"):
            await as_(db, who, make_topic, CABIN, ids, ROPE)
    await as_(db, BO, make_topic, CABIN, ids[:1], ROPE)
    (post,) = await db.look(posts_in)
    assert post.said_in == "" and post.body == "between us"


async def test_nobody_loses_sight_of_what_they_said(db: Database) -> None:
    ids = await talk(db, (BO, "mine"), (DEE, "ours"))
    office = NewTopic("Sealed", OFFICE)
    with pytest.raises(Denied, match="Not everybody"):
        await db.act(_as_administrator, ids, office)
    await db.act(_as_administrator, ids[1:], office)


async def test_a_report_goes_along_and_hides_what_is_read(db: Database) -> None:
    ids = await talk(db, (BO, "Buy my rope"), (BO, "Cheap"))
    case = await report(db, ids[0], kind=SubjectKind.MESSAGE)
    departure = await as_(db, BO, make_topic, QUAY, ids, ROPE)
    assert (await the(db, Case, case)).subject_kind == "post"
    await as_(db, BO, undo_topic, departure.id)
    assert (await the(db, Case, case)).subject == f"message:{ids[0]}"
    await as_(db, BO, make_topic, QUAY, ids, ROPE)
    await judge(db, ADA, case, HIDE)
    assert [post.gone for post in await db.look(posts_in)] == ["hidden", ""]
    gone = await talk(db, (BO, "never mind"))
    await as_(db, BO, withdraw, gone[0])
    with pytest.raises(Conflict):
        await as_(db, BO, make_topic, QUAY, gone, ROPE)


def _as_administrator(tx: Transaction, ids: list[int], into: NewTopic) -> None:
    make_topic(tx, tx.get_one(Member, 6), QUAY, ids, into)


def _hang(tx: Transaction, id: int) -> None:
    message = tx.get_one(Message, id)
    file = File(id="rope", owner_id=BO, kind=FileKind.ATTACHMENT, belongs_to=f"message:{id}",
                sha256="0", large=b"0", small=b"0", size=1, width=1, height=1, words="",
                made_at=now(tx))  # fmt: skip
    tx.add(file)
    message.attachments = [hanging(file, "")]


def _spoken_for(message: int) -> Any:
    return update(Message).where(Message.id == message).values(mandate_id=BO_FOR_DODOL)


def _answering(message: int, parent: int) -> Any:
    return update(Message).where(Message.id == message).values(parent_id=parent)
