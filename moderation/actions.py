from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Conflict
from community.members.models import Member
from community.policies import require
from community.restrictions import Restriction, RestrictionKind
from community.streams import versions_of
from community.words import _
from moderation.events import CaseChanged
from moderation.models import Case, Evidence, Flag, Ruling, Source, State, SubjectKind
from moderation.policies import may_claim, may_flag, may_release, may_take_over
from moderation.queries import (
    case_for,
    decision_of,
    evidence_of,
    flag_by,
    flagged_by_rule,
    flags_lately,
    open_case_about,
    party_of,
    the_queue,
    unanswered,
)
from moderation.reasons import Reason, may_be_given, reason_for
from moderation.subjects import (
    Entry,
    all_of,
    entry_at,
    entry_for,
    kind_of,
    link_to,
    place_of,
    settle,
    settle_member,
    shown_now,
    stream_kind_of,
)

LEASE = timedelta(minutes=15)

DECIDED = {
    Ruling.KEEP: _("%(name)s decided this case at %(at)s: it stays."),
    Ruling.HIDE: _("%(name)s decided this case at %(at)s: it was hidden."),
    Ruling.HIDE_AND_MUTE: _(
        "%(name)s decided this case at %(at)s: it was hidden and the author muted."
    ),
    Ruling.HIDE_AND_SUSPEND: _(
        "%(name)s decided this case at %(at)s: it was hidden and the author suspended."
    ),
    Ruling.GRANT: _("%(name)s decided this case at %(at)s: it was granted."),
    Ruling.REFUSE: _("%(name)s decided this case at %(at)s: it was refused."),
    Ruling.RELEASE: _("%(name)s decided this case at %(at)s: it was let through."),
}


def flag(
    tx: Transaction, member: Member, kind: SubjectKind, subject_id: int, reason: str, note: str = ""
) -> Flag:
    """Opens a case or joins the open one. The same member twice is once."""
    subject = entry_for(tx, member, kind, subject_id)
    queue = the_queue(tx)
    tx.lock(*subject.chain, queue)  # two reports at once make one case
    subject = entry_for(tx, member, kind, subject_id)
    if already := flag_by(tx, member, kind, subject_id, _hash_of(subject)):
        return already
    require(may_flag(member, subject, flags_lately(tx, member)))
    given = reason_for(tx, reason)
    require(may_be_given(given))

    case = open_case_about(tx, kind, subject_id) or opened(
        tx, kind, subject_id, subject.author, given, stream_id=subject.stream_id
    )
    return _joined(tx, case, subject, given, _Report(Source.MEMBER, member, note))


def flag_by_rule(tx: Transaction, subject: Entry, reason: str, note: str) -> Flag | None:
    """What was said and has words that a rule looks for; nothing where it was reported for them
    before. Its stream is held, as what was said in it just now."""
    kind, queue = kind_of(subject), the_queue(tx)
    tx.lock(queue)
    if flagged_by_rule(tx, kind, subject.id, _hash_of(subject)):
        return None
    given = reason_for(tx, reason)
    case = open_case_about(tx, kind, subject.id) or opened(
        tx, kind, subject.id, subject.author, given, stream_id=subject.stream_id
    )
    return _joined(tx, case, subject, given, _Report(Source.RULE, None, note))


def claim(tx: Transaction, moderator: Member, case_id: int, *, version: int) -> Case:
    """For LEASE, and again for LEASE by whoever holds it already."""
    case = held(tx, moderator, case_id)
    if may_release(moderator, case):
        case.lease_ends_at = now(tx) + LEASE
        return case
    require_current(tx, case, version)
    require(may_claim(moderator, case, party_of(tx, moderator, case)))
    return _claimed(tx, moderator, case, "case.claimed")


def renew(tx: Transaction, moderator: Member, case_id: int) -> Case:
    """As long as the page is open. Nobody else sees a difference, so the version stays."""
    case = held(tx, moderator, case_id)
    require(may_release(moderator, case))
    case.lease_ends_at = now(tx) + LEASE
    return case


def take_over(tx: Transaction, senior: Member, case_id: int, *, version: int) -> Case:
    case = held(tx, senior, case_id)
    require_current(tx, case, version)
    require(may_take_over(senior, case, party_of(tx, senior, case)))
    return _claimed(tx, senior, case, "case.taken_over")


def release(tx: Transaction, moderator: Member, case_id: int, *, version: int) -> Case:
    case = held(tx, moderator, case_id)
    require_current(tx, case, version)
    require(may_release(moderator, case))
    _let_go(tx, case)
    audit.record(tx, moderator, "case.released", case.address)
    return case


# What time does: the worker's chores.


def release_claims(tx: Transaction) -> None:
    """Claims nobody renewed: the case is anybody's again."""
    over = select(Case).where(Case.lease_ends_at <= now(tx)).order_by(Case.id)
    for case in each_due(tx, over):
        audit.record(tx, None, "case.lapsed", case.address, holder=case.claimed_by_id)
        _let_go(tx, case)


