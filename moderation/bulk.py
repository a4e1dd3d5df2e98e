"""Many cases at once, each by itself: its own version, its own transaction, its own answer. One
that somebody else has decided meanwhile leaves the others as they are.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar

from community.database import Transaction
from community.errors import Invalid
from community.members.models import Member
from community.words import _
from moderation.actions import require_current
from moderation.claiming import claim, void
from moderation.deciding import Judgement, decide, hold_all
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Ruling
from moderation.queries import case_for, decided_with

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
    done = decided_with(tx, own)
    if done and (done.moderator_id, done.case_id) == (moderator.id, item.case_id):
        return
    judgement = _judgement(case_for(tx, moderator, item.case_id), way, words)
    case, _subject = hold_all(tx, moderator, item.case_id, judgement)
    require_current(tx, case, item.version)
    if way == Way.VOID:
        void(tx, moderator, case.id, words, version=case.version)
        return
    claimed = claim(tx, moderator, case.id, version=case.version)
    decide(tx, moderator, case.id, judgement, version=claimed.version, key=own)


def _judgement(case: Case, way: Way, words: str) -> Judgement:
    if way == Way.SPAM:
        return Judgement(Ruling.ACT, SPAM, words, acts=(Act(MeasureKind.HIDE),))
    return Judgement(Ruling.KEEP, case.reason_code, words)
