"""Which files whoever moderates sees, for the sake of a case."""

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from community.files import File
from community.members.models import Member
from community.organisations.policies import may_lead
from community.organisations.queries import mandate_in
from community.verification import verification_at
from moderation.models import Case, SubjectKind
from moderation.policies import may_see_queue
from moderation.queries import cases_of
from moderation.viewing import is_private


def sees_evidence(session: Session, moderator: Member, file: File) -> bool:
    """What was shown to verify an organisation: its owners, and whoever may see a case about it."""
    verification = verification_at(session, file.belongs_to)
    if verification is None:
        return False
    if may_lead(moderator, mandate_in(session, moderator, verification.organisation_id)):
        return True
    return _case(session, moderator, _verifying(verification.organisation_id)) is not None


def sees_kept(session: Session, moderator: Member, file: File) -> bool:
    """What hung at something when it was reported: whoever may see the case."""
    kind, _colon, number = file.kept_for.partition(":")
    return kind == "case" and _case(session, moderator, Case.id == int(number)) is not None


def looked_into(session: Session, reader: Member, file: File) -> Case | None:
    """The case about what is private for whose sake a moderator sees it: then it is written down
    that they do."""
    if not may_see_queue(reader) or reader.id == file.owner_id:
        return None
    about = _about(session, file)
    case = _case(session, reader, about) if about is not None else None
    return case if case and is_private(session, case) else None


def _about(session: Session, file: File) -> ColumnElement[bool] | None:
    """Which cases show it."""
    for kind, _colon, number in (one.partition(":") for one in (file.kept_for, file.belongs_to)):
        if kind == "case":
            return Case.id == int(number)
        if kind in (SubjectKind.HELD, SubjectKind.HELD_POST):
            return and_(Case.subject_kind == kind, Case.subject_id == int(number))
    shown = verification_at(session, file.belongs_to)
    return _verifying(shown.organisation_id) if shown else None


def _verifying(organisation_id: int) -> ColumnElement[bool]:
    kind = Case.subject_kind == SubjectKind.VERIFICATION
    return and_(kind, Case.subject_id == organisation_id)


def _case(session: Session, moderator: Member, about: ColumnElement[bool]) -> Case | None:
    """The latest that they may see."""
    found = cases_of(session, moderator).where(about).order_by(Case.id.desc())
    return session.scalar(found.limit(1))
