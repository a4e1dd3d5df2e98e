"""What follows from a decision ends with it: what it restricts lifts, and a topic it had moved goes
back to where it was.

Sections in house order: queries, actions.
"""

from sqlalchemy.orm import Session

from community.database import Base, Transaction
from community.members.models import Member
from community.members.queries import live_appointment_of
from forum.categories import Category, categories_of
from forum.moving.actions import move
from forum.moving.policies import may_move
from forum.topics.models import Topic
from moderation.measures import (
    LONGEST_LABEL,
    Measure,
    MeasureKind,
    lift,
    measures_of,
    restricted_by,
)
from moderation.models import Decision

# Queries


def undone_with(session: Session, decision_id: int) -> list[Base]:
    """What is to be held by whoever undoes a decision."""
    before = [one.from_id for one in _moves(session, decision_id)]
    return restricted_by(session, decision_id) + [
        category for id in before if (category := session.get(Category, id))
    ]


def follows(session: Session, decision: Decision) -> bool:
    """Whether something does that could be undone."""
    return any(not _led_back(session, decision, one) for one in measures_of(session, decision.id))


def _led_back(session: Session, decision: Decision, measure: Measure) -> bool:
    """A topic from where another decision had put it: that stays undone."""
    return measure.kind == MeasureKind.MOVE and any(
        (one.from_id, one.to_id) == (measure.to_id, measure.from_id)
        for one in _moves(session, decision.answers_id or 0)
    )


def _moves(session: Session, decision_id: int) -> list[Measure]:
    taken = measures_of(session, decision_id)
    return [one for one in taken if one.kind == MeasureKind.MOVE]


# Actions


def undo(tx: Transaction, former: Decision, decision: Decision, by: Member) -> None:
    """Exactly what followed from the former one, by whoever has decided anew. All of it is held."""
    lift(tx, former.id, by)
    if _moves(tx, decision.id):
        return  # that says where it stands now
    for moved in _moves(tx, former.id):
        if not _led_back(tx, former, moved):
            _move_back(tx, moved, decision, by)


def _move_back(tx: Transaction, moved: Measure, decision: Decision, by: Member) -> None:
    """Written down with the decision. Not where somebody has moved it on, or where it cannot go any
    more: nothing is written down then, and the case says so."""
    topic = tx.get_one(Topic, int(moved.subject.partition(":")[2]))
    if topic.merged_at or topic.category_id != moved.to_id:
        return
    before = tx.scalar(categories_of(by).where(Category.id == moved.from_id))
    if before is None or not may_move(by, live_appointment_of(tx, by), topic, before):
        return
    move(tx, by, topic.id, before.id, decision.facts[:LONGEST_LABEL])
    tx.add(Measure(decision_id=decision.id, kind=MeasureKind.MOVE, subject=moved.subject,
                   from_id=moved.to_id, to_id=moved.from_id))  # fmt: skip
    tx.flush()
