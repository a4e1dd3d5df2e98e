from collections.abc import Sequence
from datetime import date, datetime

from community.members.models import Member
from community.members.policies import may_write
from community.organisations.models import Mandate, Organisation
from community.organisations.policies import may_speak_officially
from community.policies import YES, Verdict, no
from community.words import _
from community.working_days import Calendar
from forum.responses.deadlines import Pause
from forum.responses.models import OPEN, TERMS, Response
from forum.topics.models import Post
from forum.topics.policies import may_reply

MOST_OPEN = 5  # requests of one member that no office has settled yet; officials have no such limit
MOST_PAUSES = 3
LONGEST_PAUSE = 20  # working days
NO_PAUSE = 120  # days: whatever holidays there are, more than that; they are not even counted


def may_ask(member: Member, post: Post, *, official: bool, waiting: int) -> Verdict:
    """`official`: whether they speak for an office; `waiting`: how many of theirs are open."""
    if not may_reply(member, post.topic):
        return may_reply(member, post.topic)
    if post.gone:
        return no(_("It is not there any more."))
    if post.author_id != member.id and not official:
        return no(_("Its author and officials ask for an official response."))
    if waiting >= MOST_OPEN and not official:
        return no(_("%(most)s requests of yours are open. Please wait until one is settled."),
                  most=MOST_OPEN)  # fmt: skip
    return YES


def may_be_asked(agency: Organisation) -> Verdict:
    if not agency.speaks_officially or agency.closed_at:
        return no(_("Only verified government organisations respond officially."))
    return YES


def may_handle(member: Member, mandate: Mandate | None, response: Response) -> Verdict:
    """`mandate` is the member's live one of the office that was asked."""
    if mandate is None or mandate.organisation_id != response.agency_id:
        return no(_("Only officials of the office that was asked do this."))
    if not may_write(member):
        return may_write(member)
    return may_speak_officially(member, mandate)


def may_own(owner: Mandate | None) -> Verdict:
    """The live mandate of the office that they who see to it have."""
    if owner is None:
        return no(_("They do not speak for this office."))
    return YES


def may_hand_over(response: Response, agency: Organisation) -> Verdict:
    if agency.id == response.agency_id:
        return no(_("This office has it already."))
    return may_be_asked(agency)


def may_pause(
    response: Response, pauses: Sequence[Pause], until: date, calendar: Calendar, at: datetime
) -> Verdict:
    today = calendar.day_of(at)
    if response.overdue(at):
        return no(_("It is overdue. The clock cannot be stopped any more."))
    if len(pauses) >= MOST_PAUSES:
        return no(_("The clock was stopped %(most)s times already."), most=MOST_PAUSES)
    if until <= today:
        return no(_("The pause would end before it begins."))
    too_far = (until - today).days > NO_PAUSE
    if too_far or calendar.days_between(today, until) > LONGEST_PAUSE:
        return no(_("A pause lasts at most %(most)s working days."), most=LONGEST_PAUSE)
    return YES


def may_answer_with(response: Response, post: Post) -> Verdict:
    """The answer is what the office wrote, under a mandate, where it was asked."""
    if post.gone:
        return no(_("It is not there any more."))
    here = post.stream_id == response.post.stream_id and post.id != response.post_id
    if not here or post.mandate is None or post.mandate.organisation_id != response.agency_id:
        return no(_("The answer is a post of the office in this topic."))
    if post.answers_id not in {None, response.post_id}:
        return no(_("This post answers another question."))
    return YES


def may_take_back(member: Member, response: Response) -> Verdict:
    if response.asked_by_id != member.id:
        return no(_("Who asked for it takes it back."))
    if response.state not in OPEN:
        return no(_("It is settled already."))
    return may_write(member)


def may_last(term: int) -> Verdict:
    return YES if term in TERMS else no(_("There is no such time."))
