"""How somebody comes to speak for an organisation, and how that ends."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.events import StandingChanged
from community.members.models import Member
from community.members.policies import may_write
from community.members.queries import member_for
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.models import Mandate, MandateRole, Organisation
from community.organisations.policies import (
    may_accept,
    may_be_without,
    may_go_on,
    may_offer,
    may_recover,
)
from community.organisations.queries import (
    mandate_given,
    offer_for,
    offers_lately,
    offers_of,
    organisation_for,
    organisation_owned,
    owners_of,
)
from community.policies import require
from community.words import _

OFFERED = timedelta(days=30)  # how long somebody may think about it


def give_mandate(
    tx: Transaction, member: Member, organisation: Organisation, role: MandateRole,
    *, granted_by: Member | None = None, ends_at: datetime | None = None,
) -> Mandate:  # fmt: skip
    """Accepted at once: for whoever founds it, the command line, the demonstration community."""
    mandate = _granted(tx, member, organisation, role, granted_by, ends_at)
    mandate.accepted_at = now(tx)
    tx.publish(StandingChanged(member_id=member.id))
    return mandate


def offer_mandate(
    tx: Transaction,
    owner: Member,
    organisation_id: int,
    member_id: int,
    role: MandateRole,
    *,
    ends_at: datetime | None = None,
) -> Mandate:
    """It holds once the member has accepted it. Offering what they have already changes nothing."""
    organisation = tx.hold(organisation_owned, owner, organisation_id)
    require(may_write(owner))
    member = member_for(tx, owner, member_id)
    lately = offers_lately(tx, organisation, member)
    declined = sum(offer.ended_by_id == member.id for offer in lately)
    require(may_offer(len(offers_of(tx, organisation)), declined, len(lately)))
    return _offer(tx, owner, organisation, member, role, ends_at)


def offer_by_invitation(
    tx: Transaction, by: Member, organisation: Organisation, member: Member, role: MandateRole
) -> None:
    """As offer_mandate(), by whoever may invite for it; who has a mandate keeps it as it is."""
    tx.lock(organisation)
    require(may_go_on(organisation))
    if not _there(tx, organisation, member):
        _offer(tx, by, organisation, member, role, None)


def recover(
    tx: Transaction, administrator: Member, organisation_id: int, member_id: int
) -> Mandate:
    """Whose owners are lost gets another one; those who are there are told. Whoever speaks for it
    already owns it from now on, others have to accept."""
    require(may_recover(administrator, member_id))
    member = member_for(tx, administrator, member_id)
    organisation = organisation_for(tx, administrator, organisation_id)
    tx.lock(member, organisation)
    require(may_go_on(organisation))
    mandate = _there(tx, organisation, member)
    if mandate is None:
        mandate = _offer(tx, administrator, organisation, member, MandateRole.OWNER, None)
    else:
        _rank(tx, administrator, mandate, MandateRole.OWNER)
    organisation.stay()  # what others began is for whoever owns it from now on to decide
    audit.record(tx, administrator, "organisation.recovered", f"organisation:{organisation.id}",
                 member=member.id)  # fmt: skip
    _tell_change(tx, organisation)
    return mandate


def accept_mandate(tx: Transaction, member: Member, mandate_id: int) -> Mandate:
    """From now on they may speak for it. Raises Conflict for an offer that is over."""
    mandate = _held(tx, offer_for, member, mandate_id)
    if mandate.live:
        return mandate
    if mandate.ended_at or (mandate.ends_at and mandate.ends_at <= now(tx)):
        raise Conflict(_("This offer was taken back, or its time is over."))
    require(may_accept(member, mandate.granted_by))
    mandate.accepted_at = now(tx)
    audit.record(tx, member, "mandate.accepted", f"mandate:{mandate.id}")
    tx.publish(StandingChanged(member_id=member.id))
    if mandate.role == MandateRole.OWNER:
        _tell_change(tx, mandate.organisation)
    return mandate


def lay_down(tx: Transaction, member: Member, mandate_id: int) -> Mandate:
    """One's own ends at once; an offer is declined."""
    return _ended_by(tx, member, _held(tx, offer_for, member, mandate_id))


def withdraw_mandate(tx: Transaction, owner: Member, mandate_id: int) -> Mandate:
    """An owner ends somebody's mandate at once, or takes an offer back; they are told."""
    mandate = _held(tx, mandate_given, owner, mandate_id)
    organisation_owned(tx, owner, mandate.organisation_id)
    if mandate.ended_at is None:
        _tell(tx, mandate)
    return _ended_by(tx, owner, mandate)


def change_role(tx: Transaction, owner: Member, mandate_id: int, role: MandateRole) -> Mandate:
    """An owner becomes a speaker, or a speaker an owner, who has no last day."""
    mandate = _held(tx, mandate_given, owner, mandate_id)
    organisation_owned(tx, owner, mandate.organisation_id)
    require(may_write(owner))
    if not mandate.live or mandate.role == role:
        return mandate
    require(may_be_without(mandate, owners_of(tx, mandate.organisation)))
    _rank(tx, owner, mandate, role)
    _tell_change(tx, mandate.organisation)
    return mandate


def tell_owners(tx: Transaction, organisation: Organisation, kind: NoticeKind, link: str) -> None:
    """All of them, whoever has just become one too."""
    tx.flush()
    owners = [one.member_id for one in owners_of(tx, organisation)]
    notify(tx, owners, kind, title=organisation.name, link=link)


