from collections.abc import Collection

from msgspec import to_builtins
from sqlalchemy import delete, func, select

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.organisations.models import Mandate
from community.organisations.queries import mandate_for
from community.policies import require
from community.words import _
from forum.polls.models import FEWEST, MOST, Poll, Vote, Wanted
from forum.polls.policies import may_ask, may_end, may_vote, may_vote_for
from forum.polls.queries import chosen_by, counted, poll_for, voters_of
from forum.topics.actions import show_anew
from forum.topics.events import PollShown
from forum.topics.models import Post
from forum.topics.queries import post_for


def ask(tx: Transaction, member: Member, post_id: int, wanted: Wanted) -> Post:
    """At a post of one's own. The same again is once."""
    post = tx.hold(post_for, member, post_id)
    asked = tx.get(Poll, post.id)
    if asked and post.author_id == member.id and _is(asked, wanted):
        return post
    require(may_ask(member, post))
    _must_be_possible(tx, post, wanted)
    poll = Poll(post=post, **wanted._asdict() | {"options": list(wanted.options)})
    tx.add(poll)
    return _shown(tx, poll)


def vote(
    tx: Transaction,
    member: Member,
    post_id: int,
    choices: Collection[int],
    mandate_id: int | None = None,
) -> Post:
    """In place of what the voter chose before."""
    tx.hold(post_for, member, post_id)
    poll = poll_for(tx, member, post_id)
    require(may_vote(member, poll))
    chosen = _possible(poll, choices)
    mandate = _voting_under(tx, member, poll, mandate_id)
    (voter,) = voters_of(member, [mandate] if mandate else [], poll)
    if chosen_by(tx, poll, [voter]) == chosen:
        return poll.post
    tx.execute(delete(Vote).where(Vote.post_id == poll.post_id, Vote.voter == voter))
    organisation_id = mandate.organisation_id if mandate else None
    tx.add_all(
        Vote(post_id=poll.post_id, voter=voter, choice=choice, member=member,
             organisation_id=organisation_id)
        for choice in sorted(chosen)
    )  # fmt: skip
    return _shown(tx, poll)


def end(tx: Transaction, member: Member, post_id: int) -> Post:
    """By who asked, or by a moderator."""
    tx.hold(post_for, member, post_id)
    poll = poll_for(tx, member, post_id)
    if poll.closed_at:
        return poll.post
    require(may_end(member, live_appointment_of(tx, member), poll))
    if poll.post.author_id != member.id:
        audit.record(tx, member, "poll.ended", f"post:{post_id}")
    return _ended(tx, poll)


def end_polls(tx: Transaction) -> None:
    """The worker's."""
    due = select(Poll).where(Poll.closed_at.is_(None), Poll.ends_at <= now(tx))
    for poll in each_due(tx, due.order_by(Poll.ends_at)):
        _ended(tx, poll)


def _ended(tx: Transaction, poll: Poll) -> Post:
    poll.closed_at = now(tx)
    return _shown(tx, poll)


def _is(poll: Poll, wanted: Wanted) -> bool:
    return Wanted(*(getattr(poll, name) for name in Wanted._fields)) == wanted


def _must_be_possible(tx: Transaction, post: Post, wanted: Wanted) -> None:
    different = {option.casefold() for option in wanted.options}
    if not FEWEST <= len(wanted.options) <= MOST:
        raise Invalid(_("A poll has %(fewest)s to %(most)s answers."), fewest=FEWEST, most=MOST)
    if len(different) < len(wanted.options):
        raise Invalid(_("Two of the answers are the same."))
    if wanted.ends_at and wanted.ends_at <= now(tx):
        raise Invalid(_("The end lies in the past."))
    if wanted.of_organisations and post.mandate_id is None:
        raise Invalid(_("Only a post for an organisation asks other organisations."))


def _possible(poll: Poll, choices: Collection[int]) -> set[int]:
    chosen = set(choices)
    if not chosen:
        raise Invalid(_("Please choose an answer first."))
    if not chosen <= set(range(len(poll.options))):
        raise Invalid(_("There is no such answer."))
    if len(chosen) > 1 and not poll.multiple:
        raise Invalid(_("Only one answer can be chosen here."))
    return chosen


def _voting_under(
    tx: Transaction, member: Member, poll: Poll, mandate_id: int | None
) -> Mandate | None:
    if not poll.of_organisations:
        return None
    if mandate_id is None:
        raise Conflict(_("Here organisations vote. Please choose for which one you speak."))
    mandate = mandate_for(tx, member, mandate_id)
    require(may_vote_for(mandate, member))
    return mandate


def _shown(tx: Transaction, poll: Poll) -> Post:
    """The post is held: nobody counts beside us."""
    tx.flush()
    voters = select(func.count(Vote.voter.distinct())).where(Vote.post_id == poll.post_id)
    shown = PollShown(
        question=poll.question,
        options=poll.options,
        votes=counted(tx, poll) if poll.closed_at else [],
        voters=tx.scalars(voters).one(),
        multiple=poll.multiple,
        named=poll.named,
        of_organisations=poll.of_organisations,
        ends_at=poll.ends_at,
        ended=poll.closed_at is not None,
    )
    post = poll.post
    post.poll = to_builtins(shown)
    return show_anew(tx, post)
