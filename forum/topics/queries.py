from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from community.database import batches
from community.errors import NotFound
from community.members.models import Member
from community.organisations.models import Mandate, Organisation
from community.organisations.queries import mandates_of
from community.places import Lens
from community.streams import Version, versions_of
from forum.categories import Category, categories_of
from forum.topics.events import PostChanged
from forum.topics.models import Post, Reading, Topic

PAGE = 20  # topics of a list, and posts of a page
BRANCH = 200  # posts below one post, on its own page


class ListedTopic(NamedTuple):
    topic: Topic
    unread: int | None  # posts of others not read yet; None where the member never opened it


class Unread(NamedTuple):
    """Posts of others that the member has not read, and the seq of the first."""

    posts: int = 0
    first: int | None = None


class Thread(NamedTuple):
    """What a topic page shows."""

    topic: Topic
    posts: Sequence[PostChanged]
    first: int  # the seq the page starts at
    read_seq: int
    unread: Unread
    mandates: Sequence[Mandate]


class Branch(NamedTuple):
    """What the page of one post shows: the post, and what was replied to it."""

    post: Post
    entry: PostChanged
    replies: Sequence[PostChanged]


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
    seen = topics_of(reader).with_only_columns(Topic.id)
    found = select(Post).where(Post.id == post_id, Post.stream_id.in_(seen))
    post = session.scalar(found.options(joinedload(Post.topic)))
    if post is None:
        raise NotFound
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
    listed = topics_of(reader)
    if any(lens):
        listed = listed.where(lens.shows(Topic))
    if category_id:
        listed = listed.where(Topic.category_id == category_id)
    if before:
        moved_at, id = before
        older = and_(Topic.moved_at == moved_at, Topic.id < id)
        listed = listed.where(or_(Topic.moved_at < moved_at, older))
    return _last_moved(session, reader, listed, most)


def thread_for(session: Session, reader: Member | None, topic_id: int, at: int = 0) -> Thread:
    """The page that holds the post with seq `at`; without one, the first page."""
    topic = topic_for(session, reader, topic_id)
    first = first_of_page(min(at, topic.last_seq))
    posts = _posts_shown(session, *_page(topic.id, first))
    if reader is None:
        return Thread(topic, posts, first, topic.last_seq, Unread(), [])
    reading = session.get(Reading, (reader.id, topic.id))
    read_seq = reading.read_seq if reading else 0
    return Thread(
        topic,
        posts,
        first,
        read_seq,
        _unread_after(session, reader, topic, read_seq) if topic.last_seq > read_seq else Unread(),
        session.scalars(mandates_of(reader)).all(),
    )


def first_of_page(at: int) -> int:
    return (max(at, 1) - 1) // PAGE * PAGE + 1


def thread_stamp(session: Session, topic_id: int, at: int = 0) -> tuple[Any, ...]:
    """Two of the same stamp look the same to every visitor. Raises NotFound as thread_for does.

    Revs only grow, so that their sums tell of every change of an author or an organisation."""
    topic = session.execute(
        topics_of(None)
        .where(Topic.id == topic_id)
        .with_only_columns(Topic.rev, Topic.last_seq, Category.slug, Category.name)
    ).one_or_none()
    if topic is None:
        raise NotFound
    names = (
        select(func.sum(Member.rev), func.sum(Organisation.rev))
        .select_from(Post)
        .join(Member, Member.id == Post.author_id)
        .outerjoin(Mandate, Mandate.id == Post.mandate_id)
        .outerjoin(Organisation, Organisation.id == Mandate.organisation_id)
        .where(*_page(topic_id, first_of_page(min(at, topic.last_seq))))
    )
    return *topic, *session.execute(names).one()


def branch_for(session: Session, reader: Member | None, post_id: int) -> Branch:
    """The first BRANCH replies below the post, in the order they were written."""
    post = post_for(session, reader, post_id)
    below = select(Post.id).where(Post.parent_id == post.id).cte("below", recursive=True)
    below = below.union_all(select(Post.id).join(below, Post.parent_id == below.c.id))
    replies = _posts_shown(session, Post.id.in_(select(below.c.id)), most=BRANCH)
    return Branch(post, _posts_shown(session, Post.id == post.id)[0], replies)


def _page(topic_id: int, first: int) -> tuple[ColumnElement[bool], ...]:
    return Post.stream_id == topic_id, Post.seq >= first, Post.seq < first + PAGE


