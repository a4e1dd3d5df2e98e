from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import select

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Denied, HalfSignedIn, Invalid, NotFound, Suspended
from community.letters import MailKind
from community.members.events import SignInEnded, StandingChanged
from community.members.models import (
    EVERYTHING,
    Appointment,
    Grace,
    Member,
    MemberCluster,
    Role,
    Scope,
    SignIn,
)
from community.members.policies import (
    may_administer,
    may_appoint,
    may_be_given_until,
    may_be_placed,
    may_resign,
    may_sign_in,
)
from community.members.queries import (
    ENDING,
    administrators,
    hash_of,
    live_appointment_of,
    long_unseen,
    member_for,
    member_with_email,
    sign_in_by,
    sign_ins_held,
)
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.outbox import post_to
from community.policies import require
from community.search.actions import put
from community.terms import TERMS, agreed
from community.tickets import Purpose, Ticket, end_tickets
from community.words import _


def join(tx: Transaction, **who: Any) -> Member:
    """As enrol(). Whoever joins agrees to the terms."""
    member = enrol(tx, **who)
    agreed(tx, member, TERMS, now(tx))
    return member


def enrol(
    tx: Transaction, *, name: str, email: str, password_hash: str, region: str = "",
    clusters: tuple[str, ...] = (),
) -> Member:  # fmt: skip
    """Raises Conflict where the address is taken. What they agreed to is the caller's to say."""
    if member_with_email(tx, email):
        raise Conflict(_("There is a member with this address already."))
    member = Member(
        name=name,
        email=email.strip().lower(),
        password_hash=password_hash,
        region=region,
        joined_at=now(tx),
    )
    tx.add(member)
    tx.flush()
    tx.add_all(MemberCluster(member_id=member.id, cluster=cluster) for cluster in clusters)
    put(tx, [member.thing])
    return member


def sign_in_by_password(tx: Transaction, member_id: int, proven: str, **browser: str) -> str:
    """As sign_in(); `proven` is what the password was compared with, a while ago. Raises Denied
    where it was changed since: whoever ended all sign-ins with it meant this one, too. Raises
    HalfSignedIn where a password alone is not enough."""
    if still_proven(tx, member_id, proven).protected:
        raise HalfSignedIn(_("One more step: show that it is you."))
    return sign_in(tx, member_id, **browser)


def still_proven(tx: Transaction, member_id: int, proven: str) -> Member:
    """The member, held. Raises Denied where their password is another one by now."""
    member = tx.get_one(Member, member_id)
    tx.lock(member)
    if member.password_hash != proven:
        raise Denied(_("Your password was changed meanwhile."))
    return member


def strengthen(tx: Transaction, member_id: int, proven: str, password_hash: str) -> Member:
    """The same password, hashed with more work, unless it was changed meanwhile (S19)."""
    member = still_proven(tx, member_id, proven)
    member.password_hash = password_hash
    return member


def sign_in(
    tx: Transaction, member_id: int, *, device: str = "", network: str = "", instead_of: str = ""
) -> str:
    """Answers the token, 256 bits, which we then forget. Who they are was checked before.

    This is the one place where sign-ins are made. Raises Suspended for who may not come in; then
    nothing of what they came in by is used up. `instead_of` is the token this browser came with: it
    opens nothing any more."""
    member = tx.get_one(Member, member_id)
    tx.lock(member)  # who suspends them ends this sign-in, or we see it
    if not (may := may_sign_in(member)):
        raise Suspended(may.reason, **may.values, member=member.id)
    forget_browser(tx, instead_of)
    end_tickets(tx, Ticket.purpose == Purpose.RESET, Ticket.member_id == member_id)
    token = token_urlsafe(32)
    tx.add(
        SignIn(
            token_hash=hash_of(token),
            member_id=member_id,
            device=device[:200],
            network=network[:64],
            began_at=now(tx),
            seen_at=now(tx),
            proven_at=now(tx),
        )
    )
    return token


def renew(tx: Transaction, token: str) -> str:
    """Who they are was proven again: the same browser goes on with another token (S10)."""
    sign_in = sign_in_by(tx, token)
    tx.publish(SignInEnded(token_hash=sign_in.token_hash))
    fresh = token_urlsafe(32)
    sign_in.token_hash, sign_in.proven_at = hash_of(fresh), now(tx)
    return fresh


def sign_out(tx: Transaction, member: Member, sign_in_id: int) -> None:
    """Ends one of the member's own sign-ins; its tabs close within a second."""
    for sign_in in sign_ins_held(tx, member.id):
        if sign_in.id == sign_in_id:
            return _end(tx, sign_in)
    raise NotFound


def forget_browser(tx: Transaction, token: str) -> None:
    """Ends what this token opens, whoever's it is."""
    if sign_in := tx.scalar(ENDING, {"token_hash": hash_of(token)}):
        _end(tx, sign_in)


def sign_out_others(tx: Transaction, member: Member, staying: str) -> None:
    """Ends all but the sign-in with this token hash; with an empty one, all."""
    for sign_in in sign_ins_held(tx, member.id):
        if sign_in.token_hash != staying:
            _end(tx, sign_in)


def sign_out_everywhere(tx: Transaction, administrator: Member, member_id: int) -> None:
    """For whom has lost a phone and with it the way in; they are told by a letter."""
    require(may_administer(administrator))  # before anybody learns who there is
    member = tx.hold(member_for, administrator, member_id)
    sign_out_others(tx, member, staying="")
    audit.record(tx, administrator, "member.signed_out", f"member:{member.id}")
    post_to(tx, member, MailKind.SIGNED_OUT)


