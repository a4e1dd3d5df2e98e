"""Who has to know how much of the time for an order has passed. The worker's chore."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.letters import MailKind
from community.members.models import Member, Role
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.outbox import post_to
from moderation.on_call import on_call_now
from moderation.orders.models import ALARMS, WITHIN, WITHIN_URGENT, Alarm, Order
from moderation.orders.queries import has_open_targets


def sound_alarms(tx: Transaction) -> None:
    """Each once for an order that is not answered. Where the worker was away for long, only the
    last of those that are due is told."""
    pressing = select(Order).where(has_open_targets(), or_(*_due_alarms(tx)))
    for order in each_due(tx, pressing.order_by(Order.due_at)):
        sounded = tx.scalars(select(Alarm.percent).where(Alarm.order_id == order.id)).all()
        passed = [one for one in ALARMS if order.due(one) <= now(tx) and one not in sounded]
        tx.add_all(Alarm(order_id=order.id, percent=one, sounded_at=now(tx)) for one in passed)
        _sound(tx, order, passed[-1])
        tx.flush()


def _due_alarms(tx: Transaction) -> Sequence[ColumnElement[bool]]:
    return [
        and_(
            Order.urgent.is_(urgent),
            Order.received_at <= now(tx) - within * percent / 100,
            ~select(Alarm.id)
            .where(Alarm.order_id == Order.id, Alarm.percent == percent)
            .correlate(Order)
            .exists(),
        )
        for urgent, within in ((True, WITHIN_URGENT), (False, WITHIN))
        for percent in ALARMS
    ]


def _sound(tx: Transaction, order: Order, percent: int) -> None:
    """Administrators, and whoever is on call. The letter says nothing of what is in the order."""
    who = _concerned(tx)
    notify(tx, [one.id for one in who], NoticeKind.ORDER, title=str(order.id),
           reason=f"{percent} %", link=f"/moderation/orders/{order.id}")  # fmt: skip
    for one in who:
        post_to(tx, one, MailKind.ORDER, order=order.id, percent=percent)
    verb = "order.overdue" if percent == ALARMS[-1] else "order.pressing"
    audit.record(tx, None, verb, order.address, percent=percent, letters=len(who))


def _concerned(tx: Transaction) -> Sequence[Member]:
    ours = select(Member).where(Member.role == Role.ADMINISTRATOR, Member.suspended_until.is_(None))
    administrators = tx.scalars(ours.order_by(Member.id)).all()
    return list(dict.fromkeys([*administrators, *on_call_now(tx)]))
