"""A second step that was lost with everything, removed by two administrators (ASVS 5.0, 6.4.4)."""

from sqlalchemy import select

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.elsewhere import forget_links
from community.errors import Conflict, NotFound
from community.factors.actions import end_resets_of, forget_factors
from community.factors.models import FactorReset
from community.factors.policies import may_ask_reset, may_confirm_reset
from community.factors.queries import RESET_LASTS, reset_asked_for
from community.letters import MailKind
from community.members.actions import sign_out_others
from community.members.models import Appointment, Member, Role
from community.members.policies import may_administer
from community.members.queries import live_appointment_of, member_for
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.outbox import post_to
from community.policies import require
from community.powers import restore
from community.words import _


def ask_for_reset(tx: Transaction, administrator: Member, member_id: int, because: str) -> None:
    """Nothing changes yet; the member and all administrators are told."""
    require(may_administer(administrator))  # before anybody learns who there is
    member = tx.hold(member_for, administrator, member_id)
    require(may_ask_reset(administrator, member))
    if reset_asked_for(tx, member):
        raise Conflict(_("Somebody has asked for this already."))
    asked = {"asked_by_id": administrator.id, "asked_at": now(tx)}
    tx.add(FactorReset(member_id=member.id, because=because, **asked))
    audit.record(tx, administrator, "member.reset_asked", f"member:{member.id}")
    _tell(tx, MailKind.RESET_ASKED, member, asker=administrator.name, because=because)


def confirm_reset(tx: Transaction, administrator: Member, member_id: int) -> None:
    """By a second administrator."""
    member, reset = _asked_for(tx, administrator, member_id)
    live = live_appointment_of(tx, administrator)
    require(may_confirm_reset(administrator, reset, live.granted_at if live else None))
    audit.record(tx, administrator, "member.factors_reset", f"member:{member.id}")
    reset_factors(tx, member, administrator.name)


def withdraw_reset(tx: Transaction, administrator: Member, member_id: int) -> None:
    member, _reset = _asked_for(tx, administrator, member_id)
    end_resets_of(tx, member)
    audit.record(tx, administrator, "member.reset_withdrawn", f"member:{member.id}")


def reset_factors(tx: Transaction, member: Member, asker: str) -> None:
    """Without a policy: also for the command line. They sign in with their password, everywhere
    anew, and have as much time to add a second step as when they first had powers."""
    tx.lock(member)
    end_resets_of(tx, member)
    forget_factors(tx, member)
    restore(tx, member)
    member.grace_ends_at = None  # lost, not given up: there is time again
    forget_links(tx, member)
    sign_out_others(tx, member, staying="")
    _tell(tx, MailKind.FACTORS_RESET, member, asker=asker)


def end_resets(tx: Transaction) -> None:
    """The worker's: what nobody confirmed in time is over, and who asked for it is told."""
    over = select(FactorReset).where(
        FactorReset.ended_at.is_(None), FactorReset.asked_at <= now(tx) - RESET_LASTS
    )
    for reset in each_due(tx, over.order_by(FactorReset.member_id)):
        reset.ended_at = now(tx)
        audit.record(tx, None, "member.reset_lapsed", f"member:{reset.member_id}")
        notify(tx, [reset.asked_by_id], NoticeKind.RESET, title=reset.member.name,
               link=f"/administration/members/{reset.member_id}")  # fmt: skip


def _asked_for(
    tx: Transaction, administrator: Member, member_id: int
) -> tuple[Member, FactorReset]:
    require(may_administer(administrator))
    member = tx.hold(member_for, administrator, member_id)
    reset = reset_asked_for(tx, member)
    if reset is None:
        raise NotFound
    return member, reset


def _tell(tx: Transaction, kind: MailKind, member: Member, **about: str) -> None:
    """Whoever has taken over one administrator does not do this in silence."""
    appointed = select(Appointment.member_id).where(
        Appointment.role == Role.ADMINISTRATOR, Appointment.ended_at.is_(None)
    )  # also those whose powers rest
    administrators = select(Member).where(Member.id.in_(appointed)).order_by(Member.id)
    told = {one.id: one for one in (member, *tx.scalars(administrators))}
    for one in told.values():
        post_to(tx, one, kind, whose=member.name, **about)
