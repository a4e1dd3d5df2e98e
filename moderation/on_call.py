"""Who is called when something cannot wait: turns of duty that administrators keep, and calls.

A case of priority 0 that nobody holds calls the person on call by letter, after PATIENCE the next
one, and then all seniors. In the day moderators see it in their notices as well.

Sections in house order: models, policies, queries, actions, what time does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Select, UniqueConstraint, delete, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.errors import Invalid, NotFound
from community.letters import MailKind
from community.members.models import Member, Role
from community.members.policies import may_administer
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.outbox import post_to
from community.policies import require
from community.words import _
from moderation.models import Case, Queue, State
from moderation.parties import party_of
from moderation.policies import is_senior, may_claim, may_see_queue
from moderation.queries import THE_QUEUE, cases_of

WIB = ZoneInfo("Asia/Jakarta")
DAY = range(7, 22)  # hours in which moderators are awake
PATIENCE = timedelta(minutes=15)  # until somebody else is called
ONE_BY_ONE = 2  # are called each alone; then all seniors are
MOST = 100  # turns
WEEK = "0123456"  # Monday is 0

# Models


class Duty(Base):
    """A turn: on these days from hour to hour, WIB; beyond midnight where it ends before it begins,
    round the clock where it ends as it begins."""

    __tablename__ = "duties"

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    days: Mapped[str]  # of WEEK, on which it begins
    from_hour: Mapped[int]
    to_hour: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)  # who is called first

    member: Mapped[Member] = relationship(lazy="joined")

    def covers(self, at: datetime) -> bool:
        here = at.astimezone(WIB)
        today, yesterday = str(here.weekday()), str((here.weekday() - 1) % 7)
        if self.from_hour < self.to_hour:
            return today in self.days and self.from_hour <= here.hour < self.to_hour
        since_yesterday = yesterday in self.days and here.hour < self.to_hour
        return since_yesterday or (today in self.days and here.hour >= self.from_hour)


class Call(Base):
    """Somebody was called to a case, or moderators were told by a notice: then by nobody's name."""

    __tablename__ = "calls"
    __table_args__ = (UniqueConstraint("case_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    to_all: Mapped[bool]  # with all other seniors: there is nobody left to call
    called_at: Mapped[datetime]


class Turn(NamedTuple):
    """What an administrator fills in."""

    member_id: int
    days: str
    from_hour: int
    to_hour: int
    position: int = 0


# Queries


class Plan(NamedTuple):
    duties: Sequence[Duty]
    now: Sequence[Member]  # who is on call
    moderators: Sequence[Member]  # who could be


def plan_for(session: Session, moderator: Member) -> Plan:
    require(may_see_queue(moderator))
    duties = _duties(session)
    moderating = select(Member).where(Member.role != Role.MEMBER).order_by(Member.name, Member.id)
    on_call = _covering(duties, now(session))
    return Plan(duties, on_call, session.scalars(moderating.limit(MOST)).all())


def on_call_now(session: Session) -> Sequence[Member]:
    return _covering(_duties(session), now(session))


def queue_and_on_call(session: Session) -> tuple[Queue, Sequence[Member]]:
    """The queue as it was before anything else is read, and who is on call, in one look."""
    both = select(Queue, Duty).outerjoin(Duty, true()).where(Queue.id == THE_QUEUE)
    found = session.execute(both.order_by(Duty.position, Duty.id).limit(MOST)).all()
    duties = [duty for _queue, duty in found if duty]
    return found[0][0], _covering(duties, now(session))


def _duties(session: Session) -> Sequence[Duty]:
    return session.scalars(select(Duty).order_by(Duty.position, Duty.id).limit(MOST)).all()


def _covering(duties: Sequence[Duty], moment: datetime) -> Sequence[Member]:
    """First who is called first, and each once; not who moderates no longer."""
    covering = (duty.member for duty in duties if duty.covers(moment))
    return list(dict.fromkeys(one for one in covering if may_see_queue(one)))


def duty_for(session: Session, moderator: Member, duty_id: int) -> Duty:
    duty = session.get(Duty, duty_id) if may_see_queue(moderator) else None
    if duty is None:
        raise NotFound
    return duty


# Actions


def add_duty(tx: Transaction, administrator: Member, turn: Turn) -> Duty:
    require(may_administer(administrator))
    if not turn.days or not set(turn.days) <= set(WEEK):
        raise Invalid(_("Choose the days on which the turn begins."))
    if not (0 <= turn.from_hour < 24 and 0 <= turn.to_hour <= 24):
        raise Invalid(_("Hours are from 0 to 24."))
    member = tx.get(Member, turn.member_id)
    if member is None or not may_see_queue(member):
        raise Invalid(_("Only who moderates can be on call."))
    if len(_duties(tx)) >= MOST:
        raise Invalid(_("There are %(most)s turns already."), most=MOST)
    duty = Duty(member=member, days="".join(sorted({*turn.days})), from_hour=turn.from_hour,
                to_hour=turn.to_hour, position=turn.position)  # fmt: skip
    tx.add(duty)
    tx.flush()
    _record(tx, administrator, "duty.added", duty)
    return duty


def remove_duty(tx: Transaction, administrator: Member, duty_id: int) -> None:
    duty = tx.hold(lambda session: duty_for(session, administrator, duty_id))
    require(may_administer(administrator))
    _record(tx, administrator, "duty.removed", duty)
    tx.delete(duty)


def _record(tx: Transaction, administrator: Member, verb: str, duty: Duty) -> None:
    days, hours = [int(day) for day in duty.days], [duty.from_hour, duty.to_hour]
    audit.record(tx, administrator, verb, f"member:{duty.member_id}", days=days, hours=hours)


def call_again(tx: Transaction, case: Case) -> None:
    """Whoever is on call, from the first; where nobody is, all seniors. The case is held."""
    tx.execute(delete(Call).where(Call.case_id == case.id))
    could = [one for one in _moderators(tx) if _could_take(tx, one, case)]
    on_call = [one for one in on_call_now(tx) if one in could]
    if on_call:
        _call(tx, case, on_call[0])
    else:
        _call_all(tx, case, [one for one in could if is_senior(one)])


def tell_seniors(tx: Transaction, case: Case) -> None:
    """That the time of a case runs out, or has."""
    could = [one for one in _moderators(tx) if is_senior(one) and _could_take(tx, one, case)]
    notify(tx, [one.id for one in could], NoticeKind.LATE, title=str(case.id),
           link=f"/cases/{case.id}")  # fmt: skip


# What time does: the worker's chore.


def call_out(tx: Transaction) -> None:
    """For each case that cannot wait, whoever is next; the first at once."""
    for case in each_due(tx, _uncalled(now(tx) - PATIENCE)):
        calls = tx.scalars(select(Call).where(Call.case_id == case.id)).all()
        could = [one for one in _moderators(tx) if _could_take(tx, one, case)]
        told = not calls and _is_day(now(tx))
        if told:
            _tell(tx, case, could)
        called = {call.member_id for call in calls}
        waiting = [one for one in on_call_now(tx) if one in could and one.id not in called]
        if waiting and len(called - {None}) < ONE_BY_ONE:
            _call(tx, case, waiting[0])
        elif not told:
            _call_all(tx, case, [one for one in could if is_senior(one) and one.id not in called])


def _uncalled(before: datetime) -> Select[Case]:
    """Held by nobody, and nobody was called since then. Orders have alarms of their own."""
    calls = select(Call.id).where(Call.case_id == Case.id)
    answered = calls.where(Call.called_at > before).exists()
    return select(Case).where(
        Case.priority == 0,
        Case.closed_at.is_(None),
        Case.state.in_([State.OPEN, State.ESCALATED]),
        ~Case.ordered,
        ~answered,
        ~calls.where(Call.to_all).exists(),
    )


def _moderators(tx: Transaction) -> Sequence[Member]:
    moderating = select(Member).where(Member.role != Role.MEMBER)
    return tx.scalars(moderating.order_by(Member.id)).all()


def _could_take(tx: Transaction, member: Member, case: Case) -> bool:
    """Sees it, and is no party to it."""
    if tx.scalar(cases_of(tx, member).where(Case.id == case.id)) is None:
        return False
    return bool(may_claim(member, case, party_of(tx, member, case)))


def _tell(tx: Transaction, case: Case, could: Sequence[Member]) -> None:
    notify(tx, [one.id for one in could], NoticeKind.URGENT, title=str(case.id),
           link=f"/cases/{case.id}")  # fmt: skip
    tx.add(Call(case_id=case.id, to_all=False, called_at=now(tx)))


def _call(tx: Transaction, case: Case, member: Member, *, to_all: bool = False) -> None:
    """The letter says nothing of what was written: it may lie open on a table."""
    post_to(tx, member, MailKind.CALLED, case=case.id)
    tx.add(Call(case_id=case.id, member_id=member.id, to_all=to_all, called_at=now(tx)))
    audit.record(tx, None, "case.called", case.address, member=member.id)


def _call_all(tx: Transaction, case: Case, seniors: Sequence[Member]) -> None:
    for senior in seniors:
        _call(tx, case, senior, to_all=True)
    if not seniors:
        tx.add(Call(case_id=case.id, to_all=True, called_at=now(tx)))
        audit.record(tx, None, "case.called_nobody", case.address)


def _is_day(moment: datetime) -> bool:
    return moment.astimezone(WIB).hour in DAY
