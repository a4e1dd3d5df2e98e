"""What organisations showed to be verified is kept no longer than needed (UU PDP 27/2022, Art 16).

The worker's chore. The words go, and their fingerprints stay: what was decided can be checked.
"""

from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select

from community import audit, files
from community.clock import now
from community.database import Transaction
from community.organisations.models import Organisation
from community.verification import Verification
from moderation.models import Case, Evidence, SubjectKind

SOME = 100  # rows one round of a chore takes


def blank_evidence(tx: Transaction, *, kept_for: timedelta) -> None:
    """So long after it was decided; of what is verified, after that has ended."""
    for verification in tx.scalars(_over(now(tx) - kept_for).limit(SOME)).all():
        tx.forget_turns()
        organisation = tx.get_one(Organisation, verification.organisation_id)
        tx.lock(organisation, verification)
        if verification.blanked_at or organisation.verified:
            continue  # verified while we waited
        _blank(tx, verification, now(tx) - kept_for)
        audit.record(tx, None, "evidence.blanked", f"organisation:{organisation.id}")


def _over(moment: datetime) -> Select[Verification]:
    ended = or_(Organisation.badge_ended_at.is_(None), Organisation.badge_ended_at <= moment)
    return (
        select(Verification)
        .join(Organisation, Organisation.id == Verification.organisation_id)
        .where(
            Verification.blanked_at.is_(None),
            Verification.closed_at <= moment,
            Organisation.level == 0,
            ended,
        )
        .order_by(Verification.id)
    )


def _blank(tx: Transaction, verification: Verification, moment: datetime) -> None:
    verification.words = verification.nib = verification.office_mail = ""
    verification.blanked_at = now(tx)
    files.drop(tx, verification.address)
    shown = (
        select(Evidence)
        .join(Case, Case.id == Evidence.case_id)
        .where(
            Case.subject_kind == SubjectKind.ORGANISATION,
            Case.subject_id == verification.organisation_id,
            Case.closed_at <= moment,
            Evidence.body != "",
        )
    )
    for evidence in tx.scalars(shown).all():
        evidence.body = evidence.html = evidence.author = ""
        evidence.versions = []
