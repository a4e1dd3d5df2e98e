"""New posts are stored, many in the same few statements, with what comes of them: who writes in a
topic follows it and has read it, who is answered or named is told, drafts are forgotten.

What is rare is done one by one: names, files.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm.attributes import set_committed_value

from community.attachments import Along
from community.clock import now
from community.database import Transaction
from community.drafts import Used, use_drafts
from community.notices.actions import read_all_along
from community.search.actions import put
from forum.attachments import hang
from forum.following.actions import follow_all
from forum.mentions import tell_named
from forum.readings import read_all_to
from forum.telling import Told, tell_answered
from forum.topics.events import PostChanged
from forum.topics.models import Post, Topic

POSTS = Post.metadata.tables[Post.__tablename__]
TOPICS = Topic.metadata.tables[Topic.__tablename__]
COLUMNS = (
    "stream_id", "seq", "rev", "author_id", "mandate_id", "parent_id", "key", "first_rev",
    "first_hash", "body", "html", "written_at",
)  # fmt: skip

# Run with every pass, so built only once.
NUMBERED = (
    update(TOPICS)
    .where(TOPICS.c.id == bindparam("topic"))
    .values({name: bindparam(f"new_{name}") for name in ("last_seq", "rev", "moved_at", "echoed")})
)
STORED = insert(POSTS).returning(POSTS.c.id, POSTS.c.stream_id, POSTS.c.seq)


class New(NamedTuple):
    """A post with its number, of which nothing is stored yet."""

    post: Post
    place: str  # of the draft it was
    along: Along
    names: frozenset[str]  # that it mentions


def store_all(tx: Transaction, new: Sequence[New]) -> None:
    """With all that comes of them. The caller holds their topics; from now on each has its id."""
    posts = [one.post for one in new]
    _number_all(tx, {post.topic for post in posts})
    rows = [{name: getattr(post, name) for name in COLUMNS} for post in posts]
    ids = {(stream, seq): id for id, stream, seq in tx.execute(STORED, rows)}
    for post in posts:
        post.id = ids[post.stream_id, post.seq]
    put(tx, [post.thing for post in posts])
    for one in new:
        _hang(tx, one)
    _follow_up(tx, new)


def _number_all(tx: Transaction, topics: Collection[Topic]) -> None:
    for topic in topics:
        set_committed_value(topic, "moved_at", now(tx))
    tx.execute(NUMBERED, [_numbers(topic) for topic in sorted(topics, key=lambda one: one.id)])


def _numbers(topic: Topic) -> dict[str, Any]:
    return {
        "topic": topic.id,
        "new_last_seq": topic.last_seq,
        "new_rev": topic.rev,
        "new_moved_at": topic.moved_at,
        "new_echoed": topic.echoed,
    }


def _hang(tx: Transaction, new: New) -> None:
    if new.along.files:
        stored = tx.get_one(Post, new.post.id)
        hang(tx, new.post.author, stored, new.along)
        new.post.attachments = stored.attachments


def _follow_up(tx: Transaction, new: Sequence[New]) -> None:
    """Whoever writes in a topic follows it and has read it; who is answered or named is told."""
    posts = [one.post for one in new]
    follow_all(tx, {(post.author_id, post.stream_id) for post in posts})
    for post in posts:
        tx.publish(PostChanged.of(post.topic, post))
    told = tell_answered(tx, [Told(one.post, one.names) for one in new])
    for one in new:
        tell_named(tx, one.post, one.names, but={one.post.author_id, told[one.post.id]})
    read_all_to(tx, {(post.author_id, post.stream_id): post.seq for post in posts})
    read_all_along(tx, {(post.author_id, post.topic.address): post.seq for post in posts})
    use_drafts(tx, [_used(one) for one in new])


def _used(new: New) -> Used:
    return Used(new.post.author_id, new.place, new.post.body, new.along.version)
