"""What became of reports, for whoever made them.

Sections in house order: policies, queries, actions.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from community.members.models import Member
from moderation.models import Case, Decision, Flag

PAGE = 30

# Queries


class Followed(NamedTuple):
    flag: Flag  # with its case and evidence
    decision: Decision | None

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
    return [Followed(flag, decisions.get(flag.case_id)) for flag in found]


def reports_of(session: Session, member: Member, before: int = 0) -> Sequence[Followed]:
    return reports_by(session, Flag.member_id == member.id, most=PAGE, before=before)


def _decisions(session: Session, cases: set[int]) -> dict[int, Decision]:
    latest = select(func.max(Decision.id)).where(Decision.case_id.in_(cases))
    decided = select(Decision).where(Decision.id.in_(latest.group_by(Decision.case_id)))
    return {decision.case_id: decision for decision in session.scalars(decided)}
