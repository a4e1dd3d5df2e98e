"""The timeline of a topic: what was done with it, by whom, when and why, between its posts.

A line has no seq, as nobody has to read it, but a rev, as pages catch up with it: the line has one,
and so has the change of the topic that comes with it.

Sections in house order: models, events, queries, actions.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    ForeignKey,
    Index,
    ScalarSelect,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.clock import now
from community.database import Base, Transaction
from community.members.models import Member
from community.streams import Revised, change
from community.words import _
from forum.topics.events import TopicChanged
from forum.topics.models import Post, Topic

MOST = 100  # lines of one page, the newest
RUNS = 12  # of numbers that a line names

# Models


class Deed(StrEnum):
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    CLOSED = "closed"  # as it was planned
    TO_CLOSE = "to_close"
    LEFT_OPEN = "left_open"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    PIN_ENDED = "pin_ended"
    TAGGED = "tagged"
    MOVED = "moved"
    TO_DISCUSSION = "to_discussion"
    TO_QUESTION = "to_question"
    TO_DECISION = "to_decision"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    CONCLUDED = "concluded"
    RECONCLUDED = "reconcluded"
    TOOK_AWAY = "took_away"
    BROUGHT = "brought"
    MERGED = "merged"
    RETITLED = "retitled"
    MADE_OF = "made_of"
    TOOK_IN = "took_in"
    SENT_BACK = "sent_back"


# What each line says; the gaps are filled in when it is shown, in the reader's tongue.
SENTENCES = {
    Deed.LOCKED: _("%(name)s locked this topic"),
    Deed.UNLOCKED: _("%(name)s unlocked this topic"),
    Deed.CLOSED: _("This topic was closed, as planned"),
    Deed.TO_CLOSE: _("%(name)s lets this topic close on %(until)s"),
    Deed.LEFT_OPEN: _("%(name)s lets this topic stay open"),
    Deed.PINNED: _("%(name)s pinned this topic until %(until)s"),
    Deed.UNPINNED: _("%(name)s unpinned this topic"),
    Deed.PIN_ENDED: _("This topic is not pinned any more"),
    Deed.TAGGED: _("%(name)s changed the tags: %(tags)s"),
    Deed.MOVED: _("%(name)s moved this topic to another category"),
    Deed.TO_DISCUSSION: _("%(name)s made this a discussion"),
    Deed.TO_QUESTION: _("%(name)s made this a question"),
    Deed.TO_DECISION: _("%(name)s made this a decision"),
    Deed.ANSWERED: _("%(name)s accepted #%(number)s as the answer"),
    Deed.UNANSWERED: _("%(name)s took back that #%(number)s is the answer"),
    Deed.CONCLUDED: _("%(name)s wrote the conclusion"),
    Deed.RECONCLUDED: _("%(name)s changed the conclusion"),
    Deed.TOOK_AWAY: _("%(name)s moved %(numbers)s to another topic"),
    Deed.BROUGHT: _("%(name)s brought %(numbers)s here from another topic"),
    Deed.MERGED: _("%(name)s merged another topic with this one"),
    Deed.RETITLED: _("%(name)s changed the title"),
    Deed.MADE_OF: _("%(name)s made this topic of what was said in a channel"),
    Deed.TOOK_IN: _("%(name)s brought %(numbers)s here from a channel"),
    Deed.SENT_BACK: _("%(name)s sent %(numbers)s back to the channel"),
}


class Line(Base):
    __tablename__ = "topic_lines"
    __table_args__ = (
        UniqueConstraint("topic_id", "rev"),
        Index("ix_topic_lines_place", "topic_id", "after_seq", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    rev: Mapped[int]
    after_seq: Mapped[int]  # of the post that was the last one then
    deed: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # None: it was time
    reason: Mapped[str]
    about: Mapped[dict[str, Any]] = mapped_column(JSON)  # what fills the gaps
    until: Mapped[datetime | None]  # fills a gap, too
    done_at: Mapped[datetime]

    actor: Mapped[Member | None] = relationship(lazy="joined")


# Events


class LineWritten(Revised, frozen=True, kw_only=True):
    """Also what pages draw a line from, so that page and frame cannot differ."""

    id: int
    after_seq: int
    deed: Deed
    name: str  # of who did it
    reason: str
    about: Mapping[str, str]
    until: datetime | None
    done_at: datetime

    @classmethod
    def of(cls, line: Line) -> Self:
        return cls(
            address=f"{Topic.kind}:{line.topic_id}",
            rev=line.rev,
            id=line.id,
            after_seq=line.after_seq,
            deed=Deed(line.deed),
            name=line.actor.name if line.actor else "",
            reason=line.reason,
            about=line.about,
            until=line.until,
            done_at=line.done_at,
        )


# Queries

_topic: BindParameter[int] = bindparam("topic")
_after = bindparam("after", type_=BigInteger)
_page = (Line.topic_id == _topic, Line.after_seq >= _after, Line.after_seq < bindparam("before"))
ON_PAGE = select(Line).where(*_page).order_by(Line.after_seq.desc(), Line.id.desc()).limit(MOST)


def lines_between(session: Session, topic: Topic, first: int, end: int) -> Sequence[LineWritten]:
    """What was done after the posts from `first` to before `end`, in that order."""
    after = first if first > 1 else 0  # nothing has to stand before the first page
    lines = session.scalars(ON_PAGE, {"topic": topic.id, "after": after, "before": end})
    return [LineWritten.of(line) for line in lines][::-1]


def lines_after(session: Session, topic: Topic, rev: int, most: int) -> Sequence[Line]:
    newer = select(Line).where(Line.topic_id == topic.id, Line.rev > rev)
    return session.scalars(newer.order_by(Line.rev).limit(most)).all()


def revs_named() -> list[ScalarSelect[int]]:
    """Of those who did something with the topic or answered it, for the stamp of its pages."""
    revs = select(func.sum(Member.rev))
    acted = revs.join(Line, Line.actor_id == Member.id).where(Line.topic_id == _topic)
    answer = and_(Post.stream_id == Topic.id, Post.seq == Topic.answer_seq)
    answered = revs.join(Post, Post.author_id == Member.id).join(Topic, answer)
    return [acted.scalar_subquery(), answered.where(Topic.id == _topic).scalar_subquery()]


# Actions


def note(
    tx: Transaction,
    topic: Topic,
    actor: Member | None,
    deed: Deed,
    reason: str = "",
    *,
    until: datetime | None = None,
    **about: str,
) -> Topic:
    """That this has just been done with the topic, whose lock the caller holds: for its timeline
    and for everybody who has it open."""
    topic.rev += 1
    line = Line(
        topic_id=topic.id,
        rev=topic.rev,
        after_seq=topic.last_seq,
        deed=deed,
        actor=actor,
        reason=reason,
        about=about,
        until=until,
        done_at=now(tx),
    )
    tx.add(line)
    tx.flush()
    tx.publish(LineWritten.of(line))
    change(topic)
    tx.publish(TopicChanged.of(topic))
    return topic


def numbered(seqs: Iterable[int]) -> str:
    """ "#3, #5–#9"; of many runs only the first are named."""
    runs: list[list[int]] = []
    for seq in seqs:
        if runs and seq == runs[-1][-1] + 1:
            runs[-1].append(seq)
        else:
            runs.append([seq])
    named = [f"#{run[0]}" if len(run) == 1 else f"#{run[0]}–#{run[-1]}" for run in runs]
    return ", ".join(named[:RUNS]) + (" …" if len(named) > RUNS else "")
