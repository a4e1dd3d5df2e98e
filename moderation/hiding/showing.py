"""Which files whoever moderates sees, for the sake of a case."""

from sqlalchemy.orm import Session

from community.files import File
from community.members.models import Member
from community.organisations.policies import may_lead
from community.organisations.queries import mandate_in
from community.verification import verification_at
from moderation.models import Case, SubjectKind
from moderation.queries import cases_of


def sees_evidence(session: Session, moderator: Member, file: File) -> bool:
    """What was shown to verify an organisation: its owners, and whoever may see a case about it."""
    verification = verification_at(session, file.belongs_to)
    if verification is None:
        return False
    if may_lead(moderator, mandate_in(session, moderator, verification.organisation_id)):
        return True
    about = cases_of(session, moderator).where(
        Case.subject_kind == SubjectKind.VERIFICATION,
        Case.subject_id == verification.organisation_id,
    )
    return session.scalar(about.limit(1)) is not None


def sees_kept(session: Session, moderator: Member, file: File) -> bool:
    """What hung at something when it was reported: whoever may see the case."""
    kind, _colon, number = file.kept_for.partition(":")
    if kind != "case":
        return False
    about = cases_of(session, moderator).where(Case.id == int(number))
    return session.scalar(about.limit(1)) is not None
