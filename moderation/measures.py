"""What a decision does: to what was reported and to its author, several things at once.

A measure is written down for good with its decision; what it restricts is a row of
community/restrictions.py beside others, and lifting one never lifts another's.

Sections in house order: models, policies, actions.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.members.models import Member
from community.members.policies import may_mute, may_suspend
from community.policies import YES, Verdict, no
from community.restrictions import Restriction, RestrictionKind
from community.words import _
from moderation.models import Decision, SubjectKind
from moderation.subjects import Entry, entry_at, settle, settle_member

# Models

ALONE = 30  # days of a mute or a suspension; for more no one alone decides
LONGEST = 365


class MeasureKind(StrEnum):
    HIDE = "hide"
    REMOVE = "remove"
    WARN = "warn"
    MUTE = "mute"
    SUSPEND = "suspend"
    BAN = "ban"


OUT = (MeasureKind.SUSPEND, MeasureKind.BAN)
LASTING = (MeasureKind.MUTE, MeasureKind.SUSPEND)  # for so many days
ON_ENTRY = (MeasureKind.HIDE, MeasureKind.REMOVE)
ON_AUTHOR = (MeasureKind.WARN, MeasureKind.MUTE, MeasureKind.SUSPEND, MeasureKind.BAN)
MEASURES = {
    SubjectKind.POST: ON_ENTRY + ON_AUTHOR,
    SubjectKind.MESSAGE: ON_ENTRY + ON_AUTHOR,
}
EITHER = (ON_ENTRY, OUT)  # of each of these at most one at a time
RESTRICTS = {
    MeasureKind.HIDE: RestrictionKind.HIDDEN,
    MeasureKind.REMOVE: RestrictionKind.REMOVED,
    MeasureKind.MUTE: RestrictionKind.MUTED,
    MeasureKind.SUSPEND: RestrictionKind.SUSPENDED,
    MeasureKind.BAN: RestrictionKind.BANNED,
}


class Measure(Base):
    """Added with its decision, never changed."""

    __tablename__ = "measures"

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]  # "post:9", "member:4", "topic:3"
    days: Mapped[int] = mapped_column(default=0)  # 0: without an end
    ends_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="")  # of a label
    from_id: Mapped[int] = mapped_column(default=0)  # where it was moved from,
    to_id: Mapped[int] = mapped_column(default=0)  # and to


class Act(NamedTuple):
    """One measure, as a moderator chooses it."""

    kind: MeasureKind
    days: int = 0
    words: str = ""
    to_id: int = 0


# Policies


def may_take(moderator: Member, author: Member, kind: MeasureKind) -> Verdict:
    match kind:
        case MeasureKind.MUTE:
            return may_mute(moderator, author)
        case MeasureKind.SUSPEND | MeasureKind.BAN:
            return may_suspend(moderator, author)
    return YES


def may_go_together(kind: SubjectKind, acts: Sequence[Act]) -> Verdict:
    """What is chosen of what there is, each within its bounds."""
    chosen = [act.kind for act in acts]
    if not acts:
        return no(_("Choose what follows from it."))
    if len(set(chosen)) < len(chosen) or not set(chosen) <= set(MEASURES.get(kind, ())):
        return no(_("This cannot be decided about it."))
    for group in EITHER:
        if len(set(group) & set(chosen)) > 1:
            return no(_("Of what you chose, one makes the other needless."))
    if any(not 1 <= act.days <= LONGEST for act in acts if act.kind in LASTING):
        return no(_("That lasts 1 to %(days)s days."), days=LONGEST)
    return YES


def may_alone(acts: Iterable[Act], *, official: bool) -> Verdict:
    """Whether one person may decide it; otherwise another has to agree."""
    if official:
        return no(_("What concerns somebody who speaks for an office takes two people."))
    for act in acts:
        if act.kind == MeasureKind.BAN:
            return no(_("A ban takes two people."))
        if act.days > ALONE:
            return no(_("More than %(days)s days take two people."), days=ALONE)
    return YES


# Queries


def measures_of(session: Session, decision_id: int) -> Sequence[Measure]:
    """In the order they were chosen in."""
    taken = select(Measure).where(Measure.decision_id == decision_id)
    return session.scalars(taken.order_by(Measure.id)).all()


# Actions


def take(tx: Transaction, decision: Decision, entry: Entry, acts: Sequence[Act]) -> None:
    """All that is chosen, at once. The entry and its author are held."""
    for act in acts:
        measure = _measure(decision, act)
        tx.add(measure)
        if act.kind in RESTRICTS:
            tx.add(_restriction(decision, measure))
        if act.kind in OUT:
            audit.record(tx, decision.moderator, "member.suspended", measure.subject,
                         case=decision.case_id, days=measure.days)  # fmt: skip
    settle(tx, entry)
    settle_member(tx, decision.case.author)


def lift(tx: Transaction, decision_id: int, by: Member) -> None:
    """Exactly what this decision restricts; what others restrict stays. All of it is held."""
    imposed = select(Restriction).where(
        Restriction.decision_id == decision_id, Restriction.lifted_at.is_(None)
    )
    for restriction in tx.scalars(imposed.order_by(Restriction.id)).all():
        restriction.lifted_at, restriction.lifted_by_id = now(tx), by.id
        audit.record(tx, by, "restriction.lifted", restriction.subject, decision=decision_id)
        _settle(tx, restriction)


def lift_ended(tx: Transaction) -> None:
    """The worker's chore: what was imposed until a moment ends at it; others on the same thing
    stay."""
    over = select(Restriction).where(
        Restriction.kind != RestrictionKind.MUTED_IN,
        Restriction.lifted_at.is_(None),
        Restriction.ends_at <= now(tx),
    )
    for restriction in each_due(tx, over.order_by(Restriction.id), _hold_restricted):
        restriction.lifted_at = now(tx)
        audit.record(tx, None, "restriction.ended", restriction.subject, case=restriction.case_id)
        _settle(tx, restriction)


def _measure(decision: Decision, act: Act) -> Measure:
    case = decision.case
    lasts = timedelta(days=act.days) if act.kind in LASTING else None
    return Measure(
        decision_id=decision.id,
        kind=act.kind,
        subject=f"member:{case.author_id}" if act.kind in ON_AUTHOR else case.subject,
        days=act.days if lasts else 0,
        ends_at=decision.decided_at + lasts if lasts else None,
        words=act.words,
        to_id=act.to_id,
    )


def _restriction(decision: Decision, measure: Measure) -> Restriction:
    return Restriction(
        kind=RESTRICTS[MeasureKind(measure.kind)],
        subject=measure.subject,
        case_id=decision.case_id,
        decision_id=decision.id,
        because=measure.words,
        imposed_at=decision.decided_at,
        imposed_by_id=decision.moderator_id,
        ends_at=measure.ends_at,
    )


def _settle(tx: Transaction, restriction: Restriction) -> None:
    row = _restricted(tx, restriction)
    settle_member(tx, row) if isinstance(row, Member) else settle(tx, row)


def _restricted(tx: Transaction, restriction: Restriction) -> Member | Entry:
    kind, _colon, number = restriction.subject.partition(":")
    if kind == "member":
        return tx.get_one(Member, int(number))
    return entry_at(tx, restriction.subject)


def _hold_restricted(tx: Transaction, restriction: Restriction) -> None:
    tx.lock(*_restricted(tx, restriction).chain)