def see(tx: Transaction, sign_in_id: int) -> None:
    """Remembers that this browser is in use, exact to SEEN_EVERY."""
    sign_in = tx.get(SignIn, sign_in_id)
    if sign_in and sign_in.ended_at is None and long_unseen(tx, sign_in):
        sign_in.seen_at = now(tx)


def appoint(
    tx: Transaction,
    administrator: Member,
    member_id: int,
    role: Role,
    scope: Scope = EVERYTHING,
    *,
    ends_at: datetime | None = None,
) -> Member:
    """Gives a role, everywhere or in a place; MEMBER takes it back. It holds at once: they sign in
    anew, for no token from before is worth what the role is. Raises Invalid for an end that has
    passed."""
    require(may_administer(administrator))  # before anybody learns who there is
    member = tx.hold(member_for, administrator, member_id)
    require(may_appoint(administrator, member))
    require(may_be_placed(role, scope))
    require(may_be_given_until(role, ends_at))
    if ends_at and (ends_at <= now(tx) or role == Role.MEMBER):
        raise Invalid(_("A role ends on a day to come; to end it now, choose “Member”."))
    appoint_at_first(tx, member, role, scope, granted_by=administrator, ends_at=ends_at)
    audit.record(tx, administrator, "member.appointed", f"member:{member.id}", role=role,
                 region=scope.region, cluster=scope.cluster, category=scope.category_id,
                 until=ends_at.date().isoformat() if ends_at else "")  # fmt: skip
    tell_of_role(tx, member)
    return member


def tell_of_role(tx: Transaction, member: Member) -> None:
    """Also by mail: whoever took over an administrator's account cannot do it in silence (S27)."""
    post_to(tx, member, MailKind.ROLE)
    notify(tx, [member.id], NoticeKind.ROLE, link="/settings/account")


def appoint_at_first(
    tx: Transaction,
    member: Member,
    role: Role,
    scope: Scope = EVERYTHING,
    *,
    granted_by: Member | None = None,
    ends_at: datetime | None = None,
) -> None:
    """Without a policy: for the command line and the demonstration community."""
    tx.lock(member)
    if live := live_appointment_of(tx, member):
        live.ended_at = now(tx)
        tx.flush()
    if role != Role.MEMBER:
        granted_by_id = granted_by.id if granted_by else None
        tx.add(Appointment(member_id=member.id, role=role, **scope._asdict(), ends_at=ends_at,
                           granted_by_id=granted_by_id, granted_at=now(tx)))  # fmt: skip
    member.granted = role
    member.role = Role.MEMBER if member.grace == Grace.OVER else role  # the same grace goes on
    member.rev += 1
    sign_out_others(tx, member, staying="")


def change_preferences(
    tx: Transaction, member: Member, *, locale: str, zone: str, theme: str, save_data: bool
) -> None:
    member.locale, member.zone, member.theme, member.save_data = locale, zone, theme, save_data


def change_place(
    tx: Transaction, member: Member, *, region: str, clusters: tuple[str, ...]
) -> None:
    member.region = region
    for held in tx.scalars(select(MemberCluster).where(MemberCluster.member_id == member.id)):
        tx.delete(held)
    tx.flush()
    tx.add_all(MemberCluster(member_id=member.id, cluster=cluster) for cluster in clusters)
    tx.publish(StandingChanged(member_id=member.id))


def end_forgotten_sign_ins(tx: Transaction, unused_for: timedelta) -> None:
    """The worker's: a browser that nobody used for so long has to ask again."""
    forgotten = select(SignIn).where(
        SignIn.ended_at.is_(None), SignIn.seen_at < now(tx) - unused_for
    )
    for sign_in in tx.scalars(forgotten.limit(500)):
        _end(tx, sign_in)


def end_appointments(tx: Transaction) -> None:
    """The worker's: roles that were given until a day end on it."""
    over = select(Appointment).where(Appointment.ended_at.is_(None), Appointment.ends_at <= now(tx))
    for appointment in each_due(tx, over.order_by(Appointment.member_id)):
        member = appointment.member
        if member.granted == Role.ADMINISTRATOR and not may_resign(administrators(tx, but=member)):
            continue  # until there is another one
        appoint_at_first(tx, member, Role.MEMBER)
        audit.record(tx, None, "member.dismissed", f"member:{member.id}")
        tell_of_role(tx, member)


def set_muted_until(tx: Transaction, member: Member, until: datetime | None) -> None:
    """Called by moderation, which keeps the restrictions this is the latest end of."""
    tx.lock(member)
    member.muted_until = until
    tx.publish(StandingChanged(member_id=member.id))


def set_slowed_until(tx: Transaction, member: Member, until: datetime | None) -> None:
    tx.lock(member)
    member.slowed_until = until  # asked about at every word, so no tab need hear of it


def set_suspended_until(tx: Transaction, member: Member, until: datetime | None) -> None:
    """They are signed out everywhere and kept out. The days they have for a second step wait."""
    tx.lock(member)
    if member.grace_ends_at and member.grace_ends_at > now(tx):
        member.grace_ends_at += (until or now(tx)) - (member.suspended_until or now(tx))
    member.suspended_until = until
    if until:
        sign_out_others(tx, member, staying="")


def _end(tx: Transaction, sign_in: SignIn) -> None:
    sign_in.ended_at = now(tx)
    tx.publish(SignInEnded(token_hash=sign_in.token_hash))
