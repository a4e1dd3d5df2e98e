from community.members.models import Appointment, Member, Role
from community.policies import YES, Verdict, no
from community.words import _
from moderation.policies import is_senior
from moderation.rules.models import Action, Scope


def may_make_rules(member: Member, appointment: Appointment | None) -> Verdict:
    """They hold everywhere, so whoever looks after a part of it makes none."""
    if not is_senior(member):
        return no(_("Senior moderators and administrators make these rules."))
    placed = appointment and (any(appointment.lens) or appointment.category_id)
    if placed and member.role != Role.ADMINISTRATOR:
        return no(_("These rules hold everywhere: whoever looks after all of it makes them."))
    return YES


def may_label(action: Action, words: str) -> Verdict:
    if action == Action.LABEL and not words:
        return no(_("Say what is to stand above it: everybody reads it."))
    return YES


def may_hold_there(action: Action, scope: str) -> Verdict:
    """Moderators do not read along in private: there a rule can refuse, and nothing else."""
    if action != Action.BLOCK and scope in (Scope.CLOSED, Scope.FEW):
        return no(_("In private a rule can only refuse: moderators do not read along there."))
    return YES
