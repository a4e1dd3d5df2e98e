"""Many cases at once, each by itself: its own version, its own answer. One that somebody else has
decided meanwhile leaves the others as they are.

Up to a hundred one alone settles, each in a transaction of its own. What two settle was named by
one and agreed to by another (many.py).
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

from community.clock import now
from community.database import Transaction
from community.errors import Invalid
from community.members.models import Member
from community.policies import require
from community.words import _
from moderation.actions import require_current
from moderation.decisions.claiming import claim, void, voided_with
from moderation.decisions.deciding import (
    Judgement,
    decide,
    decided,
    hold_all,
    require_complete,
)
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Ruling
from moderation.parties import party_of
from moderation.proposals import ProposedCase, proposed_with
from moderation.queries import case_for, decided_with
from moderation.states import Step, may

MOST = 100  # cases that one alone may settle at once
SPAM = "spam"

T = TypeVar("T")


class Way(StrEnum):
    """What is done with each of them."""

    KEEP = "keep"  # it breaks no rule
    SPAM = "spam"  # it is hidden
    VOID = "void"  # nothing is left to decide, as with what was reported twice


class Item(NamedTuple):
    """As it stood on the page where it was chosen."""

    case_id: int
    version: int


def few_enough(items: Sequence[T]) -> Sequence[T]:
    """Raises Invalid for none, and for more than one alone may settle."""
    if not 1 <= len(items) <= MOST:
        raise Invalid(_("Choose 1 to %(most)s cases; more at once take two people."), most=MOST)
    return items


def settle_one(
    tx: Transaction, moderator: Member, item: Item, way: Way, words: str, *, key: str
) -> None:
    """Claimed and settled in one. Once done with this key, it is not done again."""
    own = f"{key}:{item.case_id}"
    if _done_with(tx, moderator, item.case_id, own):
        return
    judgement = _judgement(case_for(tx, moderator, item.case_id), way, words)
    case, _subject = hold_all(tx, moderator, item.case_id, judgement)
    if way == Way.VOID:
        if not voided_with(tx, moderator, case, own):
            void(tx, moderator, case.id, words, version=item.version, key=own)
        return
    require_current(tx, case, item.version)
    claimed = claim(tx, moderator, case.id, version=case.version)
    decide(tx, moderator, case.id, judgement, version=claimed.version, key=own)


def settle_for_both(tx: Transaction, item: ProposedCase) -> None:
    """By whoever proposed it and whoever agreed; few of them, by whoever chose them. The worker
    holds both. Each of them has to be free to decide it, as if they were alone."""
    proposal = item.proposal
    first, second = proposal.proposed_by, proposal.answered_by
    way, words = proposal.judgement
    if second is None or second.id == first.id:
        chosen = Item(item.case_id, item.version)
        return settle_one(tx, first, chosen, Way(way), words, key=proposal.key)
    case_for(tx, first, item.case_id)
    judgement = _judgement(case_for(tx, second, item.case_id), Way(way), words)
    case, subject = hold_all(tx, second, item.case_id, judgement)
    require_current(tx, case, item.version)
    for one in (first, second):
        require(may(Step.AGREE, one, case, party_of(tx, one, case)))
    own = f"{proposal.key}:{case.id}"
    if way == Way.VOID:
        void(tx, second, case.id, words, version=case.version, key=own)
        return None
    require_complete(tx, first, case, judgement)
    case.first_action_at = case.first_action_at or now(tx)
    decided(tx, case, subject, judgement, own, first, second)
    return None


def _done_with(tx: Transaction, moderator: Member, case_id: int, key: str) -> bool:
    """Decided, or proposed where that takes two."""
    if decision := decided_with(tx, key):
        return (decision.moderator_id, decision.case_id) == (moderator.id, case_id)
    proposal = proposed_with(tx, key)
    return proposal is not None and (proposal.proposed_by_id, proposal.case_id) == (
        moderator.id,
        case_id,
    )


def _judgement(case: Case, way: Way, words: str) -> Judgement:
    if way == Way.SPAM:
        return Judgement(Ruling.ACT, SPAM, words, acts=(Act(MeasureKind.HIDE),))
    return Judgement(Ruling.KEEP, case.reason_code, words)
