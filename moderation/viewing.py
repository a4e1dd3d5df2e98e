"""Moderators look into what is said in private for the sake of a case alone, and each look is
written down (M9): once in an hour, of words and of each file they open.

Sections in house order: queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import audit
from community.audit import AuditEntry
from community.clock import now
from community.database import Transaction
from community.members.models import Member
from moderation.models import Case
from moderation.places import read_by_few
from moderation.queries import case_for

AN_HOUR = timedelta(hours=1)
VIEWED, FILE_VIEWED = "case.viewed", "case.file_viewed"

# Queries


def is_private(session: Session, case: Case) -> bool:
    """Whether it is about what not every member may read, or what an authority asks about."""
    few = select(Case.id).where(Case.id == case.id, read_by_few())
    return session.scalar(few) is not None


def is_to_be_noted(session: Session, moderator: Member, case: Case) -> bool:
    """Before its words are shown to them."""
    if not is_private(session, case):
        return False
    return not viewed_lately(moderator, steps_of(session, case), now(session))


def viewed_lately(moderator: Member, steps: Sequence[AuditEntry], at: datetime) -> bool:
    """`steps`: what was done about the case."""
    return any(_is_look(one, moderator, VIEWED, at) for one in steps)


def file_viewed_lately(
    moderator: Member, steps: Sequence[AuditEntry], sha256: str, at: datetime
) -> bool:
    """The same of one file."""
    looks = (one for one in steps if one.details.get("evidence") == sha256)
    return any(_is_look(one, moderator, FILE_VIEWED, at) for one in looks)


def _is_look(step: AuditEntry, moderator: Member, verb: str, at: datetime) -> bool:
    return (step.verb, step.actor_id) == (verb, moderator.id) and step.done_at > at - AN_HOUR


def steps_of(session: Session, case: Case) -> Sequence[AuditEntry]:
    """What was done about it, in that order."""
    done = select(AuditEntry).where(AuditEntry.subject == case.address)
    return session.scalars(done.order_by(AuditEntry.id)).all()


# Actions


def view(tx: Transaction, moderator: Member, case_id: int) -> None:
    """Before it is shown. Doing it twice within the hour is doing it once."""
    tx.lock(moderator)
    case = case_for(tx, moderator, case_id)
    if not viewed_lately(moderator, steps_of(tx, case), now(tx)):
        audit.record(tx, moderator, VIEWED, case.address)


def view_file(tx: Transaction, moderator: Member, case_id: int, sha256: str) -> None:
    """Before it is opened. The same."""
    tx.lock(moderator)
    case = case_for(tx, moderator, case_id)
    if not file_viewed_lately(moderator, steps_of(tx, case), sha256, now(tx)):
        audit.record(tx, moderator, FILE_VIEWED, case.address, evidence=sha256)
