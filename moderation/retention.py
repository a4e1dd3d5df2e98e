"""What organisations showed to be verified is kept no longer than needed (UU PDP 27/2022, Art 16).

The worker's chore. The words go, and their fingerprints stay: what was decided can be checked.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select

from community import audit, files
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.organisations.models import Organisation
from community.verification import Verification
from moderation.models import Case, Decision, Evidence, Ruling, SubjectKind
from moderation.questions import Question
from moderation.sealing import blank


def blank_evidence(tx: Transaction, *, kept_for: timedelta) -> None:
    """So long after it was refused; of what was granted, after the badge has ended."""
    for verification in each_due(tx, _over(now(tx) - kept_for)):
        _blank(tx, verification)
        audit.record(tx, None, "evidence.blanked", f"organisation:{verification.organisation_id}")


def _over(moment: datetime) -> Select[Verification]:
    ended = or_(Organisation.badge_ended_at.is_(None), Organisation.badge_ended_at <= moment)
    return (
        select(Verification)
        .join(Organisation, Organisation.id == Verification.organisation_id)
        .where(
            Verification.blanked_at.is_(None),
            Verification.closed_at <= moment,
            or_(not_(_granted()), and_(Organisation.level == 0, ended)),
        )
        .order_by(Verification.id)
    )


def _granted() -> ColumnElement[bool]:
    """A verification ends in the same moment as its case."""
    decided = select(Decision.id).join(Case, Case.id == Decision.case_id)
    return decided.where(
        Case.subject_kind == SubjectKind.VERIFICATION,
        Case.subject_id == Verification.organisation_id,
        Case.decided_at == Verification.closed_at,
        Decision.ruling == Ruling.GRANT,
    ).exists()


def _blank(tx: Transaction, verification: Verification) -> None:
    """With what its case has of it, and what was asked about it."""
    case = select(Case.id).where(
        Case.subject_kind == SubjectKind.VERIFICATION,
        Case.subject_id == verification.organisation_id,
        Case.decided_at == verification.closed_at,
    )
    verification.words = verification.nib = verification.office_mail = ""
    verification.blanked_at = now(tx)
    files.drop(tx, verification.address)
    for evidence in tx.scalars(select(Evidence).where(Evidence.case_id.in_(case))).all():
        blank(evidence)
    for question in tx.scalars(select(Question).where(Question.case_id.in_(case))).all():
        question.body = ""
