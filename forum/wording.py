"""Words that stand in a topic and in none of its posts: its title, why something was done with it,
what was concluded. They are neither reported nor hidden as posts are: who looks after the topic
changes the one, and takes away the others.

Sections in house order: queries, actions.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from community import audit
from community.database import Transaction
from community.errors import NotFound
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import require
from community.streams import change
from forum.conclusions import Conclusion
from forum.indexing import index_anew
from forum.timeline import Deed, Line, LineWritten, note
from forum.topics.events import TopicChanged
from forum.topics.models import Topic
from forum.topics.policies import may_lock
from forum.topics.queries import topic_for

MOST = 50  # of each, the newest
NONE = "–"  # in place of tags

# Queries


class Wording(NamedTuple):
    topic: Topic
    lines: Sequence[LineWritten]
    conclusions: Sequence[Conclusion]


def wording_of(session: Session, moderator: Member, topic_id: int) -> Wording:
    """For those who may change it. Raises Denied."""
    topic = topic_for(session, moderator, topic_id)
    require(may_lock(moderator, live_appointment_of(session, moderator), topic))
    lines = select(Line).where(
        Line.topic_id == topic.id, or_(Line.reason != "", Line.deed == Deed.TAGGED)
    )
    newest = lines.order_by(Line.id.desc()).limit(MOST)
    concluded = select(Conclusion).where(Conclusion.topic_id == topic.id, Conclusion.body != "")
    return Wording(
        topic,
        [LineWritten.of(line) for line in session.scalars(newest) if _has_words(line)],
        session.scalars(concluded.order_by(Conclusion.id.desc()).limit(MOST)).all(),
    )


def _has_words(line: Line) -> bool:
    return bool(line.reason) or line.about.get("tags", NONE) != NONE


# Actions


def retitle(
    tx: Transaction, moderator: Member, topic_id: int, title: str, reason: str = ""
) -> Topic:
    topic = _held(tx, moderator, topic_id)
    if title == topic.title:
        return topic
    topic.title = title
    index_anew(tx, topic)
    audit.record(tx, moderator, "topic.retitled", topic.address)
    return note(tx, topic, moderator, Deed.RETITLED, reason)


def strike_line(tx: Transaction, moderator: Member, topic_id: int, line_id: int) -> Topic:
    """What was done stays, and by whom; why, and with which tags, does not."""
    topic = _held(tx, moderator, topic_id)
    line = tx.get(Line, line_id)
    if line is None or line.topic_id != topic.id:
        raise NotFound
    if not _has_words(line):
        return topic
    line.reason, line.about = "", {name: NONE if name == "tags" else one for name, one
                                   in line.about.items()}  # fmt: skip
    topic.rev += 1
    line.rev = topic.rev
    tx.flush()
    tx.publish(LineWritten.of(line))
    audit.record(tx, moderator, "topic.struck", topic.address)
    return topic


def strike_conclusion(
    tx: Transaction, moderator: Member, topic_id: int, conclusion_id: int
) -> Topic:
    """That there was one stays, and whose it was."""
    topic = _held(tx, moderator, topic_id)
    struck = tx.get(Conclusion, conclusion_id)
    if struck is None or struck.topic_id != topic.id:
        raise NotFound
    if not struck.body:
        return topic
    if struck.body == topic.conclusion:
        topic.conclusion = topic.conclusion_html = ""
        index_anew(tx, topic)
    struck.body = struck.html = ""
    change(topic)
    tx.publish(TopicChanged.of(topic))
    audit.record(tx, moderator, "topic.struck", topic.address)
    return topic


def _held(tx: Transaction, moderator: Member, topic_id: int) -> Topic:
    topic = tx.hold(topic_for, moderator, topic_id)
    require(may_lock(moderator, live_appointment_of(tx, moderator), topic))
    return topic
