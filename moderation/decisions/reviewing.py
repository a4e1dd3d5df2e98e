"""Another look, taken: by somebody else, for who asked for it, or by a senior who finds an error.

What a decision had imposed lifts exactly, and nothing that another one has imposed (M5).
"""

from channels.models import HeldMessage, Message
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.letters import MailKind
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.outbox import post_to
from community.policies import YES, Verdict, require
from community.words import _
from forum.holding import HeldPost
from forum.topics.models import Post
from moderation.actions import require_current
from moderation.appeals import concerned, open_appeal, standing
from moderation.decisions.deciding import (
    Judgement,
    done_with,
    hold_all,
    propose,
    require_measures,
    tell,
    tell_reporters,
    written_down,
)
from moderation.decisions.letting_through import release
from moderation.decisions.moving_back import follows, undo
from moderation.decisions.registrations import let_in
from moderation.measures import OUT, may_alone, may_leave, take
from moderation.models import Case, Decision, Ruling
from moderation.parties import party_of
from moderation.proposals import Proposal
from moderation.queries import decisions_of
from moderation.reasons import may_be_ground, reason_for
from moderation.sheets import Sheet
from moderation.states import Step, may, move
from moderation.subjects import Subject, is_of_an_office

# What can come of another look, by what was decided.
OUTCOMES = {
    Ruling.ACT: (Ruling.UPHOLD, Ruling.MODIFY, Ruling.OVERTURN),
    Ruling.KEEP: (Ruling.UPHOLD, Ruling.OVERTURN),
    Ruling.REFUSE: (Ruling.UPHOLD, Ruling.OVERTURN),
}


def rule(
    tx: Transaction, reviewer: Member, case_id: int, judgement: Judgement,
    *, version: int, key: str,
) -> Decision | Proposal:  # fmt: skip
    """About an appeal, for good. What changes, the statement, who is told and the audit row commit
    together. What takes two people is proposed."""
    if done := done_with(tx, reviewer, case_id, judgement, key):
        return done
    case, subject = hold_all(tx, reviewer, case_id, judgement)
    if done := done_with(tx, reviewer, case_id, judgement, key):
        return done
    require_current(tx, case, version)
    require(may(Step.RULE, reviewer, case, party_of(tx, reviewer, case)))
    require_answer(tx, reviewer, case, judgement)
    alone = _may_alone(tx, case, subject, judgement)
    if not alone:
        return propose(tx, reviewer, case, judgement, key, alone)
    return ruled(tx, case, subject, judgement, key, reviewer)


def ruled(
    tx: Transaction, case: Case, subject: Subject, judgement: Judgement, key: str,
    reviewer: Member, second: Member | None = None,
) -> Decision:  # fmt: skip
    """By one or by two. All that it changes is held."""
    appeal, former = open_appeal(tx, case), _appealed(tx, case)
    decision = written_down(tx, case, judgement, key, reviewer, second, answers=former)
    if not takes_measures(former, judgement.ruling):
        judgement = judgement._replace(acts=())  # chosen before they found that it is wrong
    _carry_out(tx, decision, former, subject, judgement, second or reviewer)
    appeal.answer_id = decision.id
    step = Step.AGREE if second else Step.RULE
    _moved(tx, case, step, second or reviewer, decision, judgement)
    _tell(tx, case, decision, subject, judgement)
    return decision


def reverse(
    tx: Transaction, senior: Member, case_id: int, facts: str, *, version: int, key: str
) -> Decision:
    """What was decided wrongly, without anybody asking: all that it imposed lifts. Raises Conflict
    where nothing follows from it."""
    judgement = Judgement(Ruling.OVERTURN, "", facts)
    case, subject = hold_all(tx, senior, case_id, judgement)
    former = standing(decisions_of(tx, case))
    judgement = judgement._replace(reason=former.reason_code if former else "")
    if done := _done(tx, senior, case_id, judgement, key):
        return done
    require_current(tx, case, version)
    require(may(Step.REVERSE, senior, case, party_of(tx, senior, case)))
    if former is None or not follows(tx, former):
        raise Conflict(_("Nothing follows from what was decided, so there is nothing to lift."))
    if not facts.strip():
        raise Invalid(_("Say what you found: the author reads it."))
    require(may_leave(case, ()))
    decision = written_down(tx, case, judgement, key, senior, answers=former)
    undo(tx, former, decision, senior)
    _moved(tx, case, Step.REVERSE, senior, decision, judgement)
    _tell(tx, case, decision, subject, judgement)
    return decision


