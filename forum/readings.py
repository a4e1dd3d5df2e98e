"""How far each member has read each topic, and what is unread: exact, and counted anew each time.

Sections in house order: models, queries, actions.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    text,
    union,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.blocks import Block
from community.database import Base, Transaction
from community.members.models import Member, Role
from community.members.queries import anyone, asked_by, built
from forum.categories import Category, categories_of
from forum.following.models import Level
from forum.following.queries import Chosen, heard_as, heard_of, level_around, own_level
from forum.topics.models import Post, Topic

# Models


class Reading(Base):
    """How far a member has read a topic they have opened."""

    __tablename__ = "topic_readings"
    __table_args__ = (Index("ix_topic_readings_topic", "topic_id"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True)
    read_seq: Mapped[int] = mapped_column(default=0)


class ReadBefore(Base):
    """Posts that were moved into a topic after the member had read them: read, however far the
    member is in it. Moved posts keep their order, so what was read of them are a few spans."""

    __tablename__ = "topic_read_before"
    __table_args__ = (
        Index("ix_topic_read_before_of_member", "member_id", "topic_id"),
        Index("ix_topic_read_before_topic", "topic_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    first_seq: Mapped[int]
    last_seq: Mapped[int]


# Queries


class Unread(NamedTuple):
    """Posts of others that the member has not read, and the seq of the first."""

    posts: int = 0
    first: int | None = None
    uncounted: int = (
        0  # further ones that are no news: their own, avoided, or read before they came
    )


class Progress(NamedTuple):
    """Of one member in one topic."""

    read_seq: int
    unread: Unread
    chosen: Chosen


def opened_by(member: Member) -> Select[int]:
    """The ids of the topics the member has opened."""
    return select(Reading.topic_id).where(Reading.member_id == member.id)


def with_unread(member: Member) -> Select[int]:
    """The ids of the topics, of all they hear of, with posts they have not read."""
    seen = categories_of(member).with_only_columns(Category.id)
    heard = union(opened_by(member), heard_of(member)).subquery()
    return (
        select(Topic.id)
        .select_from(heard)
        .join(Topic, Topic.id == heard.c[0])
        .outerjoin(Reading, _theirs(member))
        .where(
            Topic.last_seq > _READ,
            Topic.category_id.in_(seen),
            _heard(member, Reading.read_seq),
            exists().where(*_counts(member)),
        )
    )


def unread_topics(member: Member) -> Select[int]:
    """How many those are."""
    return select(func.count()).select_from(with_unread(member).subquery())


def unread_in(session: Session, member: Member, ids: Iterable[int]) -> dict[int, int]:
    """By topic, of those the member hears of."""
    asked = asked_by(member) | {"ids": list(ids)}
    return {topic: count for topic, count in session.execute(_unread_in(member), asked)}


@built
def _unread_in(member: Member) -> Select[int, int]:
    return (
        select(Topic.id, _unread_posts(member))
        .outerjoin(Reading, _theirs(member))
        .where(Topic.id.in_(bindparam("ids", expanding=True)), _heard(member, Reading.read_seq))
    )


def counted_unread(member: Member, topics: Select[int]) -> Select[Topic, int]:
    """The topics with these ids, of those that have any, with how many posts of each are unread."""
    ids = topics.subquery()
    counted = select(Topic, _unread_posts(member)).join(ids, ids.c[0] == Topic.id)
    return counted.outerjoin(Reading, _theirs(member))


def _unread_posts(member: Member) -> ScalarSelect[int]:
    """Of the Topic of the query around it, joined with how far they have read it."""
    posts = select(func.count(Post.id)).where(*_counts(member))
    return posts.correlate(Topic, Reading).scalar_subquery()


def is_unread(member: Member) -> ColumnElement[bool]:
    """The Post of the query around it, in its Topic."""
    mine = select(Reading.read_seq).where(_theirs(member)).correlate(Topic).scalar_subquery()
    further = Post.seq > func.coalesce(mine, 0)
    return and_(_heard(member, mine), further, *STANDING, *_news(member))


def progress_of(session: Session, member: Member, topic: Topic) -> Progress:
    """What is left, and how much they want to hear of it. Who muted it has nothing left."""
    asked = asked_by(member) | {"topic": topic.id}
    read_seq, posts, first, every, own, around = session.execute(PROGRESS, asked).one()
    chosen = Chosen.of(own, around)
    if chosen.level == Level.MUTED:
        return Progress(topic.last_seq, Unread(), chosen)
    return Progress(read_seq, Unread(posts, first, every - posts), chosen)


def read_before(session: Session, member: Member, topic: Topic) -> Sequence[range]:
    """The seqs of posts the member had read before they came into the topic."""
    spans = select(ReadBefore.first_seq, ReadBefore.last_seq).where(*_read_in(member, topic.id))
    return [range(first, last + 1) for first, last in session.execute(spans)]


def first_unread_in(session: Session, member: Member, topic_id: int) -> int:
    """The seq; 1 where nothing is left."""
    return session.execute(PROGRESS, asked_by(member) | {"topic": topic_id}).one()[2] or 1


def _theirs(member: Member) -> ColumnElement[bool]:
    return and_(Reading.topic_id == Topic.id, Reading.member_id == member.id)


def _read_in(
    member: Member, topic_id: int | SQLColumnExpression[int]
) -> tuple[ColumnElement[bool], ...]:
    return ReadBefore.member_id == member.id, ReadBefore.topic_id == topic_id


def _heard(member: Member, read: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Of the Topic; `read` is how far, and nothing where they never opened it."""
    also = case((read.is_(None), Level.FOLLOWING), else_=Level.NORMAL)
    return heard_as(member).in_([Level.FOLLOWING, also])


