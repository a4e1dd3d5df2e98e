from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member
from community.organisations.models import Organisation
from community.places import Placed
from community.search.models import Mark, Thing, mark


class Audience(NamedTuple):
    """Whom an announcement is for; an empty part means all."""

    region: str = ""
    cluster: str = ""
    kind: str = ""  # of organisation


class Draft(NamedTuple):
    """What an official is about to publish. `public`: visitors may read it."""

    title: str
    body: str
    audience: Audience = Audience()
    theme: str = ""
    public: bool = True
    acknowledge_by: datetime | None = None  # none: for information


class Announcement(Placed, Base):
    """What an official told an audience: a place in the lens, and a kind of organisation.

    Its words never change; empty parts of the audience mean everybody."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    key: Mapped[str] = mapped_column(unique=True)  # a retry is not a second announcement
    kind: Mapped[str] = mapped_column(default="")  # of organisation, of those it is for
    title: Mapped[str]
    body: Mapped[str]
    html: Mapped[str]
    public: Mapped[bool] = mapped_column(default=True)  # visitors may read it
    published_at: Mapped[datetime] = mapped_column(index=True)
    acknowledge_by: Mapped[datetime | None]  # None: for information
    hidden_at: Mapped[datetime | None]  # as long as a restriction of moderation's holds

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    author: Mapped[Member] = relationship(lazy="joined")

    @property
    def address(self) -> str:
        return f"announcement:{self.id}"

    @property
    def thing(self) -> Thing:
        marks = (mark(Mark.KIND, "announcement"),)
        return Thing("announcement", self.id, self.published_at, self.title, self.body, marks)

    @property
    def draft(self) -> Draft:
        """As it was sent."""
        audience = Audience(self.region, self.cluster, self.kind)
        return Draft(self.title, self.body, audience, self.theme, self.public, self.acknowledge_by)


class Receipt(Base):
    """One per member it is for: who was told, and when they acknowledged."""

    __tablename__ = "announcement_receipts"
    __table_args__ = (Index("ix_announcement_receipts_member", "member_id"),)

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    acknowledged_at: Mapped[datetime | None]

    announcement: Mapped[Announcement] = relationship()
