"""What was concluded in a decision, and what it said before: by whom, and when.

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.clock import now
from community.database import Base, Transaction
from community.errors import Invalid
from community.members.models import Appointment, Member
from community.members.queries import live_appointment_of
from community.policies import Verdict, no, require
from community.text import written
from community.words import _
from forum.aims import record
from forum.indexing import index_anew
from forum.timeline import Deed, note
from forum.topics.models import Aim, Topic
from forum.topics.policies import may_arrange
from forum.topics.queries import topic_for

LONGEST = 4_000  # characters: everybody who has the topic open is told of it
PAGE = 20

# Models


class Conclusion(Base):
    """As it was written; the last one of a topic stands in the topic, too."""

    __tablename__ = "conclusions"

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    body: Mapped[str]
    html: Mapped[str]
    written_at: Mapped[datetime]

    author: Mapped[Member] = relationship(lazy="joined")


# Policies


def may_conclude(member: Member, appointment: Appointment | None, topic: Topic) -> Verdict:
    """`appointment` is the member's live one."""
    if topic.aim != Aim.DECISION:
        return no(_("Only a decision has a conclusion."))
    return may_arrange(member, appointment, topic)


# Queries


class Concluded(NamedTuple):
    """A page of what was concluded in a topic, the last first; each with what it said before."""

    topic: Topic
    conclusions: Sequence[tuple[Conclusion, str]] = ()
    older: int | None = None  # the next page begins before this id


def concluded_in(
    session: Session, reader: Member | None, topic_id: int, before: int | None = None
) -> Concluded:
    """Nothing in what is no decision any more."""
    topic = topic_for(session, reader, topic_id)
    if topic.aim != Aim.DECISION:
        return Concluded(topic)
    theirs = select(Conclusion).where(Conclusion.topic_id == topic.id)
    if before:
        theirs = theirs.where(Conclusion.id < before)
    rows = session.scalars(theirs.order_by(Conclusion.id.desc()).limit(PAGE + 1)).all()
    said_before = [row.body for row in rows[1:]] + [""]
    shown = list(zip(rows, said_before, strict=False))[:PAGE]
    return Concluded(topic, shown, shown[-1][0].id if len(rows) > PAGE else None)


# Actions


def conclude(tx: Transaction, member: Member, topic_id: int, conclusion: str) -> Topic:
    """In place of what was concluded before, which can still be read."""
    topic = tx.hold(topic_for, member, topic_id)
    require(may_conclude(member, live_appointment_of(tx, member), topic))
    if conclusion == topic.conclusion:
        return topic
    if len(conclusion) > LONGEST:
        raise Invalid(_("This is too long: at most %(most)s characters."), most=LONGEST)
    deed = Deed.RECONCLUDED if topic.conclusion else Deed.CONCLUDED
    topic.conclusion, topic.conclusion_html = conclusion, written(conclusion).html
    tx.add(
        Conclusion(
            topic_id=topic.id,
            author=member,
            body=conclusion,
            html=topic.conclusion_html,
            written_at=now(tx),
        )
    )
    index_anew(tx, topic)
    record(tx, member, topic, "topic.concluded")
    return note(tx, topic, member, deed)
