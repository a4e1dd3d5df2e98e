from datetime import datetime

from community.factors.models import FactorReset
from community.members.models import Member
from community.policies import YES, Verdict, no
from community.words import _


def may_lose_one(*, needed: bool, left: int) -> Verdict:
    """Whether one of their factors can go, after which they have so many."""
    if needed and not left:
        return no(
            _("What you may do here asks for a second step. Add another one, then remove this.")
        )
    return YES


def may_ask_reset(administrator: Member, member: Member) -> Verdict:
    if not administrator.administers:
        return no(_("Only administrators do this."))
    if administrator.id == member.id:
        return no(_("Two other administrators have to do this for you."))
    if not member.protected:
        return no(_("They sign in with a password alone; there is no second step to reset."))
    return YES


def may_confirm_reset(administrator: Member, reset: FactorReset, since: datetime | None) -> Verdict:
    """Four eyes: one who was bribed, or robbed of a telephone, is not enough. `since` is when the
    second one was appointed: it is nobody whom the first one made for this."""
    if not administrator.administers:
        return no(_("Only administrators do this."))
    if administrator.id == reset.member_id:
        return no(_("Two other administrators have to do this for you."))
    if administrator.id == reset.asked_by_id:
        return no(_("A second administrator has to confirm this."))
    if since is None or since >= reset.asked_at:
        return no(_("Somebody has to confirm this who was an administrator before."))
    if not administrator.protected:
        return no(_("First add a second step to your own sign-in."))
    return YES
