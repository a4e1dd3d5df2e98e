"""Posts and announcements as search shows them."""

from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, literal, select
from sqlalchemy.orm import Session

from community.blocks import avoided_by
from community.finding import (
    NOWHERE,
    OFFICE,
    between,
    marked_as,
    of_kind,
    said_by,
    with_author,
)
from community.members.models import Member
from community.organisations.models import Organisation
from community.search.models import Mark, mark, placed
from community.search.queries import MOST_MARKS, Marked, Source, any_of
from community.wanted import Has, Is, Wanted
from forum.announcements.models import Announcement
from forum.announcements.queries import announcements_of
from forum.categories import Category, categories_of
from forum.following.models import Level
from forum.following.queries import level_for
from forum.readings import is_unread
from forum.tags import normalised, tagged
from forum.topics.models import Aim, Post, Topic

# The conclusion of a topic is found with what it was started with, and shown where it was.
CONCLUDED = and_(Post.seq == 1, Topic.aim == Aim.DECISION, Topic.conclusion != "")
BODY = case((CONCLUDED, Post.body + "\n\n" + Topic.conclusion), else_=Post.body)


def posts_found(session: Session, reader: Member | None, wanted: Wanted) -> list[Source]:
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
    shown = with_author(shown.join(Topic.category), Post)
    return [Source(Post.kind, Post.id, seen, shown, _marked(session, wanted))]


def topics_found(session: Session, reader: Member | None, wanted: Wanted) -> list[Source]:
    """By what they were started with."""
    return [
        source._replace(
            seen=source.seen.where(Post.seq == 1), marked=(*source.marked, *of_kind(Topic.kind))
        )
        for source in posts_found(session, reader, wanted)
    ]


def replies_found(session: Session, reader: Member | None, wanted: Wanted) -> list[Source]:
    return [
        source._replace(seen=source.seen.where(Post.seq > 1))
        for source in posts_found(session, reader, wanted)
    ]


def announcements_found(_session: Session, reader: Member | None, wanted: Wanted) -> list[Source]:
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
    return [Source("announcement", one.id, seen, shown, of_kind("announcement"))]


def _narrowed(reader: Member | None, wanted: Wanted) -> list[ColumnElement[Any]]:
    narrowed: list[ColumnElement[Any]] = []
    if wanted.within:
        narrowed.append(Topic.category_id.in_(_categories_called(wanted.within)))
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


def _marked(session: Session, wanted: Wanted) -> Marked:
    """Of posts, what the index knows of it; the rest is compared."""
    tag = [mark(Mark.TAG, normalised(wanted.tag))] if wanted.tag else []
    alone = ((one,) for one in (*tag, *placed(wanted.place.region, wanted.place.cluster)))
    return *marked_as(wanted), *_categories(session, wanted), *alone


def _categories(session: Session, wanted: Wanted) -> Marked:
    if not wanted.within:
        return ()
    named = session.scalars(_categories_called(wanted.within).limit(MOST_MARKS + 1))
    return any_of([mark(Mark.CATEGORY, id) for id in named])


def _categories_called(name: str) -> Select[int]:
    return select(Category.id).where(Category.name.icontains(name, autoescape=True))