def lift_ended(tx: Transaction) -> None:
    """Restrictions that were imposed until a moment end at it; others on the same thing stay."""
    over = select(Restriction).where(
        Restriction.kind != RestrictionKind.MUTED_IN,
        Restriction.lifted_at.is_(None),
        Restriction.ends_at <= now(tx),
    )
    for restriction in each_due(tx, over.order_by(Restriction.id), _hold_restricted):
        restriction.lifted_at = now(tx)
        audit.record(tx, None, "restriction.ended", restriction.subject, case=restriction.case_id)
        row = _restricted(tx, restriction)
        settle_member(tx, row) if isinstance(row, Member) else settle(tx, row)


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
    )
    tx.add(case)
    tx.flush()
    audit.record(tx, None, "case.opened", case.address, about=case.subject)
    return case


class _Report(NamedTuple):
    source: Source
    member: Member | None
    note: str


def _joined(tx: Transaction, case: Case, subject: Entry, reason: Reason, report: _Report) -> Flag:
    flag = Flag(case=case, evidence=_evidence(tx, case, subject), reason=reason,
                flagged_at=now(tx), **report._asdict())  # fmt: skip
    tx.add(flag)
    tx.flush()
    if reason.priority < case.priority:
        case.reason, case.priority = reason, reason.priority
    case.due_at = min(case.due_at, now(tx) + reason.deadline)
    case.flags = (case.flags or 0) + 1
    audit.record(tx, report.member, "case.flagged", case.address, reason=reason.code,
                 evidence=flag.evidence.hash)  # fmt: skip
    changed(tx, case)
    return flag


def _evidence(tx: Transaction, case: Case, subject: Entry) -> Evidence:
    """What was last taken, or another where it reads differently by now."""
    taken = evidence_of(tx, case)
    if taken and taken[-1].hash == _hash_of(subject):
        return taken[-1]
    organisation = subject.mandate.organisation.name if subject.mandate else ""
    before = versions_of(tx, stream_kind_of(subject), subject.id)
    evidence = Evidence(
        case_id=case.id,
        taken_at=now(tx),
        entry_rev=subject.rev,
        hash=_hash_of(subject),
        body=subject.body,
        html=all_of(shown_now(subject)),
        versions=[{"html": v.html, "until": v.replaced_at.isoformat()} for v in before],
        author=subject.author.name,
        organisation=organisation,
        place=place_of(subject),
        link=link_to(subject),
        written_at=subject.written_at,
    )
    tx.add(evidence)
    tx.flush()
    return evidence


def held(tx: Transaction, moderator: Member, case_id: int) -> Case:
    return tx.hold(lambda session: case_for(session, moderator, case_id))


def require_current(tx: Transaction, case: Case, version: int) -> None:
    """Raises Conflict, saying who did what and when."""
    if case.state == State.DECIDED and (decision := decision_of(tx, case)):
        if decision.moderator is None:
            raise Conflict(_("This case ended by itself."))
        sentence = DECIDED[Ruling(decision.ruling)]
        raise Conflict(sentence, name=decision.moderator.name, at=decision.decided_at)
    if case.version == version:
        return
    if case.applied_for and case.claimed_by:
        raise Conflict(_("More was shown, or somebody else took it. Please look at it again."))
    if case.claimed_by:
        raise Conflict(_("%(name)s has claimed this case."), name=case.claimed_by.name)
    raise Conflict(_("This case was released meanwhile; claim it again to go on."))


def _claimed(tx: Transaction, moderator: Member, case: Case, verb: str) -> Case:
    before = case.claimed_by_id
    case.state, case.claimed_by = State.CLAIMED, moderator
    case.lease_ends_at = now(tx) + LEASE
    case.version += 1
    audit.record(tx, moderator, verb, case.address, **({"from": before} if before else {}))
    changed(tx, case)
    return case


def _let_go(tx: Transaction, case: Case) -> None:
    case.state = State.ASKED if unanswered(tx, case) else State.OPEN
    case.claimed_by, case.lease_ends_at = None, None
    case.version += 1
    changed(tx, case)


def changed(tx: Transaction, case: Case) -> None:
    case.queue.rev += 1
    case.rev = case.queue.rev
    tx.flush()
    tx.publish(CaseChanged.of(case))


def _restricted(tx: Transaction, restriction: Restriction) -> Member | Entry:
    kind, _, number = restriction.subject.partition(":")
    if kind == "member":
        return tx.get_one(Member, int(number))
    return entry_at(tx, restriction.subject)


def _hold_restricted(tx: Transaction, restriction: Restriction) -> None:
    tx.lock(*_restricted(tx, restriction).chain)


def _hash_of(subject: Entry) -> str:
    hanging = all_of(shown_now(subject)).removeprefix(subject.html)
    return sha256(f"{subject.body}{hanging}".encode()).hexdigest()
