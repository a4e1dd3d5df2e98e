"""A member's own matter: nobody else learns what they follow or mute."""

from collections.abc import Collection

from sqlalchemy import func, select, text

from community.clock import now
from community.database import Transaction
from community.errors import Invalid
from community.members.models import Member
from community.places import Lens
from community.words import _
from forum.categories import Category, category_called
from forum.following.models import CategoryLevel, LensLevel, Level, TopicLevel
from forum.topics.models import Topic
from forum.topics.queries import topic_for

FOLLOWED = text(
    "INSERT INTO topic_levels (member_id, topic_id, level)"
    " VALUES (:member, :topic, 'following') ON CONFLICT DO NOTHING"
)
MOST = 50  # lenses of one member: each is held against every topic that is counted


def choose_for_topic(tx: Transaction, member: Member, topic_id: int, level: Level | None) -> Topic:
    """None: as its category and its place have it."""
    topic = topic_for(tx, member, topic_id)
    _choose(tx, level, TopicLevel(member_id=member.id, topic_id=topic.id))
    return topic


def choose_for_category(
    tx: Transaction, member: Member, slug: str, level: Level | None
) -> Category:
    category = category_called(tx, member, slug)
    _choose(tx, level, CategoryLevel(member_id=member.id, category_id=category.id, since=now(tx)))
    return category


def choose_for_lens(tx: Transaction, member: Member, lens: Lens, level: Level | None) -> None:
    if not any(lens):
        raise Invalid(_("Choose a region, a cluster or a theme first."))
    _choose(tx, level, LensLevel(member_id=member.id, **lens._asdict(), since=now(tx)))
    theirs = select(func.count()).where(LensLevel.member_id == member.id)
    if tx.scalars(theirs).one() > MOST:
        raise Invalid(_("You have chosen for as many places as you can."))


def follow_written(tx: Transaction, member: Member, topic: Topic) -> None:
    """Whoever writes in a topic follows it, unless they chose something for it."""
    follow_all(tx, {(member.id, topic.id)})


def follow_all(tx: Transaction, written: Collection[tuple[int, int]]) -> None:
    """The same of many, by the ids of both."""
    tx.execute(FOLLOWED, [{"member": who, "topic": topic} for who, topic in sorted(written)])


def _choose(
    tx: Transaction, level: Level | None, chosen: TopicLevel | CategoryLevel | LensLevel
) -> None:
    """In place of what was chosen before. What stays followed is so since it was."""
    before = _before(tx, chosen)
    if before and before.level == level:
        return
    if before:
        tx.delete(before)
        tx.flush()
    if level:
        chosen.level = level
        tx.add(chosen)
        tx.flush()


def _before(
    tx: Transaction, chosen: TopicLevel | CategoryLevel | LensLevel
) -> TopicLevel | CategoryLevel | LensLevel | None:
    match chosen:
        case TopicLevel(member_id=member_id, topic_id=topic_id):
            return tx.get(TopicLevel, (member_id, topic_id))
        case CategoryLevel(member_id=member_id, category_id=category_id):
            return tx.get(CategoryLevel, (member_id, category_id))
        case LensLevel(member_id=member_id, region=region, cluster=cluster, theme=theme):
            return tx.get(LensLevel, (member_id, region, cluster, theme))
