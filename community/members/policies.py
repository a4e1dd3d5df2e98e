from datetime import datetime

from community import terms
from community.members.models import Member, Role, Scope
from community.policies import YES, Verdict, no
from community.words import _

RANK = {Role.MEMBER: 0, Role.MODERATOR: 1, Role.SENIOR: 2, Role.ADMINISTRATOR: 3}


def may_take_part(member: Member) -> Verdict:
    """Whoever may not reads on, signs out, and looks after their account; they change nothing
    that others see. Who is suspended has no browser that could ask."""
    if not may_sign_in(member):
        return may_sign_in(member)
    if not terms.has_agreed(member):
        return no(_("Our terms have changed. Once you have agreed to them you can write again."))
    if not member.admitted:
        return no(_("A moderator has to let you in before you write. You can read meanwhile."))
    if member.paused:
        return no(_("Your guardian has taken their consent back. You can read on, not write."))
    return YES


def may_write(member: Member) -> Verdict:
    """Whoever is muted reads on."""
    if not may_take_part(member):
        return may_take_part(member)
    if member.muted_until:
        return no(_("You are muted until %(until)s."), until=member.muted_until)
    return YES


def may_administer(member: Member | None) -> Verdict:
    if member is None or not member.administers:
        return no(_("Only administrators do this."))
    return YES


def may_appoint(administrator: Member, member: Member) -> Verdict:
    if not administrator.administers:
        return no(_("Only administrators do this."))
    if administrator.id == member.id:
        return no(_("Somebody else has to change your own role."))
    return YES


def may_be_placed(role: Role, scope: Scope) -> Verdict:
    """A place narrows what a moderator sees; administrators look after everything."""
    if any(scope) and role in (Role.MEMBER, Role.ADMINISTRATOR):
        return no(_("Only the roles of moderators can be limited to a place or a category."))
    return YES


def may_be_given_until(role: Role, ends_at: datetime | None) -> Verdict:
    """The last administrator does not go unnoticed, on a day that was set long ago."""
    if role == Role.ADMINISTRATOR and ends_at:
        return no(_("Administrators have no last day; another one takes the role back."))
    return YES


def may_resign(others: int) -> Verdict:
    """Whether an administrator can go who leaves so many behind."""
    if others < 1:
        return no(_("This is the last administrator. Make another one first."))
    return YES


def may_mute(moderator: Member, member: Member) -> Verdict:
    if not moderator.moderates:
        return no(_("Only moderators do this."))
    if not outranks(moderator, member):
        return no(_("Nobody mutes a member of the same or a higher role."))
    return YES


def may_suspend(moderator: Member, member: Member) -> Verdict:
    """An administrator has no higher role, so no last one is ever kept out."""
    if RANK[Role(moderator.role)] < RANK[Role.SENIOR]:
        return no(_("Only senior moderators and administrators suspend somebody."))
    if not outranks(moderator, member):
        return no(_("Nobody suspends a member of the same or a higher role."))
    return YES


def may_sign_in(member: Member) -> Verdict:
    """Whoever proved who they are, in whatever way."""
    if member.erased_at:
        return no(_("This account was erased."))
    if member.banned:
        return no(_("Your account is banned."))
    if member.suspended_until:
        return no(_("Your account is suspended until %(until)s."), until=member.suspended_until)
    return YES


def outranks(moderator: Member, member: Member) -> bool:
    """By what the moderator may do now, and by what the other was given, also while that rests: who
    has still to add a second step is nobody's prey meanwhile."""
    return RANK[Role(moderator.role)] > RANK[Role(member.granted)]
