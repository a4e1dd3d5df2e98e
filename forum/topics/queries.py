from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Executable,
    ScalarSelect,
    Select,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from community.database import batches
from community.errors import NotFound
from community.members.models import Member
from community.members.queries import asked_by, built
from community.organisations.models import Mandate, Organisation
from community.organisations.queries import mandates_held
from forum.categories import Category, categories_of
from forum.following.queries import Chosen
from forum.readings import Unread, first_unread_in, progress_of
from forum.timeline import revs_named
from forum.topics.events import PostChanged
from forum.topics.models import Post, Topic

PAGE = 20  # posts of a page
BRANCH = 200  # posts below one post, on its own page

Stamp = tuple[Any, ...]


class Thread(NamedTuple):
    """What a topic page shows, beside its posts: posts_of(thread)."""

    topic: Topic
    stamp: Stamp  # of how its posts read; an empty one says nothing
    first: int  # the seq the page starts at
    read_seq: int
    unread: Unread
    chosen: Chosen
    mandates: Sequence[Mandate]

    @property
    def number(self) -> int:
        """Of this page, of how many there are (`pages`)."""
        return page_of(self.first)

    @property
    def pages(self) -> int:
        return page_of(self.topic.last_seq)


class Branch(NamedTuple):
    """What the page of one post shows: the post, and what was replied to it."""

    post: Post
    entry: PostChanged
    replies: Sequence[PostChanged]


def topics_of(reader: Member | None) -> Select[Topic]:
    """Every other query about topics starts here, so none can show too much."""
    return topics_in(categories_of(reader))


def topics_in(categories: Select[Category]) -> Select[Topic]:
    """All of them."""
    seen = categories.with_only_columns(Category.id)
    return (
        select(Topic)
        .join(Topic.category)
        .options(contains_eager(Topic.category))
        .where(Topic.category_id.in_(seen), Topic.merged_at.is_(None))
    )


def topic_for(session: Session, reader: Member | None, topic_id: int) -> Topic:
    topic = session.scalar(_one_topic(reader), asked_by(reader) | {"topic": topic_id})
    if topic is None:
        raise NotFound
    return topic


def topic_going_on(session: Session, reader: Member | None, topic_id: int) -> Topic:
    """The topic, or the one it was merged with since: who was writing in it goes on there."""
    try:
        return topic_for(session, reader, topic_id)
    except NotFound:
        merged = (Topic.id == topic_id, Topic.merged_at.is_not(None), Post.seq == 1)
        first = session.scalar(select(Post.moved_to_id).join(Post.topic).where(*merged))
        return post_for(session, reader, first or 0).topic


def post_for(session: Session, reader: Member | None, post_id: int) -> Post:
    """A stub is none: nobody answers, changes or reports it. Raises NotFound."""
    post = session.scalar(_one_post(reader), asked_by(reader) | {"post": post_id})
    if post is None:
        raise NotFound
    return post


def thread_for(session: Session, reader: Member | None, topic_id: int, at: int = 1) -> Thread:
    """The page that holds the post with seq `at`, or for 0 the first the reader has not read;
    without one, the first page."""
    at = at or (first_unread_in(session, reader, topic_id) if reader else 1)
    asked = {"topic": topic_id, "first": _first_of_page(at)}
    found = session.execute(_one_page(reader), asked_by(reader) | asked).one_or_none()
    if found is None:
        raise NotFound
    topic, *sums = found
    first = _first_of_page(max(1, min(at, topic.last_seq)))
    stamp = (topic.id, first, topic.rev, *sums) if first == asked["first"] else ()
    if reader is None:
        return Thread(topic, stamp, first, topic.last_seq, Unread(), Chosen(), [])
    progress = progress_of(session, reader, topic)
    return Thread(topic, stamp, first, *progress, mandates_held(session, reader))


def posts_of(session: Session, thread: Thread) -> list[PostChanged]:
    """Those of the page, by their seq."""
    return _posts_shown(session, PAGE_SHOWN, topic=thread.topic.id, first=thread.first)


def thread_stamp(session: Session, topic_id: int, at: int = 1) -> Stamp:
    """Two of the same stamp look the same to every visitor; revs only grow, so that sums tell
    of every change. An `at` after the last post has none. Raises NotFound as thread_for does."""
    asked = {"topic": topic_id, "first": _first_of_page(at)}
    stamp = session.execute(_stamp(), asked).one_or_none()
    if stamp is None:
        raise NotFound
    return tuple(stamp) if at <= stamp.last_seq else ()


def page_of(seq: int) -> int:
    """The number of the page on which it stands, counted from one."""
    return (max(seq, 1) - 1) // PAGE + 1


