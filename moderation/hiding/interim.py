"""What is hidden by itself until somebody has looked: where enough people who have nothing to do
with each other report it, or one whom we know reports what must not stand there an hour.

Nothing of it is final. Deciding the case ends it; undecided, it ends after UNDECIDED_FOR, unless
the case is urgent: then whoever is on call is called again. What offices say is never hidden so,
and while new accounts come running to report something, that is left to people.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from math import fsum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.members.models import Member, Role, SignIn, Trust
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.models import Mandate
from community.restrictions import HIDING, Restriction, RestrictionKind, active_on
from moderation.hiding.labelling import end_label
from moderation.hiding.thresholds import Bounds, bounds_of
from moderation.models import Case, Decision, Flag, Ruling, Source
from moderation.on_call import call_again, tell_seniors
from moderation.subjects import Entry, entry_at, is_of_an_office, place_of, settle

UNDECIDED_FOR = timedelta(hours=72)
URGENT = 1  # priorities up to it stay hidden until somebody decides
A_DAY = timedelta(days=1)
AT_ONCE = {"csam", "terror", "doxxing", "impersonation_official"}  # at one report
BY_MANY = {"scam_fraud", "gambling_porn", "sara_hate", "harassment"}
OF_NEW_AUTHORS = {"spam"}  # by many, too
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


Tie = tuple[int, object]  # a reporter, and what others may share with them


# What is seen in reports, without looking anything up


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


def at_once(reports: Iterable[Report]) -> bool:
    return any(one.reason in AT_ONCE and not one.new and one.weight >= CREDIBLE for one in reports)


def by_many(reports: Sequence[Report], ties: Iterable[Tie], bounds: Bounds) -> bool:
    """Of each circle the weightiest counts: a firm is one voice."""
    weights = {one.who: one.weight for one in reports}
    heard = [max(weights[one] for one in circle) for circle in circles(weights, ties)]
    return len(heard) >= bounds.reporters and round(fsum(heard), 2) >= bounds.hide_at


def is_rush(reports: Iterable[Report], at: datetime, bounds: Bounds) -> bool:
    """So many new accounts at once are more likely to have agreed than to be right."""
    running = [
        one
        for one in reports
        if not one.moderates
        and one.flagged_at > at - bounds.rush_lasts
        and one.flagged_at - one.joined_at < bounds.young
    ]
    return len(running) >= bounds.rush


# What follows from a report


def is_rushed_at(session: Session, case: Case) -> bool:
    """And nobody has been told of it yet."""
    rush = is_rush(_reports(session, case), now(session), bounds_of(session))
    return rush and not _is_left_to_people(session, case)


def hide_if_due(tx: Transaction, case: Case, entry: Entry) -> None:
    """The entry and the queue are held. Once for a case: what was shown again is decided by
    people."""
    if entry.gone or _was_hidden(tx, case) or not _is_due(tx, case, entry):
        return
    if _is_left_to_people(tx, case) or is_of_an_office(tx, entry.author_id, entry):
        return
    restriction = Restriction(
        kind=RestrictionKind.HIDDEN, subject=case.subject, case_id=case.id, interim=True,
        imposed_at=now(tx), ends_at=now(tx) + UNDECIDED_FOR,
    )  # fmt: skip
    tx.add(restriction)
    settle(tx, entry)
    audit.record(tx, None, "case.hidden", case.address, about=case.subject, reason=case.reason.code)
    notify(tx, [case.author_id], NoticeKind.HIDDEN, title=place_of(entry),
           link=f"/hidden/{restriction.id}")  # fmt: skip


def show_if_no_longer_due(tx: Transaction, case: Case, entry: Entry) -> None:
    """Reports were taken back. The entry and the queue are held."""
    if not _is_due(tx, case, entry):
        _lift(tx, case, entry, None, "case.shown")


def end_with(tx: Transaction, decision: Decision, entry: Entry) -> None:
    """What was decided stands in its place. The entry and the case are held."""
    verb = "case.replaced" if decision.ruling == Ruling.ACT else "case.shown"
    _lift(tx, decision.case, entry, decision.moderator, verb)
    end_label(tx, decision.case, entry, decision.moderator)


def end_with_void(tx: Transaction, case: Case, entry: Entry, by: Member) -> None:
    _lift(tx, case, entry, by, "case.shown")
    end_label(tx, case, entry, by)


def interim_on(session: Session, case: Case) -> Sequence[Restriction]:
    """That are active."""
    active = active_on(session, case.subject)
    return [one for one in active if one.interim and one.case_id == case.id]


# What time does: the worker's chore


def end_interim(tx: Transaction) -> None:
    """Where nobody decided in time: it is shown again and seniors are told, or, if it is urgent,
    stays and somebody is called."""
    over = select(Restriction).where(
        Restriction.interim, Restriction.lifted_at.is_(None), Restriction.ends_at <= now(tx)
    )
    for restriction in each_due(tx, over.order_by(Restriction.id), _hold):
        case = tx.get_one(Case, restriction.case_id)
        if case.priority <= URGENT and not case.over:
            restriction.ends_at = now(tx) + UNDECIDED_FOR
            audit.record(tx, None, "case.stays_hidden", case.address, about=case.subject)
            call_again(tx, case)
            continue
        _lift(tx, case, entry_at(tx, case.subject), None, "case.shown")
        if not case.over:
            tell_seniors(tx, case)


# The parts


def _lift(tx: Transaction, case: Case, entry: Entry, by: Member | None, verb: str) -> None:
    lifted = interim_on(tx, case)
    for restriction in lifted:
        restriction.lifted_at, restriction.lifted_by_id = now(tx), by.id if by else None
        audit.record(tx, by, verb, case.address, about=case.subject)
    if lifted:
        settle(tx, entry)


def _hold(tx: Transaction, restriction: Restriction) -> None:
    case = tx.get_one(Case, restriction.case_id)
    tx.lock(*entry_at(tx, restriction.subject).chain, *case.chain)


def _is_due(session: Session, case: Case, entry: Entry) -> bool:
    reports = _reports(session, case)
    if at_once(reports):
        return True
    of_new = OF_NEW_AUTHORS if entry.author.trust == Trust.NEW else set()
    counted = [one for one in reports if one.reason in AT_ONCE | BY_MANY | of_new]
    bounds = bounds_of(session)
    if len(counted) < bounds.reporters:
        return False
    return by_many(counted, _ties(session, [one.who for one in counted]), bounds)


def _reports(session: Session, case: Case) -> list[Report]:
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


def _ties(session: Session, who: Sequence[int]) -> list[Tie]:
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


def _is_left_to_people(session: Session, case: Case) -> bool:
    told = select(Flag.id).where(Flag.case_id == case.id, Flag.source == Source.SYSTEM)
    return session.scalar(told.limit(1)) is not None


def _was_hidden(session: Session, case: Case) -> bool:
    """By itself, or is by what was decided before."""
    interim = select(Restriction.id).where(
        Restriction.interim, Restriction.subject == case.subject, Restriction.case_id == case.id
    )
    if session.scalar(interim.limit(1)) is not None:
        return True
    return any(one.kind in HIDING for one in active_on(session, case.subject))