def takes_measures(former: Decision, ruling: Ruling) -> bool:
    """Whether something follows from it: something else, or where nothing had followed."""
    overturned = former.ruling == Ruling.KEEP and ruling == Ruling.OVERTURN
    return ruling == Ruling.MODIFY or overturned


def _done(
    tx: Transaction, member: Member, case_id: int, judgement: Judgement, key: str
) -> Decision | None:
    done = done_with(tx, member, case_id, judgement, key)
    if isinstance(done, Proposal):
        raise Conflict(_("This key was used for something else."))
    return done


def require_answer(tx: Transaction, reviewer: Member, case: Case, judgement: Judgement) -> None:
    """To the open appeal, which has all that it takes."""
    former = _appealed(tx, case)
    reason_for(tx, judgement.reason)
    if judgement.ruling not in OUTCOMES[Ruling(former.ruling)]:
        raise Invalid(_("This cannot be decided about it."))
    require(may_be_ground(judgement.reason, case.applied_for))
    if not judgement.facts.strip():
        raise Invalid(_("Say what you found: the author reads it."))
    if takes_measures(former, judgement.ruling):
        require_measures(reviewer, case, judgement)


def _may_alone(tx: Transaction, case: Case, subject: Subject, judgement: Judgement) -> Verdict:
    if judgement.ruling == Ruling.UPHOLD:
        return YES
    taken = judgement.acts if takes_measures(_appealed(tx, case), judgement.ruling) else ()
    leave = may_leave(case, taken)
    if not (taken and leave):
        return leave
    return may_alone(taken, official=is_of_an_office(tx, case.author_id, subject))


def _appealed(tx: Transaction, case: Case) -> Decision:
    return tx.get_one(Decision, open_appeal(tx, case).decision_id)


def _carry_out(
    tx: Transaction, decision: Decision, former: Decision, subject: Subject, judgement: Judgement,
    by: Member,
) -> None:  # fmt: skip
    """What takes the place of something is there before that lifts: nothing shows in between."""
    if judgement.ruling == Ruling.UPHOLD:
        return
    match subject:
        case Member():
            let_in(tx, subject)
        case HeldMessage() | HeldPost():
            release(tx, subject)
        case Post() | Message() | Sheet():
            take(tx, decision, subject, judgement.acts)
    undo(tx, former, decision, by)


def _moved(
    tx: Transaction, case: Case, step: Step, actor: Member, decision: Decision,
    judgement: Judgement,
) -> None:  # fmt: skip
    move(tx, case, step, actor, ruling=judgement.ruling, reason=judgement.reason,
         measures=[act.kind for act in judgement.acts], decision=decision.id,
         about=case.subject, evidence=decision.evidence.hash)  # fmt: skip


def _tell(
    tx: Transaction, case: Case, decision: Decision, subject: Subject, judgement: Judgement
) -> None:
    """Both sides; by letter whoever cannot come in to read it."""
    if any(act.kind in OUT for act in judgement.acts):
        return tell(tx, case, decision, subject, judgement)
    notify(tx, concerned(tx, case), NoticeKind.APPEAL, title=decision.evidence.place,
           link=f"/decisions/{decision.id}")  # fmt: skip
    if case.author.suspended_until:
        post_to(tx, case.author, MailKind.APPEAL_ANSWERED, decision=decision.id)
    tell_reporters(tx, case)
