"""How a case ends: the decision with its statement of reasons, and all that follows from it."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import uuid4

from channels.models import HeldMessage, Message
from channels.releasing import refuse, release
from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.letters import MailKind
from community.members.models import Member
from community.members.policies import may_mute, may_suspend
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.organisations.actions import verify
from community.organisations.models import HIGHEST, LONGEST_LINE, Organisation
from community.organisations.queries import last_owners
from community.outbox import post_to
from community.policies import Verdict, require
from community.restrictions import Restriction, RestrictionKind
from community.verification import close
from community.words import _
from forum.topics.models import Post
from moderation.actions import changed, require_current
from moderation.models import HIDING, RULINGS, Case, Decision, Ruling, State, SubjectKind
from moderation.policies import may_decide
from moderation.queries import case_for, decided_with, evidence_of, party_of, reporters_of
from moderation.reasons import OTHER, may_be_ground, reason_for
from moderation.registrations import let_in
from moderation.subjects import Subject, settle, settle_member, subject_at

LONGEST = 30  # days of a mute or a suspension; for more no one alone decides
LONGEST_VERIFICATION = 36  # months
MONTH = timedelta(days=365) / 12


class Restraint(NamedTuple):
    """What a ruling does to the author besides hiding what they wrote, and whether it may."""

    kind: RestrictionKind
    may: Callable[[Member, Member], Verdict]


RESTRAINTS = {
    Ruling.HIDE_AND_MUTE: Restraint(RestrictionKind.MUTED, may_mute),
    Ruling.HIDE_AND_SUSPEND: Restraint(RestrictionKind.SUSPENDED, may_suspend),
}


class Judgement(NamedTuple):
    """What a moderator fills in."""

    ruling: Ruling
    reason: str
    facts: str
    ground: str = ""
    days: int = 0
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
) -> Decision:
    """The decision, its effect, the statement, the notices and the audit row commit together."""
    if done := _done(tx, moderator, case_id, judgement, key):
        return done
    case = case_for(tx, moderator, case_id)
    subject = subject_at(tx, case.subject)
    tx.lock(case.author, *subject.chain, *case.chain)  # nothing of the author's commits in between
    case = case_for(tx, moderator, case_id)
    if done := _done(tx, moderator, case_id, judgement, key):
        return done
    require_current(tx, case, version)
    require(may_decide(moderator, case, party_of(tx, moderator, case)))
    _require_complete(tx, moderator, case, judgement)

    decision = _decision(tx, moderator, case, judgement, key)
    _carry_out(tx, decision, subject)
    _close(tx, case)
    _tell(tx, case, decision, subject)
    audit.record(tx, moderator, "case.decided", case.address, ruling=judgement.ruling,
                 reason=judgement.reason, decision=decision.id, about=case.subject,
                 evidence=decision.evidence.hash)  # fmt: skip
    return decision


def end_by_itself(tx: Transaction, case: Case, subject: Subject, reason: str) -> Decision:
    """What somebody applied for, refused by nobody: the reason says why. All that it changes is
    held."""
    decision = Decision(
        case=case,
        version=case.version,
        evidence=evidence_of(tx, case)[-1],
        key=uuid4().hex,  # that nobody could have used before
        fingerprint="",
        role="",
        ruling=Ruling.REFUSE,
        reason_code=reason,
        facts="",
        ground="",
        decided_at=now(tx),
    )
    tx.add(decision)
    tx.flush()
    _carry_out(tx, decision, subject)
    _close(tx, case)
    _tell(tx, case, decision, subject)
    audit.record(tx, None, "case.ended", case.address, reason=reason, decision=decision.id,
                 about=case.subject, evidence=decision.evidence.hash)  # fmt: skip
    return decision


def _done(
    tx: Transaction, moderator: Member, case_id: int, judgement: Judgement, key: str
) -> Decision | None:
    done = decided_with(tx, key)
    same = (moderator.id, case_id, judgement.fingerprint)
    if done and (done.moderator_id, done.case_id, done.fingerprint) != same:
        raise Conflict(_("This key was used for something else."))
    return done


def _require_complete(tx: Transaction, moderator: Member, case: Case, judgement: Judgement) -> None:
    reason_for(tx, judgement.reason)
    if judgement.ruling not in RULINGS[SubjectKind(case.subject_kind)]:
        raise Invalid(_("This cannot be decided about it."))
    require(may_be_ground(judgement.reason, case.applied_for))
    if not judgement.facts.strip() and judgement.ruling != Ruling.RELEASE:
        raise Invalid(_("Say what you found: the author reads it."))
    if judgement.ruling in HIDING and judgement.reason == OTHER:
        raise Invalid(_("Choose what it was: “Something else” is no ground for hiding."))
    if restrains := RESTRAINTS.get(judgement.ruling):
        require(restrains.may(moderator, case.author))
        if not 1 <= judgement.days <= LONGEST:
            raise Invalid(_("That lasts 1 to %(days)s days."), days=LONGEST)
    if judgement.ruling == Ruling.GRANT and case.subject_kind == SubjectKind.ORGANISATION:
        _require_bounds(judgement)


def _require_bounds(judgement: Judgement) -> None:
    if not 1 <= judgement.level <= HIGHEST:
        raise Invalid(_("A verification has a level from 1 to %(highest)s."), highest=HIGHEST)
    if not 1 <= judgement.months <= LONGEST_VERIFICATION:
        raise Invalid(
            _("A verification holds for 1 to %(months)s months."), months=LONGEST_VERIFICATION
        )
    if len(judgement.facts) > LONGEST_LINE:
        raise Invalid(_("The public line has at most %(most)s characters."), most=LONGEST_LINE)


def _decision(
    tx: Transaction, moderator: Member, case: Case, judgement: Judgement, key: str
) -> Decision:
    days = judgement.days if judgement.ruling in RESTRAINTS else 0
    verified = case.subject_kind == SubjectKind.ORGANISATION and judgement.ruling == Ruling.GRANT
    lasts = judgement.months * MONTH if verified else timedelta(days=days)
    decision = Decision(
        case=case,
        version=case.version,
        evidence=evidence_of(tx, case)[-1],
        key=key,
        fingerprint=judgement.fingerprint,
        moderator=moderator,
        role=moderator.role,
        ruling=judgement.ruling,
        reason_code=judgement.reason,
        facts=judgement.facts,
        ground=judgement.ground,
        days=days,
        level=judgement.level if verified else 0,
        ends_at=now(tx) + lasts if lasts else None,
        decided_at=now(tx),
    )
    tx.add(decision)
    tx.flush()
    return decision


def _carry_out(tx: Transaction, decision: Decision, subject: Subject) -> None:
    match subject:
        case Organisation():
            if decision.ruling == Ruling.GRANT and decision.ends_at:
                verify(tx, subject, decision.level, decision.facts, until=decision.ends_at)
            close(tx, subject)
        case Member():
            if decision.ruling == Ruling.GRANT:
                let_in(tx, subject)
        case HeldMessage():
            (release if decision.ruling == Ruling.RELEASE else refuse)(tx, subject)
        case Post() | Message():
            _impose(tx, decision)
            settle(tx, subject)
            settle_member(tx, decision.case.author)


def _impose(tx: Transaction, decision: Decision) -> None:
    case = decision.case
    if decision.ruling == Ruling.KEEP:
        return
    tx.add(_restriction(decision, RestrictionKind.HIDDEN, case.subject))
    if restrains := RESTRAINTS.get(Ruling(decision.ruling)):
        restraint = _restriction(decision, restrains.kind, f"member:{case.author_id}")
        restraint.ends_at = decision.ends_at
        tx.add(restraint)
    if decision.ruling == Ruling.HIDE_AND_SUSPEND:
        audit.record(tx, decision.moderator, "member.suspended", f"member:{case.author_id}",
                     case=case.id, days=decision.days)  # fmt: skip


def _restriction(decision: Decision, kind: RestrictionKind, subject: str) -> Restriction:
    return Restriction(
        kind=kind,
        subject=subject,
        case_id=decision.case_id,
        imposed_at=decision.decided_at,
        imposed_by_id=decision.moderator_id,
    )


def _close(tx: Transaction, case: Case) -> None:
    case.state, case.closed_at, case.lease_ends_at = State.DECIDED, now(tx), None
    case.version += 1
    changed(tx, case)


def _tell(tx: Transaction, case: Case, decision: Decision, subject: Subject) -> None:
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
    if decision.ruling == Ruling.HIDE_AND_SUSPEND:  # what they could not open: the letter says all
        kind = NoticeKind.SUSPENSION
        post_to(tx, case.author, MailKind.SUSPENDED, decision=decision.id)
    notify(tx, [case.author_id], kind, title=decision.evidence.place,
           link=f"/decisions/{decision.id}")  # fmt: skip
    kept = evidence_of(tx, case)
    for report in reporters_of(tx, case):
        if report.member_id is None:
            continue  # nobody with a place for notices
        seen = [one for one in kept if one.taken_at <= report.flagged_at]
        notify(tx, [report.member_id], NoticeKind.REPORT, title=seen[-1].place,
               link=f"/flags/{report.id}")  # fmt: skip
