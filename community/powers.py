"""Whoever may do more than write signs in in two steps: moderators, administrators and officials.

Who is given powers has some days to add a second step; then the powers rest, and nothing else
does. Adding one gives them back at once.

These days are counted once for each member, from when they first had powers without a second step:
losing powers and being given others brings no new ones, nor does adding a second step and removing
it while there are no powers. Only two administrators who remove a lost one (factors/resetting.py)
begin the count anew.

Sections in house order: queries, actions.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.letters import MailKind
from community.members.events import StandingChanged
from community.members.models import Appointment, Grace, Member, Role
from community.members.queries import days_left
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.models import Kind, Mandate, Organisation
from community.outbox import post_to
from community.site import site_of

SOON = timedelta(days=3)  # before the end they are told once more
SETTLED = timedelta(minutes=1)  # powers given together are one letter
WAITING = (Grace.BEGUN, Grace.WARNED)

# Queries


def has_powers(session: Session, member: Member) -> bool:
    """Given ones, also while they rest."""
    return bool(session.scalar(select(Member.id).where(Member.id == member.id, _empowered())))


# Actions


def look_after_powers(tx: Transaction, grace: timedelta, *, patient: bool) -> None:
    """The worker's. Who only tries the community out is waited for as long as they like: `patient`
    is whoever serves this machine alone."""
    if patient and site_of(tx).demonstration:
        return
    over, soon = Member.grace_ends_at <= now(tx), Member.grace_ends_at <= now(tx) + SOON
    unasked = ~Member.protected & (Member.grace == Grace.NONE)
    for member in each_due(tx, _members(Member.grace != Grace.NONE, ~_empowered())):
        member.grace = Grace.NONE
    for member in each_due(tx, _members(unasked, over, _empowered())):
        _rest(tx, member)
    for member in each_due(tx, _members(unasked, Member.suspended_until.is_(None), _empowered(tx))):
        _begin(tx, member, grace)
    for member in each_due(tx, _members(Member.grace == Grace.BEGUN, soon)):
        _warn(tx, member)
    for member in each_due(tx, _members(Member.grace.in_(WAITING), over)):
        _rest(tx, member)


def restore(tx: Transaction, member: Member) -> None:
    """What rested holds again, for they have a second step now, or time to add another. Whoever
    calls this gives their browsers new tokens or none, so that no tab need hear of it."""
    rested = member.grace == Grace.OVER
    member.grace = Grace.NONE
    if rested:
        member.role = member.granted
        member.rev += 1
        audit.record(tx, None, "member.powers_back", f"member:{member.id}")


def _begin(tx: Transaction, member: Member, grace: timedelta) -> None:
    """Or goes on with what is left from when they had powers before."""
    member.grace_ends_at = member.grace_ends_at or now(tx) + grace
    soon = member.grace_ends_at <= now(tx) + SOON
    member.grace = Grace.WARNED if soon else Grace.BEGUN  # one letter is enough
    _tell(tx, member, MailKind.FACTOR_WANTED, days=days_left(tx, member))


def _warn(tx: Transaction, member: Member) -> None:
    member.grace = Grace.WARNED
    _tell(tx, member, MailKind.FACTOR_SOON)


def _rest(tx: Transaction, member: Member) -> None:
    member.grace, member.role = Grace.OVER, Role.MEMBER
    member.rev += 1
    audit.record(tx, None, "member.powers_rest", f"member:{member.id}")
    _tell(tx, member, MailKind.POWERS_REST)
    tx.publish(StandingChanged(member_id=member.id))


def _tell(tx: Transaction, member: Member, kind: MailKind, **about: Any) -> None:
    post_to(tx, member, kind, **about)
    notify(tx, [member.id], NoticeKind.PROTECTION, link="/settings/account")


def _members(*which: ColumnElement[bool]) -> Select[Member]:
    return select(Member).where(*which).order_by(Member.id)


def _empowered(tx: Transaction | None = None) -> ColumnElement[bool]:
    """With a live role or as an official; with `tx`, for a while already."""
    roles = select(Appointment.member_id).where(Appointment.ended_at.is_(None))
    offices = _official()
    if tx:
        roles = roles.where(Appointment.granted_at <= now(tx) - SETTLED)
        offices = offices.where(Mandate.accepted_at <= now(tx) - SETTLED)
    return Member.id.in_(union(roles, offices))


def _official() -> Select[int]:
    government = (Organisation.kind == Kind.GOVERNMENT, Organisation.level > 0)
    return select(Mandate.member_id).join(Mandate.organisation).where(Mandate.live, *government)
