"""What became of reports, for whoever made them.

Sections in house order: policies, queries, actions.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, joinedload

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import NotFound
from community.members.models import Member
from community.policies import YES, Verdict, no, require
from community.words import _
from moderation.appeals import RULED, Another, Appeal, Asker, Side, appeals_about, outcome, seen_by
from moderation.hiding.interim import lift_if_no_longer_due
from moderation.hiding.meanwhile import held_with
from moderation.hiding.weighing import score_of
from moderation.models import Case, Decision, Flag, Ruling, State
from moderation.queries import decision_of, flag_for
from moderation.states import Step, changed, move
from moderation.subjects import entry_at

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


class Answer(NamedTuple):
    """To one report; no names but the author's, which the reporter knew."""

    flag: Flag  # with its case and evidence
    decision: Decision | None  # what another look would be taken at
    kept: bool  # it was found to break no rule, whatever was decided before
    another: Another | None  # look at the decision

    @property
    def case(self) -> Case:
        return self.flag.case


def reports_of(session: Session, member: Member, before: int = 0) -> Sequence[Followed]:
    """The latest first, each with the latest decision about it."""
    flags = _latest(Flag.member_id == member.id).limit(PAGE)
    if before:
        flags = flags.where(Flag.id < before)
    found = session.scalars(flags).all()
    decisions = _decisions(session, {flag.case_id for flag in found})
    return [_followed(flag, decisions[flag.case_id]) for flag in found]


def answer_for(session: Session, reporter: Member, flag_id: int) -> Answer:
    """What came of one's own report. Raises NotFound."""
    own = and_(Flag.id == flag_id, Flag.member_id == reporter.id)
    for answer in answers_to(session, own, most=1):
        return answer
    raise NotFound


def answers_to(session: Session, by: ColumnElement[bool], *, most: int) -> Sequence[Answer]:
    """As answer_for, of the latest; for those who have found whose they are."""
    flags = session.scalars(_latest(by).limit(most)).all()
    cases = {flag.case_id for flag in flags}
    decisions, appeals, at = _decisions(session, cases), appeals_about(session, cases), now(session)
    return [_answer(flag, decisions[flag.case_id], appeals, at) for flag in flags]


def _latest(by: ColumnElement[bool]) -> Select[Flag]:
    whole = joinedload(Flag.case), joinedload(Flag.evidence)
    return select(Flag).where(by).options(*whole).order_by(Flag.id.desc())


def _answer(
    flag: Flag, decisions: Sequence[Decision], appeals: Sequence[Appeal], at: datetime
) -> Answer:
    asker = Asker(Side.REPORTER, flag.member, flag)
    decision = next((one for one in reversed(decisions) if one.ruling not in RULED), None)
    another = seen_by(asker, decision, decisions, appeals, at) if decision else None
    return Answer(flag, decision, outcome(decisions) == Ruling.KEEP, another)


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
    claimed it, nothing is left to decide, unless it cannot wait, or was opened anew: that is not
    theirs alone."""
    flag = flag_for(tx, member, flag_id)
    case, entry = flag.case, entry_at(tx, flag.case.subject)
    tx.lock(*held_with(tx, case), *entry.chain, *case.chain)
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
    if left and not case.ordered:  # what an authority wants is as urgent as it says
        case.reason = min((one.reason for one in left), key=lambda reason: reason.priority)
        case.priority = case.reason.priority
    lift_if_no_longer_due(tx, case, entry)
    if not left and case.state == State.OPEN and case.priority > 0 and not decision_of(tx, case):
        move(tx, case, Step.VOID, None)
    else:
        changed(tx, case)
    return flag