def end_all_of(tx: Transaction, organisation: Organisation, by: Member | None) -> set[int]:
    """Mandates and offers of one that closes, for whose people nobody has to stay; answers who had
    one. It is held, with its people."""
    every = select(Mandate).where(
        Mandate.organisation_id == organisation.id, Mandate.ended_at.is_(None)
    )
    ended = tx.scalars(every.order_by(Mandate.id)).all()
    for mandate in ended:
        _end(tx, mandate, by)
    return {mandate.member_id for mandate in ended}


# What time does: the worker's chore.


def end_mandates(tx: Transaction) -> None:
    """Mandates that were given until a day end on it, and offers nobody has answered for long.
    Owners have no such day."""
    unanswered = and_(Mandate.accepted_at.is_(None), Mandate.granted_at <= now(tx) - OFFERED)
    over = select(Mandate).where(
        Mandate.ended_at.is_(None), or_(Mandate.ends_at <= now(tx), unanswered)
    )
    for mandate in each_due(tx, over.order_by(Mandate.member_id)):
        _tell(tx, mandate)
        _end(tx, mandate, by=None)


# The parts


def _granted(
    tx: Transaction, member: Member, organisation: Organisation, role: MandateRole,
    granted_by: Member | None, ends_at: datetime | None,
) -> Mandate:  # fmt: skip
    if ends_at and (role == MandateRole.OWNER or ends_at <= now(tx)):
        raise Invalid(_("A mandate ends on a day to come, and an owner's has no such day."))
    mandate = Mandate(
        member_id=member.id,
        organisation_id=organisation.id,
        role=role,
        granted_by_id=granted_by.id if granted_by else None,
        granted_at=now(tx),
        ends_at=ends_at,
    )
    tx.add(mandate)
    return mandate


def _offer(
    tx: Transaction, by: Member, organisation: Organisation, member: Member, role: MandateRole,
    ends_at: datetime | None,
) -> Mandate:  # fmt: skip
    if already := _there(tx, organisation, member):
        if already.role != role:
            raise Conflict(_("They have a mandate already; change its role instead."))
        return already
    mandate = _granted(tx, member, organisation, role, by, ends_at)
    tx.flush()
    audit.record(tx, by, "mandate.offered", f"mandate:{mandate.id}", role=role)
    notify(tx, [member.id], NoticeKind.OFFER, actor=by, title=organisation.name,
           link=f"/mandates/{mandate.id}")  # fmt: skip
    return mandate


def _there(tx: Transaction, organisation: Organisation, member: Member) -> Mandate | None:
    """Live or offered."""
    theirs = select(Mandate).where(
        Mandate.organisation_id == organisation.id, Mandate.member_id == member.id
    )
    return tx.scalar(theirs.where(Mandate.ended_at.is_(None)))


def _held(
    tx: Transaction, find: Callable[[Session, Member, int], Mandate], by: Member, id: int
) -> Mandate:
    """With its organisation, too, so that of two last owners one stays."""
    mandate = find(tx, by, id)
    tx.lock(*mandate.chain, mandate.organisation)
    return find(tx, by, id)


def _ended_by(tx: Transaction, by: Member, mandate: Mandate) -> Mandate:
    if mandate.ended_at:
        return mandate
    require(may_be_without(mandate, owners_of(tx, mandate.organisation)))
    owned = mandate.live and mandate.role == MandateRole.OWNER
    _end(tx, mandate, by)
    if owned:
        _end_offers_of(tx, mandate)
        _tell_change(tx, mandate.organisation)
    return mandate


def _end(tx: Transaction, mandate: Mandate, by: Member | None) -> None:
    if mandate.live:
        tx.publish(StandingChanged(member_id=mandate.member_id))
        if mandate.role == MandateRole.OWNER:
            mandate.owned_until = now(tx)
    mandate.ended_at, mandate.ended_by_id = now(tx), by.id if by else None
    audit.record(tx, by, "mandate.withdrawn" if by else "mandate.ended", f"mandate:{mandate.id}")


def _end_offers_of(tx: Transaction, ended: Mandate) -> None:
    """What somebody offered as an owner is worth nothing once they are none."""
    for offer in offers_of(tx, ended.organisation):
        if offer.granted_by_id == ended.member_id:
            _end(tx, offer, by=None)


def _rank(tx: Transaction, by: Member, mandate: Mandate, role: MandateRole) -> None:
    if mandate.role == MandateRole.OWNER:
        _end_offers_of(tx, mandate)
        mandate.owned_until = now(tx)
    mandate.role = role
    if role == MandateRole.OWNER:
        mandate.ends_at = mandate.owned_until = None
    audit.record(tx, by, "mandate.changed", f"mandate:{mandate.id}", role=role)
    tx.publish(StandingChanged(member_id=mandate.member_id))
    _tell(tx, mandate)


def _tell(tx: Transaction, mandate: Mandate) -> None:
    notify(tx, [mandate.member_id], NoticeKind.MANDATE, title=mandate.organisation.name,
           link=f"/mandates/{mandate.id}")  # fmt: skip


def _tell_change(tx: Transaction, organisation: Organisation) -> None:
    """Of each change among the owners they hear, so that nobody takes it over in silence."""
    tell_owners(tx, organisation, NoticeKind.OWNERS, f"/organisations/{organisation.id}")
