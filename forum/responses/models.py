"""The register of official responses: what was asked of an office, by when it is to be answered,
and what has come of it. Each request stands at a post; the answer is a post of the office."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member
from community.organisations.models import Organisation
from community.words import _
from community.working_days import zone_of
from forum.topics.models import Post


class State(StrEnum):
    RECEIVED = "received"
    ASSIGNED = "assigned"  # somebody of the office sees to it
    PAUSED = "paused"  # and waits for something, which is said; the clock stands
    ANSWERED = "answered"
    IMPLEMENTED = "implemented"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"  # by who asked


STATE_NAMES = {
    State.RECEIVED: _("Received"),
    State.ASSIGNED: _("Being worked on"),
    State.PAUSED: _("Paused"),
    State.ANSWERED: _("Answered"),
    State.IMPLEMENTED: _("Carried out"),
    State.REFUSED: _("Refused"),
    State.TAKEN_BACK: _("Taken back"),
}
OPEN = (State.RECEIVED, State.ASSIGNED, State.PAUSED)
RUNNING = (State.RECEIVED, State.ASSIGNED)  # so is the clock
SETTLED = (State.ANSWERED, State.IMPLEMENTED)  # by an answer


class Step(StrEnum):
    """What leads from one state to the next."""

    ASK = "asked"
    ASSIGN = "assigned"
    HAND_OVER = "handed_over"
    PAUSE = "paused"
    GO_ON = "went_on"
    ANSWER = "answered"
    REOPEN = "reopened"  # the answer is not there any more
    IMPLEMENT = "implemented"
    REFUSE = "refused"
    TAKE_BACK = "taken_back"


WAYS: Mapping[tuple[State, Step], State] = MappingProxyType({
    (State.RECEIVED, Step.ASSIGN): State.ASSIGNED,
    (State.RECEIVED, Step.HAND_OVER): State.RECEIVED,
    (State.RECEIVED, Step.REFUSE): State.REFUSED,
    (State.RECEIVED, Step.TAKE_BACK): State.TAKEN_BACK,
    (State.ASSIGNED, Step.ASSIGN): State.ASSIGNED,
    (State.ASSIGNED, Step.HAND_OVER): State.RECEIVED,
    (State.ASSIGNED, Step.PAUSE): State.PAUSED,
    (State.ASSIGNED, Step.ANSWER): State.ANSWERED,
    (State.ASSIGNED, Step.REFUSE): State.REFUSED,
    (State.ASSIGNED, Step.TAKE_BACK): State.TAKEN_BACK,
    (State.PAUSED, Step.GO_ON): State.ASSIGNED,
    (State.PAUSED, Step.TAKE_BACK): State.TAKEN_BACK,
    (State.ANSWERED, Step.IMPLEMENT): State.IMPLEMENTED,
    (State.ANSWERED, Step.REOPEN): State.ASSIGNED,
    (State.IMPLEMENTED, Step.REOPEN): State.ASSIGNED,
})  # fmt: skip

# What each says; who did it stands before it, where somebody did.
STEP_SENTENCES = {
    Step.ASK: _("%(name)s asked %(agency)s for an official response"),
    Step.ASSIGN: _("%(name)s gave it to %(owner)s to see to"),
    Step.HAND_OVER: _("%(name)s handed it over to %(agency)s"),
    Step.PAUSE: _("%(name)s paused the clock until %(until)s"),
    Step.GO_ON: _("The clock goes on"),
    Step.ANSWER: _("%(name)s answered for %(agency)s"),
    Step.REOPEN: _("The answer was withdrawn, so it is open again"),
    Step.IMPLEMENT: _("%(name)s says for %(agency)s that it was carried out"),
    Step.REFUSE: _("%(name)s refused it for %(agency)s"),
    Step.TAKE_BACK: _("%(name)s took it back"),
}

# Working days, as the complaints service of the state (SP4N-LAPOR!) has them: for information, for
# what needs no inspection, and for what does.
TERMS = {
    5: _("A question that can be answered from what is known"),
    14: _("Something that has to be looked into"),
    60: _("Something that takes an examination on the spot"),
}
USUAL_TERM = 14

_OPEN_ONES = text("state IN ('received', 'assigned', 'paused')")
_RUNNING_ONES = text("state IN ('received', 'assigned')")


class Told(StrEnum):
    """Of which moment the office was told last."""

    NOTHING = ""
    SOON = "soon"
    LAST_DAY = "last_day"
    OVERDUE = "overdue"


class Response(Base):
    """`due_at` is counted by deadlines.py alone: the midnight, where the office is, after the last
    of its working days."""

    __tablename__ = "responses"
    __table_args__ = (
        Index("one_open_response_per_post", "post_id", unique=True,
              sqlite_where=_OPEN_ONES, postgresql_where=_OPEN_ONES),
        Index("ix_responses_of_post", "post_id", "id"),
        Index("ix_responses_of_agency", "agency_id", "state", "due_at"),
        Index("ix_responses_due", "state", "due_at"),
        Index("ix_responses_telling", "tell_at", sqlite_where=_RUNNING_ONES,
              postgresql_where=_RUNNING_ONES),
        Index("ix_responses_counted", "counted_under", sqlite_where=_OPEN_ONES,
              postgresql_where=_OPEN_ONES),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    asked_at: Mapped[datetime]
    term: Mapped[int]  # working days
    state: Mapped[str] = mapped_column(default=State.RECEIVED)
    changed_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    due_at: Mapped[datetime]
    counted_under: Mapped[int]  # so many changes of holidays
    told: Mapped[str] = mapped_column(default=Told.NOTHING)
    tell_at: Mapped[datetime | None]  # of the next; None: of all
    paused_until: Mapped[datetime | None]
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"), index=True)
    answered_at: Mapped[datetime | None]
    took: Mapped[int | None]  # working days until it was answered, without those of pauses

    post: Mapped[Post] = relationship(foreign_keys=[post_id])
    agency: Mapped[Organisation] = relationship(lazy="joined")
    asked_by: Mapped[Member] = relationship(foreign_keys=[asked_by_id])
    owner: Mapped[Member | None] = relationship(foreign_keys=[owner_id], lazy="joined")
    answer: Mapped[Post | None] = relationship(foreign_keys=[answer_id])

    @property
    def chain(self) -> tuple[Base, ...]:
        return *self.post.chain, self

    @property
    def due_on(self) -> date:
        """The last day it can be answered in time."""
        return self._day_before(self.due_at)

    @property
    def paused_on(self) -> date | None:
        """The last day of the pause."""
        return self._day_before(self.paused_until) if self.paused_until else None

    @property
    def zone(self) -> str:
        """Where the office is."""
        return zone_of(self.agency.region).key

    @property
    def in_time(self) -> bool:
        """Of one that was answered."""
        return self.answered_at is not None and self.answered_at < self.due_at

    def overdue(self, at: datetime) -> bool:
        return self.state in RUNNING and self.due_at <= at

    def _day_before(self, midnight: datetime) -> date:
        return (midnight - timedelta(hours=1)).astimezone(zone_of(self.agency.region)).date()


class Stage(Base):
    """A step that was taken, as everybody may read it."""

    __tablename__ = "response_stages"
    __table_args__ = (Index("ix_response_stages", "response_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"))
    step: Mapped[str]
    taken_at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))  # that has it since
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    reason: Mapped[str] = mapped_column(default="")
    until: Mapped[datetime | None]

    actor: Mapped[Member | None] = relationship(foreign_keys=[actor_id], lazy="joined")
    owner: Mapped[Member | None] = relationship(foreign_keys=[owner_id], lazy="joined")
    agency: Mapped[Organisation] = relationship(lazy="joined")

    @property
    def about(self) -> dict[str, Any]:
        """What fills the gaps of its sentence."""
        return {
            "name": self.actor.name if self.actor else "AKAR",
            "owner": self.owner.name if self.owner else "",
            "agency": self.agency.name,
            "until": self.until,
        }
