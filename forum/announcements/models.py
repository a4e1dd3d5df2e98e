from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from community.attachments import Attached
from community.database import Base
from community.members.models import Member
from community.organisations.models import Organisation
from community.places import Placed
from community.search.models import Mark, Thing, mark
from community.text import written
from community.words import _


class Purpose(StrEnum):
    """What an announcement is."""

    INFORMATION = "information"
    POLICY = "policy"  # with what it is about, and from when to when it holds
    CALL = "call"  # to a training or a programme
    URGENT = "urgent"


PURPOSE_NAMES = {
    Purpose.INFORMATION: _("Information"),
    Purpose.POLICY: _("Policy"),
    Purpose.CALL: _("Call to a training or programme"),
    Purpose.URGENT: _("Urgent"),
}


class Discussion(StrEnum):
    """What may be written under it."""

    CLOSED = "closed"
    QUESTIONS = "questions"
    OPEN = "open"


DISCUSSION_NAMES = {
    Discussion.CLOSED: _("Nothing"),
    Discussion.QUESTIONS: _("Questions alone; the office answers"),
    Discussion.OPEN: _("Whatever members have to say"),
}


class Audience(NamedTuple):
    """Whom an announcement is for; an empty part means all."""

    region: str = ""
    cluster: str = ""
    kind: str = ""  # of organisation
    role: str = ""  # a MandateRole: of those who speak for one

    @property
    def national(self) -> bool:
        return not self.region


class Draft(NamedTuple):
    """What an official is about to publish. `public`: visitors may read it."""

    title: str
    body: str
    audience: Audience = Audience()
    theme: str = ""
    public: bool = True
    acknowledge_by: datetime | None = None  # none: for information
    by_organisation: bool = False  # one acknowledgement counts for all who speak for the same
    purpose: str = Purpose.INFORMATION
    number: str = ""  # that the office gave it
    commodities: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None  # the last day
    language: str = "id"
    other_title: str = ""  # the same in the other language, if at all
    other_body: str = ""
    discussion: str = Discussion.CLOSED
    expires_at: datetime | None = None  # nobody is told of it or asked any more
    late_joiners: bool = False  # whoever comes to belong to its audience is told, too


class Wording:
    """What a correction may change of an announcement."""

    title: Mapped[str]
    body: Mapped[str]
    html: Mapped[str]
    language: Mapped[str] = mapped_column(default="id", server_default="id")
    other_title: Mapped[str] = mapped_column(default="", server_default="")
    other_body: Mapped[str] = mapped_column(default="", server_default="")
    other_html: Mapped[str] = mapped_column(default="", server_default="")
    number: Mapped[str] = mapped_column(default="", server_default="")
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]

    @property
    def text(self) -> str:
        """All that a correction may change, as it is compared with the version before."""
        dates = [day.isoformat() if day else "" for day in (self.valid_from, self.valid_until)]
        head = " · ".join(one for one in (self.number, *dates) if one)
        parts = (self.title, head, self.body, self.other_title, self.other_body)
        return "\n\n".join(part for part in parts if part)

    def reword(self, other: "Wording") -> None:
        """It says the same as the other from now on."""
        for name in WORDING:
            setattr(self, name, getattr(other, name))


WORDING = ("title", "body", "html", "language", "other_title", "other_body", "other_html",
           "number", "valid_from", "valid_until")  # fmt: skip


class Content(Wording, Placed):
    """A draft, as it is stored."""

    kind: Mapped[str] = mapped_column(default="")  # of organisation, of those it is for
    role: Mapped[str] = mapped_column(default="", server_default="")
    purpose: Mapped[str] = mapped_column(default=Purpose.INFORMATION, server_default="information")
    commodities: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    public: Mapped[bool] = mapped_column(default=True)  # visitors may read it
    acknowledge_by: Mapped[datetime | None]  # None: for information
    by_organisation: Mapped[bool] = mapped_column(default=False)
    discussion: Mapped[str] = mapped_column(default=Discussion.CLOSED, server_default="closed")
    expires_at: Mapped[datetime | None]
    late_joiners: Mapped[bool] = mapped_column(default=False)
    attachments: Mapped[list[Attached]] = mapped_column(JSON, default=list, server_default="[]")

    @property
    def audience(self) -> Audience:
        return Audience(self.region, self.cluster, self.kind, self.role)

    @property
    def draft(self) -> Draft:
        """As it was sent."""
        parts = {name: getattr(self, name) for name in Draft._fields}
        return Draft(**parts | {"commodities": tuple(self.commodities)})

    def take(self, draft: Draft) -> None:
        """It reads so from now on. Raises Invalid for what cannot be read safely."""
        for name, value in draft._asdict().items():
            if name != "audience":
                setattr(self, name, value)
        self.region, self.cluster, self.kind, self.role = draft.audience
        self.commodities = list(draft.commodities)
        self.html = written(draft.body).html
        self.other_html = written(draft.other_body).html if draft.other_body else ""


class Announcement(Content, Base):
    """What an official told an audience: a place in the lens, and a kind of organisation.

    Its words change by corrections alone, and each version is kept (versions.py); empty parts of
    the audience mean everybody."""

    __tablename__ = "announcements"
    __table_args__ = (
        Index("ix_announcements_expires_at", "expires_at",
              sqlite_where=text("expired_at IS NULL"),
              postgresql_where=text("expired_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    key: Mapped[str] = mapped_column(unique=True)  # a retry is not a second announcement
    published_at: Mapped[datetime] = mapped_column(index=True)
    hidden_at: Mapped[datetime | None]  # as long as a restriction of moderation's holds
    code: Mapped[str] = mapped_column(index=True, unique=True)  # of its version (codes.py)
    version: Mapped[int] = mapped_column(default=1)
    corrected_at: Mapped[datetime | None]
    expired_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str] = mapped_column(default="")

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    author: Mapped[Member] = relationship(lazy="joined")

    @property
    def address(self) -> str:
        return f"announcement:{self.id}"

    @property
    def thing(self) -> Thing:
        marks = (mark(Mark.KIND, "announcement"),)
        words = "\n\n".join(one for one in (self.body, self.other_title, self.other_body) if one)
        return Thing("announcement", self.id, self.published_at, self.title, words, marks)


class Receipt(Base):
    """One per member it is for: who was told, and when they acknowledged."""

    __tablename__ = "announcement_receipts"
    __table_args__ = (Index("ix_announcement_receipts_member", "member_id"),)

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    acknowledged_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # when they first had it open
    joined_at: Mapped[datetime | None]  # after it was published; None: at once
    mailed_at: Mapped[datetime | None]  # when the mail server took the first letter about it
    refused_at: Mapped[datetime | None]  # when it was given up to send them one

    announcement: Mapped[Announcement] = relationship()
