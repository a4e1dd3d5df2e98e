"""All cases that fit a filter, settled as one proposal: it names each as it stood then. A hundred
and fewer whoever named them settles alone, once they have seen the list; for more somebody else
agrees. Then the worker settles one after the other, and each has a result of its own (bulk.py).

Sections in house order: policies, queries, actions.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.models import Member, Role
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.policies import YES, Verdict, no, require
from community.words import _
from moderation.models import REPORTABLE, Case, State
from moderation.parties import parties_of
from moderation.policies import may_see_queue
from moderation.proposals import (
    Answer,
    Proposal,
    ProposalKind,
    ProposedCase,
    answered,
    proposed_with,
)
from moderation.queries import cases_of
from moderation.queue.bulk import MOST, Way, settle_for_both
from moderation.queue.filtering import Wanted, filtered, moments
from moderation.queue.listing import PAGE, PRESSING, Listed, rows_for
from moderation.states import Step, may

AT_ONCE = 1_000  # cases in a proposal; who has more narrows the filter, or comes again
WAITING = 3  # proposals of one moderator that wait for an answer
A_ROUND = 10  # cases the worker settles at a time: who writes waits for them

NOT_AGREED = _("It was not agreed to.")
UNSEEN = _("You cannot see this case any more.")
MEANWHILE = _("Somebody else was at this case meanwhile.")


class Many(NamedTuple):
    """A page of what is proposed, with what became of it so far."""

    proposal: Proposal
    way: Way
    words: str
    items: Sequence[ProposedCase]  # PAGE of them
    rows: dict[int, Listed]  # by case, those the reader may see
    all: int
    settled: int
    refused: int  # of these
    may_agree: Verdict
    may_object: Verdict


# Policies


def may_agree_to_many(member: Member, proposal: Proposal, many: int) -> Verdict:
    if not member.moderates:
        return no(_("Only moderators decide cases."))
    if proposal.answer != Answer.NONE:
        return no(_("Nothing is proposed any more."))
    if many > MOST and proposal.proposed_by_id == member.id:
        return no(_("More than %(most)s cases take two people."), most=MOST)
    if many <= MOST and proposal.proposed_by_id != member.id:
        return no(_("Whoever chose these cases settles them."))
    return YES


def may_object_to_many(member: Member, proposal: Proposal) -> Verdict:
    """Or take it back, where it is one's own."""
    if proposal.answer != Answer.NONE:
        return no(_("Nothing is proposed any more."))
    return may_see_queue(member)


# Queries


def many_for(session: Session, moderator: Member, proposal_id: int, after: int = 0) -> Many:
    """`after` is the last case that was seen."""
    proposal = proposal_for(session, moderator, proposal_id)
    named = _named(proposal).where(ProposedCase.case_id > after).order_by(ProposedCase.case_id)
    items = session.scalars(named.limit(PAGE)).all()
    rows = rows_for(session, moderator, [item.case_id for item in items])
    count, settled, refused = session.execute(
        _named(proposal).with_only_columns(
            func.count(),
            func.count(ProposedCase.settled_at),
            func.count().filter(ProposedCase.sentence != ""),
        )
    ).one()
    way, words = proposal.judgement
    return Many(
        proposal, Way(way), words, items,
        {row.case.id: row for row in rows},
        count, settled, refused,
        may_agree_to_many(moderator, proposal, count),
        may_object_to_many(moderator, proposal),
    )  # fmt: skip


def proposal_for(session: Session, moderator: Member, proposal_id: int) -> Proposal:
    """Raises NotFound for whoever does not moderate."""
    proposal = session.get(Proposal, proposal_id) if may_see_queue(moderator) else None
    if proposal is None or proposal.kind != ProposalKind.BULK:
        raise NotFound
    return proposal


def _named(proposal: Proposal) -> Select[ProposedCase]:
    return select(ProposedCase).where(ProposedCase.proposal_id == proposal.id)


def _how_many(session: Session, proposal: Proposal) -> int:
    return session.scalars(_named(proposal).with_only_columns(func.count())).one()


# Actions


def propose_many(
    tx: Transaction, moderator: Member, wanted: Wanted, way: Way, words: str, *, key: str
) -> Proposal:
    """All that fit and are theirs to settle, as they stand now. Nothing is settled yet."""
    require(may_see_queue(moderator))
    fingerprint = audit.fingerprint(ProposalKind.BULK, repr(wanted), way, words)
    if proposal := _proposed(tx, moderator, fingerprint, key):
        return proposal
    tx.lock(moderator)
    if proposal := _proposed(tx, moderator, fingerprint, key):
        return proposal
    _require_few(tx, moderator)
    cases = _fitting(tx, moderator, wanted)
    because = _("More than %(most)s cases take two people.") if len(cases) > MOST else ""
    proposal = Proposal(
        kind=ProposalKind.BULK, judgement=[way, words], key=key, fingerprint=fingerprint,
        proposed_by=moderator, because=because, proposed_at=now(tx),
    )  # fmt: skip
    tx.add(proposal)
    tx.flush()
    tx.add_all(
        ProposedCase(proposal=proposal, case_id=case.id, version=case.version) for case in cases
    )
    _record(tx, moderator, proposal, "made", action=way, cases=len(cases))
    if because:
        _tell_seniors(tx, moderator, proposal, len(cases))
    return proposal


