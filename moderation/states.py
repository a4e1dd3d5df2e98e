"""The states of a case, and every step from one to the next with who may take it: one table, from
which the buttons are drawn and by which every action is refused.

Sections in house order: models, policies, actions.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict
from community.members.models import Member
from community.policies import Verdict, no
from community.words import _
from moderation.events import CaseChanged
from moderation.models import CLOSED, HELD, LEASE, UNDECIDED, Case, State
from moderation.policies import (
    Party,
    may_agree,
    may_agree_on_appeal,
    may_ask_back,
    may_claim,
    may_decide,
    may_escalate,
    may_judge,
    may_object,
    may_release,
    may_reopen,
    may_return,
    may_reverse,
    may_review,
    may_rule,
    may_take_over,
    may_take_proposal_back,
    may_void,
)
from moderation.queries import unanswered

# Models


class Step(StrEnum):
    """What leads from one state to the next; the audit calls it so."""

    CLAIM = "claimed"
    RELEASE = "released"
    LAPSE = "lapsed"
    TAKE_OVER = "taken_over"
    ESCALATE = "escalated"
    RETURN = "returned"
    ASK = "asked"
    ANSWER = "answered"
    DECIDE = "decided"
    PROPOSE = "proposed"
    AGREE = "agreed"
    OBJECT = "objected"
    TAKE_BACK = "taken_back"
    END = "ended"
    VOID = "voided"
    APPEAL = "appealed"
    RULE = "ruled"
    EXPIRE = "expired"
    REOPEN = "reopened"
    REVERSE = "reversed"


Guard = Callable[[Member, Case, Party], Verdict]


class Way(NamedTuple):
    """`to` is None where it leads back to where the case waited before."""

    to: State | None
    guard: Guard | None  # None: time does it, or somebody who is no moderator


BY_ITSELF = None
BACK = None

WAYS: Mapping[tuple[State, Step], Way] = MappingProxyType({
    (State.OPEN, Step.CLAIM): Way(State.CLAIMED, may_claim),
    (State.ASKED, Step.CLAIM): Way(State.CLAIMED, may_claim),
    (State.ESCALATED, Step.CLAIM): Way(State.CLAIMED, may_claim),
    (State.APPEALED, Step.CLAIM): Way(State.APPEAL_CLAIMED, may_review),
    (State.CLAIMED, Step.RELEASE): Way(BACK, may_release),
    (State.APPEAL_CLAIMED, Step.RELEASE): Way(State.APPEALED, may_release),
    (State.CLAIMED, Step.LAPSE): Way(BACK, BY_ITSELF),
    (State.APPEAL_CLAIMED, Step.LAPSE): Way(State.APPEALED, BY_ITSELF),
    (State.CLAIMED, Step.TAKE_OVER): Way(State.CLAIMED, may_take_over),
    (State.APPEAL_CLAIMED, Step.TAKE_OVER): Way(State.APPEAL_CLAIMED, may_take_over),
    (State.OPEN, Step.ESCALATE): Way(State.ESCALATED, may_escalate),
    (State.CLAIMED, Step.ESCALATE): Way(State.ESCALATED, may_escalate),
    (State.ESCALATED, Step.RETURN): Way(State.OPEN, may_return),
    (State.CLAIMED, Step.RETURN): Way(State.OPEN, may_return),
    (State.CLAIMED, Step.ASK): Way(State.ASKED, may_ask_back),
    (State.ASKED, Step.ANSWER): Way(State.OPEN, BY_ITSELF),
    (State.CLAIMED, Step.DECIDE): Way(State.DECIDED, may_decide),
    (State.CLAIMED, Step.PROPOSE): Way(State.PROPOSED, may_decide),
    (State.OPEN, Step.AGREE): Way(State.DECIDED, may_agree),  # to many at once
    (State.PROPOSED, Step.AGREE): Way(State.DECIDED, may_agree),
    (State.PROPOSED, Step.OBJECT): Way(BACK, may_object),
    (State.PROPOSED, Step.TAKE_BACK): Way(BACK, may_take_proposal_back),
    (State.OPEN, Step.VOID): Way(State.VOID, may_void),
    (State.CLAIMED, Step.VOID): Way(State.VOID, may_void),
    (State.DECIDED, Step.APPEAL): Way(State.APPEALED, BY_ITSELF),
    (State.APPEAL_CLAIMED, Step.RULE): Way(State.FINAL, may_rule),
    (State.APPEAL_CLAIMED, Step.PROPOSE): Way(State.APPEAL_PROPOSED, may_rule),
    (State.APPEAL_PROPOSED, Step.AGREE): Way(State.FINAL, may_agree_on_appeal),
    (State.APPEAL_PROPOSED, Step.OBJECT): Way(State.APPEALED, may_agree_on_appeal),
    (State.APPEAL_PROPOSED, Step.TAKE_BACK): Way(State.APPEALED, may_take_proposal_back),
    (State.DECIDED, Step.EXPIRE): Way(State.FINAL, BY_ITSELF),
    (State.DECIDED, Step.REVERSE): Way(State.DECIDED, may_reverse),
    (State.FINAL, Step.REVERSE): Way(State.FINAL, may_reverse),
    (State.DECIDED, Step.REOPEN): Way(State.OPEN, may_reopen),
    (State.FINAL, Step.REOPEN): Way(State.OPEN, may_reopen),
    **{(state, Step.END): Way(State.DECIDED, BY_ITSELF) for state in UNDECIDED},
})  # fmt: skip

# Why a step that leads elsewhere does not lead on from here.
NOT_FROM = {
    State.OPEN: _("Claim the case first, so that nobody else works on it."),
    State.ASKED: _("Claim the case first, so that nobody else works on it."),
    State.ESCALATED: _("Claim the case first, so that nobody else works on it."),
    State.APPEALED: _("Claim the case first, so that nobody else works on it."),
    State.CLAIMED: _("Somebody holds this case."),
    State.APPEAL_CLAIMED: _("Somebody holds this case."),
    State.PROPOSED: _("It waits for a second person."),
    State.APPEAL_PROPOSED: _("It waits for a second person."),
    State.DECIDED: _("This case is decided."),
    State.FINAL: _("This case is decided for good."),
    State.VOID: _("There was nothing left to decide."),
}

# Policies


def may(step: Step, member: Member, case: Case, party: Party) -> Verdict:
    way = WAYS.get((State(case.state), step))
    if way and way.guard:
        return way.guard(member, case, party)
    judge = may_judge(member, case, party)
    return _not_from(case) if judge else judge


def verdicts(member: Member, case: Case, party: Party) -> dict[str, Verdict]:
    """By step: what may be done with the case now, and why not the rest."""
    return {step.name.lower(): may(step, member, case, party) for step in Step}


def _not_from(case: Case) -> Verdict:
    if case.claimed_by and case.state in HELD:
        return no(_("%(name)s has claimed this case."), name=case.claimed_by.name)
    return no(NOT_FROM[State(case.state)])


# Actions


def move(tx: Transaction, case: Case, step: Step, actor: Member | None, **details: Any) -> None:
    """The only way a case comes into another state. It is held, and whoever acts was found to be
    allowed to. Raises Conflict where the step does not lead on from here."""
    way = WAYS.get((State(case.state), step))
    if way is None:
        raise Conflict(NOT_FROM[State(case.state)])
    case.state = way.to or _waiting(tx, case)
    if case.state not in HELD:
        case.claimed_by, case.lease_ends_at = None, None
    case.closed_at = (case.closed_at or now(tx)) if case.state in CLOSED else None
    case.decided_at = None if case.state in UNDECIDED else (case.decided_at or now(tx))
    if case.escalated_at or case.decided_at:
        case.escalates_at = None  # somebody has it in hand
    case.version += 1
    audit.record(tx, actor, f"case.{step}", case.address, **details)
    changed(tx, case)


def hold_for(tx: Transaction, case: Case, step: Step, moderator: Member) -> None:
    """As `move`; theirs for LEASE from now."""
    before = case.claimed_by_id
    case.claimed_by, case.lease_ends_at = moderator, now(tx) + LEASE
    case.first_action_at = case.first_action_at or now(tx)
    move(tx, case, step, moderator, **({"from": before} if before else {}))


def changed(tx: Transaction, case: Case) -> None:
    case.queue.rev += 1
    case.rev = case.queue.rev
    tx.flush()
    tx.publish(CaseChanged.of(case))


def _waiting(tx: Transaction, case: Case) -> State:
    """Where it is when nobody holds it."""
    if unanswered(tx, case):
        return State.ASKED
    return State.ESCALATED if case.escalated_at else State.OPEN
