"""What topics are about, in words their members choose.

Sections in house order: models, queries, actions.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from sqlalchemy import ForeignKey, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.database import Base, Transaction
from community.errors import Invalid, NotFound
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import require
from community.words import _
from forum.indexing import mark_posts_anew
from forum.timeline import Deed, note
from forum.topics.models import Topic
from forum.topics.policies import may_arrange
from forum.topics.queries import topic_for, topics_of

MOST = 5  # tags of a topic
LONGEST = 30  # characters of a tag
SUGGESTED = 40
LATELY = 1_000  # topics whose tags are suggested, the newest
BETWEEN = re.compile(r"[^\w]+|_+")

# Models


class TopicTag(Base):
    """Topic.tags has the same, for whoever shows it."""

    __tablename__ = "topic_tags"

    tag: Mapped[str] = mapped_column(String(LONGEST), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), primary_key=True, index=True)


def normalised(word: str) -> str:
    """ "SNI 7763 " and "sni-7763" are the same tag; of signs alone nothing is left."""
    return BETWEEN.sub("-", unicodedata.normalize("NFKC", word).casefold()).strip("-")


def read_tags(words: Iterable[str]) -> list[str]:
    """As they are stored, each once. Raises Invalid."""
    tags = list(dict.fromkeys(tag for word in words if (tag := normalised(word))))
    if len(tags) > MOST:
        raise Invalid(_("A topic has at most %(most)s tags."), most=MOST)
    if any(len(tag) > LONGEST for tag in tags):
        raise Invalid(_("A tag has at most %(most)s characters."), most=LONGEST)
    return tags


# Queries


def tagged(tag: str) -> Select[int]:
    """The ids of the topics that have it."""
    return select(TopicTag.topic_id).where(TopicTag.tag == tag)


def tag_called(session: Session, reader: Member | None, word: str) -> str:
    """Raises NotFound where no topic that the reader may see has it."""
    some = topics_of(reader).where(Topic.id.in_(tagged(word))).with_only_columns(Topic.id)
    if session.scalar(some.limit(1)) is None:
        raise NotFound
    return word


def tags_in_use(session: Session, reader: Member | None) -> Sequence[str]:
    """The most frequent of late, in topics the reader may see."""
    lately = topics_of(reader).where(Topic.tags != "").order_by(Topic.id.desc()).limit(LATELY)
    ids = lately.with_only_columns(Topic.id).subquery()
    used = select(TopicTag.tag).join(ids, ids.c.id == TopicTag.topic_id).group_by(TopicTag.tag)
    return session.scalars(used.order_by(func.count().desc(), TopicTag.tag).limit(SUGGESTED)).all()


# Actions


def tag(
    tx: Transaction, member: Member, topic_id: int, words: Iterable[str], reason: str = ""
) -> Topic:
    """With these tags in place of those it has."""
    topic = tx.hold(topic_for, member, topic_id)
    require(may_arrange(member, live_appointment_of(tx, member), topic))
    tags, before = read_tags(words), topic.marks
    if tags == topic.tags.split():
        return topic
    put_tags(tx, topic, tags)
    mark_posts_anew(tx, topic, before)
    if member.id != topic.starter_id:
        audit.record(tx, member, "topic.tagged", topic.address)
    return note(tx, topic, member, Deed.TAGGED, reason, tags=", ".join(tags) or "–")


def put_tags(tx: Transaction, topic: Topic, tags: Sequence[str]) -> None:
    tx.execute(delete(TopicTag).where(TopicTag.topic_id == topic.id))
    tx.add_all(TopicTag(tag=one, topic_id=topic.id) for one in tags)
    topic.tags = " ".join(tags)
    tx.flush()
