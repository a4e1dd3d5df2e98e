"""Joining that moderators have to agree to, where the administrators have set it so: what the new
member said of themself is a case of the one queue, seen by who looks after their region and
clusters. Until it is decided they read, and write nothing."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Transaction
from community.errors import Conflict
from community.members.events import StandingChanged
from community.members.models import Member
from community.places import region_name
from community.words import _
from moderation.appeals import outcome
from moderation.decisions.applications import Told, apply
from moderation.models import Case, Decision, Ruling, SubjectKind
from moderation.queries import decisions_of, the_queue, unanswered
from moderation.questions import Question
from moderation.reasons import REGISTRATION, reason_for

AGAIN = timedelta(days=7)  # after a refusal
PAGE = "/taking-part"  # where a member sees what became of it


class Registration(NamedTuple):
    """What a member is told of their own joining."""

    case: Case
    question: Question | None  # that waits for their answer
    decision: Decision | None
    again_at: datetime | None  # when they may ask once more, where they were refused


def ask_to_be_let_in(tx: Transaction, member: Member) -> Case:
    """By what they said when they joined."""
    tx.flush()
    return _ask(tx, member, member.about or "–")


def answer(tx: Transaction, member: Member, words: str) -> Case:
    """To what a moderator wanted to know, or to a refusal, once some time has passed. Raises
    Conflict where nobody waits for it."""
    tx.lock(the_queue(tx))
    found = registration_of(tx, member)
    again = found is not None and found.again_at is not None and found.again_at <= now(tx)
    if found is None or not (found.question or again):
        raise Conflict(_("Nobody waits for an answer just now."))
    return _ask(tx, member, words)


def let_in(tx: Transaction, member: Member) -> None:
    """They write from now on, on open pages too. The member is held."""
    member.admitted = True
    tx.publish(StandingChanged(member_id=member.id))


def registration_of(session: Session, member: Member) -> Registration | None:
    """The latest; None for who joined without."""
    about = select(Case).where(
        Case.subject_kind == SubjectKind.REGISTRATION, Case.subject_id == member.id
    )
    case = session.scalars(about.order_by(Case.id.desc()).limit(1)).first()
    if case is None:
        return None
    decisions = decisions_of(session, case)
    decision = decisions[-1] if decisions else None
    refused = outcome(decisions) == Ruling.REFUSE
    again_at = _again_at(decision) if decision and refused else None
    decided = decision is not None and not decision.automated
    question = None if decided else next(iter(unanswered(session, case)), None)
    return Registration(case, question, decision, again_at)


def _again_at(refusal: Decision) -> datetime:
    """At once where nobody decided: they were only late."""
    return refusal.decided_at + (timedelta() if refusal.automated else AGAIN)


def _ask(tx: Transaction, member: Member, words: str) -> Case:
    tx.lock(the_queue(tx))
    place = " · ".join(part for part in (member.name, region_name(member.region)) if part)
    told = Told(words, place, PAGE)
    reason = reason_for(tx, REGISTRATION)
    return apply(tx, member, SubjectKind.REGISTRATION, member.id, reason, told)
