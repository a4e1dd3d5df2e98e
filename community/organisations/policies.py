from community.members.models import Grace, Member
from community.organisations.models import Kind, Mandate, MandateRole
from community.policies import YES, Verdict, no
from community.words import _


def may_speak_for(member: Member, mandate: Mandate) -> Verdict:
    if mandate.member_id != member.id or not mandate.live:
        return no(_("You have no mandate for this organisation."))
    return YES


def may_speak_officially(member: Member, mandate: Mandate) -> Verdict:
    """An official is a member with a live mandate from a verified government organisation."""
    if not may_speak_for(member, mandate):
        return may_speak_for(member, mandate)
    if mandate.organisation.kind != Kind.GOVERNMENT or not mandate.organisation.verified:
        return no(_("Only verified government organisations speak officially."))
    if member.grace == Grace.OVER:
        return no(_("This rests until you sign in in two steps. Your account says how."))
    return YES


def may_grant(member: Member, mandate: Mandate) -> Verdict:
    if not may_speak_for(member, mandate) or mandate.role != MandateRole.OWNER:
        return no(_("Only owners of the organisation give mandates."))
    return YES
