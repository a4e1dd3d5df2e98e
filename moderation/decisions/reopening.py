"""A case that is decided is opened anew, for new evidence or by a court: one administrator proposes
it, another agrees. What was decided holds until the next decision takes its place."""

from sqlalchemy import select

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member, Role
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.policies import require
from community.words import _
from moderation.actions import IN_TIME, held, require_current
from moderation.models import Case
from moderation.parties import party_of
from moderation.policies import may_reopen
from moderation.proposals import (
    Answer,
    Proposal,
    ProposalKind,
    answered,
    open_proposal,
    proposals_of,
    proposed_with,
)
from moderation.queries import evidence_of, open_case_about
from moderation.states import Step, changed, may, move


def propose_reopening(
    tx: Transaction, administrator: Member, case_id: int, because: str, *, version: int, key: str
) -> Proposal:
    """The other administrators are told. `because` is read by moderators alone."""
    case = held(tx, administrator, case_id)
    if done := _proposed(tx, administrator, case, because, key):
        return done
    require_current(tx, case, version)
    require(may(Step.REOPEN, administrator, case, party_of(tx, administrator, case)))
    if not because.strip():
        raise Invalid(_("Say why: whoever has to agree reads it."))
    if any(one.answer == Answer.NONE for one in proposals_of(tx, case)):
        raise Conflict(_("Somebody has proposed it already."))
    _require_alone(tx, case)
    proposal = Proposal(
        kind=ProposalKind.REOPEN,
        case_id=case.id,
        key=key,
        fingerprint=_fingerprint(because),
        proposed_by=administrator,
        because=because,
        proposed_at=now(tx),
    )
    tx.add(proposal)
    _written(tx, case, administrator, "case.reopening")
    _tell_others(tx, case, administrator)
    return proposal


def agree_to_reopen(tx: Transaction, administrator: Member, case_id: int, *, version: int) -> Case:
    case = held(tx, administrator, case_id)
    require_current(tx, case, version)
    require(may(Step.REOPEN, administrator, case, party_of(tx, administrator, case)))
    proposal = open_proposal(tx, case, ProposalKind.REOPEN)
    first = proposal.proposed_by
    if not may_reopen(first, case, party_of(tx, first, case)._replace(proposer=False)):
        raise Conflict(_("Whoever proposed this may not decide it any more."))
    _require_alone(tx, case)
    answered(tx, proposal, administrator, Answer.AGREED, "")
    case.escalated_at = None
    case.due_at = now(tx) + case.reason.deadline
    case.escalates_at = now(tx) + IN_TIME * case.reason.deadline
    move(tx, case, Step.REOPEN, administrator)
    return case


def leave_closed(
    tx: Transaction, administrator: Member, case_id: int, words: str, *, version: int
) -> Case:
    """By another administrator, with a word of why, or by who had proposed it."""
    case = held(tx, administrator, case_id)
    require_current(tx, case, version)
    party = party_of(tx, administrator, case)
    require(may_reopen(administrator, case, party._replace(proposer=False)))
    proposal = open_proposal(tx, case, ProposalKind.REOPEN)
    if not party.proposer and not words.strip():
        raise Invalid(_("Say why: whoever proposed it reads it."))
    said = Answer.TAKEN_BACK if party.proposer else Answer.OBJECTED
    answered(tx, proposal, administrator, said, words)
    _written(tx, case, administrator, "case.kept_closed")
    return case


def _proposed(
    tx: Transaction, administrator: Member, case: Case, because: str, key: str
) -> Proposal | None:
    proposal = proposed_with(tx, key)
    if proposal is None:
        return None
    first = (proposal.proposed_by_id, proposal.case_id, proposal.fingerprint)
    if first != (administrator.id, case.id, _fingerprint(because)):
        raise Conflict(_("This key was used for something else."))
    return proposal


def _fingerprint(because: str) -> str:
    return audit.fingerprint(ProposalKind.REOPEN, because)


def _require_alone(tx: Transaction, case: Case) -> None:
    """The queue is held, in which no other case about it begins (M1)."""
    if open_case_about(tx, case.subject_kind, case.subject_id):
        raise Conflict(_("Another case about the same is open; it is decided there."))


def _written(tx: Transaction, case: Case, actor: Member, verb: str) -> None:
    case.version += 1
    audit.record(tx, actor, verb, case.address)
    changed(tx, case)


def _tell_others(tx: Transaction, case: Case, administrator: Member) -> None:
    others = select(Member.id).where(
        Member.role == Role.ADMINISTRATOR, Member.id != administrator.id
    )
    notify(tx, tx.scalars(others).all(), NoticeKind.APPEAL,
           title=evidence_of(tx, case)[-1].place, link=f"/cases/{case.id}")  # fmt: skip
