"""What moderators say again and again, kept for them by seniors: of each reason, in both tongues.

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.database import Base, Transaction
from community.errors import Invalid, NotFound
from community.members.models import Member
from community.policies import YES, Verdict, no, require
from community.words import _
from moderation.models import Case, Evidence
from moderation.policies import is_senior, may_see_queue
from moderation.queries import case_for, evidence_of
from moderation.reasons import reason_for

WIB = ZoneInfo("Asia/Jakarta")
MOST = 20  # of one reason: more than that nobody reads while a case waits

# Models


class Field(StrEnum):
    """Which field of a decision it fills."""

    FACTS = "facts"
    GROUND = "ground"
    QUESTION = "question"  # that an applicant is asked


class Canned(Base):
    """{place} and {date} stand for where and when it was written what is decided about."""

    __tablename__ = "canned_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    reason_code: Mapped[str | None] = mapped_column(ForeignKey("reasons.code"))  # none: for any
    field: Mapped[str]
    words_id: Mapped[str]
    words_en: Mapped[str]
    position: Mapped[int] = mapped_column(default=0)

    @property
    def address(self) -> str:
        return f"text:{self.id}"

    def said(self, locale: str, about: Evidence) -> str:
        words = self.words_id if locale == "id" else self.words_en
        return words.replace("{place}", about.place).replace("{date}", _day(about.written_at))


class Wording(NamedTuple):
    """What a senior fills in."""

    reason: str  # empty: for any
    field: Field
    words_id: str
    words_en: str
    position: int = 0


# Policies


def may_keep_texts(member: Member) -> Verdict:
    return YES if is_senior(member) else no(_("Senior moderators keep these texts."))


# Queries


def texts_kept(session: Session, moderator: Member) -> Sequence[Canned]:
    """All of them, in the order they are offered in."""
    require(may_see_queue(moderator))
    return session.scalars(select(Canned).order_by(Canned.position, Canned.id)).all()


def text_for(session: Session, moderator: Member, text_id: int) -> Canned:
    text = session.get(Canned, text_id) if may_see_queue(moderator) else None
    if text is None:
        raise NotFound
    return text


class Offer(NamedTuple):
    text: Canned
    words: str  # as they would be said


class Offered(NamedTuple):
    """What could be said in a decision, in the tongue of whom it is about."""

    locale: str
    texts: Sequence[Offer]


def offered(session: Session, case: Case, about: Evidence, reason: str) -> Offered:
    """For those who have found the case. What is kept for that reason comes first."""
    fitting = select(Canned).where(or_(Canned.reason_code == reason, Canned.reason_code.is_(None)))
    own_first = fitting.order_by(Canned.reason_code.is_(None), Canned.position, Canned.id)
    locale = case.author.locale
    return Offered(
        locale, [Offer(one, one.said(locale, about)) for one in session.scalars(own_first)]
    )


def offered_for(session: Session, moderator: Member, case_id: int, reason: str) -> Offered:
    case = case_for(session, moderator, case_id)
    return offered(session, case, evidence_of(session, case)[-1], reason)


# Actions


def add_text(tx: Transaction, senior: Member, wording: Wording) -> Canned:
    require(may_keep_texts(senior))
    _require_complete(tx, wording)
    if _kept_for(tx, wording.reason) >= MOST:
        raise Invalid(
            _("There are %(most)s texts for this already. Change one of them."), most=MOST
        )
    text = Canned()
    _fill(text, wording)
    tx.add(text)
    tx.flush()
    _record(tx, senior, "text.added", text)
    return text


def change_text(tx: Transaction, senior: Member, text_id: int, wording: Wording) -> Canned:
    text = tx.hold(lambda session: text_for(session, senior, text_id))
    require(may_keep_texts(senior))
    _require_complete(tx, wording)
    _fill(text, wording)
    _record(tx, senior, "text.changed", text)
    return text


def remove_text(tx: Transaction, senior: Member, text_id: int) -> None:
    """Decisions that used it keep their words."""
    text = tx.hold(lambda session: text_for(session, senior, text_id))
    require(may_keep_texts(senior))
    _record(tx, senior, "text.removed", text)
    tx.delete(text)


def _require_complete(tx: Transaction, wording: Wording) -> None:
    if wording.reason:
        reason_for(tx, wording.reason)
    if not wording.words_id.strip() or not wording.words_en.strip():
        raise Invalid(_("Say it in both languages: whoever it is said to reads it in theirs."))


def _kept_for(tx: Transaction, reason: str) -> int:
    """Two that are added at once may be one too many, which harms nobody."""
    same = Canned.reason_code == reason if reason else Canned.reason_code.is_(None)
    return tx.scalars(select(func.count()).where(same)).one()


def _fill(text: Canned, wording: Wording) -> None:
    text.reason_code, text.field = wording.reason or None, wording.field
    text.words_id, text.words_en = wording.words_id.strip(), wording.words_en.strip()
    text.position = wording.position


def _record(tx: Transaction, senior: Member, verb: str, text: Canned) -> None:
    """The words are no business of the log."""
    audit.record(tx, senior, verb, text.address, reason=text.reason_code)


def _day(at: datetime) -> str:
    return f"{at.astimezone(WIB):%d-%m-%Y}"
