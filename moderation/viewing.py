"""Moderators look into what is said in private for the sake of a case alone, and each look is
written down (M9): once in an hour.

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
VIEWED = "case.viewed"

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
    looks = (one for one in steps if (one.verb, one.actor_id) == (VIEWED, moderator.id))
    return any(one.done_at > at - AN_HOUR for one in looks)


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
