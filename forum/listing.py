"""Lists of topics, as a reader may see them.

Sections in house order: models, queries.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from community.blocks import avoided_by
from community.errors import SignedOut
from community.members.models import Member
from community.organisations.models import Mandate
from community.places import Lens
from community.words import _
from forum import lasting
from forum.categories import Category, categories_of
from forum.following.models import Level
from forum.following.queries import level_for
from forum.readings import STANDING, opened_by, unread_in, with_unread
from forum.tags import tagged
from forum.topics.models import Aim, Post, Topic
from forum.topics.queries import topics_of

PAGE = 20  # topics of a list
FEW = 5  # topics on the page of the organisation that started them

# Models


class View(StrEnum):
    """Which topics a list shows, and in which order."""

    ACTIVITY = "activity"  # the last moved first, as are those without an order of their own
    NEWEST = "newest"  # the last started first
    UNANSWERED = (
        "unanswered"  # questions without an answer, others in which nobody else has written
    )
    UNREAD = "unread"
    FOLLOWED = "followed"
    MINE = "mine"


FOR_MEMBERS = {View.UNREAD, View.FOLLOWED, View.MINE}
BY_START = {View.NEWEST, View.UNANSWERED}


class Wanted(NamedTuple):
    """What somebody asks a list for; `before` is (moment, id) of the last one seen."""

    view: View = View.ACTIVITY
    lens: Lens = Lens()
    before: tuple[datetime, int] | None = None
    tag: str = ""


class ListedTopic(NamedTuple):
    topic: Topic
    unread: int | None  # posts of others not read yet; None where the member does not hear of it

    def moment(self, view: View) -> datetime:
        """What a list of that view is ordered by."""
        return self.topic.started_at if view in BY_START else self.topic.moved_at


# Queries


def topics_listed(
    session: Session,
    reader: Member | None,
    wanted: Wanted,
    category: Category | None = None,
    most: int = PAGE,
) -> Sequence[ListedTopic]:
    """Raises SignedOut for a view of members."""
    listed = _within(reader, wanted, category).where(_shown(wanted.view, reader))
    by = Topic.started_at if wanted.view in BY_START else Topic.moved_at
    if wanted.before:
        moment, id = wanted.before
        listed = listed.where(or_(by < moment, and_(by == moment, Topic.id < id)))
    return _latest(session, reader, listed, most, by)


def pinned_listed(
    session: Session, reader: Member | None, wanted: Wanted, category: Category | None
) -> Sequence[ListedTopic]:
    """What stands above the first page, where the list has no order of its own."""
    if wanted.before or wanted.view != View.ACTIVITY:
        return []
    pinned = _within(reader, wanted, category).where(Topic.pinned_until.is_not(None))
    return _latest(session, reader, pinned, lasting.MOST)


def unread_topics_of(session: Session, member: Member, most: int) -> Sequence[ListedTopic]:
    """Those with unread posts, the last moved first."""
    return topics_listed(session, member, Wanted(View.UNREAD), most=most)


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


def topics_started_for(
    session: Session, reader: Member | None, organisation_id: int
) -> Sequence[ListedTopic]:
    """Those that somebody started in the name of an organisation, the last moved first."""
    speaking = select(Mandate.id).where(Mandate.organisation_id == organisation_id)
    first = select(Post.stream_id).where(Post.seq == 1, Post.mandate_id.in_(speaking))
    return _latest(session, reader, topics_of(reader).where(Topic.id.in_(first)), FEW)


def new_in_lens(
    session: Session, member: Member, clusters: Sequence[str], most: int
) -> Sequence[Topic]:
    """The newest of their province and clusters: not opened yet, not muted, and not by whom they
    avoid."""
    near = Lens(member.region[:2]).shows(Topic) if member.region else false()
    new = topics_of(member).where(or_(near, Topic.cluster.in_(clusters)))
    new = new.where(Topic.id.not_in(opened_by(member)), Topic.starter_id.not_in(avoided_by(member)))
    new = new.where(level_for(member) != Level.MUTED)
    return session.scalars(new.order_by(Topic.id.desc()).limit(most)).all()


def _within(reader: Member | None, wanted: Wanted, category: Category | None) -> Select[Topic]:
    listed = topics_of(reader)
    if any(wanted.lens):
        listed = listed.where(wanted.lens.shows(Topic))
    if wanted.tag:
        listed = listed.where(Topic.id.in_(tagged(wanted.tag)))
    return listed.where(Topic.category_id == category.id) if category else listed


def _shown(view: View, reader: Member | None) -> ColumnElement[bool]:
    match view:
        case View.ACTIVITY | View.NEWEST:
            return true()
        case View.UNANSWERED:
            return case(
                (Topic.aim == Aim.QUESTION, Topic.answer_seq.is_(None)), else_=~_by_others()
            )
        case _ if reader is None:
            raise SignedOut(_("Please sign in."))
        case View.UNREAD:
            return Topic.id.in_(with_unread(reader))
        case View.FOLLOWED:
            return level_for(reader) == Level.FOLLOWING
        case View.MINE:
            return Topic.starter_id == reader.id


def _by_others() -> ColumnElement[bool]:
    others = Post.author_id != Topic.starter_id
    return exists().where(Post.stream_id == Topic.id, others, *STANDING)


def _latest(
    session: Session,
    reader: Member | None,
    listed: Select[Topic],
    most: int,
    by: InstrumentedAttribute[datetime] = Topic.moved_at,
) -> list[ListedTopic]:
    topics = session.scalars(listed.order_by(by.desc(), Topic.id.desc()).limit(most)).all()
    unread = unread_in(session, reader, [topic.id for topic in topics]) if reader else {}
    return [ListedTopic(topic, unread.get(topic.id)) for topic in topics]
