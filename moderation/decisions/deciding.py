"""How a case ends: the decision with its statement of reasons, and all that follows from it."""

from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import uuid4

from msgspec import to_builtins

from channels.models import HeldMessage, Message
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.letters import MailKind
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.actions import verify
from community.organisations.models import HIGHEST, LONGEST_LINE, Organisation
from community.organisations.queries import last_owners
from community.outbox import post_to
from community.policies import Verdict, require
from community.verification import close
from community.words import _
from forum.categories import category_for
from forum.holding import HeldPost
from forum.topics.models import Post
from moderation.actions import require_current
from moderation.appeals import concerned, standing
from moderation.decisions.letting_through import refuse, release
from moderation.decisions.moving_back import undo, undone_with
from moderation.decisions.registrations import let_in
from moderation.hiding.interim import end_with
from moderation.hiding.meanwhile import held_with
from moderation.measures import (
    OUT,
    Act,
    MeasureKind,
    may_alone,
    may_go_together,
    may_leave,
    may_take,
    take,
)
from moderation.models import RULINGS, Case, Decision, Ruling, SubjectKind
from moderation.outsiders import tell_notifier
from moderation.parties import party_of
from moderation.proposals import Proposal, ProposalKind, proposed_with
from moderation.queries import case_for, decided_with, decisions_of, evidence_of, reporters_of
from moderation.reasons import LEGAL_ORDER, OTHER, may_be_ground, reason_for
from moderation.sheets import Sheet
from moderation.states import Step, may, move
from moderation.subjects import Subject, is_of_an_office, subject_at

LONGEST_VERIFICATION = 36  # months
MONTH = timedelta(days=365) / 12


class Judgement(NamedTuple):
    """What a moderator fills in."""

    ruling: Ruling
    reason: str
    facts: str
    ground: str = ""
    acts: tuple[Act, ...] = ()
    level: int = 0  # of a verification, 1 to HIGHEST
    months: int = 0  # that it holds

    @property
    def fingerprint(self) -> str:
        return sha256(repr(tuple(self)).encode()).hexdigest()


def decide(
    tx: Transaction,
    moderator: Member,
    case_id: int,
    judgement: Judgement,
    *,
    version: int,
    key: str,
) -> Decision | Proposal:
    """The decision, its effect, the statement, the notices and the audit row commit together. What
    takes two people is proposed."""
    if done := done_with(tx, moderator, case_id, judgement, key):
        return done
    case, subject = hold_all(tx, moderator, case_id, judgement)
    if done := done_with(tx, moderator, case_id, judgement, key):
        return done
    require_current(tx, case, version)
    require(may(Step.DECIDE, moderator, case, party_of(tx, moderator, case)))
    require_complete(tx, moderator, case, judgement)
    alone = may_leave(case, judgement.acts)
    if alone and judgement.ruling == Ruling.ACT:
        alone = may_alone(judgement.acts, official=is_of_an_office(tx, case.author_id, subject))
    if not alone:
        return propose(tx, moderator, case, judgement, key, alone)
    return decided(tx, case, subject, judgement, key, moderator)


def end_by_itself(tx: Transaction, case: Case, subject: Subject, reason: str) -> Decision:
    """What somebody applied for, refused by nobody: the reason says why. All that it changes is
    held."""
    judgement = Judgement(Ruling.REFUSE, reason, "")
    key = uuid4().hex  # that nobody could have used before
    return decided(tx, case, subject, judgement, key, None)


def hold_all(
    tx: Transaction, moderator: Member, case_id: int, judgement: Judgement
) -> tuple[Case, Subject]:
    """With what it is about, its author, where it is to go, and what undoing an earlier decision
    changes: nothing of theirs commits in between."""
    case = case_for(tx, moderator, case_id)
    subject = subject_at(tx, case.subject)
    to = [category_for(tx, moderator, act.to_id) for act in judgement.acts if act.to_id]
    before = standing(decisions_of(tx, case))
    lifting = undone_with(tx, before.id) if before else []
    tx.lock(*held_with(tx, case), *subject.chain, *to, *lifting, *case.chain)
    return case_for(tx, moderator, case_id), subject


