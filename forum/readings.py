"""How far each member has read each topic: exact, and never back.

Sections in house order: models, queries, actions.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    and_,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.database import Base, Transaction
from community.members.models import Member
from community.members.queries import anyone, asked_by
from forum.categories import Category, categories_of
from forum.topics.models import Post, Topic

# Models


class Reading(Base):
    """How far a member has read a topic. Who has a row follows the topic."""

    __tablename__ = "topic_readings"
    __table_args__ = (Index("ix_topic_readings_topic", "topic_id"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True)
    read_seq: Mapped[int] = mapped_column(default=0)


# Queries


class Unread(NamedTuple):
    """Posts of others that the member has not read, and the seq of the first."""

    posts: int = 0
    first: int | None = None
    own: int = 0  # posts of the member's among them


def opened_by(member: Member) -> Select[int]:
    """The ids of the topics the member follows."""
    return select(Reading.topic_id).where(Reading.member_id == member.id)


def with_unread(member: Member) -> Select[int]:
    """The ids of those with posts they have not read."""
    return opened_by(member).join(Post, and_(Post.stream_id == Reading.topic_id, *_counts(member)))


def unread_topics(member: Member) -> Select[int]:
    """How many topics the member has opened have posts they have not read."""
    seen = categories_of(member).with_only_columns(Category.id)
    return (
        select(func.count(func.distinct(Topic.id)))
        .select_from(Reading)
        .join(Topic, Topic.id == Reading.topic_id)
        .join(Post, and_(Post.stream_id == Topic.id, *_counts(member)))
        .where(Reading.member_id == member.id, Topic.category_id.in_(seen))
    )


def unread_in(session: Session, member: Member, ids: Iterable[int]) -> dict[int, int]:
    """By topic, of those the member has opened."""
    counted = (
        select(Reading.topic_id, func.count(Post.id))
        .outerjoin(Post, and_(Post.stream_id == Reading.topic_id, *_counts(member)))
        .where(Reading.member_id == member.id, Reading.topic_id.in_(list(ids)))
        .group_by(Reading.topic_id)
    )
    return {topic: count for topic, count in session.execute(counted)}


def reading_of(session: Session, member: Member, topic_id: int) -> tuple[int, Unread]:
    """How far the member has read, and what is left."""
    asked = asked_by(member) | {"topic": topic_id}
    read_seq, posts, first, all_posts = session.execute(READING, asked).one()
    return read_seq, Unread(posts, first, all_posts - posts)


def _counts(member: Member) -> tuple[ColumnElement[bool], ...]:
    return Post.seq > Reading.read_seq, *_others(member)


def _others(member: Member) -> tuple[ColumnElement[bool], ...]:
    return Post.author_id != member.id, *STANDING


STANDING = (Post.withdrawn_at.is_(None), Post.hidden_at.is_(None))

# Asked with every topic page, so built only once.
_read = select(Reading.read_seq).where(
    Reading.member_id == anyone().id, Reading.topic_id == bindparam("topic")
)
_read_seq = func.coalesce(_read.scalar_subquery(), 0)
_theirs = Post.author_id != anyone().id
READING = select(
    _read_seq,
    func.count(Post.id).filter(_theirs),
    func.min(Post.seq).filter(_theirs),
    func.count(Post.id),
).where(Post.stream_id == bindparam("topic"), Post.seq > _read_seq, *STANDING)

# Actions


def read_to(tx: Transaction, member: Member, topic: Topic, seq: int) -> None:
    """Whoever has read in a topic follows it."""
    seq = min(seq, topic.last_seq)
    if tx.get(Reading, (member.id, topic.id)) is None:
        tx.add(Reading(member_id=member.id, topic_id=topic.id, read_seq=seq))
        tx.flush()
    # Two tabs may say how far at once: the database compares, so that the farther one stays.
    behind = (Reading.member_id == member.id, Reading.topic_id == topic.id, Reading.read_seq < seq)
    tx.execute(update(Reading).where(*behind).values(read_seq=seq))
