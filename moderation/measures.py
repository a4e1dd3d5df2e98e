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
from community.errors import Invalid
from community.members.models import Member
from community.members.policies import may_mute, may_suspend
from community.policies import YES, Verdict, no
from community.restrictions import Restriction, RestrictionKind
from community.words import _
from forum.moving.actions import move
from forum.topics.models import Post
from moderation.models import SHEETS, Case, Decision, SubjectKind
from moderation.subjects import (
    Entry,
    kind_of,
    restricted_at,
    settle,
    settle_at,
    settle_member,
    settle_topic,
)

# Models

ALONE = 30  # days of a mute or a suspension; for more no one alone decides
LONGEST = 365


class MeasureKind(StrEnum):
    LABEL = "label"
    ASK_EDIT = "ask_edit"  # hidden until its author has changed it
    HIDE = "hide"
    REMOVE = "remove"
    MOVE = "move"  # the topic it begins, to another category
    LOCK = "lock"  # its topic
    WARN = "warn"
    SLOW = "slow"
    MUTE = "mute"
    SUSPEND = "suspend"
    BAN = "ban"


OUT = (MeasureKind.SUSPEND, MeasureKind.BAN)
FOR_GOOD = (MeasureKind.HIDE, MeasureKind.REMOVE)  # whatever its author does
AWAY = (MeasureKind.ASK_EDIT, *FOR_GOOD)
LASTING = (MeasureKind.SLOW, MeasureKind.MUTE, MeasureKind.SUSPEND)  # for so many days
ON_ENTRY = (MeasureKind.LABEL, *AWAY)
ON_TOPIC = (MeasureKind.MOVE, MeasureKind.LOCK)
ON_AUTHOR = (
    MeasureKind.WARN, MeasureKind.SLOW, MeasureKind.MUTE, MeasureKind.SUSPEND, MeasureKind.BAN,
)  # fmt: skip
MEASURES = {
    SubjectKind.POST: ON_ENTRY + ON_TOPIC + ON_AUTHOR,
    SubjectKind.MESSAGE: ON_ENTRY + ON_AUTHOR,
} | {kind: (MeasureKind.HIDE, *ON_AUTHOR) for kind in SHEETS}
EITHER = (AWAY, OUT)  # of each of these at most one at a time
LONGEST_LABEL = 200  # characters
RESTRICTS = {
    MeasureKind.LABEL: RestrictionKind.LABELLED,
    MeasureKind.ASK_EDIT: RestrictionKind.EDIT_ASKED,
    MeasureKind.LOCK: RestrictionKind.LOCKED,
    MeasureKind.SLOW: RestrictionKind.SLOWED,
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
        case MeasureKind.MUTE | MeasureKind.SLOW:
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
    labels = [act.words.strip() for act in acts if act.kind == MeasureKind.LABEL]
    if any(not 1 <= len(label) <= LONGEST_LABEL for label in labels):
        return no(_("A label has 1 to %(most)s characters."), most=LONGEST_LABEL)
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


def may_leave(case: Case, acts: Iterable[Act]) -> Verdict:
    """What an authority has ordered about, one person hides; to leave it takes two."""
    if case.ordered and not any(act.kind in FOR_GOOD for act in acts):
        return no(_("Not to do what an authority has ordered takes two people."))
    return YES


# Queries


def measures_of(session: Session, decision_id: int) -> Sequence[Measure]:
    """In the order they were chosen in."""
    taken = select(Measure).where(Measure.decision_id == decision_id)
    return session.scalars(taken.order_by(Measure.id)).all()


def restricted_by(session: Session, decision_id: int) -> list[Base]:
    """What a decision restricts still, to be held by whoever lifts it."""
    imposed = _imposed_by(session, decision_id)
    return [row for one in imposed for row in restricted_at(session, one.subject).chain]


def _imposed_by(session: Session, decision_id: int) -> Sequence[Restriction]:
    imposed = select(Restriction).where(
        Restriction.decision_id == decision_id, Restriction.lifted_at.is_(None)
    )
    return session.scalars(imposed.order_by(Restriction.id)).all()


# Actions


def take(tx: Transaction, decision: Decision, entry: Entry, acts: Sequence[Act]) -> None:
    """All that is chosen, at once. The entry and its author are held."""
    for act in acts:
        measure = _measure(decision, entry, act)
        tx.add(measure)
        if act.kind == MeasureKind.MOVE:
            _move(tx, decision, entry, measure)
        if act.kind in RESTRICTS:
            tx.add(_restriction(decision, measure))
        if act.kind in OUT:
            audit.record(tx, decision.moderator, "member.suspended", measure.subject,
                         case=decision.case_id, days=measure.days)  # fmt: skip
    settle(tx, entry)
    settle_member(tx, decision.case.author)
    if isinstance(entry, Post):
        settle_topic(tx, entry.topic)


def edited(tx: Transaction, entry: Entry) -> None:
    """Its author has changed what they were asked to change: it is read again, and the statement
    says so. The entry is held."""
    asked = select(Restriction).where(
        Restriction.kind == RestrictionKind.EDIT_ASKED,
        Restriction.subject == f"{kind_of(entry)}:{entry.id}",
        Restriction.lifted_at.is_(None),
        Restriction.imposed_at < entry.edited_at,
    )
    for restriction in tx.scalars(asked.order_by(Restriction.id)).all():
        restriction.lifted_at, restriction.lifted_by_id = now(tx), entry.author_id
        audit.record(tx, entry.author, "restriction.met", restriction.subject,
                     decision=restriction.decision_id)  # fmt: skip
    settle(tx, entry)


def lift(tx: Transaction, decision_id: int, by: Member) -> None:
    """Exactly what this decision restricts; what others restrict stays. All of it is held."""
    for restriction in _imposed_by(tx, decision_id):
        restriction.lifted_at, restriction.lifted_by_id = now(tx), by.id
        audit.record(tx, by, "restriction.lifted", restriction.subject, decision=decision_id)
        settle_at(tx, restriction.subject)


def lift_ended(tx: Transaction) -> None:
    """The worker's chore: what was imposed until a moment ends at it; others on the same thing
    stay."""
    over = select(Restriction).where(
        Restriction.kind != RestrictionKind.MUTED_IN,
        Restriction.interim.is_(False),  # interim.py ends those
        Restriction.lifted_at.is_(None),
        Restriction.ends_at <= now(tx),
    )
    for restriction in each_due(tx, over.order_by(Restriction.id), _hold_restricted):
        restriction.lifted_at = now(tx)
        audit.record(tx, None, "restriction.ended", restriction.subject, case=restriction.case_id)
        settle_at(tx, restriction.subject)


def _move(tx: Transaction, decision: Decision, entry: Entry, measure: Measure) -> None:
    """Only a whole topic, with the post that begins it; its category is held."""
    assert decision.moderator
    if not isinstance(entry, Post) or entry.seq > 1:
        raise Invalid(_("A post that begins a topic is moved with it; others are moved there."))
    measure.from_id = entry.topic.category_id
    if not decision.answers_id or measure.from_id != measure.to_id:  # else it stays there
        move(tx, decision.moderator, entry.topic.id, measure.to_id, decision.facts[:LONGEST_LABEL])


def _measure(decision: Decision, entry: Entry, act: Act) -> Measure:
    lasts = timedelta(days=act.days) if act.kind in LASTING else None
    return Measure(
        decision_id=decision.id,
        kind=act.kind,
        subject=_subject_of(decision.case, entry, act.kind),
        days=act.days if lasts else 0,
        ends_at=decision.decided_at + lasts if lasts else None,
        words=act.words.strip(),
        to_id=act.to_id,
    )


def _subject_of(case: Case, entry: Entry, kind: MeasureKind) -> str:
    if kind in ON_AUTHOR:
        return f"member:{case.author_id}"
    if kind in ON_TOPIC and isinstance(entry, Post):
        return entry.topic.address
    return case.subject


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


def _hold_restricted(tx: Transaction, restriction: Restriction) -> None:
    tx.lock(*restricted_at(tx, restriction.subject).chain)