def done_with(
    tx: Transaction, moderator: Member, case_id: int, judgement: Judgement, key: str
) -> Decision | Proposal | None:
    """What this very judgement led to before; the key of anything else is refused."""
    done = decided_with(tx, key)
    if done:
        first = (done.moderator_id, done.case_id, done.fingerprint)
    elif proposed := proposed_with(tx, key):
        first = (proposed.proposed_by_id, proposed.case_id or 0, proposed.fingerprint)
    else:
        return None
    if first != (moderator.id, case_id, judgement.fingerprint):
        raise Conflict(_("This key was used for something else."))
    return done or proposed_with(tx, key)


def propose(
    tx: Transaction, moderator: Member, case: Case, judgement: Judgement, key: str, why: Verdict
) -> Proposal:
    """For somebody else to agree to (seconding.py). The case is held."""
    proposal = Proposal(
        kind=ProposalKind.DECIDE,
        case_id=case.id,
        judgement=to_builtins(judgement),
        key=key,
        fingerprint=judgement.fingerprint,
        proposed_by=moderator,
        because=why.reason,
        proposed_at=now(tx),
    )
    tx.add(proposal)
    move(tx, case, Step.PROPOSE, moderator, reason=judgement.reason)
    return proposal


def require_complete(tx: Transaction, moderator: Member, case: Case, judgement: Judgement) -> None:
    reason_for(tx, judgement.reason)
    if judgement.ruling not in RULINGS[SubjectKind(case.subject_kind)]:
        raise Invalid(_("This cannot be decided about it."))
    require(may_be_ground(judgement.reason, case.applied_for))
    told = judgement.reason == LEGAL_ORDER and case.ordered  # by what the order says
    if not judgement.facts.strip() and judgement.ruling != Ruling.RELEASE and not told:
        raise Invalid(_("Say what you found: the author reads it."))
    if judgement.ruling == Ruling.ACT:
        require_measures(moderator, case, judgement)
    elif judgement.acts:
        raise Invalid(_("What breaks no rule has no consequences."))
    if judgement.ruling == Ruling.GRANT and case.subject_kind == SubjectKind.VERIFICATION:
        _require_bounds(judgement)


def require_measures(moderator: Member, case: Case, judgement: Judgement) -> None:
    if judgement.reason == OTHER:
        raise Invalid(_("Choose what it was: “Something else” is no ground for hiding."))
    together = may_go_together(SubjectKind(case.subject_kind), judgement.acts)
    if not together:
        raise Invalid(together.reason, **together.values)
    for act in judgement.acts:
        require(may_take(moderator, case.author, act.kind))


def _require_bounds(judgement: Judgement) -> None:
    if not 1 <= judgement.level <= HIGHEST:
        raise Invalid(_("A verification has a level from 1 to %(highest)s."), highest=HIGHEST)
    if not 1 <= judgement.months <= LONGEST_VERIFICATION:
        raise Invalid(
            _("A verification holds for 1 to %(months)s months."), months=LONGEST_VERIFICATION
        )
    if len(judgement.facts) > LONGEST_LINE:
        raise Invalid(_("The public line has at most %(most)s characters."), most=LONGEST_LINE)


def decided(
    tx: Transaction, case: Case, subject: Subject, judgement: Judgement, key: str,
    moderator: Member | None, second: Member | None = None,
) -> Decision:  # fmt: skip
    """By one, by two, or by nobody, where time ends it. Where a case was opened anew, what follows
    takes the place of what followed before."""
    before = standing(decisions_of(tx, case))
    decision = written_down(tx, case, judgement, key, moderator, second, answers=before)
    _carry_out(tx, decision, subject, judgement)
    if before and moderator:
        undo(tx, before, decision, second or moderator)
    step = Step.AGREE if second else Step.DECIDE if moderator else Step.END
    move(tx, case, step, second or moderator, ruling=judgement.ruling, reason=judgement.reason,
         measures=[act.kind for act in judgement.acts], decision=decision.id,
         about=case.subject, evidence=decision.evidence.hash)  # fmt: skip
    tell(tx, case, decision, subject, judgement)
    return decision


