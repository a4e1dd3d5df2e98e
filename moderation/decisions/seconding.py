"""The second person: what somebody else proposed is decided by both, or the case is open again."""

from msgspec import convert

from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.policies import require
from community.words import _
from moderation.actions import held, require_current
from moderation.decisions.deciding import Judgement, decided, hold_all, require_complete
from moderation.decisions.reviewing import require_answer, ruled
from moderation.models import Case, Decision, State
from moderation.parties import party_of
from moderation.policies import may_judge
from moderation.proposals import Answer, ProposalKind, answered, open_proposal
from moderation.queries import case_for
from moderation.states import Step, may, move


def agree(tx: Transaction, second: Member, case_id: int, *, version: int) -> Decision:
    """What somebody else has proposed is decided, by both."""
    judgement = _proposed(tx, case_for(tx, second, case_id))
    case, subject = hold_all(tx, second, case_id, judgement)
    require_current(tx, case, version)
    require(may(Step.AGREE, second, case, party_of(tx, second, case)))
    proposal = open_proposal(tx, case, ProposalKind.DECIDE)
    first = proposal.proposed_by
    if not may_judge(first, case, party_of(tx, first, case)):
        raise Conflict(_("Whoever proposed this may not decide it any more."))
    judgement, appealed = _proposed(tx, case), case.state == State.APPEAL_PROPOSED
    complete, done = (require_answer, ruled) if appealed else (require_complete, decided)
    complete(tx, first, case, judgement)
    answered(tx, proposal, second, Answer.AGREED, "")
    return done(tx, case, subject, judgement, proposal.key, first, second)


def _proposed(tx: Transaction, case: Case) -> Judgement:
    return convert(open_proposal(tx, case, ProposalKind.DECIDE).judgement, Judgement)


def object_to(
    tx: Transaction, moderator: Member, case_id: int, words: str, *, version: int
) -> Case:
    """The case is anybody's again, of those who may decide it; who proposed it reads why."""
    if not words.strip():
        raise Invalid(_("Say why: whoever proposed it reads it."))
    return _refused(tx, moderator, case_id, Step.OBJECT, Answer.OBJECTED, words, version)


def take_back(tx: Transaction, moderator: Member, case_id: int, *, version: int) -> Case:
    """What one has proposed."""
    return _refused(tx, moderator, case_id, Step.TAKE_BACK, Answer.TAKEN_BACK, "", version)


def _refused(
    tx: Transaction, moderator: Member, case_id: int, step: Step, said: Answer, words: str,
    version: int,
) -> Case:  # fmt: skip
    case = held(tx, moderator, case_id)
    require_current(tx, case, version)
    require(may(step, moderator, case, party_of(tx, moderator, case)))
    proposal = open_proposal(tx, case, ProposalKind.DECIDE)
    answered(tx, proposal, moderator, said, words)
    move(tx, case, step, moderator)
    return case
