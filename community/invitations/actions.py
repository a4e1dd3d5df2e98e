from collections.abc import Sequence
from datetime import timedelta

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid, TooFast
from community.invitations.models import MOST_OPEN, Batch, Invitation, InvitationUse, Wanted
from community.invitations.policies import may_come, may_invite
from community.invitations.queries import (
    DAY,
    OVER,
    good_invitation,
    invitation_for,
    letters_left,
    open_by,
    written_to_often,
)
from community.letters import MailKind
from community.members.models import Member
from community.members.policies import may_administer
from community.organisations.granting import offer_by_invitation
from community.organisations.models import MandateRole, Organisation
from community.organisations.policies import may_go_on
from community.organisations.queries import mandates_held
from community.outbox import post
from community.policies import require
from community.tickets import one_at_a_time
from community.words import _

TOMORROW = _(
    "You had as many invitations sent as one day allows. Please go on tomorrow; until then you can "
    "hand out links yourself."
)
FEWER = _(
    "These are more letters than can still be sent for you today: %(left)s. Please send fewer now "
    "and the others tomorrow."
)


def invite(tx: Transaction, member: Member, wanted: Wanted, *, a_day: int) -> Invitation:
    """With an address, a letter goes there; whether it is a member's is not said. Raises TooFast
    where `a_day` letters went out for them within the last 24 hours."""
    require(may_invite(member, wanted.organisation_id, mandates_held(tx, member)))
    if wanted.organisation_id:
        organisation = tx.get(Organisation, wanted.organisation_id)
        if organisation is None:
            raise Invalid(_("There is no such organisation."))
        require(may_go_on(organisation))
    if not may_administer(member) and open_by(tx, member) >= MOST_OPEN:
        raise Invalid(_("You have many open invitations. Take back those that nobody needs."))
    one_at_a_time(tx, wanted.email)
    if wanted.email:
        _require_left(tx, member, 1, a_day)
    (made,) = _make(tx, member, [wanted])
    audit.record(tx, member, "invitation.made", f"invitation:{made.id}", role=made.role,
                 organisation=made.organisation_id or "", uses=made.most)  # fmt: skip
    return made


def invite_all(
    tx: Transaction, administrator: Member, wanted: Sequence[Wanted],
    *, key: str, digest: str, a_day: int,
) -> Batch:  # fmt: skip
    """One letter each; `digest` is of the list they were read from."""
    require(may_administer(administrator))
    _require_left(tx, administrator, len(wanted), a_day)
    batch = Batch(made_by_id=administrator.id, key=key, digest=digest, letters=len(wanted),
                  made_at=now(tx))  # fmt: skip
    tx.add(batch)
    tx.flush()
    _make(tx, administrator, wanted, batch)
    audit.record(tx, administrator, "invitation.many", "site:1", letters=len(wanted))
    return batch


def take_back(tx: Transaction, member: Member, invitation_id: int) -> None:
    invitation = tx.hold(invitation_for, member, invitation_id)
    if invitation.ended_at is None:
        invitation.ended_at = now(tx)
        audit.record(tx, member, "invitation.ended", f"invitation:{invitation.id}")


def accept(tx: Transaction, member: Member, invitation_id: int) -> Invitation:
    """By a member; a second time changes nothing. Raises Conflict where it is over."""
    invitation = tx.get(Invitation, invitation_id)
    if invitation is None:
        raise Conflict(OVER)
    tx.lock(*filter(None, (invitation, invitation.organisation)))  # which may be closed meanwhile
    require(may_come(invitation, member.email))
    if tx.get(InvitationUse, (invitation_id, member.id)) is None:
        _use(tx, member, good_invitation(tx, invitation_id))
    return invitation


def _use(tx: Transaction, member: Member, invitation: Invitation) -> None:
    invitation.used += 1
    tx.add(InvitationUse(invitation_id=invitation.id, member_id=member.id, used_at=now(tx)))
    if organisation := invitation.organisation:
        role = MandateRole(invitation.role)
        offer_by_invitation(tx, invitation.made_by, organisation, member, role)


def _require_left(tx: Transaction, member: Member, letters: int, a_day: int) -> None:
    """The member is held: in two windows they have no more than in one."""
    tx.lock(member)
    left = letters_left(tx, member, a_day)
    if letters > left:
        raise TooFast(FEWER if left else TOMORROW, retry_after=DAY.total_seconds(), left=left)


def _make(
    tx: Transaction, member: Member, wanted: Sequence[Wanted], batch: Batch | None = None
) -> list[Invitation]:
    often = written_to_often(tx, {one.email for one in wanted if one.email})
    made = [
        Invitation(
            made_by=member,
            organisation_id=one.organisation_id,
            role=one.role if one.organisation_id else "",
            email=one.email,
            name=one.name,
            region=one.region,
            most=1 if one.email else one.most,
            batch_id=batch.id if batch else None,
            made_at=now(tx),
            ends_at=now(tx) + timedelta(days=int(one.lasts)),
        )
        for one in wanted
    ]
    tx.add_all(made)
    tx.flush()
    for one in made:
        if one.email and one.email not in often:
            _send(tx, one)
    return made


def _send(tx: Transaction, invitation: Invitation) -> None:
    by, organisation = invitation.made_by, invitation.organisation
    post(tx, _kind_for(organisation), invitation.email, by.locale,
         ticket=str(invitation.id), by=by.name,
         organisation=organisation.name if organisation else "",
         days=(invitation.ends_at - invitation.made_at).days)  # fmt: skip


def _kind_for(organisation: Organisation | None) -> MailKind:
    """Its page says whether it is verified; so does the letter, which is read first."""
    if organisation is None:
        return MailKind.INVITED
    return MailKind.INVITED_FOR if organisation.verified else MailKind.INVITED_FOR_UNVERIFIED
