from typing import NamedTuple, Protocol

from community.members.models import Member, Role
from community.members.policies import RANK
from community.policies import YES, Verdict, no
from community.words import _
from moderation.models import HELD, Case, State

FLAGS_AN_HOUR = 10


class Flaggable(Protocol):
    @property
    def author_id(self) -> int: ...

    @property
    def gone(self) -> str: ...


class Party(NamedTuple):
    """What ties a moderator to a case."""

    author: bool = False
    reporter: bool = False
    colleague: bool = False  # of the author, in an organisation
    ours: bool = False  # it is about their organisation, or what that says
    official: bool = False
    decider: bool = False  # of it, in an earlier round
    overruled: bool = False  # by somebody who looked at it anew
    anew: bool = False  # it was decided, and is open again
    proposer: bool = False  # of what waits for a second person


def may_see_queue(member: Member) -> Verdict:
    return YES if member.moderates else no(_("Only moderators see the queue."))


def may_flag(member: Member, entry: Flaggable, lately: int, ours: bool = False) -> Verdict:
    """`lately`: how much they have reported within the last hour. `ours`: said by an organisation
    they speak for."""
    if entry.author_id == member.id:
        return no(_("You cannot report your own words; edit or withdraw them instead."))
    if ours:
        return no(_("You speak for it yourself; others can report what it says."))
    if entry.gone:
        return no(_("It is not there any more."))
    if lately >= FLAGS_AN_HOUR:
        return no(_("You have reported a lot within this hour. Please go on a little later."))
    return YES


def may_judge(member: Member, case: Case, party: Party) -> Verdict:
    """Whether it could be theirs to decide, whoever holds it now (M4). Whoever is kept out does not
    stand for what they proposed before, and is not called."""
    if not member.moderates or member.suspended_until:
        return no(_("Only moderators decide cases."))
    if party.author:
        return no(_("Somebody else has to decide about your own words."))
    if party.reporter:
        return no(_("You have reported this yourself, so somebody else decides."))
    if party.colleague:
        return no(_("You belong to the same organisation as the author, so somebody else decides."))
    if party.official:
        return no(_("Whoever speaks for a government office does not decide about others."))
    for_seniors = case.reason.for_seniors or case.escalated_at or case.ordered
    if for_seniors and not is_senior(member):
        return no(_("Cases of this kind are for senior moderators."))
    return YES


def may_read_reports(member: Member, case: Case, party: Party) -> Verdict:
    """With who made them: nobody it is about (M8). Whoever applied for something was reported by
    nobody."""
    if not case.applied_for and (party.author or party.ours):
        return may_judge(member, case, party)
    return YES


# The guards of the ways in states.py. By whom a case is held, they ask; in which state, the table.


def may_claim(member: Member, case: Case, party: Party) -> Verdict:
    return may_judge(member, case, party)


def may_review(member: Member, case: Case, party: Party) -> Verdict:
    """Another look, by somebody else (M4)."""
    if party.decider:
        return no(_("You have decided this, so somebody else takes another look."))
    return may_judge(member, case, party)


def may_release(member: Member, case: Case, _party: Party) -> Verdict:
    return YES if holds(member, case) else no(_("You do not hold this case."))


def may_take_over(member: Member, case: Case, party: Party) -> Verdict:
    if not may_judge(member, case, party):
        return may_judge(member, case, party)
    if not is_senior(member):
        return no(_("Only senior moderators take over what somebody else has claimed."))
    if case.state == State.APPEAL_CLAIMED and party.decider:
        return may_review(member, case, party)
    if holds(member, case):
        return no(_("There is nobody to take it over from."))
    return YES


def may_decide(member: Member, case: Case, party: Party) -> Verdict:
    if not may_judge(member, case, party):
        return may_judge(member, case, party)
    return _held_by(member, case)


def may_rule(member: Member, case: Case, party: Party) -> Verdict:
    """About an appeal."""
    if not may_review(member, case, party):
        return may_review(member, case, party)
    return _held_by(member, case)


def may_reverse(member: Member, case: Case, party: Party) -> Verdict:
    """What was decided wrongly, found without anybody asking; also by whoever decided it, but by
    nobody whom another look has found wrong (M4)."""
    if not is_senior(member):
        return no(_("Only senior moderators take back what was decided."))
    if party.overruled:
        return no(_("You have decided this, so somebody else takes another look."))
    return may_judge(member, case, party)


def may_reopen(member: Member, case: Case, party: Party) -> Verdict:
    """Two administrators: one proposes it, another agrees."""
    if not member.administers:
        return no(_("Only administrators open a case anew."))
    if case.applied_for:
        return no(_("Whoever applied for something can apply again."))
    return may_agree(member, case, party)


def may_ask_back(member: Member, case: Case, party: Party) -> Verdict:
    """An applicant can be asked for more; what was reported speaks for itself."""
    if not case.applied_for or case.withheld:
        return no(_("Only applicants are asked for more."))
    return may_decide(member, case, party)


def may_escalate(member: Member, case: Case, party: Party) -> Verdict:
    """To the seniors, when somebody is not sure, or it is too much for them."""
    if not may_judge(member, case, party):
        return may_judge(member, case, party)
    if case.escalated_at:
        return no(_("The senior moderators have it already."))
    return _held_by(member, case) if case.claimed_by_id else YES


def may_return(member: Member, case: Case, party: Party) -> Verdict:
    if not may_judge(member, case, party):
        return may_judge(member, case, party)
    if not case.escalated_at:
        return no(_("Nobody has passed it to the senior moderators."))
    return _held_by(member, case) if case.claimed_by_id else YES


def may_void(member: Member, case: Case, party: Party) -> Verdict:
    """Where nothing is left to decide: a duplicate, or its author took it away."""
    if not may_judge(member, case, party):
        return may_judge(member, case, party)
    if case.applied_for:
        return no(_("Whoever applied for something is answered."))
    if case.ordered:
        return no(_("An authority has ordered something about it, and is answered."))
    if party.anew:
        return no(_("It was opened anew to be decided: what was decided holds until then."))
    return _held_by(member, case) if case.claimed_by_id else YES


def may_agree(member: Member, case: Case, party: Party) -> Verdict:
    """To what somebody else proposes."""
    if party.proposer:
        return no(_("You have proposed it, so somebody else has to agree."))
    return may_judge(member, case, party)


def may_agree_on_appeal(member: Member, case: Case, party: Party) -> Verdict:
    """The second person has not decided it before, either (M4)."""
    agree = may_agree(member, case, party)
    return may_review(member, case, party) if agree else agree


def may_object(member: Member, case: Case, party: Party) -> Verdict:
    return may_agree(member, case, party)


def may_take_proposal_back(_member: Member, _case: Case, party: Party) -> Verdict:
    return YES if party.proposer else no(_("Somebody else has proposed it."))


def holds(member: Member, case: Case) -> bool:
    return case.state in HELD and case.claimed_by_id == member.id


def is_senior(member: Member) -> bool:
    return RANK[Role(member.role)] >= RANK[Role.SENIOR]


def _held_by(member: Member, case: Case) -> Verdict:
    if holds(member, case):
        return YES
    holder = case.claimed_by.name if case.claimed_by else ""
    return no(_("%(name)s has claimed this case."), name=holder)
