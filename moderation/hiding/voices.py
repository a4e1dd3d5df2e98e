"""Who reports something, and how many they are: what is seen in its reports before anything follows
from them by itself. A firm is one voice, and new accounts that come running are none.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import fsum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.clock import now
from community.members.models import Member, Role, SignIn, Trust
from community.organisations.models import Mandate
from moderation.hiding.thresholds import Bounds
from moderation.models import Case, Flag, Source

A_DAY = timedelta(days=1)
CREDIBLE = 1.0  # what a single report has to weigh


class Report(NamedTuple):
    """What is asked of one."""

    who: int
    reason: str
    weight: float
    new: bool  # is its reporter,
    moderates: bool  # or do they that
    joined_at: datetime
    flagged_at: datetime

    def runs(self, bounds: Bounds) -> bool:
        """Whether it is of an account that could have been made for it."""
        return not self.moderates and self.flagged_at - self.joined_at < bounds.young


Tie = tuple[int, object]  # a reporter, and what others may share with them

# What is seen without looking anything up


def circles(who: Iterable[int], ties: Iterable[Tie]) -> list[set[int]]:
    """Those who share something are one, however many accounts they are."""
    found: list[set[int]] = [{one} for one in sorted(set(who))]
    by_tie: dict[object, set[int]] = {}
    for one, tie in ties:
        by_tie.setdefault(tie, set()).add(one)
    for together in by_tie.values():
        touched = [circle for circle in found if circle & together]
        found = [circle for circle in found if not circle & together]
        if touched:
            found.append(set().union(*touched))
    return found


def is_credible(report: Report) -> bool:
    """Of somebody we know, whose reports were not wrong before."""
    return not report.new and report.weight >= CREDIBLE


def by_many(reports: Sequence[Report], ties: Iterable[Tie], bounds: Bounds) -> bool:
    """Of each circle the weightiest counts."""
    weights = {one.who: one.weight for one in reports}
    heard = [max(weights[one] for one in circle) for circle in circles(weights, ties)]
    return len(heard) >= bounds.reporters and round(fsum(heard), 2) >= bounds.hide_at


def is_rush(reports: Iterable[Report], at: datetime, bounds: Bounds) -> bool:
    """So many new accounts at once are more likely to have agreed than to be right."""
    running = [
        one for one in reports if one.runs(bounds) and one.flagged_at > at - bounds.rush_lasts
    ]
    return len(running) >= bounds.rush


# What is looked up


def reports_of(session: Session, case: Case) -> list[Report]:
    """By members, and not taken back."""
    found = (
        select(Member.id, Flag.reason_code, Flag.weight, Member.trust, Member.role,
               Member.joined_at, Flag.flagged_at)
        .join(Member, Member.id == Flag.member_id)
        .where(Flag.case_id == case.id, Flag.withdrawn_at.is_(None))
    )  # fmt: skip
    return [
        Report(who, reason, weight, trust == Trust.NEW, role != Role.MEMBER, joined_at, flagged_at)
        for who, reason, weight, trust, role, joined_at, flagged_at in session.execute(found)
    ]


def heard(session: Session, case: Case, bounds: Bounds) -> list[Report]:
    """Those that may do something by themselves: where new accounts came running once, nothing any
    new account says."""
    reports = reports_of(session, case)
    if not was_rushed(session, case):
        return reports
    return [one for one in reports if not one.runs(bounds)]


def was_rushed(session: Session, case: Case) -> bool:
    """And moderators were told."""
    told = select(Flag.id).where(Flag.case_id == case.id, Flag.source == Source.SYSTEM)
    return session.scalar(told.limit(1)) is not None


def ties_of(session: Session, who: Sequence[int]) -> list[Tie]:
    """An organisation, or the same browser at the same address today. The address is known of the
    moment of a sign-in, and nothing more is kept for this."""
    speak = select(Mandate.member_id, Mandate.organisation_id).where(
        Mandate.member_id.in_(who), Mandate.live
    )
    came = select(SignIn.member_id, SignIn.network, SignIn.device).where(
        SignIn.member_id.in_(who), SignIn.network != "", SignIn.began_at > now(session) - A_DAY
    )
    ties: list[Tie] = [(one, organisation) for one, organisation in session.execute(speak)]
    return ties + [(one, (network, device)) for one, network, device in session.execute(came)]
