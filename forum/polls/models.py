"""A question with a few answers to choose from, asked at a post.

What everybody sees of it stands at the post (`Post.poll`), so that pages and frames show it without
asking; how many chose what stands there only once it has ended. Before that who voted sees it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member
from community.organisations.models import Organisation
from forum.topics.models import Post

FEWEST, MOST = 2, 10  # answers to choose from


class Wanted(NamedTuple):
    """How it is asked. `of_organisations`: each of them has one vote, whoever casts it."""

    question: str
    options: Sequence[str]
    multiple: bool = False
    named: bool = False
    of_organisations: bool = False
    ends_at: datetime | None = None


class Poll(Base):
    __tablename__ = "polls"
    __table_args__ = (
        Index("ix_polls_due", "ends_at", sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
    )  # fmt: skip

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    question: Mapped[str]
    options: Mapped[list[str]] = mapped_column(JSON)
    multiple: Mapped[bool]
    named: Mapped[bool]
    of_organisations: Mapped[bool]
    ends_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    post: Mapped[Post] = relationship()

    @property
    def chain(self) -> tuple[Base, ...]:
        """It is changed by whoever holds its post."""
        return self.post.chain


class Vote(Base):
    """One of the answers that a voter chose: "member:5", or "organisation:2"."""

    __tablename__ = "poll_votes"
    __table_args__ = (UniqueConstraint("post_id", "voter", "choice"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("polls.post_id"))
    voter: Mapped[str]
    choice: Mapped[int]  # counted from none
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisations.id"))

    member: Mapped[Member] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
