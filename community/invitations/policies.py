from collections.abc import Sequence

from community.invitations.models import Invitation
from community.members.models import Member
from community.members.policies import may_administer, may_sign_in, may_write
from community.organisations.models import Mandate
from community.organisations.policies import may_lead
from community.policies import YES, Verdict, no
from community.words import _


def may_invite(member: Member, organisation_id: int | None, mandates: Sequence[Mandate]) -> Verdict:
    """`mandates` are the member's live ones."""
    if not may_sign_in(member):
        return may_sign_in(member)
    if may_administer(member):
        return YES
    if organisation_id is None:
        return no(_("Only administrators invite without an organisation."))
    held = [one for one in mandates if one.organisation_id == organisation_id]
    if not any(may_lead(member, mandate) for mandate in held):
        return no(_("Only owners of the organisation invite for it."))
    return may_write(member)


def vouches(invitation: Invitation) -> bool:
    """Whether who comes by it need not be looked at by moderators."""
    organisation = invitation.organisation
    verified = organisation is not None and organisation.verified
    return verified or bool(may_administer(invitation.made_by))


def may_come(invitation: Invitation, email: str) -> Verdict:
    if invitation.email and invitation.email != email:
        return no(_("This invitation is for another address."))
    return YES
