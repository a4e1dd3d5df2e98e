from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, TextClause, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.database import Base
from community.members.models import Member
from community.streams import Stream
from moderation.notifiers import Notifier
from moderation.reasons import Reason


class SubjectKind(StrEnum):
    """What a case is about: what members report, and what somebody applies for."""

    POST = "post"
    MESSAGE = "message"
    VERIFICATION = "verification"  # an organisation, by its number
    REGISTRATION = "registration"  # a member who waits to be let in, by their number
    HELD = "held"  # what somebody said in a channel, and nobody else sees yet
    HELD_POST = "held_post"  # the same in the forum
    ANNOUNCEMENT = "announcement"
    PROFILE = "profile"  # what a member shows of themself, by their number
    ORGANISATION = "organisation"  # what it says of itself


class State(StrEnum):
    """states.py has the ways from one to the next."""

    OPEN = "open"
    CLAIMED = "claimed"
    ASKED = "asked"  # an applicant, for more; their answer opens it again
    ESCALATED = "escalated"  # to the seniors
    PROPOSED = "proposed"  # what takes two people waits for the second
    DECIDED = "decided"
    APPEALED = "appealed"
    APPEAL_CLAIMED = "appeal_claimed"
    APPEAL_PROPOSED = "appeal_proposed"  # as PROPOSED, of what is to come of another look
    FINAL = "final"  # nobody can appeal any more
    VOID = "void"  # nothing was left to decide


class Ruling(StrEnum):
    KEEP = "keep"  # it breaks no rule
    ACT = "act"  # it does; the measures say what follows
    GRANT = "grant"
    REFUSE = "refuse"
    RELEASE = "release"
    UPHOLD = "uphold"  # another look was taken: what was decided stays,
    MODIFY = "modify"  # what follows from it is something else,
    OVERTURN = "overturn"  # or it was wrong


HELD = (State.CLAIMED, State.APPEAL_CLAIMED)
UNDECIDED = (State.OPEN, State.ASKED, State.ESCALATED, State.CLAIMED, State.PROPOSED)
PROPOSED = (State.PROPOSED, State.APPEAL_PROPOSED)
ANEW = (State.APPEALED, State.APPEAL_CLAIMED, State.APPEAL_PROPOSED)  # looked at
CLOSED = (State.DECIDED, State.FINAL, State.VOID)
LEASE = timedelta(minutes=15)  # of a claim

SHEETS = (SubjectKind.ANNOUNCEMENT, SubjectKind.PROFILE, SubjectKind.ORGANISATION)
REPORTABLE = (SubjectKind.POST, SubjectKind.MESSAGE, *SHEETS)
WITHHELD = (SubjectKind.HELD, SubjectKind.HELD_POST)
TAKING = (Ruling.ACT, Ruling.MODIFY, Ruling.OVERTURN)  # where measures are chosen
GIVING = (Ruling.GRANT, Ruling.OVERTURN)  # a voice, to whoever had none
RULINGS = dict.fromkeys(REPORTABLE, (Ruling.KEEP, Ruling.ACT)) | {
    SubjectKind.VERIFICATION: (Ruling.GRANT, Ruling.REFUSE),
    SubjectKind.REGISTRATION: (Ruling.GRANT, Ruling.REFUSE),
} | dict.fromkeys(WITHHELD, (Ruling.RELEASE, Ruling.REFUSE))  # fmt: skip


class Queue(Stream):
    """The one row that orders all changes of cases, so that open queue pages miss none."""

    __tablename__ = "queues"
    kind = "queue"


def _only(condition: TextClause) -> dict[str, Any]:
    """What an index is of, in both databases."""
    return {f"{database}_where": condition for database in ("sqlite", "postgresql")}


