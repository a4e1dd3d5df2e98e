"""What members write under an announcement: a topic in a category of its own, so that whoever reads
the one reads the other, and everything that holds for topics holds for it. It begins with a post of
the office, which leads back.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.organisations.models import Mandate
from community.quotes import plainly
from community.streams import fingerprint
from community.text import written
from forum.announcements.models import Announcement, Discussion
from forum.categories import Category
from forum.readings import STANDING
from forum.replying import Replying, begin
from forum.topics.models import Post, Topic
from forum.topics.queries import topics_of

FEW = 5  # answers of the office, above all others


class UnderIt(NamedTuple):
    """What stands under an announcement."""

    topic: Topic
    answers: Sequence[Post]  # of the office, the latest first

    @property
    def posts(self) -> int:
        """Beside the one it began with."""
        return self.topic.posts - 1


# Policies


def office_of(topic: Topic, mandates: Iterable[Mandate]) -> Mandate | None:
    """Of these the one by which the office's questions are answered, where it alone answers."""
    office = topic.category.answered_by_id
    return next((one for one in mandates if one.organisation_id == office), None)


def asks_alone(topic: Topic, mandates: Iterable[Mandate]) -> bool:
    """Whether who speaks for these may ask there, and nothing else."""
    return topic.category.answered_by_id is not None and office_of(topic, mandates) is None


# Queries


def discussion_under(
    session: Session, reader: Member | None, announcement: Announcement
) -> UnderIt | None:
    """As far as they read it: whom the announcement was for once, reads what it says alone."""
    if announcement.discussion == Discussion.CLOSED or announcement.hidden_at:
        return None
    found = topics_of(reader).where(Category.announcement_id == announcement.id)
    topic = session.scalars(found.order_by(Topic.id).limit(1)).first()
    return UnderIt(topic, answers_in(session, topic)) if topic else None


def answers_in(session: Session, topic: Topic) -> Sequence[Post]:
    """What the office has answered, of late. None where the topic stands under no announcement."""
    if topic.category.announcement_id is None:
        return ()
    office = (
        select(Announcement.organisation_id)
        .where(Announcement.id == topic.category.announcement_id)
        .scalar_subquery()
    )
    answers = (
        select(Post)
        .join(Mandate, Mandate.id == Post.mandate_id)
        .where(
            Post.stream_id == topic.id, Post.seq > 1, Mandate.organisation_id == office, *STANDING
        )
    )
    return session.scalars(answers.order_by(Post.seq.desc()).limit(FEW)).all()


# Actions


def open_discussion(tx: Transaction, announcement: Announcement, mandate: Mandate) -> None:
    """Called where it is published, by the mandate under which it is. Nobody hears of it but who
    has the page open: they were told of the announcement."""
    if announcement.discussion == Discussion.CLOSED:
        return
    asks = announcement.discussion == Discussion.QUESTIONS
    category = Category(
        slug=announcement.address, name=announcement.title, restricted=not announcement.public,
        announcement_id=announcement.id, archived_at=now(tx),  # it takes no other topics
        answered_by_id=announcement.organisation_id if asks else None,
    )  # fmt: skip
    topic = Topic(
        category=category, starter=announcement.author, title=announcement.title,
        started_at=now(tx), moved_at=now(tx), region=announcement.region,
        cluster=announcement.cluster, theme=announcement.theme,
    )  # fmt: skip
    tx.add_all([category, topic])
    tx.flush()
    body = f"[{plainly(announcement.title)}](/announcements/{announcement.id})"
    first = Replying(
        member=announcement.author, topic_id=topic.id, body=body, written=written(body),
        key=announcement.address, mandate_id=mandate.id,
    )  # fmt: skip
    begin(tx, topic, first, fingerprint(topic.id, body, mandate.id))


def close_doors(tx: Transaction, announcement: Announcement) -> None:
    """It is hidden, or shown again: visitors read what they read of it."""
    theirs = update(Category).where(Category.announcement_id == announcement.id)
    hidden = announcement.hidden_at is not None
    tx.execute(theirs.values(restricted=hidden or not announcement.public))
