"""Announcements before they are any: seen by those alone who speak for the office."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member
from community.organisations.models import Organisation
from community.words import _
from forum.announcements.models import Announcement, Content, Draft


class State(StrEnum):
    WRITTEN = "written"
    WAITING = "waiting"  # for a second person
    PLANNED = "planned"  # for its minute
    PUBLISHED = "published"
    SKIPPED = "skipped"  # its minute passed, and it was not to come late, or could not come
    DROPPED = "dropped"


STATE_NAMES = {
    State.WRITTEN: _("Draft"),
    State.WAITING: _("Waits for a second person"),
    State.PLANNED: _("Planned"),
    State.PUBLISHED: _("Published"),
    State.SKIPPED: _("Not published"),
    State.DROPPED: _("Deleted"),
}


class Step(StrEnum):
    """What leads from one state to the next; the audit calls it so."""

    SUBMIT = "submitted"
    PLAN = "planned"
    PUBLISH = "published"
    DECLINE = "declined"
    TAKE_BACK = "taken_back"
    SKIP = "skipped"
    DROP = "dropped"


WAYS: Mapping[tuple[State, Step], State] = MappingProxyType({
    (State.WRITTEN, Step.SUBMIT): State.WAITING,
    (State.WRITTEN, Step.PLAN): State.PLANNED,
    (State.WRITTEN, Step.PUBLISH): State.PUBLISHED,
    (State.WRITTEN, Step.DROP): State.DROPPED,
    (State.WAITING, Step.PLAN): State.PLANNED,
    (State.WAITING, Step.PUBLISH): State.PUBLISHED,
    (State.WAITING, Step.DECLINE): State.WRITTEN,
    (State.WAITING, Step.TAKE_BACK): State.WRITTEN,
    (State.PLANNED, Step.PUBLISH): State.PUBLISHED,
    (State.PLANNED, Step.TAKE_BACK): State.WRITTEN,
    (State.PLANNED, Step.SKIP): State.SKIPPED,
    (State.SKIPPED, Step.TAKE_BACK): State.WRITTEN,
    (State.SKIPPED, Step.DROP): State.DROPPED,
})  # fmt: skip


class Plan(NamedTuple):
    """When it is to be published."""

    publish_at: datetime | None = None  # none: as soon as it may be
    late: bool = True  # also where nobody could at that minute; else it is skipped then


AT_ONCE = Plan()


class Correction(NamedTuple):
    """Of the draft its wording is heeded, and where it is material, its deadline."""

    draft: Draft
    reason: str
    material: bool
    of_version: int  # of the announcement, as its writer had it before them


class Manuscript(Content, Base):
    """`version` counts its changes: nobody approves what they have not read."""

    __tablename__ = "manuscripts"
    __table_args__ = (
        Index("ix_manuscripts_of_office", "organisation_id", "state", "id"),
        Index("ix_manuscripts_planned", "state", "publish_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))  # who hands it in
    writers: Mapped[list[int]] = mapped_column(JSON)  # whoever has written any of it
    key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default=State.WRITTEN)
    version: Mapped[int] = mapped_column(default=1)
    publish_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # None: by time
    because: Mapped[str] = mapped_column(default="")  # it was declined, or skipped
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    became_id: Mapped[int | None] = mapped_column(ForeignKey("announcements.id"))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("announcements.id"), index=True)
    corrects_version: Mapped[int | None]  # that its writer had before them
    material: Mapped[bool] = mapped_column(default=False)  # everybody is told, and asked, again
    reason: Mapped[str] = mapped_column(default="")  # of the correction, said to all its readers

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    author: Mapped[Member] = relationship(lazy="joined", foreign_keys=[author_id])
    changed_by: Mapped[Member | None] = relationship(lazy="joined", foreign_keys=[changed_by_id])
    corrects: Mapped[Announcement | None] = relationship(lazy="joined", foreign_keys=[corrects_id])

    @property
    def address(self) -> str:
        return f"manuscript:{self.id}"

    @property
    def plan(self) -> Plan:
        return Plan(self.publish_at, self.late)