def _counts(member: Member) -> tuple[ColumnElement[bool], ...]:
    """Of the posts of that Topic."""
    return Post.stream_id == Topic.id, Post.seq > _READ, *STANDING, *_news(member)


def _news(member: Member) -> tuple[ColumnElement[bool], ...]:
    """What is folded up for them (web/people.py) is none: only staff speaks to everybody. Nor is
    what they had read where it stood before."""
    away = exists().where(
        Block.member_id == member.id,
        Block.other_id == Post.author_id,
        Member.id == Block.other_id,
        or_(Member.role == Role.MEMBER, Post.mandate_id.is_not(None)),
    )
    before = exists().where(
        *_read_in(member, Post.stream_id),
        Post.seq.between(ReadBefore.first_seq, ReadBefore.last_seq),
    )
    return Post.author_id != member.id, ~away.correlate(Post), ~before.correlate(Post)


# What says something.
STANDING = (Post.withdrawn_at.is_(None), Post.hidden_at.is_(None), Post.moved_to_id.is_(None))
_READ = func.coalesce(Reading.read_seq, 0)


# Asked with every topic page, so built only once.
_there = bindparam("topic", type_=BigInteger)
_read = select(Reading.read_seq).where(Reading.member_id == anyone().id, Reading.topic_id == _there)
_read_seq = func.coalesce(_read.scalar_subquery(), 0)
_is_news = and_(*_news(anyone()))
_left = (Post.stream_id == _there, Post.seq > _read_seq, *STANDING)


def _of_the_topic(level: ColumnElement[str]) -> Any:
    return select(level).where(Topic.id == _there).scalar_subquery()


PROGRESS = select(
    _read_seq,
    func.count(Post.id).filter(_is_news),
    func.min(Post.seq).filter(_is_news),
    func.count(Post.id),
    _of_the_topic(own_level(anyone())),
    _of_the_topic(level_around(anyone())),
).where(*_left)

# Two tabs may say how far at once: the database compares, so that the farther one stays.
FARTHER = text(
    "INSERT INTO topic_readings (member_id, topic_id, read_seq)"
    " VALUES (:member, :topic, :seq) ON CONFLICT (member_id, topic_id)"
    " DO UPDATE SET read_seq = excluded.read_seq"
    " WHERE topic_readings.read_seq < excluded.read_seq"
)

# Actions


def read_to(tx: Transaction, member: Member, topic: Topic, seq: int) -> None:
    """Never back: for that there is unread_from()."""
    read_all_to(tx, {(member.id, topic.id): min(seq, topic.last_seq)})


def read_all_to(tx: Transaction, read: Mapping[tuple[int, int], int]) -> None:
    """The same of many: a member and a topic, by their ids, and how far."""
    rows = [{"member": who, "topic": at, "seq": seq} for (who, at), seq in sorted(read.items())]
    tx.execute(FARTHER, rows)


def unread_from(tx: Transaction, member: Member, post: Post) -> None:
    """As if the member had read up to the post before it."""
    read_to(tx, member, post.topic, 0)
    theirs = (Reading.member_id == member.id, Reading.topic_id == post.stream_id)
    tx.execute(update(Reading).where(*theirs).values(read_seq=post.seq - 1))
    further = (*_read_in(member, post.stream_id), ReadBefore.last_seq >= post.seq)
    tx.execute(delete(ReadBefore).where(*further, ReadBefore.first_seq >= post.seq))
    tx.execute(update(ReadBefore).where(*further).values(last_seq=post.seq - 1))
