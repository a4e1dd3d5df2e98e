import re
from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, joinedload

from community.errors import Conflict, Invalid
from community.members.models import Member
from community.words import _
from forum.categories import Category, categories_of
from forum.moving.policies import MOST_MERGED
from forum.similar import similar_to
from forum.topics.models import Post, Topic
from forum.topics.queries import post_for, topic_for, topics_of

MOST = 200  # posts that are moved at once
FEW = 10  # topics that are offered to move to
PAGE = 50  # posts to choose from
NUMBERED = re.compile(r"\s*(?:\S*/topics/|#)?(\d{1,18})(?:[/?#]\S*)?\s*")


class Extent(StrEnum):
    """What is moved with the posts that were chosen."""

    THESE = "these"
    BELOW = "below"  # and what was replied to them
    ONWARD = "onward"  # all from the first of them on


class Leaving(NamedTuple):
    """A post that is to be moved."""

    id: int
    seq: int
    parent_id: int | None
    author_id: int
    author: str


LEAVING = select(Post.id, Post.seq, Post.parent_id, Post.author_id, Member.name)


def posts_chosen(
    session: Session, topic: Topic, ids: Collection[int], extent: Extent = Extent.THESE
) -> Sequence[Leaving]:
    """In the order of their seq. Raises Conflict where one of them has left meanwhile, and Invalid
    where they are too many or none, or one is the first of the topic."""
    if not ids:
        raise Invalid(_("Please choose at least one post."))
    if len(ids) > MOST:
        raise _too_many()
    chosen = _within(session, topic, _chosen(topic, ids, extent), MOST + 1)
    if len(chosen) > MOST:
        raise _too_many()
    if not set(ids) <= {post.id for post in chosen}:
        raise Conflict(_("Some of these posts have left this topic. Please choose again."))
    if chosen[0].seq == 1:
        raise Invalid(_("The first post stays; the whole topic can be merged with another one."))
    return chosen


def every_post(session: Session, topic: Topic) -> Sequence[Leaving]:
    """Of a topic that may be merged."""
    return _within(session, topic, true(), MOST_MERGED)


def posts_to_choose(session: Session, topic: Topic, first: int) -> Sequence[Post]:
    """A page of them from that seq on, and one more where there is another page."""
    standing = (Post.stream_id == topic.id, Post.moved_to_id.is_(None), Post.seq >= first)
    return session.scalars(select(Post).where(*standing).order_by(Post.seq).limit(PAGE + 1)).all()


def topics_called(session: Session, reader: Member, words: str) -> Sequence[Topic]:
    """By number or address the one; else those whose titles have the most of these words."""
    if numbered := NUMBERED.fullmatch(words):
        return [topic_for(session, reader, int(numbered[1]))]
    return similar_to(session, reader, words, FEW)


def post_moved_from(session: Session, reader: Member | None, topic_id: int, seq: int) -> Post:
    """What stood there (or last before it), where it is now. Raises NotFound where it stands there
    still, and for whoever may not see the one place or the other."""
    last = Post.seq <= seq
    return _moved(session, reader, Topic.id == topic_id, last)


def post_behind(session: Session, reader: Member | None, stub_id: int) -> Post:
    """The same by the id of what it left there."""
    return _moved(session, reader, Post.id == stub_id)


def left_by(session: Session, reader: Member | None, post: Post) -> Post | None:
    """The stub it left where it came from, if the reader may see that place."""
    if post.came_at is None:
        return None
    last = select(func.max(Post.id)).where(Post.moved_to_id == post.id).scalar_subquery()
    seen = topics_of(reader).with_only_columns(Topic.id)
    stub = select(Post).where(Post.id == last, Post.stream_id.in_(seen))
    return session.scalar(stub.options(joinedload(Post.topic)))


def _chosen(topic: Topic, ids: Collection[int], extent: Extent) -> ColumnElement[bool]:
    these = Post.id.in_(list(ids))
    match extent:
        case Extent.THESE:
            return these
        case Extent.BELOW:
            below = select(Post.id).where(these, Post.stream_id == topic.id)
            branch = below.cte("branch", recursive=True)
            branch = branch.union_all(select(Post.id).join(branch, Post.parent_id == branch.c.id))
            return Post.id.in_(select(branch.c.id))
        case Extent.ONWARD:
            first = select(func.min(Post.seq)).where(these, Post.stream_id == topic.id)
            return Post.seq >= first.scalar_subquery()


def _within(session: Session, topic: Topic, which: ColumnElement[bool], most: int) -> list[Leaving]:
    standing = (Post.stream_id == topic.id, Post.moved_to_id.is_(None))
    found = LEAVING.join(Member, Member.id == Post.author_id).where(*standing, which)
    return [Leaving(*row) for row in session.execute(found.order_by(Post.seq).limit(most))]


def _moved(session: Session, reader: Member | None, *which: ColumnElement[Any]) -> Post:
    """Also out of a topic that was merged since, which topics_of() does not know any more."""
    seen = categories_of(reader).with_only_columns(Category.id)
    stub: Select[int | None] = select(Post.moved_to_id).join(Post.topic)
    stub = stub.where(Topic.category_id.in_(seen), *which).order_by(Post.seq.desc()).limit(1)
    return post_for(session, reader, session.scalar(stub) or 0)


def _too_many() -> Invalid:
    return Invalid(_("At most %(most)s posts are moved at once."), most=MOST)
