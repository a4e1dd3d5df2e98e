from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from community.errors import NotFound
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.organisations.models import Mandate
from community.organisations.queries import mandates_held
from community.policies import YES, Verdict
from forum.polls.models import Poll, Vote
from forum.polls.policies import may_end, may_vote, may_vote_for
from forum.topics.models import Post
from forum.topics.queries import post_for

NAMED = 100  # who voted, on one page


class Ballot(NamedTuple):
    """A poll as one reader sees it."""

    post: Post
    poll: Poll
    mine: Collection[int] = ()  # what they chose, or one they speak for
    votes: Sequence[int] | None = None  # by answer; None where they are not to be seen yet
    named: Sequence[Vote] = ()  # the newest first
    older: int | None = None  # the next page of them begins before this id
    mandates: Sequence[Mandate] = ()  # they may vote under
    may_vote: Verdict = YES
    may_end: Verdict = YES


def poll_for(session: Session, reader: Member | None, post_id: int) -> Poll:
    """Of a post that says something. Raises NotFound."""
    post = post_for(session, reader, post_id)
    poll = session.get(Poll, post.id, options=[joinedload(Poll.post).joinedload(Post.topic)])
    if poll is None or post.gone:
        raise NotFound
    return poll


def ballot_for(
    session: Session, reader: Member | None, post_id: int, before: int | None = None
) -> Ballot:
    poll = poll_for(session, reader, post_id)
    mandates = _voting_for(session, reader, poll) if reader else []
    mine = chosen_by(session, poll, voters_of(reader, mandates, poll)) if reader else set()
    seen = bool(mine or poll.closed_at)
    votes = counted(session, poll) if seen else None
    named = _named(session, poll, before) if seen and poll.named else []
    older = named[-1].id if len(named) == NAMED else None
    if reader is None:
        return Ballot(poll.post, poll, mine, votes, named, older)
    appointment = live_appointment_of(session, reader) if reader.moderates else None
    return Ballot(poll.post, poll, mine, votes, named, older, mandates,
                  may_vote(reader, poll), may_end(reader, appointment, poll))  # fmt: skip


def _voting_for(session: Session, member: Member, poll: Poll) -> list[Mandate]:
    if not poll.of_organisations:
        return []
    return [one for one in mandates_held(session, member) if may_vote_for(one, member)]


def voters_of(member: Member, mandates: Sequence[Mandate], poll: Poll) -> list[str]:
    if poll.of_organisations:
        return [f"organisation:{mandate.organisation_id}" for mandate in mandates]
    return [f"member:{member.id}"]


def chosen_by(session: Session, poll: Poll, voters: Sequence[str]) -> set[int]:
    theirs = select(Vote.choice).where(Vote.post_id == poll.post_id, Vote.voter.in_(voters))
    return set(session.scalars(theirs))


def counted(session: Session, poll: Poll) -> list[int]:
    by_choice = select(Vote.choice, func.count()).where(Vote.post_id == poll.post_id)
    rows = session.execute(by_choice.group_by(Vote.choice))
    votes = {choice: number for choice, number in rows}
    return [votes.get(choice, 0) for choice in range(len(poll.options))]


def _named(session: Session, poll: Poll, before: int | None) -> Sequence[Vote]:
    named = select(Vote).where(Vote.post_id == poll.post_id).order_by(Vote.id.desc()).limit(NAMED)
    named = named.options(joinedload(Vote.member), joinedload(Vote.organisation))
    return session.scalars(named.where(Vote.id < before) if before else named).all()
