"""What of a topic ends by time: that it is pinned, and that it is open.

Sections in house order: queries, actions.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import require
from community.words import _
from forum.timeline import Deed, note
from forum.topics.models import Aim, Topic
from forum.topics.policies import may_close_later, may_lock
from forum.topics.queries import topic_for

MOST = 5  # pinned topics of a category: what is below them is seen, too
LONGEST = timedelta(days=366)  # what is planned for later is forgotten

# Queries

PINS_OVER = select(Topic).order_by(Topic.pinned_until)
OPEN_TOO_LONG = (
    select(Topic)
    .where(Topic.locked_at.is_(None), or_(Topic.aim != Aim.DECISION, Topic.conclusion != ""))
    .order_by(Topic.closes_at)
)

# Actions


def pin(
    tx: Transaction, moderator: Member, topic_id: int, until: datetime, reason: str = ""
) -> Topic:
    """On top of the first page of its lists."""
    topic = tx.hold(topic_for, moderator, topic_id)
    require(may_lock(moderator, live_appointment_of(tx, moderator), topic))
    _must_be_ahead(tx, until)
    tx.lock(topic.category)  # two who pin at once would each see room for one more
    pinned = select(func.count()).where(
        Topic.category_id == topic.category_id,
        Topic.pinned_until.is_not(None),
        Topic.id != topic.id,
    )
    if tx.scalars(pinned).one() >= MOST:
        raise Conflict(_("This category has as many pinned topics as it can have."))
    topic.pinned_until = until
    audit.record(tx, moderator, "topic.pinned", topic.address)
    return note(tx, topic, moderator, Deed.PINNED, reason, until=until)


def unpin(tx: Transaction, moderator: Member, topic_id: int, reason: str = "") -> Topic:
    topic = tx.hold(topic_for, moderator, topic_id)
    require(may_lock(moderator, live_appointment_of(tx, moderator), topic))
    if not topic.pinned_until:
        return topic
    topic.pinned_until = None
    audit.record(tx, moderator, "topic.unpinned", topic.address)
    return note(tx, topic, moderator, Deed.UNPINNED, reason)


def close_later(
    tx: Transaction, moderator: Member, topic_id: int, at: datetime, reason: str = ""
) -> Topic:
    """A decision stays open beyond that until it has its conclusion."""
    topic = tx.hold(topic_for, moderator, topic_id)
    require(may_close_later(moderator, live_appointment_of(tx, moderator), topic))
    _must_be_ahead(tx, at)
    topic.closes_at = at
    audit.record(tx, moderator, "topic.to_close", topic.address)
    return note(tx, topic, moderator, Deed.TO_CLOSE, reason, until=at)


def leave_open(tx: Transaction, moderator: Member, topic_id: int, reason: str = "") -> Topic:
    """It does not close by itself any more."""
    topic = tx.hold(topic_for, moderator, topic_id)
    require(may_lock(moderator, live_appointment_of(tx, moderator), topic))
    if not topic.closes_at:
        return topic
    topic.closes_at = None
    audit.record(tx, moderator, "topic.left_open", topic.address)
    return note(tx, topic, moderator, Deed.LEFT_OPEN, reason)


def end_pins(tx: Transaction) -> None:
    """The worker's."""
    for topic in each_due(tx, PINS_OVER.where(Topic.pinned_until <= now(tx))):
        topic.pinned_until = None
        note(tx, topic, None, Deed.PIN_ENDED)


def close_topics(tx: Transaction) -> None:
    """The worker's."""
    for topic in each_due(tx, OPEN_TOO_LONG.where(Topic.closes_at <= now(tx))):
        topic.locked_at, topic.closes_at = now(tx), None
        audit.record(tx, None, "topic.closed", topic.address)
        note(tx, topic, None, Deed.CLOSED)


def _must_be_ahead(tx: Transaction, at: datetime) -> None:
    if not now(tx) < at <= now(tx) + LONGEST:
        raise Invalid(_("Please choose a day within a year from now."))
