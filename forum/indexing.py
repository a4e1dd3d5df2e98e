"""What the search knows of a topic changes with the topic."""

from collections.abc import Sequence

from sqlalchemy import select

from community.database import Transaction
from community.search.actions import mark_anew, put_anew
from forum.topics.models import Post, Topic


def index_anew(tx: Transaction, topic: Topic) -> None:
    """When its title or its conclusion reads differently: its first post is found by them."""
    tx.flush()
    first = tx.scalar(select(Post).where(Post.stream_id == topic.id, Post.seq == 1))
    if first:
        put_anew(tx, first.thing)


def mark_posts_anew(tx: Transaction, topic: Topic, before: Sequence[str], since: int = 1) -> None:
    """When it has other tags or is in another category; `before` are the marks it had. All its
    posts are found by them; `since` a seq from which they came from where they had those."""
    tx.flush()
    gone, come = set(before) - {*topic.marks}, set(topic.marks) - {*before}
    posts = select(Post.id).where(Post.stream_id == topic.id, Post.seq >= since)
    mark_anew(tx, Post.kind, posts, sorted(gone), sorted(come))