def _first_of_page(at: int) -> int:
    return at - (at - 1) % PAGE


def branch_for(session: Session, reader: Member | None, post_id: int) -> Branch:
    """The first BRANCH replies below the post, in the order they were written."""
    post = post_for(session, reader, post_id)
    below = select(Post.id).where(Post.parent_id == post.id).cte("below", recursive=True)
    below = below.union_all(select(Post.id).join(below, Post.parent_id == below.c.id))
    replies = SHOWN.where(Post.id.in_(select(below.c.id))).limit(BRANCH)
    (entry,) = _posts_shown(session, SHOWN.where(Post.id == post.id))
    return Branch(post, entry, _posts_shown(session, replies))


def _posts_shown(session: Session, posts: Executable, **asked: int) -> list[PostChanged]:
    return [PostChanged.read(**row) for row in session.execute(posts, asked).mappings()]


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


def _open_topics(session: Session, ids: Iterable[int]) -> set[int]:
    found = (session.scalars(_open(), {"ids": some}) for some in batches(ids))
    return set(chain.from_iterable(found))


# Below: what the hottest page asks, built once.


@built
def _one_topic(reader: Member | None) -> Select[Topic]:
    return topics_of(reader).where(Topic.id == bindparam("topic"))


@built
def _one_post(reader: Member | None) -> Select[Post]:
    seen = topics_of(reader).with_only_columns(Topic.id)
    standing = (Post.id == bindparam("post"), Post.moved_to_id.is_(None))
    found = select(Post).where(*standing, Post.stream_id.in_(seen))
    return found.options(joinedload(Post.topic))


@built
def _one_page(reader: Member | None) -> Select[Any]:
    return _one_topic(reader).add_columns(*_sums())


@cache
def _open() -> Select[int]:
    visible = topics_of(None).with_only_columns(Topic.id)
    return visible.where(Topic.id.in_(bindparam("ids", expanding=True)))


@cache
def _stamp() -> Select[Any]:
    whole = (Topic.rev, Topic.last_seq, Category.slug, Category.name)
    return _one_topic(None).with_only_columns(*whole, *_sums())


def _sums() -> list[ScalarSelect[Any]]:
    """Of the revs of all whose names stand on the page."""
    named = (
        select(Post.id).where(*_PAGE).join(Member, Member.id == Post.author_id)
        .outerjoin(Mandate, Mandate.id == Post.mandate_id).outerjoin(Mandate.organisation)
        .outerjoin(_Parent, _Parent.id == Post.parent_id)
        .outerjoin(_ParentAuthor, _ParentAuthor.id == _Parent.author_id)
    )  # fmt: skip
    revs = (Member.rev, Organisation.rev, _ParentAuthor.rev)
    sums = [named.with_only_columns(func.sum(rev)).scalar_subquery() for rev in revs]
    return [*sums, *revs_named()]


_Parent, _ParentAuthor = aliased(Post), aliased(Member)
# How posts read, without a row object each.
SHOWN = (
    select(
        Post.id, Post.seq, Post.rev, Post.key, Post.author_id, Post.stream_id, Post.parent_id,
        Post.html, Post.reactions, Post.poll, Post.asked, Post.answers_id.label("answers"),
        Post.attachments, Post.written_at,
        Post.edited_at, Post.withdrawn_at, Post.hidden_at, Post.hidden_as, Post.label,
        Member.name.label("author"), Member.role.label("author_role"),
        Member.picture.label("author_picture"), Member.rev.label("author_rev"),
        Organisation.id.label("organisation_id"), Organisation.name.label("organisation"),
        Organisation.kind.label("organisation_kind"), Organisation.level, Organisation.closed_at,
        Organisation.rev.label("organisation_rev"),
        _Parent.seq.label("parent_seq"), _ParentAuthor.name.label("parent_author"),
        (Post.seq == Topic.answer_seq).label("accepted"),
        Post.moved_to_id.label("was"), Post.came_at.is_not(None).label("came"),
        Post.message_id.label("message"), Post.said_in,
    )
    .join(Post.topic).join(Member, Member.id == Post.author_id)
    .outerjoin(Mandate, Mandate.id == Post.mandate_id).outerjoin(Mandate.organisation)
    .outerjoin(_Parent, _Parent.id == Post.parent_id)
    .outerjoin(_ParentAuthor, _ParentAuthor.id == _Parent.author_id)
    .order_by(Post.seq)
)  # fmt: skip
_first = bindparam("first", type_=BigInteger)
_PAGE = (Post.stream_id == bindparam("topic"), Post.seq >= _first, Post.seq < _first + PAGE)
PAGE_SHOWN = SHOWN.where(*_PAGE)
