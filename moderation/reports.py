"""What became of reports, for whoever made them.

Sections in house order: policies, queries, actions.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, joinedload

from community import audit
from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.policies import YES, Verdict, no, require
from community.words import _
from moderation.appeals import outcome
from moderation.interim import show_if_no_longer_due
from moderation.models import Case, Decision, Flag, Ruling, State
from moderation.queries import flag_for
from moderation.states import Step, changed, move
from moderation.subjects import entry_at
from moderation.weighing import score_of

PAGE = 30

# Policies


def may_withdraw(case: Case) -> Verdict:
    """What one has reported."""
    if case.decided_at:
        return no(_("It is decided already; what was reported stays written down."))
    return YES


# Queries


class Followed(NamedTuple):
    flag: Flag  # with its case and evidence
    decision: Decision | None
    kept: bool = False  # what all decisions come to: it breaks no rule

    @property
    def case(self) -> Case:
        return self.flag.case


def reports_by(
    session: Session, by: ColumnElement[bool], *, most: int, before: int = 0
) -> Sequence[Followed]:
    """The latest first, each with the latest decision about it."""
    whole = joinedload(Flag.case), joinedload(Flag.evidence)
    flags = select(Flag).where(by).options(*whole).order_by(Flag.id.desc()).limit(most)
    if before:
        flags = flags.where(Flag.id < before)
    found = session.scalars(flags).all()
    decisions = _decisions(session, {flag.case_id for flag in found})
    return [_followed(flag, decisions[flag.case_id]) for flag in found]


def reports_of(session: Session, member: Member, before: int = 0) -> Sequence[Followed]:
    return reports_by(session, Flag.member_id == member.id, most=PAGE, before=before)


def _followed(flag: Flag, decisions: Sequence[Decision]) -> Followed:
    latest = decisions[-1] if decisions else None
    return Followed(flag, latest, outcome(decisions) == Ruling.KEEP)


def _decisions(session: Session, cases: set[int]) -> Mapping[int, list[Decision]]:
    """By case, the oldest first."""
    decided = select(Decision).where(Decision.case_id.in_(cases)).order_by(Decision.id)
    by_case = defaultdict[int, list[Decision]](list)
    for decision in session.scalars(decided):
        by_case[decision.case_id].append(decision)
    return by_case


# Actions


def withdraw(tx: Transaction, member: Member, flag_id: int) -> Flag:
    """One's own, until it is decided; twice is once. Where nobody else reports it and nobody has
    claimed it, nothing is left to decide, unless it cannot wait: that is not theirs alone."""
    flag = flag_for(tx, member, flag_id)
    case, entry = flag.case, entry_at(tx, flag.case.subject)
    tx.lock(*entry.chain, *case.chain)
    flag = flag_for(tx, member, flag_id)
    if flag.withdrawn_at:
        return flag
    require(may_withdraw(case))
    flag.withdrawn_at = now(tx)
    case.flags -= 1
    tx.flush()
    case.score = score_of(tx, case)
    audit.record(tx, member, "case.report_withdrawn", case.address, reason=flag.reason_code)
    left = tx.scalars(
        select(Flag).where(Flag.case_id == case.id, Flag.withdrawn_at.is_(None))
    ).all()
    if left:
        case.reason = min((one.reason for one in left), key=lambda reason: reason.priority)
        case.priority = case.reason.priority
    show_if_no_longer_due(tx, case, entry)
    if not left and case.state == State.OPEN and case.priority > 0:
        move(tx, case, Step.VOID, None)
    else:
        changed(tx, case)
    return flag
