from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import JSON, ForeignKey, Index, and_, literal_column, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.attachments import ALONE, Along, Attached
from community.database import Base
from community.members.models import Member
from community.places import Lens, Placed, province_of
from community.reactions import Reactable
from community.search.models import Mark, Thing, mark, placed
from community.streams import Stream
from community.wanted import Has
from community.words import _
from forum.categories import Category


class Aim(StrEnum):
    """What a topic is started for."""

    DISCUSSION = "discussion"
    QUESTION = "question"  # has an answer in the end
    DECISION = "decision"  # has a conclusion before it is closed


AIM_NAMES = {
    Aim.DISCUSSION: _("Discussion"),
    Aim.QUESTION: _("Question"),
    Aim.DECISION: _("Joint decision"),
}


class Filed(NamedTuple):
    """As what a topic is started."""

    aim: Aim = Aim.DISCUSSION
    tags: tuple[str, ...] = ()
    along: Along = ALONE


class Wanted(NamedTuple):
    """A topic that somebody wants to start: where, and what it begins with. Where the place is
    empty it is that of the category."""

    category_id: int
    title: str
    body: str
    place: Lens
    key: str
    mandate_id: int | None = None
    filed: Filed = Filed()


class Topic(Placed, Stream):
    """Its first post is what it was started with."""

    __tablename__ = "topics"
    __table_args__ = (
        Index("ix_topics_in_category", "category_id", "moved_at"),
        Index("ix_topics_started_by", "starter_id", "moved_at"),
        Index("ix_topics_pinned", "pinned_until", sqlite_where=text("pinned_until IS NOT NULL"),
              postgresql_where=text("pinned_until IS NOT NULL")),
        Index("ix_topics_closing", "closes_at", sqlite_where=text("closes_at IS NOT NULL"),
              postgresql_where=text("closes_at IS NOT NULL")),
    )  # fmt: skip
    kind = "topic"

    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), index=True)
    starter_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    title: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(index=True)
    moved_at: Mapped[datetime] = mapped_column(index=True)  # when the last post was written
    stubs: Mapped[int] = mapped_column(default=0, server_default="0")  # of posts that left
    merged_at: Mapped[datetime | None]  # with another; there is nothing in it any more but stubs
    locked_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]  # the worker locks it then
    pinned_until: Mapped[datetime | None]  # the worker clears it
    aim: Mapped[str] = mapped_column(default=Aim.DISCUSSION)
    tags: Mapped[str] = mapped_column(default="")  # divided by spaces
    echoed: Mapped[bool] = mapped_column(default=False)  # somebody else has written, and it stands
    answer_seq: Mapped[int | None]  # of the post accepted as the answer
    conclusion: Mapped[str] = mapped_column(default="")
    conclusion_html: Mapped[str] = mapped_column(default="")

    category: Mapped[Category] = relationship(lazy="joined")
    starter: Mapped[Member] = relationship(lazy="joined")
    answer: Mapped["Post | None"] = relationship(
        primaryjoin="and_(Post.stream_id == Topic.id, foreign(Post.seq) == Topic.answer_seq)",
        viewonly=True,
    )

    @property
    def marks(self) -> tuple[str, ...]:
        """What its posts are found by beside their words."""
        tags = (mark(Mark.TAG, tag) for tag in self.tags.split())
        return mark(Mark.CATEGORY, self.category_id), *tags, *placed(self.region, self.cluster)

    @property
    def posts(self) -> int:
        """How many stand in it."""
        return self.last_seq - self.stubs


class Post(Reactable):
    __tablename__ = "posts"
    kind = "post"

    stream_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    # A PollShown of events.py, as forum/polls last wrote it.
    poll: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # An AskedShown of events.py, as forum/responses last wrote it.
    asked: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # The post whose request for an official response it answers.
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    attachments: Mapped[list[Attached]] = mapped_column(JSON, default=list)
    # Of a stub: what it was; itself, where that went back to the channel it came from.
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    came_at: Mapped[datetime | None]  # from another topic or a channel
    message_id: Mapped[int | None]  # it was said as, in a channel, which this floor does not know
    said_in: Mapped[str] = mapped_column(default="")  # its name, if all members may see it

    topic: Mapped[Topic] = relationship()
    parent: Mapped["Post | None"] = relationship(remote_side="Post.id", foreign_keys=parent_id)

    @property
    def gone(self) -> str:
        return "moved" if self.moved_to_id else super().gone

    @property
    def chain(self) -> tuple[Base, ...]:
        return self.topic, self

    @property
    def thing(self) -> Thing:
        """The first of a topic is also found by its title and by what was concluded."""
        found = super().thing
        file = [mark(Mark.HAS, Has.FILE)] if self.attachments else []
        marks = (*found.marks, *file, *self.topic.marks)
        if self.seq > 1:
            return found._replace(marks=marks)
        concluded = self.topic.conclusion if self.topic.aim == Aim.DECISION else ""
        body = f"{self.body}\n\n{concluded}"
        marks += (mark(Mark.KIND, Topic.kind),)
        return found._replace(title=self.topic.title, body=body, marks=marks)


# What lists ask for in an order of their own, wherever it lies among all there are.
UNANSWERED = and_(
    Topic.answer_seq.is_(None),
    or_(Topic.aim == literal_column("'question'"), Topic.echoed.is_(False)),
)
Index("ix_topics_unanswered", Topic.started_at, sqlite_where=UNANSWERED,
      postgresql_where=UNANSWERED)  # fmt: skip
Index("ix_topics_in_region", Topic.region, Topic.moved_at)
Index("ix_topics_started_in_region", Topic.region, Topic.started_at)
Index("ix_topics_in_province", province_of(Topic.region), Topic.moved_at)
Index("ix_topics_started_in_province", province_of(Topic.region), Topic.started_at)
Index("ix_posts_said", Post.message_id, sqlite_where=Post.message_id.is_not(None),
      postgresql_where=Post.message_id.is_not(None))  # fmt: skip
UNANSWERING = and_(Post.answers_id.is_not(None), Post.withdrawn_at.is_not(None))
Index(
    "ix_posts_unanswering", Post.answers_id, sqlite_where=UNANSWERING, postgresql_where=UNANSWERING
)
Index("ix_posts_stubs", Post.moved_to_id, sqlite_where=Post.moved_to_id.is_not(None),
      postgresql_where=Post.moved_to_id.is_not(None))  # fmt: skip
