"""Which level holds for a topic. Nothing of it is stored: it is asked anew each time."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    func,
    select,
    union,
)
from sqlalchemy.orm import Session

from community.database import batches
from community.members.models import Member
from community.places import Lens
from forum.categories import Category, categories_of
from forum.following.models import CategoryLevel, LensLevel, Level, TopicLevel
from forum.topics.models import Topic

PAGE = 50  # topics of the page that lists them

Whose = Member | type[Member]  # of a query about one member, or about many


class Chosen(NamedTuple):
    """What a member chose for something itself, and what holds there without it."""

    own: Level | None = None
    around: Level = Level.NORMAL

    @property
    def level(self) -> Level:
        return self.own or self.around

    @classmethod
    def of(cls, own: str | None, around: str | None) -> "Chosen":
        return cls(Level(own) if own else None, Level(around) if around else Level.NORMAL)


def level_for(member: Whose) -> ColumnElement[str]:
    """Of the Topic of the query around it."""
    return func.coalesce(own_level(member), level_around(member), Level.NORMAL)


def heard_as(member: Member) -> ColumnElement[str]:
    """The same for what counts as unread: of what one follows by its place, only what was started
    since then counts before it is opened."""
    places = (_of_category(member, _since(CategoryLevel)), _of_lens(member, _since(LensLevel)))
    return func.coalesce(own_level(member), *places, Level.NORMAL)


def own_level(member: Whose) -> ScalarSelect[str]:
    chosen = select(TopicLevel.level).where(
        TopicLevel.member_id == member.id, TopicLevel.topic_id == Topic.id
    )
    return chosen.correlate(Topic, Member).scalar_subquery()


def level_around(member: Whose) -> ColumnElement[str]:
    """That of its category, or else of its place; none where neither has one."""
    return func.coalesce(
        _of_category(member, CategoryLevel.level), _of_lens(member, LensLevel.level)
    )


def heard_of(member: Member) -> Select[Any]:
    """The ids of all topics that may have level FOLLOWING as heard_as() says."""
    following = (
        select(TopicLevel.topic_id).where(*_follows(member, TopicLevel)),
        select(Topic.id)
        .join(CategoryLevel, CategoryLevel.category_id == Topic.category_id)
        .where(*_follows(member, CategoryLevel), Topic.started_at >= CategoryLevel.since),
        select(Topic.id)
        .join(LensLevel, _holds())
        .where(*_follows(member, LensLevel), Topic.started_at >= LensLevel.since),
    )
    each = union(*following).subquery()
    return select(each.c[0])


def followed_by(member: Member) -> Select[Any]:
    """The ids of all topics that may have level FOLLOWING as level_for() says."""
    following = (
        select(TopicLevel.topic_id).where(*_follows(member, TopicLevel)),
        select(Topic.id)
        .join(CategoryLevel, CategoryLevel.category_id == Topic.category_id)
        .where(*_follows(member, CategoryLevel)),
        select(Topic.id).join(LensLevel, _holds()).where(*_follows(member, LensLevel)),
    )
    each = union(*following).subquery()
    return select(each.c[0])


def muted_by(session: Session, topic: Topic, member_ids: Collection[int]) -> set[int]:
    """Who of these wants to hear nothing of the topic."""
    return {who for who, _topic in muted_among(session, {(id, topic.id) for id in member_ids})}


def muted_among(session: Session, pairs: Collection[tuple[int, int]]) -> set[tuple[int, int]]:
    """Of these members and topics, by their ids: who wants to hear nothing of which."""
    found: set[tuple[int, int]] = set()
    for some in batches(pairs):
        members, topics = ([*{*one}] for one in zip(*some, strict=True))
        muted = session.execute(_muting(), {"members": members, "topics": topics})
        found |= {(who, topic) for who, topic in muted} & {*some}
    return found


@cache
def _muting() -> Select[int, int]:
    asked = select(Member.id, Topic.id).join_from(
        Member, Topic, Topic.id.in_(bindparam("topics", expanding=True))
    )
    asked = asked.where(Member.id.in_(bindparam("members", expanding=True)))
    return asked.where(level_for(Member) == Level.MUTED)


def chosen_for_category(session: Session, member: Member, category: Category) -> Chosen:
    """Of a place around it nobody asks here: categories and topics lie in many."""
    row = session.get(CategoryLevel, (member.id, category.id))
    return Chosen.of(row.level if row else None, None)


def chosen_for_lens(session: Session, member: Member, lens: Lens) -> Chosen:
    row = session.get(LensLevel, (member.id, *lens))
    return Chosen.of(row.level if row else None, None)


class AllChosen(NamedTuple):
    """What a member chose, as far as they may see it."""

    lenses: Sequence[tuple[Lens, Level]]
    categories: Sequence[tuple[Category, Level]]
    topics: Sequence[tuple[Topic, Level]]  # a page of them

    @property
    def nothing(self) -> bool:
        return not (self.lenses or self.categories or self.topics)


def all_chosen(session: Session, member: Member, before: int = 0) -> AllChosen:
    """The newest topics first; `before` is the id of the last one seen."""
    lenses = select(LensLevel).where(LensLevel.member_id == member.id)
    by_place = lenses.order_by(LensLevel.region, LensLevel.cluster, LensLevel.theme)
    theirs = (CategoryLevel.category_id == Category.id) & (CategoryLevel.member_id == member.id)
    categories = categories_of(member).join(CategoryLevel, theirs).add_columns(CategoryLevel.level)
    listed = session.execute(categories.order_by(Category.position))
    topics = session.execute(_topics_chosen(member, before))
    return AllChosen(
        [
            (Lens(one.region, one.cluster, one.theme), Level(one.level))
            for one in session.scalars(by_place)
        ],
        [(category, Level(level)) for category, level in listed],
        [(topic, Level(level)) for topic, level in topics],
    )


def _topics_chosen(member: Member, before: int) -> Select[Topic, str]:
    seen = categories_of(member).with_only_columns(Category.id)
    topics = (
        select(Topic, TopicLevel.level)
        .join(TopicLevel, TopicLevel.topic_id == Topic.id)
        .where(TopicLevel.member_id == member.id, Topic.category_id.in_(seen))
    )
    listed = topics.order_by(Topic.id.desc()).limit(PAGE)
    return listed.where(Topic.id < before) if before else listed


def _of_category(member: Whose, level: SQLColumnExpression[str]) -> ScalarSelect[str]:
    chosen = select(level).where(
        CategoryLevel.member_id == member.id, CategoryLevel.category_id == Topic.category_id
    )
    return chosen.correlate(Topic, Member).scalar_subquery()


def _of_lens(member: Whose, level: SQLColumnExpression[str]) -> ScalarSelect[str]:
    narrowest = (LensLevel.region.desc(), LensLevel.cluster.desc(), LensLevel.theme.desc())
    holding = select(level).where(LensLevel.member_id == member.id, _holds())
    return holding.order_by(*narrowest).limit(1).correlate(Topic, Member).scalar_subquery()


def _holds() -> ColumnElement[bool]:
    """The lens the topic; its province are the first two digits of a region."""
    return and_(
        LensLevel.region.in_(["", Topic.region, func.substr(Topic.region, 1, 2)]),
        LensLevel.cluster.in_(["", Topic.cluster]),
        LensLevel.theme.in_(["", Topic.theme]),
    )


def _since(kind: type[CategoryLevel | LensLevel]) -> ColumnElement[str]:
    earlier = (kind.level == Level.FOLLOWING) & (Topic.started_at < kind.since)
    return case((earlier, Level.NORMAL), else_=kind.level)


def _follows(
    member: Member, kind: type[TopicLevel | CategoryLevel | LensLevel]
) -> tuple[ColumnElement[bool], ...]:
    return kind.member_id == member.id, kind.level == Level.FOLLOWING
