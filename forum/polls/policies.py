from community.members.models import Appointment, Member
from community.organisations.models import Mandate
from community.organisations.policies import may_speak_for
from community.policies import YES, Verdict, no
from community.words import _
from forum.polls.models import Poll
from forum.topics.models import Post
from forum.topics.policies import may_change, may_lock, may_reply


def may_ask(member: Member, post: Post) -> Verdict:
    if post.poll is not None:
        return no(_("This post has a poll already."))
    return may_change(member, post)


def may_vote(member: Member, poll: Poll) -> Verdict:
    if poll.closed_at:
        return no(_("This poll has ended."))
    if poll.post.gone:
        return no(_("It is not there any more."))
    return may_reply(member, poll.post.topic)


def may_vote_for(mandate: Mandate, member: Member) -> Verdict:
    if not mandate.organisation.verified:
        return no(_("Only verified organisations vote here."))
    return may_speak_for(member, mandate)


def may_end(member: Member, appointment: Appointment | None, poll: Poll) -> Verdict:
    """`appointment` is the member's live one."""
    if poll.closed_at:
        return no(_("This poll has ended."))
    if may_change(member, poll.post):
        return YES
    return may_lock(member, appointment, poll.post.topic)
