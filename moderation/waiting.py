"""Applicants who were asked for more and say nothing: they are reminded, and then their case ends.

The worker's chores. A case that somebody has claimed meanwhile is left to them.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from community import audit
from community.clock import now
from community.database import Transaction
from moderation.applications import tell_applicant
from moderation.deciding import end_by_itself
from moderation.models import PATIENCE, Case, Question, State
from moderation.queries import unanswered
from moderation.reasons import UNANSWERED
from moderation.subjects import subject_at

SOME = 100  # rows one round of a chore takes
REMINDED = timedelta(days=7)  # after the question


def remind_applicants(tx: Transaction) -> None:
    """Once, however many questions wait."""
    silent = _asked_before(now(tx) - REMINDED).where(Question.reminded_at.is_(None))
    for question in tx.scalars(silent.limit(SOME)).all():
        tx.forget_turns()
        case = tx.get_one(Case, question.case_id)
        tx.lock(*case.chain)
        if case.state == State.ASKED and question.reminded_at is None:
            for asked in unanswered(tx, case):
                asked.reminded_at = now(tx)
            tell_applicant(tx, case)
            audit.record(tx, None, "case.reminded", case.address)


def end_unanswered(tx: Transaction) -> None:
    """They may ask again; what they showed stays where it is until it is blanked."""
    for question in tx.scalars(_asked_before(now(tx) - PATIENCE).limit(SOME)).all():
        tx.forget_turns()
        case = tx.get_one(Case, question.case_id)
        subject = subject_at(tx, case.subject)
        tx.lock(case.author, *subject.chain, *case.chain)
        if case.state == State.ASKED and question in unanswered(tx, case)[:1]:
            end_by_itself(tx, case, subject, UNANSWERED)


def _asked_before(moment: datetime) -> Select[Question]:
    asked = select(Question).join(Case, Case.id == Question.case_id)
    return asked.where(
        Case.state == State.ASKED, Question.answered_at.is_(None), Question.asked_at <= moment
    ).order_by(Question.id)
