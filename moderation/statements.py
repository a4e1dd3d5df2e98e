"""What those are told whom a decision concerns: its author, the owners of what it is about, whoever
reads a badge. reports.py has what reporters are told."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from community.clock import now
from community.errors import NotFound
from community.members.models import Member
from community.restrictions import FOREVER, KEEPING_OUT, Restriction, active_on
from moderation.appeals import Another, Asker, Side, another_look, concerned
from moderation.measures import Measure, measures_of
from moderation.models import Case, Decision, Evidence, Ruling, SubjectKind
from moderation.orders.models import Order
from moderation.orders.queries import order_answered
from moderation.queries import case_for
from moderation.viewing import is_to_be_noted

BADGES = 20  # of one organisation, the latest of them


class Statement(NamedTuple):
    decision: Decision
    case: Case
    evidence: Evidence
    restrictions: Sequence[Restriction]  # that it imposed, with those that have ended
    measures: Sequence[Measure]
    another: Another  # look at it
    order: Order | None  # of an authority, that it answers
    to_be_noted: bool = False  # that a moderator looks at it, before they do


def statement_for(session: Session, reader: Member, decision_id: int) -> Statement:
    """For the author, who may have applied for it, the owners of what it is about, and moderators
    who may see the case."""
    whole = joinedload(Decision.case), joinedload(Decision.evidence)
    decision = session.get(Decision, decision_id, options=whole)
    if decision is None:
        raise NotFound
    case = decision.case
    mine = reader.id in concerned(session, case)
    statement = _statement(session, decision, reader, mine=mine)
    if mine:
        return statement
    case_for(session, reader, case.id)
    return statement._replace(to_be_noted=is_to_be_noted(session, reader, case))


def suspensions_of(session: Session, member_id: int) -> Sequence[Statement]:
    """Why they cannot come in, and what was decided about them meanwhile, for themself when they
    have proved who they are: what lasts longest first."""
    active = active_on(session, f"member:{member_id}")
    out = [one for one in active if one.kind in KEEPING_OUT]
    since = min((one.imposed_at for one in out), default=now(session))
    theirs = select(Decision).join(Decision.case).where(Case.author_id == member_id)
    told = session.scalars(theirs.where(Decision.decided_at >= since).order_by(Decision.id)).all()
    lasting = {one.decision_id: one.ends_at or FOREVER for one in out}
    told = sorted(told, key=lambda one: lasting.get(one.id, since), reverse=True)
    member = session.get_one(Member, member_id)
    return [_statement(session, decision, member, mine=True) for decision in told]


def _statement(session: Session, decision: Decision, reader: Member, *, mine: bool) -> Statement:
    imposed = select(Restriction).where(Restriction.decision_id == decision.id)
    found = session.scalars(imposed.order_by(Restriction.id)).all()
    taken = measures_of(session, decision.id)
    order = order_answered(session, decision)
    another = another_look(session, Asker(Side.AUTHOR, reader) if mine else None, decision)
    return Statement(decision, decision.case, decision.evidence, found, taken, another, order)


def badges_of(session: Session, organisation_id: int) -> Sequence[Decision]:
    """What it was ever verified by, the latest first; everybody may read the public line."""
    granted = (
        select(Decision)
        .join(Decision.case)
        .where(
            Case.subject_kind == SubjectKind.VERIFICATION,
            Case.subject_id == organisation_id,
            Decision.ruling == Ruling.GRANT,
        )
    )
    granted = granted.options(joinedload(Decision.evidence))
    return session.scalars(granted.order_by(Decision.id.desc()).limit(BADGES)).all()
