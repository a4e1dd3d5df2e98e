"""Who works on a case: it is claimed for a while, let go, taken over, passed to the seniors and
back, or put aside where nothing is left to decide."""

from collections.abc import Iterator

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from community import audit
from community.audit import AuditEntry
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.notices.actions import notify
from community.notices.models import NoticeKind
from community.policies import require
from moderation.actions import held, require_current
from moderation.hiding.interim import URGENT, end_with_void
from moderation.hiding.meanwhile import held_with
from moderation.models import LEASE, Case, State
from moderation.notes import Note, may_note, write_note
from moderation.on_call import call_again, tell_seniors
from moderation.outsiders import tell_notifier
from moderation.parties import parties_of, party_of
from moderation.policies import Party, holds, may_see_queue
from moderation.queries import case_for, cases_of, reporters_of, the_queue
from moderation.queue.filtering import Wanted, filtered
from moderation.queue.listing import PAGE, page_of
from moderation.states import Step, changed, hold_for, may, move
from moderation.subjects import Entry, subject_at

TURNED = 20  # pages of the queue that are looked through for one they may claim


def claim(tx: Transaction, moderator: Member, case_id: int, *, version: int) -> Case:
    """For LEASE, and again for LEASE by whoever holds it already."""
    case = held(tx, moderator, case_id)
    if holds(moderator, case):
        case.lease_ends_at = now(tx) + LEASE
        return case
    require_current(tx, case, version)
    require(may(Step.CLAIM, moderator, case, party_of(tx, moderator, case)))
    hold_for(tx, case, Step.CLAIM, moderator)
    return case


def claim_next(tx: Transaction, moderator: Member, wanted: Wanted, *, past: int = 0) -> Case | None:
    """The most pressing of those wanted that they may claim: behind the one they leave undone, or
    else from the start. The queue is held, so two who ask at once get two cases."""
    require(may_see_queue(moderator))
    tx.lock(the_queue(tx))
    wanted = wanted._replace(show="waiting")
    mine = filtered(cases_of(tx, moderator), wanted)
    left = tx.get(Case, past) if past else None
    for begin in (past, 0) if left and not left.closed_at else (0,):
        for case in _first_of(tx, moderator, mine, wanted, begin):
            tx.lock(*case.chain)
            hold_for(tx, case, Step.CLAIM, moderator)
            return case
    return None


def renew(tx: Transaction, moderator: Member, case_id: int) -> Case:
    """As long as the page is open. Nobody else sees a difference, so the version stays."""
    case = held(tx, moderator, case_id)
    require(may(Step.RELEASE, moderator, case, Party()))
    case.lease_ends_at = now(tx) + LEASE
    return case


def take_over(tx: Transaction, senior: Member, case_id: int, *, version: int) -> Case:
    """Whoever held it until now is told."""
    case = held(tx, senior, case_id)
    require_current(tx, case, version)
    require(may(Step.TAKE_OVER, senior, case, party_of(tx, senior, case)))
    holder = case.claimed_by
    hold_for(tx, case, Step.TAKE_OVER, senior)
    _tell_holder(tx, case, holder)
    return case


def release(tx: Transaction, moderator: Member, case_id: int, *, version: int) -> Case:
    return _moved(tx, moderator, case_id, Step.RELEASE, version)


def escalate(
    tx: Transaction, moderator: Member, case_id: int, because: str, *, version: int
) -> Case:
    """To the seniors, with a note that only moderators read. To what is urgent somebody is called
    anew: whoever had it in hand has it no longer."""
    case = _ready(tx, moderator, case_id, Step.ESCALATE, version)
    write_note(tx, moderator, case, because)
    case.escalated_at = now(tx)
    move(tx, case, Step.ESCALATE, moderator)
    if case.priority <= URGENT:
        call_again(tx, case)
    return case


def give_back(tx: Transaction, senior: Member, case_id: int, because: str, *, version: int) -> Case:
    """From the seniors to everybody who moderates."""
    case = _ready(tx, senior, case_id, Step.RETURN, version)
    write_note(tx, senior, case, because)
    case.escalated_at = None
    move(tx, case, Step.RETURN, senior)
    return case


