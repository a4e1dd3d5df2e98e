from typing import NamedTuple

from community.members.models import Member, Role
from community.members.policies import RANK
from community.policies import YES, Verdict, no
from community.streams import Entry
from community.words import _
from moderation.models import Case, State, SubjectKind

FLAGS_AN_HOUR = 10


class Party(NamedTuple):
    """What ties a moderator to a case."""

    author: bool = False
    reporter: bool = False
    colleague: bool = False  # of the author, in an organisation
    official: bool = False


def may_see_queue(member: Member) -> Verdict:
    return YES if member.moderates else no(_("Only moderators see the queue."))


def may_flag(member: Member, entry: Entry, lately: int) -> Verdict:
    """`lately`: how much they have reported within the last hour."""
    if entry.author_id == member.id:
        return no(_("You cannot report your own words; edit or withdraw them instead."))
    if entry.gone:
        return no(_("It is not there any more."))
    if lately >= FLAGS_AN_HOUR:
        return no(_("You have reported a lot within this hour. Please go on a little later."))
    return YES


def may_judge(member: Member, case: Case, party: Party) -> Verdict:
    """Whether it could be theirs to decide, whoever holds it now (M4)."""
    if not member.moderates:
        return no(_("Only moderators decide cases."))
    if party.author:
        return no(_("Somebody else has to decide about your own words."))
    if party.reporter:
        return no(_("You have reported this yourself, so somebody else decides."))
    if party.colleague:
        return no(_("You belong to the same organisation as the author, so somebody else decides."))
    if party.official:
        return no(_("Whoever speaks for a government office does not decide about others."))
    if case.reason.for_seniors and not is_senior(member):
        return no(_("Cases of this kind are for senior moderators."))
    return YES


def may_claim(member: Member, case: Case, party: Party) -> Verdict:
    if not may_judge(member, case, party):
        return may_judge(member, case, party)
    if case.state == State.DECIDED:
        return no(_("This case is decided."))
    if case.state == State.CLAIMED and case.claimed_by_id != member.id:
        return no(_("%(name)s has claimed this case."), name=_holder(case))
    return YES


def may_take_over(member: Member, case: Case, party: Party) -> Verdict:
    if not may_judge(member, case, party):
        return may_judge(member, case, party)
    if not is_senior(member):
        return no(_("Only senior moderators take over what somebody else has claimed."))
    if case.state != State.CLAIMED or case.claimed_by_id == member.id:
        return no(_("There is nobody to take it over from."))
    return YES


def may_release(member: Member, case: Case) -> Verdict:
    if case.state != State.CLAIMED or case.claimed_by_id != member.id:
        return no(_("You do not hold this case."))
    return YES


def may_decide(member: Member, case: Case, party: Party) -> Verdict:
    if not may_claim(member, case, party):
        return may_claim(member, case, party)
    if case.claimed_by_id != member.id:
        return no(_("Claim the case first, so that nobody else works on it."))
    return YES


def may_ask_back(member: Member, case: Case, party: Party) -> Verdict:
    """An applicant can be asked for more; what was reported speaks for itself."""
    if not case.applied_for or case.subject_kind == SubjectKind.HELD:
        return no(_("Only applicants are asked for more."))
    return may_decide(member, case, party)


def is_senior(member: Member) -> bool:
    return RANK[Role(member.role)] >= RANK[Role.SENIOR]


def _holder(case: Case) -> str:
    return case.claimed_by.name if case.claimed_by else ""
