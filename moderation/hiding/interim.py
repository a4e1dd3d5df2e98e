"""What holds by itself until somebody has looked: where enough people who have nothing to do with
each other report it, or one whom we know reports what must not stand there an hour.

Nothing of it is final. Deciding the case ends it; undecided, it ends after UNDECIDED_FOR, unless
the case is urgent: then whoever is on call is called again. What offices say is left to people, and
while new accounts come running to report something, so is that. What holds is in meanwhile.py.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.members.models import Member, Trust
from community.restrictions import Restriction, RestrictionKind
from moderation.hiding.labelling import end_label
from moderation.hiding.meanwhile import (
    KINDS,
    UNDECIDED_FOR,
    Meanwhile,
    held_with,
    impose,
    lift,
    meanwhile_on,
    still_open,
)
from moderation.hiding.thresholds import Bounds, bounds_of
from moderation.hiding.voices import (
    Report,
    by_many,
    heard,
    is_credible,
    is_rush,
    reports_of,
    ties_of,
    was_rushed,
)
from moderation.models import Case, Decision, Ruling
from moderation.on_call import call_again, tell_seniors
from moderation.subjects import Entry, entry_at, is_of_an_office

URGENT = 1  # of priorities up to it all stays until somebody decides

# What follows from a report


def is_rushed_at(tx: Transaction, case: Case) -> bool:
    """And nobody has been told of it yet. As long as it goes on, nothing follows by itself. The
    queue is held."""
    bounds = bounds_of(tx)
    if not is_rush(reports_of(tx, case), now(tx), bounds):
        return False
    case.rushed_until = now(tx) + bounds.rush_lasts
    return not was_rushed(tx, case)


def restrict_if_due(tx: Transaction, case: Case, entry: Entry) -> None:
    """The entry, its author and the queue are held."""
    if entry.gone or case.rushed_until or is_of_an_office(tx, entry.author_id, entry):
        return
    due = _due(tx, case, entry)
    for kind, place in still_open(tx, case, entry).items() if due else ():
        if kind in due:
            impose(tx, case, entry, kind, place)


def lift_if_no_longer_due(tx: Transaction, case: Case, entry: Entry) -> None:
    """Reports were taken back. The entry, the queue and `held_with` are held."""
    due = _due(tx, case, entry)
    for one in meanwhile_on(tx, case):
        if one.kind not in due:
            lift(tx, one, None)


def end_with(tx: Transaction, decision: Decision, entry: Entry) -> None:
    """What was decided stands in its place. The entry, the case and `held_with` are held."""
    acts = decision.ruling == Ruling.ACT
    for one in meanwhile_on(tx, decision.case):
        hidden = one.kind == RestrictionKind.HIDDEN
        lift(tx, one, decision.moderator, "case.replaced" if acts and hidden else "")
    end_label(tx, decision.case, entry, decision.moderator)


def end_with_void(tx: Transaction, case: Case, entry: Entry, by: Member) -> None:
    for one in meanwhile_on(tx, case):
        lift(tx, one, by)
    end_label(tx, case, entry, by)


# What time does: the worker's chores


def end_interim(tx: Transaction) -> None:
    """Where nobody decided in time: it ends and seniors are told, or, if it is urgent, all of it
    stays and somebody is called."""
    over = select(Restriction).where(
        Restriction.interim.is_(True),
        Restriction.lifted_at.is_(None),
        Restriction.ends_at <= now(tx),
    )
    for restriction in each_due(tx, over.order_by(Restriction.id), _hold):
        case = tx.get_one(Case, restriction.case_id)
        if case.priority <= URGENT and not case.over:
            for one in meanwhile_on(tx, case):
                one.ends_at = now(tx) + UNDECIDED_FOR
            audit.record(tx, None, "case.stays_hidden", case.address, about=case.subject)
            call_again(tx, case)
            continue
        lift(tx, restriction, None)
        if not case.over and not meanwhile_on(tx, case):
            tell_seniors(tx, case)


def end_rushes(tx: Transaction) -> None:
    """Nobody comes running any more: what others have reported meanwhile does what it would have
    done."""
    calm = select(Case).where(Case.rushed_until <= now(tx))
    for case in each_due(tx, calm.order_by(Case.rushed_until, Case.id), _hold_case):
        case.rushed_until = None
        if not case.over:
            restrict_if_due(tx, case, entry_at(tx, case.subject))


# The parts


def _hold(tx: Transaction, restriction: Restriction) -> None:
    _hold_case(tx, tx.get_one(Case, restriction.case_id))


def _hold_case(tx: Transaction, case: Case) -> None:
    tx.lock(*held_with(tx, case), *entry_at(tx, case.subject).chain, *case.chain)


def _due(session: Session, case: Case, entry: Entry) -> set[RestrictionKind]:
    """What its reports ask for."""
    bounds = bounds_of(session)
    reports = heard(session, case, bounds)
    new = entry.author.trust == Trust.NEW
    return {kind for kind, how in KINDS.items() if _asks(session, how, reports, bounds, new)}


def _asks(
    session: Session, how: Meanwhile, reports: Iterable[Report], bounds: Bounds, new: bool
) -> bool:
    among = how.at_once | how.by_many | (how.of_new_authors if new else frozenset())
    counted: Sequence[Report] = [one for one in reports if one.reason in among]
    if any(one.reason in how.at_once and is_credible(one) for one in counted):
        return True
    if len(counted) < bounds.reporters:
        return False
    return by_many(counted, ties_of(session, [one.who for one in counted]), bounds)
