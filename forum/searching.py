"""Posts and announcements as search shows them.

Sections in house order: queries, actions.
"""

from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, literal, select

from community.blocks import avoided_by
from community.database import Transaction
from community.finding import NOWHERE, OFFICE, between, said_by, with_author
from community.members.models import Member
from community.organisations.models import Organisation
from community.search import Source, put_anew
from community.wanted import Has, Is, Wanted
from forum.announcements.models import Announcement
from forum.announcements.queries import announcements_of
from forum.categories import Category, categories_of
from forum.following.models import Level
from forum.following.queries import level_for
from forum.readings import is_unread
from forum.tags import normalised, tagged
from forum.topics.models import Post, Topic

# Queries

# The conclusion of a topic is found with what it was started with, and shown where it was.
CONCLUDED = (Post.seq == 1) & (Topic.conclusion != "")
BODY = case((CONCLUDED, Post.body + "\n\n" + Topic.conclusion), else_=Post.body)


def posts_found(reader: Member | None, wanted: Wanted) -> list[Source]:
    """The first of a topic is found by its title, too."""
    if wanted.state - {Is.ANSWERED} and reader is None:
        return []
    seen = (
        select(Post.id)
        .join(Topic, Topic.id == Post.stream_id)
        .where(
            Topic.category_id.in_(categories_of(reader).with_only_columns(Category.id)),
            wanted.place.shows(Topic),
            *said_by(Post, wanted),
            *_narrowed(reader, wanted),
        )
    )
    one = Post
    columns = (one.id, Topic.title, BODY, Category.name, one.stream_id, one.seq, one.author_id,
               Member.name, OFFICE, one.written_at)  # fmt: skip
    shown = select(literal(Post.kind), *columns).join(Topic, Topic.id == Post.stream_id)
    return [Source(Post.kind, Post.id, seen, with_author(shown.join(Topic.category), Post))]


def topics_found(reader: Member | None, wanted: Wanted) -> list[Source]:
    """By what they were started with."""
    return [
        source._replace(seen=source.seen.where(Post.seq == 1))
        for source in posts_found(reader, wanted)
    ]


def replies_found(reader: Member | None, wanted: Wanted) -> list[Source]:
    return [
        source._replace(seen=source.seen.where(Post.seq > 1))
        for source in posts_found(reader, wanted)
    ]


def announcements_found(reader: Member | None, wanted: Wanted) -> list[Source]:
    if wanted.within or wanted.tag or wanted.has or wanted.state:
        return []
    seen = announcements_of(reader).with_only_columns(Announcement.id)
    seen = seen.where(wanted.place.shows(Announcement), *between(Announcement.published_at, wanted))
    if wanted.author:
        called = Organisation.name.icontains(wanted.author, autoescape=True)
        offices = select(Organisation.id).where(called)
        seen = seen.where(Announcement.organisation_id.in_(offices))
    one = Announcement
    columns = (one.id, one.title, one.body, literal(""), *NOWHERE, one.author_id,
               Member.name, Organisation.name, one.published_at)  # fmt: skip
    shown = select(literal("announcement"), *columns).join(one.author).join(one.organisation)
    return [Source("announcement", one.id, seen, shown)]


def _narrowed(reader: Member | None, wanted: Wanted) -> list[ColumnElement[Any]]:
    narrowed: list[ColumnElement[Any]] = []
    if wanted.within:
        named = Category.name.icontains(wanted.within, autoescape=True)
        narrowed.append(Topic.category_id.in_(select(Category.id).where(named)))
    if wanted.tag:
        narrowed.append(Topic.id.in_(tagged(normalised(wanted.tag))))
    if Has.FILE in wanted.has:
        narrowed.append(cast(Post.attachments, String) != "[]")
    if Is.ANSWERED in wanted.state:
        narrowed.append(Topic.answer_seq.is_not(None))
    if reader is None:
        return narrowed
    if reader.keeps_away_from:
        narrowed.append(Post.author_id.not_in(avoided_by(reader)))
    if Is.FOLLOWED in wanted.state:
        narrowed.append(level_for(reader) == Level.FOLLOWING)
    if Is.UNREAD in wanted.state:
        narrowed.append(is_unread(reader))
    return narrowed


# Actions


def index_anew(tx: Transaction, topic: Topic) -> None:
    """When its title or its conclusion reads differently: its first post is found by them."""
    tx.flush()
    first = tx.scalar(select(Post).where(Post.stream_id == topic.id, Post.seq == 1))
    if first:
        put_anew(tx, first.thing)
