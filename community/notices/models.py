from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from community.database import Base
from community.words import _


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

KIND_NAMES = {
    NoticeKind.REPLY: _("Replies to me"),
    NoticeKind.MENTION: _("Mentions of me"),
    NoticeKind.REACTION: _("Reactions to what I wrote"),
    NoticeKind.ACCEPTED: _("Answers of mine that were accepted"),
    NoticeKind.DECISION: _("Decisions about what I wrote"),
    NoticeKind.APPEAL: _("Decisions that are looked at once more"),
    NoticeKind.ANNOUNCEMENT: _("Announcements for me"),
    NoticeKind.REPORT: _("Answers to my reports"),
    NoticeKind.ROLE: _("Changes of my role"),
    NoticeKind.PROTECTION: _("How my account is protected"),
    NoticeKind.OFFER: _("Mandates offered to me"),
    NoticeKind.MANDATE: _("Changes of my mandates"),
    NoticeKind.OWNERS: _("Who owns my organisations"),
    NoticeKind.APPLICATION: _("Verification of my organisations"),
    NoticeKind.RENEWAL: _("Verifications that end"),
    NoticeKind.CLOSING: _("Organisations of mine that close"),
    NoticeKind.ADMISSION: _("Whether I am let in"),
    NoticeKind.PROFILE: _("Decisions about my profile"),
    NoticeKind.RESET: _("Second steps that I asked to reset"),
    NoticeKind.SUSPENSION: _("Suspensions of my account"),
    NoticeKind.SEARCH: _("New finds of searches I keep"),
    NoticeKind.MOVED: _("Posts of mine that were moved"),
    NoticeKind.MUTED: _("Mutes of mine in a channel"),
    NoticeKind.TOPIC: _("Messages of mine that became posts"),
    NoticeKind.INVITED: _("Invitations to channels and groups"),
    NoticeKind.DIRECT: _("Messages to me alone"),
    NoticeKind.URGENT: _("For moderators: cases that cannot wait"),
    NoticeKind.LATE: _("For senior moderators: cases whose time runs out"),
    NoticeKind.HIDDEN: _("What I wrote and is hidden until somebody has looked"),
    NoticeKind.LABELLED: _("What I wrote and is read with a line above it until then"),
    NoticeKind.LOCKED: _("Where nobody answers until somebody has looked at what I wrote"),
    NoticeKind.KEPT: _("That my profile stays as it is until somebody has looked"),
    NoticeKind.ORDER: _("For administrators: orders of authorities"),
    NoticeKind.MANY: _("For senior moderators: many cases that take a second person"),
    NoticeKind.CLAIM: _("For moderators: cases that I do not hold any more"),
    NoticeKind.APPROVAL: _("Announcements that wait for my approval"),
    NoticeKind.APPROVED: _("Whether announcements I wrote were approved"),
    NoticeKind.SKIPPED: _("Planned announcements that were not published"),
    NoticeKind.REMINDER: _("Reminders of what I am to acknowledge"),
    NoticeKind.UNANSWERED: _("What an organisation I own has not acknowledged in time"),
    NoticeKind.REGION: _("What organisations of my office's region have not acknowledged in time"),
    NoticeKind.QUESTION: _("For officials: what my office is asked officially"),
    NoticeKind.RESPONSE: _("What comes of official responses I asked for"),
    NoticeKind.DUE: _("For officials: responses of my office that are due soon"),
    NoticeKind.OVERDUE: _("For officials: responses of my office that are overdue"),
    NoticeKind.DEPUTY: _("Who stands in for whom at my office"),
    NoticeKind.CORRECTED: _("Announcements for me that were corrected"),
    NoticeKind.WITHDRAWN: _("Announcements for me that were withdrawn"),
}

