from community.members.models import Member
from community.members.policies import may_write
from community.organisations.models import Mandate
from community.organisations.policies import may_speak_officially
from community.policies import Verdict, no
from community.words import _


def may_publish(member: Member, mandate: Mandate | None) -> Verdict:
    """An official, under the mandate they publish with."""
    if mandate is None:
        return no(_("Only officials publish announcements."))
    if not may_write(member):
        return may_write(member)
    return may_speak_officially(member, mandate)
