from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from community.audit import AuditEntry, Seal
from community.chain import last_seal
from community.clock import now
from community.errors import NotFound
from community.files import File, files_of
from community.members.models import Member
from community.policies import require
from moderation.appeals import RULED
from moderation.measures import FOR_GOOD, Measure
from moderation.models import Case, Decision, Flag, Ruling
from moderation.orders.models import Order, Target
from moderation.orders.policies import may_answer, may_see_orders
from moderation.reasons import LEGAL_ORDER
from moderation.viewing import FILE_VIEWED, VIEWED

PAGE = 50
LOOKS = 100  # of those that were written down, the latest


class Outcome(StrEnum):
    """Of a target, or of all that an order asks for."""

    OPEN = "open"
    HIDDEN = "hidden"
    KEPT = "kept"
    ABSENT = "absent"  # there is no such thing here
    PARTLY = "partly"  # some are hidden, and others kept


class Answered(NamedTuple):
    """A target with what was decided about it."""

    target: Target
    decision: Decision | None
    hidden: bool  # by that decision

    @property
    def outcome(self) -> Outcome:
        if self.decision:
            return Outcome.HIDDEN if self.hidden else Outcome.KEPT
        return Outcome.ABSENT if self.target.absent_at else Outcome.OPEN

    @property
    def proposed(self) -> bool:
        """What was decided by one, and waits for another."""
        case = self.target.case
        return case is not None and case.proposed

    @property
    def at(self) -> datetime | None:
        return self.decision.decided_at if self.decision else self.target.absent_at


class Answer(NamedTuple):
    """An order with all its targets, in the order they were named."""

    order: Order
    answered: Sequence[Answered]

    @property
    def outcome(self) -> Outcome:
        found = {one.outcome for one in self.answered}
        if Outcome.OPEN in found:
            return Outcome.OPEN
        if {Outcome.HIDDEN, Outcome.KEPT} <= found:
            return Outcome.PARTLY
        return next((one for one in (Outcome.HIDDEN, Outcome.KEPT) if one in found), Outcome.ABSENT)

    @property
    def left(self) -> Sequence[Answered]:
        return [one for one in self.answered if one.outcome == Outcome.OPEN]

    @property
    def done_at(self) -> datetime | None:
        """When the last of it was answered."""
        if self.left:
            return None
        return max((one.at for one in self.answered if one.at), default=None)

    @property
    def took(self) -> timedelta | None:
        return self.done_at - self.order.received_at if self.done_at else None

    @property
    def in_time(self) -> bool:
        return self.done_at is not None and self.done_at <= self.order.due_at


def order_for(session: Session, member: Member, order_id: int) -> Order:
    """Raises Denied for whoever has nothing to do with orders, whether it is there or not."""
    require(may_see_orders(member))
    order = session.get(Order, order_id)
    if order is None:
        raise NotFound
    return order


def order_to_answer(session: Session, member: Member, order_id: int) -> Answer:
    """As order_for, with all that is asked for. Raises Denied where it cannot be answered yet."""
    order = order_for(session, member, order_id)
    require(may_answer(member, order))
    return answer_of(session, order)


def taken_in_with(session: Session, key: str) -> Order | None:
    return session.scalar(select(Order).where(Order.key == key))


class Listed(NamedTuple):
    answers: Sequence[Answer]  # what is open first, by when it is due; then the latest
    at: datetime


def orders_page(session: Session, member: Member, before: int = 0) -> Listed:
    """`before` is the last id that was seen, of those that are done."""
    require(may_see_orders(member))
    unanswered = has_open_targets()
    done = select(Order).where(~unanswered).order_by(Order.id.desc()).limit(PAGE)
    if before:
        done = done.where(Order.id < before)
    open_ones = [] if before else session.scalars(
        select(Order).where(unanswered).order_by(Order.due_at, Order.id)
    ).all()  # fmt: skip
    found = [*open_ones, *session.scalars(done).all()]
    return Listed(answers_of(session, found), now(session))