# What each says; the gaps are filled from `about` when it is shown, in the reader's tongue.
SENTENCES = {
    NoticeKind.REPLY: _("%(actor)s replied to you in “%(title)s”."),
    NoticeKind.MENTION: _("%(actor)s mentioned you in “%(title)s”."),
    NoticeKind.REACTION: _("%(actor)s reacted to what you wrote in “%(title)s”."),
    NoticeKind.ACCEPTED: _("%(actor)s accepted your answer in “%(title)s”."),
    NoticeKind.DECISION: _("A moderator decided about something you wrote in “%(title)s”."),
    NoticeKind.APPEAL: _("There is news of another look at what was decided in “%(title)s”."),
    NoticeKind.ANNOUNCEMENT: _("%(actor)s published “%(title)s”."),
    NoticeKind.REPORT: _("What you reported in “%(title)s” was decided."),
    NoticeKind.ROLE: _("You now have another role in the community."),
    NoticeKind.PROTECTION: _("What you may do here asks for a second step when you sign in."),
    NoticeKind.OFFER: _("%(actor)s offers you to speak for “%(title)s”."),
    NoticeKind.MANDATE: _("Your mandate for “%(title)s” has changed."),
    NoticeKind.OWNERS: _("Who owns “%(title)s” has changed."),
    NoticeKind.APPLICATION: _("There is news about the verification of “%(title)s”."),
    NoticeKind.RENEWAL: _("The verification of “%(title)s” ends, or has ended. Please renew it."),
    NoticeKind.CLOSING: _("“%(title)s” is closed, is to close, or stays open."),
    NoticeKind.ADMISSION: _("There is news about your joining."),
    NoticeKind.PROFILE: _("A moderator removed the picture and the words on your profile."),
    NoticeKind.RESET: _("Nobody confirmed in time that the second step of %(title)s be reset."),
    NoticeKind.SUSPENSION: _("You were suspended for what you wrote in “%(title)s”."),
    NoticeKind.SEARCH: _("Something new was found for “%(title)s”."),
    NoticeKind.MOVED: _("%(actor)s moved posts of yours out of “%(title)s”: %(reason)s"),
    NoticeKind.MUTED: _("You are muted in “%(title)s” for a while: %(reason)s"),
    NoticeKind.TOPIC: _("%(actor)s made messages of yours part of the topic “%(title)s”."),
    NoticeKind.INVITED: _("%(actor)s invited you to “%(title)s”."),
    NoticeKind.DIRECT: _("%(actor)s wrote to you alone."),
    NoticeKind.URGENT: _("Case %(title)s cannot wait. Nobody has claimed it yet."),
    NoticeKind.LATE: _("The time of case %(title)s runs out, or has run out. It is for seniors."),
    NoticeKind.HIDDEN: _("What you wrote in “%(title)s” is hidden until a moderator has looked."),
    NoticeKind.LABELLED: _(
        "What you wrote in “%(title)s” is read with a line above it until a moderator has looked."
    ),
    NoticeKind.LOCKED: _(
        "Nobody answers in “%(title)s” until a moderator has looked at what you wrote there."
    ),
    NoticeKind.KEPT: _(
        "Your name and profile stay as they are until a moderator has looked at “%(title)s”."
    ),
    NoticeKind.APPROVAL: _("%(actor)s asks you to approve the announcement “%(title)s”."),
    NoticeKind.APPROVED: _("%(actor)s approved or declined the announcement “%(title)s”."),
    NoticeKind.SKIPPED: _("The announcement “%(title)s” was planned, and was not published."),
    NoticeKind.REMINDER: _("%(actor)s asks you to acknowledge “%(title)s”."),
    NoticeKind.UNANSWERED: _("Nobody has acknowledged “%(title)s” for %(reason)s in time."),
    NoticeKind.REGION: _(
        "“%(title)s”: so many organisations of your region have not acknowledged it in time:"
        " %(reason)s."
    ),
    NoticeKind.QUESTION: _("Your office is asked for an official response in “%(title)s”."),
    NoticeKind.RESPONSE: _("There is news of the official response in “%(title)s”."),
    NoticeKind.DUE: _("The response of your office in “%(title)s” is due soon."),
    NoticeKind.OVERDUE: _("The response of your office in “%(title)s” is overdue."),
    NoticeKind.DEPUTY: _("At “%(title)s” it has changed who stands in for whom; it is about you."),
    NoticeKind.CORRECTED: _("%(actor)s corrected “%(title)s”. Please read it again."),
    NoticeKind.WITHDRAWN: _("%(actor)s withdrew “%(title)s”."),
    NoticeKind.MANY: _("%(title)s cases are proposed to be settled at once; it takes two people."),
    NoticeKind.CLAIM: _(
        "You do not hold case %(title)s any more: somebody took it over, or your time ran out."
    ),
    NoticeKind.ORDER: _("Order %(title)s is not answered, and %(reason)s of its time has passed."),
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
