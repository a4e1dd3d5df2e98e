"""How much a report counts: by how well its reporter is known, by what came of their reports
before, and by how grave what they report would be (M7).

The weight is that of the moment of the report; what the reporter becomes later does not change it.
"""

from math import fsum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.members.models import Member, Trust
from community.powers import has_powers
from moderation.models import Case, Decision, Flag, Ruling, Source
from moderation.reasons import Reason

TRUST = {Trust.NEW: 0.5, Trust.BASIC: 1.0, Trust.REGULAR: 2.0}
MOST_TRUSTED = 3.0  # who moderates, or speaks for an office
UNPROVEN, PROVEN = 0.25, 2.0  # whose reports led to nothing, and to something each time
ENOUGH = 5  # decided reports; before, nobody can tell
LATEST = 50  # of them count
GRAVITY = (2.0, 1.5, 1.0, 1.0, 0.5)  # by the priority of the reason
OVERTURNED = "overturn"  # another look found the opposite
SILENT = (Source.SYSTEM, Source.ORDER)  # say nothing about how many are bothered by it


class Record(NamedTuple):
    """What came of somebody's reports."""

    acted: int = 0
    kept: int = 0

    @property
    def accuracy(self) -> float:
        decided = self.acted + self.kept
        if decided < ENOUGH:
            return 1.0
        return UNPROVEN + (PROVEN - UNPROVEN) * self.acted / decided


def weight_of(session: Session, source: Source, member: Member | None, reason: Reason) -> float:
    """0.06 to 12; what no member reported counts as by somebody new, or not at all."""
    if source in SILENT:
        return 0.0
    trust, record = TRUST[Trust.NEW], Record()
    if member:
        trust, record = trust_in(session, member), record_of(session, member)
    return weighed(trust, record, reason.priority)


def weighed(trust: float, record: Record, priority: int) -> float:
    return round(trust * record.accuracy * GRAVITY[priority], 2)


def trust_in(session: Session, member: Member) -> float:
    if member.moderates or has_powers(session, member):
        return MOST_TRUSTED
    return TRUST[Trust(member.trust)]


def record_of(session: Session, member: Member) -> Record:
    """Of their latest reports that were decided, and not taken back."""
    latest = (
        select(Flag.case_id)
        .join(Flag.case)
        .where(Flag.member_id == member.id, Flag.withdrawn_at.is_(None),
               Case.decided_at.is_not(None))
        .order_by(Flag.flagged_at.desc())
        .limit(LATEST)
    )  # fmt: skip
    decided = select(Decision.case_id, Decision.ruling).where(Decision.case_id.in_(latest))
    acted = dict[int, bool]()
    for case, ruling in session.execute(decided.order_by(Decision.id)):
        if ruling in (Ruling.ACT, Ruling.KEEP):
            acted[case] = ruling == Ruling.ACT
        elif ruling == OVERTURNED and case in acted:
            acted[case] = not acted[case]
    right = sum(acted.values())
    return Record(right, len(acted) - right)


def score_of(session: Session, case: Case) -> float:
    """Of all its reports that were not taken back."""
    active = select(Flag.weight).where(Flag.case_id == case.id, Flag.withdrawn_at.is_(None))
    return round(fsum(session.scalars(active)), 2)