def void(
    tx: Transaction, moderator: Member, case_id: int, because: str, *, version: int, key: str = ""
) -> Case:
    """Nothing is left to decide. Who reported it is told so. By its key it is found again."""
    case = case_for(tx, moderator, case_id)
    subject = subject_at(tx, case.subject)
    tx.lock(*held_with(tx, case), *subject.chain, *case.chain)
    case = case_for(tx, moderator, case_id)
    _require_theirs(tx, moderator, case, Step.VOID, version)
    write_note(tx, moderator, case, because)
    move(tx, case, Step.VOID, moderator, **({"key": audit.fingerprint(key)} if key else {}))
    if isinstance(subject, Entry):
        end_with_void(tx, case, subject, moderator)
    for report in reporters_of(tx, case):
        if report.withdrawn_at:
            continue
        if report.member_id is None:
            tell_notifier(tx, report)
        else:
            notify(tx, [report.member_id], NoticeKind.REPORT, title=report.evidence.place,
                   link=f"/flags/{report.id}")  # fmt: skip
    return case


def voided_with(session: Session, moderator: Member, case: Case, key: str) -> bool:
    """Whether they did it with this very key."""
    voided = select(AuditEntry.details).where(
        AuditEntry.subject == case.address,
        AuditEntry.verb == f"case.{Step.VOID}",
        AuditEntry.actor_id == moderator.id,
    )
    found = session.scalars(voided.order_by(AuditEntry.id.desc()).limit(1)).first()
    return found is not None and found.get("key") == audit.fingerprint(key)


def note(tx: Transaction, moderator: Member, case_id: int, words: str) -> Note:
    """For the other moderators, at any time."""
    case = held(tx, moderator, case_id)
    require(may_note(moderator, case, party_of(tx, moderator, case)))
    written = write_note(tx, moderator, case, words)
    changed(tx, case)
    return written


def escalate_late(tx: Transaction) -> None:
    """The worker's chore. Reports nobody holds when three quarters of their time are over: the
    seniors are told, and for what is urgent somebody is called. Whoever holds one goes on."""
    late = select(Case).where(Case.escalates_at <= now(tx), Case.state == State.OPEN)
    for case in each_due(tx, late.order_by(Case.escalates_at, Case.id)):
        case.escalated_at = now(tx)
        move(tx, case, Step.ESCALATE, None)
        tell_seniors(tx, case)
        if case.priority <= URGENT:
            call_again(tx, case)


def release_claims(tx: Transaction) -> None:
    """The worker's chore. Claims nobody renewed: the case is anybody's again."""
    over = select(Case).where(Case.lease_ends_at <= now(tx)).order_by(Case.id)
    for case in each_due(tx, over):
        holder = case.claimed_by
        move(tx, case, Step.LAPSE, None, holder=case.claimed_by_id)
        _tell_holder(tx, case, holder)


def _tell_holder(tx: Transaction, case: Case, holder: Member | None) -> None:
    """Who held it until now, and may have left its page; not who moderates no longer."""
    if holder and may_see_queue(holder):
        notify(tx, [holder.id], NoticeKind.CLAIM, title=str(case.id), link=f"/cases/{case.id}")


def _first_of(
    tx: Transaction, moderator: Member, mine: Select[Case], wanted: Wanted, begin: int
) -> Iterator[Case]:
    """Those that are theirs to claim, in the order of the queue, behind that one."""
    for _page in range(TURNED):
        page = tx.scalars(*page_of(tx, moderator, mine, wanted, begin)).all()
        parties = parties_of(tx, moderator, page)
        yield from (
            case
            for case in page
            if not case.held
            and case.id != begin
            and may(Step.CLAIM, moderator, case, parties[case.id])
        )
        if len(page) < PAGE:
            return
        begin = page[-1].id


def _moved(tx: Transaction, moderator: Member, case_id: int, step: Step, version: int) -> Case:
    case = _ready(tx, moderator, case_id, step, version)
    move(tx, case, step, moderator)
    return case


def _ready(tx: Transaction, moderator: Member, case_id: int, step: Step, version: int) -> Case:
    """Held, as it was seen, and theirs to move."""
    case = held(tx, moderator, case_id)
    _require_theirs(tx, moderator, case, step, version)
    return case


def _require_theirs(
    tx: Transaction, moderator: Member, case: Case, step: Step, version: int
) -> None:
    require_current(tx, case, version)
    require(may(step, moderator, case, party_of(tx, moderator, case)))
