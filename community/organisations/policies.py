from community.members.models import Grace, Member
from community.members.policies import may_write
from community.organisations.models import Kind, Mandate, MandateRole, Organisation
from community.policies import YES, Verdict, no
from community.words import _

NO_MANDATE = _("You have no mandate for this organisation. Choose again for whom you speak.")
MOST_WAITING = 3  # organisations of one member that nobody has verified yet


def may_speak_for(member: Member, mandate: Mandate) -> Verdict:
    if mandate.member_id != member.id or not mandate.live:
        return no(NO_MANDATE)
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


def may_register(member: Member, waiting: int) -> Verdict:
    """`waiting`: how many they own that are not verified."""
    if not may_write(member):
        return may_write(member)
    if waiting >= MOST_WAITING:
        return no(
            _("%(most)s organisations of yours are not verified yet. Please see to those first."),
            most=MOST_WAITING,
        )
    return YES


def may_lead(member: Member, mandate: Mandate | None) -> Verdict:
    """What owners do: say who speaks, describe the organisation, have it verified. Whoever is muted
    may still take a mandate back."""
    if mandate is None or not may_speak_for(member, mandate) or mandate.role != MandateRole.OWNER:
        return no(_("Only owners of the organisation do this."))
    return YES


def may_rename(organisation: Organisation) -> Verdict:
    """The badge says that this name was looked at."""
    if organisation.verified:
        return no(_("A verified name stays. Ask an administrator if the organisation is renamed."))
    return YES


def may_be_without(mandate: Mandate, owners: int) -> Verdict:
    """Whether its organisation can go on without this mandate, or without its being an owner's;
    `owners` counts the live ones."""
    if mandate.live and mandate.role == MandateRole.OWNER and owners < 2:
        return no(_("This is the last owner. Make somebody else an owner first."))
    return YES