def answers_of(session: Session, orders: Sequence[Order]) -> Sequence[Answer]:
    """Of several orders, in two statements."""
    wanted = Target.order_id.in_([order.id for order in orders])
    found = session.execute(_answered().where(wanted).order_by(Target.id)).all()
    by_order: dict[int, list[Answered]] = {order.id: [] for order in orders}
    for target, decision, hides in found:
        by_order[target.order_id].append(Answered(target, decision, bool(hides)))
    return [Answer(order, by_order[order.id]) for order in orders]


def answer_of(session: Session, order: Order) -> Answer:
    return answers_of(session, [order])[0]


def has_open_targets() -> ColumnElement[bool]:
    """Of an order: whether something of it is neither decided nor answered."""
    decided = select(Decision.id).where(_of_target()).correlate(Target).exists()
    undecided = and_(Target.case_id.is_not(None), ~decided)
    absent = and_(Target.case_id.is_(None), Target.absent_at.is_(None))
    return (
        select(Target.id)
        .where(Target.order_id == Order.id, or_(undecided, absent))
        .correlate(Order)
        .exists()
    )


class Looked(NamedTuple):
    """All there is about an order."""

    answer: Answer
    at: datetime
    looks: Sequence[AuditEntry]  # who has seen it or its evidence, the latest first
    seal: Seal | None  # the end of the audit's chain
    papers: Sequence[File]  # that the authority sent, without what they show


def order_page(session: Session, member: Member, order_id: int) -> Looked:
    answer = answer_of(session, order_for(session, member, order_id))
    about = [answer.order.address]
    about += [f"case:{one.target.case_id}" for one in answer.answered if one.target.case_id]
    seen = ("order.seen", "order.proof_seen", "order.paper_seen", VIEWED, FILE_VIEWED)
    looked = AuditEntry.verb.in_(seen)
    looks = select(AuditEntry).where(AuditEntry.subject.in_(about), looked)
    latest = session.scalars(looks.order_by(AuditEntry.id.desc()).limit(LOOKS)).all()
    papers = files_of(session, answer.order.address)
    return Looked(answer, now(session), latest, last_seal(session), papers)


def orders_about(session: Session, case: Case) -> Sequence[Order]:
    """The oldest first."""
    if not case.ordered:
        return []
    named = select(Target.order_id).where(Target.case_id == case.id)
    return session.scalars(select(Order).where(Order.id.in_(named)).order_by(Order.id)).all()


def order_answered(session: Session, decision: Decision) -> Order | None:
    """By a decision: the first that had come until then."""
    if not decision.case.ordered or decision.reason_code != LEGAL_ORDER:
        return None
    named = select(Target.order_id).where(
        Target.case_id == decision.case_id, Target.named_at <= decision.decided_at
    )
    first = select(Order).where(Order.id.in_(named)).order_by(Order.id).limit(1)
    return session.scalars(first).first()


def orders_between(session: Session, start: datetime, end: datetime) -> Sequence[Answer]:
    """That came from `start` until before `end`; for the report to the public."""
    came = select(Order).where(Order.received_at >= start, Order.received_at < end)
    return answers_of(session, session.scalars(came.order_by(Order.id)).all())


def _answered() -> Select[Target, Decision | None, bool]:
    """The first decision after it came, of a case that was opened anew as well: what is decided on
    appeal is another matter."""
    first = select(func.min(Decision.id)).where(_of_target()).correlate(Target)
    hides = select(Measure.id).where(
        Measure.decision_id == Decision.id,
        Measure.kind.in_(FOR_GOOD),
        Decision.ruling == Ruling.ACT,
    )
    return (
        select(Target, Decision, hides.exists())
        .outerjoin(Decision, Decision.id == first.scalar_subquery())
        .options(
            joinedload(Target.case), joinedload(Target.flag).joinedload(Flag.evidence)
        )
    )  # fmt: skip


def _of_target() -> ColumnElement[bool]:
    """What is decided about the case of a target once that was named."""
    return and_(
        Decision.case_id == Target.case_id,
        Decision.ruling.not_in(RULED),
        Decision.decided_at >= Target.named_at,
    )
