"""Lists of topics, as a reader may see them.

Sections in house order: models, queries.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from community.database import Moment
from community.errors import NotFound, SignedOut
from community.members.models import Member
from community.members.queries import asked_by, built
from community.organisations.models import Mandate
from community.places import Lens
from community.words import _
from forum import lasting
from forum.categories import LISTED, Category, categories_of
from forum.following.models import Level
from forum.following.queries import followed_by, level_for
from forum.readings import counted_unread, unread_in, with_unread
from forum.tags import tagged
from forum.topics.models import UNANSWERED, Post, Topic
from forum.topics.queries import Stamp, topics_of

PAGE = 20  # topics of a list
MOST_FOLLOWED = 100_000  # topics that one member hears of
MOST_PINNED = 500  # topics of all categories
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
    listed = _page(reader, _there(wanted, category), wanted.view, wanted.before is not None)
    return _with_unread(session, reader, listed, _asked(wanted, most))


def page_listed(
    session: Session, reader: Member | None, wanted: Wanted, category: Category | None
) -> tuple[Sequence[ListedTopic], Sequence[ListedTopic]]:
    """What is pinned above the first page, where the list has no order of its own; and the page.
    Raises SignedOut for a view of members."""
    there, asked = _there(wanted, category), asked_by(reader) | _asked(wanted, PAGE)
    on_top: Sequence[Topic] = ()
    if not wanted.before and wanted.view == View.ACTIVITY:
        on_top = _latest_pinned(session.scalars(_pinned(reader, there), asked))
    page = _page(reader, there, wanted.view, wanted.before is not None)
    listed = session.scalars(page, asked).all()
    known = dict(_unread_of(session, reader, {*on_top, *listed}))
    return [known[one] for one in on_top], [known[one] for one in listed]


def _latest_pinned(pinned: Iterable[Topic]) -> Sequence[Topic]:
    latest = sorted(pinned, key=lambda topic: (topic.moved_at, topic.id), reverse=True)
    return latest[: lasting.MOST]


def list_stamp(session: Session, wanted: Wanted, slug: str = "") -> Stamp:
    """Two of the same stamp look the same to every visitor. Raises what a list of theirs raises."""
    every = session.execute(CATEGORIES_SHOWN).all()
    here = next((one.id for one in every if one.slug == slug), None)
    if slug and here is None:
        raise NotFound
    there, first = _There(wanted.lens, wanted.tag, here), wanted.before is None
    listed = session.execute(_page_stamp(None, there, wanted.view, not first), _asked(wanted, PAGE))
    pinned = session.execute(_pinned_stamp(None, there)) if first else ()
    return tuple(tuple(map(tuple, rows)) for rows in (listed, pinned, every))


def unread_topics_of(session: Session, member: Member, most: int) -> Sequence[ListedTopic]:
    """Those with unread posts, the last moved first."""
    listed = session.execute(_unread_first(member), asked_by(member) | {"most": most})
    return [ListedTopic(topic, unread) for topic, unread in listed]


def categories_counted(
    session: Session, reader: Member | None
) -> Sequence[tuple[Category, int, datetime | None]]:
    """With how many topics each has, and when the last one moved."""
    counted = (
        categories_of(reader)
        .outerjoin(Topic, and_(Topic.category_id == Category.id, Topic.merged_at.is_(None)))
        .add_columns(func.count(Topic.id), func.max(Topic.moved_at))
        .where(LISTED)
        .group_by(Category.id)
        .order_by(Category.position, Category.name)
    )
    return [(category, count, moved) for category, count, moved in session.execute(counted)]


def topics_started_for(
    session: Session, reader: Member | None, organisation_id: int
) -> Sequence[ListedTopic]:
    """Those that somebody started in the name of an organisation, the last moved first."""
    asked = {"most": FEW, "organisation": organisation_id}
    return _with_unread(session, reader, _started_for(reader), asked)


class _There(NamedTuple):
    """Where the topics of a list are."""

    lens: Lens
    tag: str
    category_id: int | None


def _there(wanted: Wanted, category: Category | None) -> _There:
    return _There(wanted.lens, wanted.tag, category.id if category else None)


def _asked(wanted: Wanted, most: int) -> dict[str, Any]:
    cursor = zip(("moment", "id"), wanted.before or (), strict=wanted.before is not None)
    return {"most": most, **dict(cursor)}


@built
def _page(reader: Member | None, there: _There, view: View, further: bool) -> Select[Topic]:
    by = Topic.started_at if view in BY_START else Topic.moved_at
    listed = _viewed(_within(reader, there), view, reader)
    if further:
        moment, id = bindparam("moment", type_=Moment), bindparam("id", type_=BigInteger)
        listed = listed.where(or_(by < moment, and_(by == moment, Topic.id < id)))
    return _latest(listed, by)


@built
def _unread_first(member: Member) -> Select[Topic, int]:
    last_moved = (Topic.moved_at.desc(), Topic.id.desc())
    first = with_unread(member).order_by(*last_moved).limit(_most)
    return counted_unread(member, first).order_by(*last_moved)


@built
def _pinned(reader: Member | None, there: _There) -> Select[Topic]:
    """In the order of their index: all that are pinned are fewer than a database would look through
    in another order."""
    pinned = _within(reader, there).where(Topic.pinned_until.is_not(None))
    return pinned.order_by(Topic.pinned_until, Topic.id).limit(MOST_PINNED)


@built
def _page_stamp(
    reader: Member | None, there: _There, view: View, further: bool
) -> Select[int, int, int]:
    return _stamp_of(_page(reader, there, view, further))


@built
def _pinned_stamp(reader: Member | None, there: _There) -> Select[int, int, int]:
    return _stamp_of(_pinned(reader, there))


def _stamp_of(listed: Select[Topic]) -> Select[int, int, int]:
    return listed.join(Topic.starter).with_only_columns(Topic.id, Topic.rev, Member.rev)


@built
def _started_for(reader: Member | None) -> Select[Topic]:
    here = bindparam("organisation", type_=BigInteger)
    speaking = select(Mandate.id).where(Mandate.organisation_id == here)
    first = select(Post.stream_id).where(Post.seq == 1, Post.mandate_id.in_(speaking))
    return _latest(topics_of(reader).where(LISTED, Topic.id.in_(first)))


def _within(reader: Member | None, there: _There) -> Select[Topic]:
    listed = topics_of(reader).where(LISTED)
    if any(there.lens):
        listed = listed.where(there.lens.shows(Topic))
    if there.tag:
        listed = listed.where(Topic.id.in_(tagged(there.tag)))
    return listed.where(Topic.category_id == there.category_id) if there.category_id else listed


def _viewed(listed: Select[Topic], view: View, reader: Member | None) -> Select[Topic]:
    match view:
        case View.ACTIVITY | View.NEWEST:
            return listed
        case View.UNANSWERED:
            return listed.where(UNANSWERED)
        case _ if reader is None:
            raise SignedOut(_("Please sign in."))
        case View.UNREAD:
            return _among(listed, with_unread(reader))
        case View.FOLLOWED:
            followed = _among(listed, followed_by(reader))
            return followed.where(level_for(reader) == Level.FOLLOWING)
        case View.MINE:
            return listed.where(Topic.starter_id == reader.id)


def _among(listed: Select[Topic], ids: Select[int]) -> Select[Topic]:
    """A list with a bound is made by itself: without one PostgreSQL looks for each of it along the
    order of the page, through all there are."""
    return listed.where(Topic.id.in_(ids.limit(MOST_FOLLOWED)))


_most = bindparam("most", type_=Integer)
CATEGORIES_SHOWN = select(*Category.__table__.c).where(Category.restricted.is_(False), LISTED)


def _latest(
    listed: Select[Topic], by: InstrumentedAttribute[datetime] = Topic.moved_at
) -> Select[Topic]:
    return listed.order_by(by.desc(), Topic.id.desc()).limit(_most)


def _with_unread(
    session: Session, reader: Member | None, listed: Select[Topic], asked: dict[str, Any]
) -> list[ListedTopic]:
    topics = session.scalars(listed, asked_by(reader) | asked).all()
    return [one for _topic, one in _unread_of(session, reader, topics)]


def _unread_of(
    session: Session, reader: Member | None, topics: Collection[Topic]
) -> Iterator[tuple[Topic, ListedTopic]]:
    ids = [topic.id for topic in topics]
    unread = unread_in(session, reader, ids) if reader and ids else {}
    return ((topic, ListedTopic(topic, unread.get(topic.id))) for topic in topics)
