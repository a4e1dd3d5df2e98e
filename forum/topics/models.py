from datetime import datetime
from typing import TypedDict

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member
from community.places import Placed
from community.streams import Entry, Stream
from forum.categories import Category


class Topic(Placed, Stream):
    """Its first post is what it was started with."""

    __tablename__ = "topics"
    kind = "topic"

    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), index=True)
    starter_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    title: Mapped[str]
    started_at: Mapped[datetime]
    moved_at: Mapped[datetime] = mapped_column(index=True)  # when the last post was written
    locked_at: Mapped[datetime | None]

    category: Mapped[Category] = relationship(lazy="joined")
    starter: Mapped[Member] = relationship(lazy="joined")


class Given(TypedDict):
    """One of the reactions to a post (forum/reactions.py)."""

    total: int
    by: list[int]  # who, unless they are too many to name


class Post(Entry):
    __tablename__ = "posts"

    stream_id: Mapped[int] = mapped_column(ForeignKey("topics.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    reactions: Mapped[dict[str, Given]] = mapped_column(JSON, default=dict)

    topic: Mapped[Topic] = relationship()
    parent: Mapped["Post | None"] = relationship(remote_side="Post.id")

    @property
    def chain(self) -> tuple[Base, ...]:
        return self.topic, self
