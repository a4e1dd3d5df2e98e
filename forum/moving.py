"""A topic moves to another category.

Sections in house order: events, policies, actions.
"""

from community import audit
from community.bus import Event
from community.database import Transaction
from community.errors import Conflict
from community.members.models import Appointment, Member
from community.members.queries import live_appointment_of
from community.policies import Verdict, require
from community.words import _
from forum.categories import Category, category_for
from forum.indexing import mark_posts_anew
from forum.timeline import Deed, note
from forum.topics.models import Topic
from forum.topics.policies import may_lock, may_start
from forum.topics.queries import topic_for

# Events


class TopicRestricted(Event, frozen=True, kw_only=True):
    """Who may read it is decided anew."""

    topic_id: int

    @property
    def stream(self) -> str:
        return f"{Topic.kind}:{self.topic_id}"


# Policies


def may_move(
    moderator: Member, appointment: Appointment | None, topic: Topic, category: Category
) -> Verdict:
    may = may_lock(moderator, appointment, topic)
    return may_start(moderator, category) if may else may


# Actions


def move(
    tx: Transaction, moderator: Member, topic_id: int, category_id: int, reason: str = ""
) -> Topic:
    """Its line names no category: one of them may be for a few only. Where it was pinned it is not
    any more. Pages of it come back and are told whether they may go on."""
    topic = tx.hold(topic_for, moderator, topic_id)
    category = tx.hold(category_for, moderator, category_id)
    require(may_move(moderator, live_appointment_of(tx, moderator), topic, category))
    if topic.category_id == category.id:
        raise Conflict(_("It is there already."))
    audit.record(tx, moderator, "topic.moved", topic.address, category=category.id)
    before = topic.marks
    topic.category, topic.pinned_until = category, None
    mark_posts_anew(tx, topic, before)
    note(tx, topic, moderator, Deed.MOVED, reason)
    if category.restricted:
        tx.publish(TopicRestricted(topic_id=topic.id))
    return topic
