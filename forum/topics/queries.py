from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from community.database import batches
from community.errors import NotFound
from community.members.models import Member
from community.organisations.models import Mandate
from community.organisations.queries import mandates_of
from community.places import Lens
from community.streams import Version, versions_of
from forum.categories import Category, categories_of
from forum.topics.models import Draft, Post, Reading, Topic

PAGE = 20  # topics of a list, and posts of a page


class ListedTopic(NamedTuple):
    topic: Topic
    unread: int | None  # posts of others not read yet; None where the member never opened it


class Thread(NamedTuple):
    """What a topic page shows."""

    topic: Topic
    posts: Sequence[Post]
    first: int  # the seq the page starts at
    read_seq: int
    mandates: Sequence[Mandate]
    draft: Draft | None


def topics_of(reader: Member | None) -> Select[Topic]:
    """Every other query about topics starts here, so none can show too much."""
    seen = categories_of(reader).with_only_columns(Category.id)
    return (
        select(Topic)
        .join(Topic.category)
        .options(contains_eager(Topic.category))
        .where(Topic.category_id.in_(seen))
    )


def topic_for(session: Session, reader: Member | None, topic_id: int) -> Topic:
    topic = session.scalar(topics_of(reader).where(Topic.id == topic_id))
    if topic is None:
        raise NotFound
    return topic


def post_for(session: Session, reader: Member | None, post_id: int) -> Post:
    post = session.get(Post, post_id)
    if post is None:
        raise NotFound
    topic_for(session, reader, post.stream_id)
    return post


def topics_listed(
    session: Session,
    reader: Member | None,
    lens: Lens,
    *,
    category_id: int | None = None,
    before: tuple[datetime, int] | None = None,
    most: int = PAGE,
) -> Sequence[ListedTopic]:
    """The last moved first; `before` is (moved_at, id) of the last one seen."""
    listed = topics_of(reader).order_by(Topic.moved_at.desc(), Topic.id.desc()).limit(most)
    if any(lens):
        listed = listed.where(lens.shows(Topic))
    if category_id:
        listed = listed.where(Topic.category_id == category_id)
    if before:
        moved_at, id = before
        older = and_(Topic.moved_at == moved_at, Topic.id < id)
        listed = listed.where(or_(Topic.moved_at < moved_at, older))
    topics = session.scalars(listed).all()
    unread = unread_in(session, reader, [topic.id for topic in topics]) if reader else {}
    return [ListedTopic(topic, unread.get(topic.id)) for topic in topics]


def thread_for(session: Session, reader: Member | None, topic_id: int, first: int = 0) -> Thread:
    """The page that holds the post with seq `first`; without one, the first page."""
    topic = topic_for(session, reader, topic_id)
    start = (max(first, 1) - 1) // PAGE * PAGE + 1
    posts = session.scalars(
        select(Post)
        .where(Post.stream_id == topic.id, Post.seq >= start, Post.seq < start + PAGE)
        .order_by(Post.seq)
    ).all()
    if reader is None:
        return Thread(topic, posts, start, topic.last_seq, [], None)
    reading = session.get(Reading, (reader.id, topic.id))
    return Thread(
        topic,
        posts,
        start,
        reading.read_seq if reading else 0,
        session.scalars(mandates_of(reader)).all(),
        draft_of(session, reader, topic.address),
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


def unread_topics_of(session: Session, member: Member, most: int = PAGE) -> Sequence[ListedTopic]:
    """Those with unread posts, the last moved first."""
    with_unread = (
        select(Reading.topic_id)
        .join(Post, and_(Post.stream_id == Reading.topic_id, *_counts(member)))
        .where(Reading.member_id == member.id)
    )
    listed = topics_of(member).where(Topic.id.in_(with_unread))
    topics = session.scalars(
        listed.order_by(Topic.moved_at.desc(), Topic.id.desc()).limit(most)
    ).all()
    unread = unread_in(session, member, [topic.id for topic in topics])
    return [ListedTopic(topic, unread.get(topic.id)) for topic in topics]


def history_for(
    session: Session, reader: Member | None, post_id: int
) -> tuple[Post, Sequence[Version]]:
    """What a post said before. What is gone has no history either."""
    post = post_for(session, reader, post_id)
    if post.gone:
        raise NotFound
    return post, versions_of(session, "topic", post.id)


def draft_of(session: Session, member: Member, place: str) -> Draft | None:
    return session.get(Draft, (member.id, place))


def still_reading(session: Session, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (member, topic), those who may hear it."""
    found: set[tuple[int, int]] = set()
    by_member: dict[int, set[int]] = {}
    for member_id, topic_id in pairs:
        by_member.setdefault(member_id, set()).add(topic_id)
    open_ones = _open_topics(session, {topic for topics in by_member.values() for topic in topics})
    for member_id, topics in by_member.items():
        found |= {(member_id, topic) for topic in topics & open_ones}
        if restricted := topics - open_ones:
            member = session.get_one(Member, member_id)
            seen = topics_of(member).where(Topic.id.in_(restricted)).with_only_columns(Topic.id)
            found |= {(member_id, topic) for topic in session.scalars(seen)}
    return found


def _open_topics(session: Session, ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for some in batches(ids):
        visible = topics_of(None).where(Topic.id.in_(some)).with_only_columns(Topic.id)
        found |= set(session.scalars(visible))
    return found


def _counts(member: Member):  # type: ignore[no-untyped-def]
    return (
        Post.seq > Reading.read_seq,
        Post.author_id != member.id,
        Post.withdrawn_at.is_(None),
        Post.hidden_at.is_(None),
    )