def written_down(
    tx: Transaction, case: Case, judgement: Judgement, key: str,
    moderator: Member | None, second: Member | None = None, answers: Decision | None = None,
) -> Decision:  # fmt: skip
    """For good, before anything follows from it. `answers` is what is looked at anew."""
    verified = case.subject_kind == SubjectKind.VERIFICATION and judgement.ruling == Ruling.GRANT
    decision = Decision(
        case=case,
        version=case.version,
        evidence=evidence_of(tx, case)[-1],
        key=key,
        fingerprint=judgement.fingerprint if moderator else "",
        moderator=moderator,
        second=second,
        answers_id=answers.id if answers else None,
        role=moderator.role if moderator else "",
        ruling=judgement.ruling,
        reason_code=judgement.reason,
        facts=judgement.facts,
        ground=judgement.ground,
        level=judgement.level if verified else 0,
        ends_at=now(tx) + judgement.months * MONTH if verified else None,
        decided_at=now(tx),
    )
    tx.add(decision)
    tx.flush()
    return decision


def _carry_out(tx: Transaction, decision: Decision, subject: Subject, judgement: Judgement) -> None:
    match subject:
        case Organisation():
            if decision.ruling == Ruling.GRANT and decision.ends_at:
                verify(tx, subject, decision.level, decision.facts, until=decision.ends_at)
            close(tx, subject)
        case Member():
            if decision.ruling == Ruling.GRANT:
                let_in(tx, subject)
        case HeldMessage() | HeldPost():
            (release if decision.ruling == Ruling.RELEASE else refuse)(tx, subject)
        case Post() | Message() | Sheet():
            take(tx, decision, subject, judgement.acts)
            end_with(tx, decision, subject)


def tell(
    tx: Transaction, case: Case, decision: Decision, subject: Subject, judgement: Judgement
) -> None:
    """The author why, the reporters what came of it; neither learns a name, also not the one a
    place has by now that they may not enter any more."""
    if isinstance(subject, Organisation):
        return notify(tx, last_owners(tx, subject), NoticeKind.APPLICATION, title=subject.name,
                      link=f"/decisions/{decision.id}")  # fmt: skip
    if isinstance(subject, Member):
        return notify(tx, [subject.id], NoticeKind.ADMISSION, title=subject.name,
                      link=f"/decisions/{decision.id}")  # fmt: skip
    if decision.ruling == Ruling.RELEASE:
        return None  # they see it said
    kind = NoticeKind.DECISION
    if any(act.kind in OUT for act in judgement.acts):  # they cannot open it: the letter says all
        kind = NoticeKind.SUSPENSION
        banned = any(act.kind == MeasureKind.BAN for act in judgement.acts)
        letter = MailKind.BANNED if banned else MailKind.SUSPENDED
        post_to(tx, case.author, letter, decision=decision.id)
    others = concerned(tx, case) - {case.author_id}
    for whom, news in (({case.author_id}, kind), (others, NoticeKind.DECISION)):
        notify(tx, whom, news, title=decision.evidence.place,
               link=f"/decisions/{decision.id}")  # fmt: skip
    tell_reporters(tx, case)


def tell_reporters(tx: Transaction, case: Case) -> None:
    kept = evidence_of(tx, case)
    for report in reporters_of(tx, case):
        if report.withdrawn_at:
            continue  # they do not want to know
        if report.member_id is None:
            tell_notifier(tx, report)
            continue
        seen = [one for one in kept if one.taken_at <= report.flagged_at]
        notify(tx, [report.member_id], NoticeKind.REPORT, title=seen[-1].place,
               link=f"/flags/{report.id}")  # fmt: skip