class Case(Base):
    """Everything about one thing that was reported or applied for, until somebody decides. `rev` is
    that of the queue at the latest visible change; `version` counts what a decision must not
    overlook: who holds the case and whether it is decided."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("one_undecided_case_per_subject", "subject_kind", "subject_id", unique=True,
              **_only(text("decided_at IS NULL"))),
        Index("ix_cases_of_subject", "subject_kind", "subject_id", "id"),
        Index("ix_cases_due", "state", "due_at", "id"),
        Index("ix_cases_decided", "state", "decided_at"),
        Index("ix_cases_urgent", "id",  # whoever is on call is called to them
              **_only(text("priority = 0 AND closed_at IS NULL"))),
        Index("ix_cases_waiting", "due_at", "id", **_only(text("closed_at IS NULL"))),
        Index("ix_cases_escalating", "escalates_at", **_only(text("escalates_at IS NOT NULL"))),
        Index("ix_cases_rushed", "rushed_until", **_only(text("rushed_until IS NOT NULL"))),
        Index("ix_cases_for_reason", "reason_code", "rev"),
        Index("ix_cases_opened", "opened_at"),
        Index("ix_cases_closed", "closed_at", **_only(text("closed_at IS NOT NULL"))),
        Index("ix_cases_ordered", "ordered", "rev",
              sqlite_where=text("ordered IS 1"), postgresql_where=text("ordered IS true")),
        UniqueConstraint("queue_id", "rev"),
        UniqueConstraint("queue_id", "seq"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    queue_id: Mapped[int] = mapped_column(ForeignKey("queues.id"))
    seq: Mapped[int]
    rev: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    stream_id: Mapped[int] = mapped_column(default=0)  # the topic or channel it stood in, if any
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    state: Mapped[str] = mapped_column(default=State.OPEN)
    reason_code: Mapped[str] = mapped_column(ForeignKey("reasons.code"))  # the most urgent given
    priority: Mapped[int]
    due_at: Mapped[datetime]
    flags: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    lease_ends_at: Mapped[datetime | None] = mapped_column(index=True)  # then the worker lets it go
    decided_at: Mapped[datetime | None]  # for the first time, unless it was opened anew
    closed_at: Mapped[datetime | None]  # while nobody has anything to do about it
    prior_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))  # about the same, decided
    score: Mapped[float] = mapped_column(default=0, server_default="0")  # of its reports (M7)
    first_action_at: Mapped[datetime | None]  # when somebody first claimed it
    escalated_at: Mapped[datetime | None]  # to the seniors, until one of them gives it back
    escalates_at: Mapped[datetime | None]  # by itself, unless somebody holds it then
    ordered: Mapped[bool] = mapped_column(default=False, server_default=false())  # by an authority
    rushed_until: Mapped[datetime | None]  # new accounts run to report it: left to people till then

    queue: Mapped[Queue] = relationship(lazy="joined")
    reason: Mapped[Reason] = relationship(lazy="joined")
    author: Mapped[Member] = relationship(foreign_keys=[author_id], lazy="joined")
    claimed_by: Mapped[Member | None] = relationship(foreign_keys=[claimed_by_id], lazy="joined")
    prior: Mapped["Case | None"] = relationship(remote_side=id)

    @property
    def address(self) -> str:
        return f"case:{self.id}"

    @property
    def subject(self) -> str:
        return f"{self.subject_kind}:{self.subject_id}"

    @property
    def applied_for(self) -> bool:
        """As opposed to reported: its author wants it decided."""
        return self.subject_kind not in REPORTABLE

    @property
    def withheld(self) -> bool:
        """It is about what others read only once somebody has looked at it."""
        return self.subject_kind in WITHHELD

    @property
    def held(self) -> bool:
        """By whoever has claimed it."""
        return self.state in HELD

    @property
    def proposed(self) -> bool:
        """What is to be decided; it waits for the second of two."""
        return self.state in PROPOSED

    @property
    def over(self) -> bool:
        """Nobody has anything to do about it."""
        return self.state in CLOSED

    @property
    def chain(self) -> tuple[Base, ...]:
        return self.queue, self


class Evidence(Base):
    """What was reported or shown, as it was. The database lets it be blanked, never changed."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    taken_at: Mapped[datetime]
    entry_rev: Mapped[int]
    hash: Mapped[str] = mapped_column(index=True)  # sha256 of the body, and of what hangs at it
    body: Mapped[str]
    html: Mapped[str]
    versions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # what it said before
    author: Mapped[str]
    organisation: Mapped[str]
    place: Mapped[str]  # title of the topic or name of the channel
    link: Mapped[str]
    written_at: Mapped[datetime]
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    context: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)  # said around it


class Source(StrEnum):
    """Who has reported something."""

    MEMBER = "member"
    OUTSIDER = "outsider"  # without an account, by an address they have proven
    RULE = "rule"  # of words and patterns
    ORDER = "order"  # of an authority
    SYSTEM = "system"


class Flag(Base):
    __tablename__ = "flags"
    __table_args__ = (
        Index("one_report_each", "case_id", "member_id", unique=True,
              **_only(text("withdrawn_at IS NULL"))),
        Index("ix_flags_of_member", "member_id", "flagged_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # by a member
    notifier_id: Mapped[str | None] = mapped_column(ForeignKey("notifiers.id"), index=True)
    source: Mapped[str] = mapped_column(default=Source.MEMBER, server_default=Source.MEMBER)
    weight: Mapped[float] = mapped_column(default=1, server_default="1")
    withdrawn_at: Mapped[datetime | None]
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    reason_code: Mapped[str] = mapped_column(ForeignKey("reasons.code"))
    note: Mapped[str]
    flagged_at: Mapped[datetime]

    case: Mapped[Case] = relationship()
    evidence: Mapped[Evidence] = relationship()
    reason: Mapped[Reason] = relationship(lazy="joined")
    member: Mapped[Member | None] = relationship(lazy="joined")
    notifier: Mapped[Notifier | None] = relationship(lazy="joined")


class Decision(Base):
    """With its statement of reasons (Regulation (EU) 2022/2065, Art 17). Added, never changed."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("case_id", "version"),
        Index("ix_decisions_decided", "decided_at"),
        Index("ix_decisions_anew", "answers_id", **_only(text("answers_id IS NOT NULL"))),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    version: Mapped[int]  # of the case it decided
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    key: Mapped[str] = mapped_column(unique=True)  # chosen by the browser
    fingerprint: Mapped[str]  # of what was sent with it
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    second_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # who agreed
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"))  # looked at anew
    role: Mapped[str]  # of the moderator then; all that the author learns of them
    ruling: Mapped[str]
    reason_code: Mapped[str] = mapped_column(ForeignKey("reasons.code"))
    facts: Mapped[str]
    ground: Mapped[str]  # which rule, and why; empty: the reason says it
    level: Mapped[int] = mapped_column(default=0)  # of a verification
    ends_at: Mapped[datetime | None]  # of a verification; measures have their own
    decided_at: Mapped[datetime]

    case: Mapped[Case] = relationship()
    evidence: Mapped[Evidence] = relationship()
    reason: Mapped[Reason] = relationship(lazy="joined")
    moderator: Mapped[Member | None] = relationship(foreign_keys=[moderator_id], lazy="joined")
    second: Mapped[Member | None] = relationship(foreign_keys=[second_id], lazy="joined")

    @property
    def automated(self) -> bool:
        """People decide; by itself ends only what nobody answered, or what is closed."""
        return self.moderator_id is None