def _posts_shown(
    session: Session, *which: ColumnElement[bool], most: int = PAGE
) -> list[PostChanged]:
    """One statement, whoever wrote them and whatever they answer."""
    rows = session.execute(SHOWN.where(*which).order_by(Post.seq).limit(most)).mappings()
    return [PostChanged.read(**row) for row in rows]


def categories_counted(
    session: Session, reader: Member | None
) -> Sequence[tuple[Category, int, datetime | None]]:
    """With how many topics each has, and when the last one moved."""
    counted = (
        categories_of(reader)
        .outerjoin(Topic, Topic.category_id == Category.id)
        .add_columns(func.count(Topic.id), func.max(Topic.moved_at))
        .group_by(Category.id)
        .order_by(Category.position, Category.name)
    )
    return [(category, count, moved) for category, count, moved in session.execute(counted)]


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
    return _last_moved(session, member, topics_of(member).where(Topic.id.in_(with_unread)), most)


def new_in_lens(
    session: Session, member: Member, clusters: Sequence[str], most: int
) -> Sequence[Topic]:
    """Topics of the member's province and clusters that they have not opened, the newest first."""
    near = Lens(member.region[:2]).shows(Topic) if member.region else false()
    opened = select(Reading.topic_id).where(Reading.member_id == member.id)
    new = topics_of(member).where(or_(near, Topic.cluster.in_(clusters)), Topic.id.not_in(opened))
    return session.scalars(new.order_by(Topic.id.desc()).limit(most)).all()


def history_for(
    session: Session, reader: Member | None, post_id: int
) -> tuple[Post, Sequence[Version]]:
    """What a post said before. What is gone has no history either."""
    post = post_for(session, reader, post_id)
    if post.gone:
        raise NotFound
    return post, versions_of(session, "topic", post.id)


def still_reading(session: Session, pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these (member, topic), those who may hear it."""
    asked = set(pairs)
    open_ones = _open_topics(session, {topic for _, topic in asked})
    found = {pair for pair in asked if pair[1] in open_ones}
    for member_id, theirs in groupby(sorted(asked - found), key=itemgetter(0)):
        ids = [topic for _, topic in theirs]
        member = session.get_one(Member, member_id)
        seen = topics_of(member).where(Topic.id.in_(ids)).with_only_columns(Topic.id)
        found |= {(member_id, topic) for topic in session.scalars(seen)}
    return found


def _last_moved(
    session: Session, reader: Member | None, listed: Select[Topic], most: int
) -> list[ListedTopic]:
    newest = listed.order_by(Topic.moved_at.desc(), Topic.id.desc()).limit(most)
    topics = session.scalars(newest).all()
    unread = unread_in(session, reader, [topic.id for topic in topics]) if reader else {}
    return [ListedTopic(topic, unread.get(topic.id)) for topic in topics]


def _open_topics(session: Session, ids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for some in batches(ids):
        visible = topics_of(None).where(Topic.id.in_(some)).with_only_columns(Topic.id)
        found |= set(session.scalars(visible))
    return found


def _unread_after(session: Session, member: Member, topic: Topic, read_seq: int) -> Unread:
    unread = select(func.count(Post.id), func.min(Post.seq)).where(
        Post.stream_id == topic.id, Post.seq > read_seq, *_others(member)
    )
    return Unread(*session.execute(unread).one())


def _counts(member: Member) -> tuple[ColumnElement[bool], ...]:
    return Post.seq > Reading.read_seq, *_others(member)


def _others(member: Member) -> tuple[ColumnElement[bool], ...]:
    return Post.author_id != member.id, Post.withdrawn_at.is_(None), Post.hidden_at.is_(None)


# How posts read, without a row object each: this is the hottest page.
_Parent, _ParentAuthor = aliased(Post), aliased(Member)
SHOWN = (
    select(
        Post.id, Post.seq, Post.rev, Post.key, Post.author_id, Post.stream_id, Post.parent_id,
        Post.html, Post.written_at, Post.edited_at, Post.withdrawn_at, Post.hidden_at,
        Member.name.label("author"), Member.role.label("author_role"),
        Member.rev.label("author_rev"), Organisation.name.label("organisation"),
        Organisation.kind.label("organisation_kind"), Organisation.level,
        Organisation.rev.label("organisation_rev"),
        _Parent.seq.label("parent_seq"), _ParentAuthor.name.label("parent_author"),
    )
    .join(Member, Member.id == Post.author_id)
    .outerjoin(Mandate, Mandate.id == Post.mandate_id).outerjoin(Mandate.organisation)
    .outerjoin(_Parent, _Parent.id == Post.parent_id)
    .outerjoin(_ParentAuthor, _ParentAuthor.id == _Parent.author_id)
)  # fmt: skip
