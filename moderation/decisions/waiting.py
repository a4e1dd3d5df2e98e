"""Applicants who were asked for more and say nothing: they are reminded, and then their case ends.
While nobody who could answer may come in, no time passes.

The worker's chores. A case that somebody has claimed meanwhile is left to them.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.organisations.models import Organisation
from community.organisations.queries import owners_of
from community.restrictions import out_until
from moderation.decisions.applications import tell_applicant
from moderation.decisions.deciding import end_by_itself
from moderation.models import Case, State, SubjectKind
from moderation.queries import unanswered
from moderation.questions import PATIENCE, REMINDED, Question
from moderation.reasons import UNANSWERED
from moderation.subjects import subject_at


def remind_applicants(tx: Transaction) -> None:
    """Once, however many questions wait."""
    asked = _asked_before(now(tx) - REMINDED).where(Question.reminded_at.is_(None))
    for question in each_due(tx, asked):
        case = question.case
        if _could_answer(tx, case, REMINDED):
            for one in unanswered(tx, case):
                one.reminded_at = now(tx)
            tell_applicant(tx, case)
            audit.record(tx, None, "case.reminded", case.address)


def end_unanswered(tx: Transaction) -> None:
    """They may ask again; what they showed stays where it is until it is blanked."""
    asked = _asked_before(now(tx) - PATIENCE)
    reminded = asked.where(Question.reminded_at <= now(tx) - REMINDED)
    for question in each_due(tx, reminded, _hold_all):
        case = question.case
        latest = unanswered(tx, case)[0]
        if question is latest and _could_answer(tx, case, PATIENCE):
            end_by_itself(tx, case, subject_at(tx, case.subject), UNANSWERED)


def _hold_all(tx: Transaction, question: Question) -> None:
    """The case with who applied and what for: all of it is settled."""
    case = question.case
    tx.lock(case.author, *subject_at(tx, case.subject).chain, *case.chain)


def _could_answer(tx: Transaction, case: Case, for_so_long: timedelta) -> bool:
    """One of them at least; where there is nobody any more, nobody is waited for."""
    who = {case.author_id}
    if case.subject_kind == SubjectKind.VERIFICATION:
        organisation = tx.get_one(Organisation, case.subject_id)
        who = {mandate.member_id for mandate in owners_of(tx, organisation)}
    ends = [out_until(tx, member_id) for member_id in who]
    return not ends or any(end is None or end <= now(tx) - for_so_long for end in ends)


def _asked_before(moment: datetime) -> Select[Question]:
    asked = select(Question).join(Case, Case.id == Question.case_id)
    return asked.where(
        Case.state == State.ASKED, Question.answered_at.is_(None), Question.asked_at <= moment
    ).order_by(Question.id)
