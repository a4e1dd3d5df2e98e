"""Joining that moderators have to agree to, where the administrators have set it so: what the new
member said of themself is a case of the one queue, seen by who looks after their region and
clusters. Until it is decided they read, and write nothing."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.database import Transaction
from community.errors import Conflict
from community.members.events import StandingChanged
from community.members.models import Member
from community.places import region_name
from community.words import _
from moderation.applications import Told, apply
from moderation.models import Case, Decision, Question, State, SubjectKind
from moderation.queries import decision_of, open_case_about, questions_of, the_queue
from moderation.reasons import REGISTRATION, reason_for

PAGE = "/taking-part"  # where a member sees what became of it


class Registration(NamedTuple):
    """What a member is told of their own joining."""

    case: Case
    question: Question | None  # that waits for their answer
    decision: Decision | None


def ask_to_be_let_in(tx: Transaction, member: Member) -> Case:
    """By what they said when they joined."""
    tx.flush()
    return _ask(tx, member, member.about or "–")


def answer(tx: Transaction, member: Member, words: str) -> Case:
    """To what a moderator wanted to know. Raises Conflict where nobody waits for it."""
    case = open_case_about(tx, SubjectKind.REGISTRATION, member.id)
    if case is None or case.state != State.ASKED:
        raise Conflict(_("Nobody waits for an answer any more."))
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
    asked = questions_of(session, case) if case.state == State.ASKED else []
    return Registration(case, asked[-1] if asked else None, decision_of(session, case))


def _ask(tx: Transaction, member: Member, words: str) -> Case:
    tx.lock(the_queue(tx))
    place = " · ".join(part for part in (member.name, region_name(member.region)) if part)
    told = Told(words, place, PAGE)
    reason = reason_for(tx, REGISTRATION)
    return apply(tx, member, SubjectKind.REGISTRATION, member.id, reason, told)
