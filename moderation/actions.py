from typing import NamedTuple

from sqlalchemy import ColumnElement

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict
from community.members.models import Member
from community.policies import require
from community.words import _
from moderation.hiding.interim import is_rushed_at, restrict_if_due
from moderation.hiding.weighing import score_of, weight_of
from moderation.models import (
    REPORTABLE,
    Case,
    Flag,
    Ruling,
    Source,
    State,
    SubjectKind,
)
from moderation.policies import may_flag
from moderation.queries import (
    case_for,
    decision_of,
    evidence_of,
    flag_by,
    flags_lately,
    open_case_about,
    the_queue,
)
from moderation.reasons import MANIPULATION, Reason, may_be_given, reason_for
from moderation.record import last_case_about
from moderation.sealing import hash_of, sealed
from moderation.states import NOT_FROM, changed
from moderation.subjects import Entry, entry_for, is_ours, kind_of

IN_TIME = 0.75  # of its clock; then a report nobody holds is for the seniors

# What was decided, in a sentence for whoever comes too late.
DECIDED = {
    Ruling.KEEP: _("%(name)s decided this case at %(at)s: it stays."),
    Ruling.ACT: _("%(name)s decided this case at %(at)s: it breaks the rules."),
    Ruling.GRANT: _("%(name)s decided this case at %(at)s: it was granted."),
    Ruling.REFUSE: _("%(name)s decided this case at %(at)s: it was refused."),
    Ruling.RELEASE: _("%(name)s decided this case at %(at)s: it was let through."),
    Ruling.UPHOLD: _("%(name)s took another look at %(at)s: what was decided stays."),
    Ruling.MODIFY: _("%(name)s took another look at %(at)s: something else follows from it."),
    Ruling.OVERTURN: _("%(name)s took another look at %(at)s: what was decided was wrong."),
}


def flag(
    tx: Transaction, member: Member, kind: SubjectKind, subject_id: int, reason: str, note: str = ""
) -> Flag:
    """Opens a case or joins the open one. The same member twice is once."""
    subject = entry_for(tx, member, kind, subject_id)
    queue = the_queue(tx)
    tx.lock(subject.author, *subject.chain, queue)  # two reports at once make one case
    subject = entry_for(tx, member, kind, subject_id)
    if already := flagged_already(tx, Flag.member_id == member.id, subject):
        return already
    require(may_flag(member, subject, flags_lately(tx, member), is_ours(tx, member, subject)))
    given = reason_for(tx, reason)
    require(may_be_given(given))

    return join_or_open(tx, subject, given, Report(Source.MEMBER, member, note))


class Report(NamedTuple):
    """Who says what about an entry: a member, a rule, somebody with a proven address."""

    source: Source
    member: Member | None = None
    note: str = ""
    notifier_id: str | None = None


def flagged_already(tx: Transaction, by: ColumnElement[bool], entry: Entry) -> Flag | None:
    """By them, and nothing has changed since: it is still open, or the very same words."""
    return flag_by(tx, by, kind_of(entry), entry.id, hash_of(entry))


def join_or_open(tx: Transaction, entry: Entry, reason: Reason, report: Report) -> Flag:
    """For those who have found that it may be reported. The entry and the queue are held."""
    kind = kind_of(entry)
    case = open_case_about(tx, kind, entry.id) or opened(
        tx, kind, entry.id, entry.author, reason, stream_id=entry.stream_id
    )
    return _joined(tx, case, entry, reason, report)


# The parts


def opened(
    tx: Transaction,
    kind: SubjectKind,
    subject_id: int,
    author: Member,
    reason: Reason,
    *,
    stream_id: int = 0,
) -> Case:
    """Told when the first report or application has joined it. The queue is held."""
    queue = the_queue(tx)
    queue.last_seq += 1
    case = Case(
        queue=queue,
        seq=queue.last_seq,
        rev=queue.rev + 1,
        subject_kind=kind,
        subject_id=subject_id,
        stream_id=stream_id,
        author=author,
        state=State.OPEN,
        reason=reason,
        priority=reason.priority,
        due_at=now(tx) + reason.deadline,
        opened_at=now(tx),
        escalates_at=now(tx) + IN_TIME * reason.deadline if kind in REPORTABLE else None,
        prior=last_case_about(tx, kind, subject_id),
    )
    tx.add(case)
    tx.flush()
    audit.record(tx, None, "case.opened", case.address, about=case.subject)
    return case


def _joined(tx: Transaction, case: Case, subject: Entry, reason: Reason, report: Report) -> Flag:
    weight = weight_of(tx, report.source, report.member, reason)
    seen = evidence_of(tx, case)
    evidence = sealed(tx, case, subject)
    if seen and evidence not in seen:
        case.version += 1  # whoever decides has to have seen what it says by now
    flag = Flag(case=case, evidence=evidence, reason=reason, weight=weight,
                flagged_at=now(tx), **report._asdict())  # fmt: skip
    tx.add(flag)
    tx.flush()
    if reason.priority < case.priority:
        case.reason, case.priority = reason, reason.priority
    case.due_at = min(case.due_at, now(tx) + reason.deadline)
    if case.escalates_at:
        case.escalates_at = min(case.escalates_at, now(tx) + IN_TIME * reason.deadline)
    if report.source != Source.SYSTEM:  # which nobody has told
        case.flags = (case.flags or 0) + 1
    case.score = score_of(tx, case)
    verb = "case.flagged" if report.member else f"case.flagged_by_{report.source}"
    audit.record(tx, report.member, verb, case.address, reason=reason.code,
                 evidence=flag.evidence.hash)  # fmt: skip
    if report.member:  # of others none does anything by itself
        _follow(tx, case, subject)
    changed(tx, case)
    return flag


def _follow(tx: Transaction, case: Case, subject: Entry) -> None:
    """What many reports do by themselves."""
    if is_rushed_at(tx, case):
        _joined(tx, case, subject, reason_for(tx, MANIPULATION), Report(Source.SYSTEM))
    restrict_if_due(tx, case, subject)


def held(tx: Transaction, moderator: Member, case_id: int) -> Case:
    return tx.hold(lambda session: case_for(session, moderator, case_id))


def require_current(tx: Transaction, case: Case, version: int) -> None:
    """Raises Conflict, saying who did what and when."""
    if case.version == version:
        return
    if case.state in (State.DECIDED, State.FINAL) and (decision := decision_of(tx, case)):
        if decision.moderator is None:
            raise Conflict(_("This case ended by itself."))
        sentence = DECIDED[Ruling(decision.ruling)]
        raise Conflict(sentence, name=decision.moderator.name, at=decision.decided_at)
    more = case.applied_for or case.ordered or len(evidence_of(tx, case)) > 1
    if more and case.claimed_by:
        raise Conflict(_("More was shown, or somebody else took it. Please look at it again."))
    if case.claimed_by:
        raise Conflict(_("%(name)s has claimed this case."), name=case.claimed_by.name)
    if case.state in (State.OPEN, State.ASKED):
        raise Conflict(_("This case was released meanwhile; claim it again to go on."))
    raise Conflict(NOT_FROM[State(case.state)])