def agree_to_many(tx: Transaction, moderator: Member, proposal_id: int) -> Proposal:
    """From now on the worker settles them. Agreeing twice is agreeing once."""
    proposal = tx.hold(proposal_for, moderator, proposal_id)
    if (proposal.answer, proposal.answered_by_id) == (Answer.AGREED, moderator.id):
        return proposal
    require(may_agree_to_many(moderator, proposal, _how_many(tx, proposal)))
    answered(tx, proposal, moderator, Answer.AGREED, "")
    _record(tx, moderator, proposal, "agreed")
    return proposal


def object_to_many(tx: Transaction, moderator: Member, proposal_id: int, words: str) -> Proposal:
    """None of them is settled. Whoever proposed it takes it back without a word."""
    proposal = tx.hold(proposal_for, moderator, proposal_id)
    require(may_object_to_many(moderator, proposal))
    own = proposal.proposed_by_id == moderator.id
    if not own and not words.strip():
        raise Invalid(_("Say why: whoever proposed it reads it."))
    answered(tx, proposal, moderator, Answer.TAKEN_BACK if own else Answer.OBJECTED, words)
    tx.execute(
        update(ProposedCase)
        .where(ProposedCase.proposal_id == proposal.id)
        .values(settled_at=now(tx), sentence=NOT_AGREED)
    )
    _record(tx, moderator, proposal, "taken_back" if own else "objected")
    return proposal


def settle_agreed(tx: Transaction) -> None:
    """The worker's chore: some at a time, each by itself."""
    agreed = select(Proposal.id).where(
        Proposal.kind == ProposalKind.BULK, Proposal.answer == Answer.AGREED
    )
    due = select(ProposedCase).where(
        ProposedCase.settled_at.is_(None), ProposedCase.proposal_id.in_(agreed)
    )
    in_turn = due.order_by(ProposedCase.proposal_id, ProposedCase.case_id)
    for item in each_due(tx, in_turn, _hold_both, most=A_ROUND):
        _settle(tx, item)
        item.settled_at = now(tx)
        tx.flush()


# The parts


def _fitting(tx: Transaction, moderator: Member, wanted: Wanted) -> Sequence[Case]:
    """What was reported, waits and is theirs to claim. Orders of authorities are answered one by
    one."""
    open_ones = filtered(cases_of(tx, moderator), wanted).where(
        Case.state == State.OPEN, Case.subject_kind.in_(REPORTABLE), Case.ordered.is_(False)
    )
    found = tx.scalars(open_ones.order_by(*PRESSING).limit(AT_ONCE + 1), moments(tx)).all()
    if len(found) > AT_ONCE:
        raise Invalid(_("More than %(most)s cases fit. Please filter further."), most=AT_ONCE)
    parties = parties_of(tx, moderator, found)
    theirs = [case for case in found if may(Step.CLAIM, moderator, case, parties[case.id])]
    if not theirs:
        raise Invalid(_("No case fits that you could settle."))
    return theirs


def _require_few(tx: Transaction, moderator: Member) -> None:
    waiting = select(func.count()).where(
        Proposal.kind == ProposalKind.BULK,
        Proposal.proposed_by_id == moderator.id,
        Proposal.answer == Answer.NONE,
    )
    if tx.scalars(waiting).one() >= WAITING:
        raise Invalid(_("%(most)s of your proposals wait for an answer already."), most=WAITING)


def _proposed(tx: Transaction, moderator: Member, fingerprint: str, key: str) -> Proposal | None:
    proposal = proposed_with(tx, key)
    if proposal and (proposal.proposed_by_id, proposal.fingerprint) != (moderator.id, fingerprint):
        raise Conflict(_("This key was used for something else."))
    return proposal


def _hold_both(tx: Transaction, item: ProposedCase) -> None:
    """Who stand for it: what they may ends before this or after it."""
    ids = (item.proposal.proposed_by_id, item.proposal.answered_by_id)
    both = select(Member).where(Member.id.in_(ids)).with_for_update(read=True, of=Member)
    tx.scalars(both.execution_options(populate_existing=True)).all()


def _settle(tx: Transaction, item: ProposedCase) -> None:
    """What is refused is undone alone, and nobody hears of it."""
    told = len(tx.events)
    try:
        with tx.begin_nested():
            settle_for_both(tx, item)
    except (Conflict, Denied, Invalid) as refusal:
        item.sentence = MEANWHILE if refusal.values else refusal.sentence
        del tx.events[told:]
    except NotFound:
        item.sentence = UNSEEN


def _record(
    tx: Transaction, moderator: Member, proposal: Proposal, deed: str, **details: Any
) -> None:
    audit.record(tx, moderator, f"proposal.{deed}", f"proposal:{proposal.id}", **details)


def _tell_seniors(tx: Transaction, moderator: Member, proposal: Proposal, many: int) -> None:
    seniors = tx.scalars(
        select(Member.id).where(
            Member.role.in_((Role.SENIOR, Role.ADMINISTRATOR)), Member.id != moderator.id
        )
    )
    notify(
        tx, seniors.all(), NoticeKind.MANY, title=str(many), link=f"/moderation/many/{proposal.id}"
    )
