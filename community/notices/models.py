from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base


class NoticeKind(StrEnum):
    REPLY = "reply"
    MENTION = "mention"
    ACCEPTED = "accepted"
    DECISION = "decision"
    APPEAL = "appeal"
    ANNOUNCEMENT = "announcement"
    REPORT = "report"
    ROLE = "role"
    PROTECTION = "protection"
    OFFER = "offer"
    MANDATE = "mandate"
    OWNERS = "owners"
    APPLICATION = "application"
    RENEWAL = "renewal"
    CLOSING = "closing"
    ADMISSION = "admission"
    PROFILE = "profile"
    RESET = "reset"
    SUSPENSION = "suspension"
    REACTION = "reaction"
    SEARCH = "search"
    MOVED = "moved"
    TOPIC = "topic"
    MUTED = "muted"
    INVITED = "invited"
    DIRECT = "direct"
    URGENT = "urgent"
    LATE = "late"
    HIDDEN = "hidden"
    LABELLED = "labelled"
    LOCKED = "locked"
    KEPT = "kept"
    ORDER = "order"
    MANY = "many"
    CLAIM = "claim"
    APPROVAL = "approval"
    APPROVED = "approved"
    SKIPPED = "skipped"
    REMINDER = "reminder"
    UNANSWERED = "unanswered"
    REGION = "region"
    QUESTION = "question"
    RESPONSE = "response"
    DUE = "due"
    OVERDUE = "overdue"
    DEPUTY = "deputy"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class Way(StrEnum):
    """How a member is told of a kind of notice."""

    MAIL = "mail"  # and by the bell
    BELL = "bell"
    NOT = "not"


# Where a member chose nothing; of all others the bell alone.
BY_MAIL = {
    NoticeKind.DECISION,
    NoticeKind.HIDDEN,
    NoticeKind.LABELLED,
    NoticeKind.LOCKED,
    NoticeKind.KEPT,
    NoticeKind.APPEAL,
    NoticeKind.ANNOUNCEMENT,
    NoticeKind.OFFER,
    NoticeKind.MANDATE,
    NoticeKind.OWNERS,
    NoticeKind.APPLICATION,
    NoticeKind.RENEWAL,
    NoticeKind.CLOSING,
    NoticeKind.ADMISSION,
    NoticeKind.PROFILE,
    NoticeKind.RESET,
    NoticeKind.APPROVAL,
    NoticeKind.APPROVED,
    NoticeKind.SKIPPED,
    NoticeKind.REMINDER,
    NoticeKind.UNANSWERED,
    NoticeKind.REGION,
    NoticeKind.QUESTION,
    NoticeKind.RESPONSE,
    NoticeKind.DUE,
    NoticeKind.OVERDUE,
    NoticeKind.DEPUTY,
    NoticeKind.CORRECTED,
    NoticeKind.WITHDRAWN,
}
# What nobody may miss: decisions about them, and whoever took over an account makes no change of
# roles in silence (S27). A role, the protection of an account and a suspension have letters of
# their own, which go at once.
ALWAYS = {
    NoticeKind.MUTED,
    NoticeKind.DECISION,
    NoticeKind.HIDDEN,
    NoticeKind.LABELLED,
    NoticeKind.LOCKED,
    NoticeKind.KEPT,
    NoticeKind.APPEAL,
    NoticeKind.ROLE,
    NoticeKind.PROTECTION,
    NoticeKind.CLOSING,
    NoticeKind.ADMISSION,
    NoticeKind.PROFILE,
    NoticeKind.RESET,
    NoticeKind.SUSPENSION,
    NoticeKind.URGENT,
    NoticeKind.LATE,
    NoticeKind.ORDER,
    NoticeKind.MANY,
}
# What one member did because of another. Of all others the community tells, whoever caused them.
PERSONAL = {
    NoticeKind.REPLY,
    NoticeKind.MENTION,
    NoticeKind.REACTION,
    NoticeKind.ACCEPTED,
    NoticeKind.OFFER,
    NoticeKind.INVITED,
    NoticeKind.DIRECT,
}

# By mail also to whoever is suspended: what is decided about them, and what becomes of theirs.
# What comes of an appeal has a letter of its own for them.
TOLD_MEANWHILE = BY_MAIL - {
    NoticeKind.ANNOUNCEMENT,
    NoticeKind.APPEAL,
    NoticeKind.OFFER,
    NoticeKind.RESET,
    NoticeKind.APPROVAL,
    NoticeKind.APPROVED,
    NoticeKind.SKIPPED,
    NoticeKind.REMINDER,
    NoticeKind.UNANSWERED,
    NoticeKind.REGION,
    NoticeKind.QUESTION,
    NoticeKind.DUE,
    NoticeKind.OVERDUE,
    NoticeKind.CORRECTED,
    NoticeKind.WITHDRAWN,
}


class Notice(Base):
    """What a member should notice. Where it is about an entry, reading as far as that reads it."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_unread", "member_id", sqlite_where=text("read_at IS NULL"),
              postgresql_where=text("read_at IS NULL")),
        Index("ix_notices_of_member", "member_id", "id"),
        Index("ix_notices_for_mail", "mail_at", sqlite_where=text("mail_at IS NOT NULL"),
              postgresql_where=text("mail_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))  # moderators have none
    about: Mapped[dict[str, Any]] = mapped_column(JSON)  # actor, title, reason
    link: Mapped[str] = mapped_column(index=True)
    stream: Mapped[str] = mapped_column(default="")  # "topic:5"
    seq: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mail_at: Mapped[datetime | None]  # when it goes into a letter; none where it is in one or never


class Choice(Base):
    """How a member wants to be told of a kind of notice."""

    __tablename__ = "notice_choices"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    way: Mapped[str]


def usual_way(kind: NoticeKind) -> Way:
    """Where the member chose nothing."""
    return Way.MAIL if kind in BY_MAIL else Way.BELL
