from collections.abc import Sequence
from typing import NamedTuple
from uuid import uuid4

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid, NotFound
from community.members.models import Member
from community.policies import require
from community.words import _
from moderation.actions import Report, join_or_open
from moderation.decisions.claiming import claim, take_over
from moderation.decisions.deciding import Judgement, decide, hold_all
from moderation.decisions.seconding import agree
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Flag, Ruling, Source, State
from moderation.orders.addresses import entry_called
from moderation.orders.models import MOST, WITHIN, WITHIN_URGENT, Authority, Order, Target
from moderation.orders.policies import may_answer, may_take_in
from moderation.orders.queries import Answer, Outcome, answer_of, order_for, taken_in_with
from moderation.policies import holds
from moderation.proposals import Proposal
from moderation.queries import case_for, open_case_about, the_queue
from moderation.reasons import LEGAL_ORDER, reason_for
from moderation.subjects import Entry, kind_of

HIDE = Judgement(Ruling.ACT, LEGAL_ORDER, "", acts=(Act(MeasureKind.HIDE),))


class Intake(NamedTuple):
    """What an administrator fills in."""

    number: str
    authority: str
    ground: str
    words: str
    contact: str
    urgent: bool
    addresses: Sequence[str]  # of pages of ours
    verified: str = ""  # how it was found to be genuine, where it was
    silence: str = ""  # the law that forbids to tell the author, if one does
    kind: Authority = Authority.OTHER


def take_in(tx: Transaction, administrator: Member, intake: Intake, *, key: str) -> Order:
    """Its clock runs from now. What it names is kept as it is now, with a case for each."""
    require(may_take_in(administrator))
    if done := taken_in_with(tx, key):
        return _the_same(done, administrator, intake)
    _require_told(intake)
    found = _held(tx, intake.addresses)
    if done := taken_in_with(tx, key):  # while we waited for the queue
        return _the_same(done, administrator, intake)
    order = Order(
        key=key,
        number=intake.number,
        authority=intake.authority,
        authority_kind=intake.kind,
        ground=intake.ground,
        words=intake.words,
        contact=intake.contact,
        urgent=intake.urgent,
        silence=intake.silence,
        received_at=now(tx),
        due_at=now(tx) + (WITHIN_URGENT if intake.urgent else WITHIN),
        entered_by=administrator,
    )
    tx.add(order)
    tx.flush()
    audit.record(tx, administrator, "order.received", order.address, urgent=order.urgent,
                 targets=len(found), words=_fingerprint(order))  # fmt: skip
    _aim(tx, order, found)
    if intake.verified.strip():
        _verify(tx, administrator, order, intake.verified)
    return order


def name_more(
    tx: Transaction, administrator: Member, order_id: int, addresses: Sequence[str]
) -> Order:
    """Of what the order names, where it was written down wrongly or comes in parts. The clock stays
    as it is; what is named already is left out."""
    order = order_for(tx, administrator, order_id)
    require(may_take_in(administrator))
    found = _held(tx, addresses, order)
    known = {one.target.address for one in answer_of(tx, order).answered}
    new = {address: entry for address, entry in found.items() if address not in known}
    _require_few(len(known) + len(new))
    audit.record(tx, administrator, "order.named", order.address, targets=len(new))
    _aim(tx, order, new)
    return order


def verify(tx: Transaction, administrator: Member, order_id: int, how: str) -> Order:
    """By calling the authority back, at a number that was not found in the order. Once."""
    order = tx.hold(order_for, administrator, order_id)
    require(may_take_in(administrator))
    if order.verified_at:
        raise Conflict(_("Somebody has made sure of it already."))
    if not how.strip():
        raise Invalid(_("Say with whom you have spoken, and how you came by the number."))
    _verify(tx, administrator, order, how)
    return order


# One target at a time: each is a deed of its own, and done once however often it is asked for.


def comply(tx: Transaction, member: Member, order_id: int, target_id: int) -> Outcome | None:
    """Hides it, or says for good that there is no such thing. None where a second person has to
    agree first."""
    target, answer = _left(tx, member, order_id, target_id)
    if answer or target.case_id is None:
        return answer or _absent(tx, member, target)
    case = _mine(tx, member, target.case_id)
    if case.decided_at is None:
        done = decide(tx, member, case.id, HIDE, version=case.version, key=uuid4().hex)
        if isinstance(done, Proposal):
            return None
    return _outcome(tx, target)


def refuse(
    tx: Transaction, member: Member, order_id: int, target_id: int, because: str
) -> Outcome | None:
    """Proposes to keep it; another person has to agree."""
    if not because.strip():
        raise Invalid(_("Say why: the authority is answered so."))
    target, answer = _left(tx, member, order_id, target_id)
    if answer or target.case_id is None:
        return answer or _absent(tx, member, target)
    case = _mine(tx, member, target.case_id)
    if case.decided_at is None:
        keep = Judgement(Ruling.KEEP, LEGAL_ORDER, "", because.strip())
        decide(tx, member, case.id, keep, version=case.version, key=uuid4().hex)
    return _outcome(tx, target) if case.decided_at else None


def second(tx: Transaction, member: Member, order_id: int, target_id: int) -> Outcome | None:
    """Agrees to what somebody else proposes about it."""
    target, answer = _left(tx, member, order_id, target_id)
    if answer or target.case_id is None:
        return answer
    case = case_for(tx, member, target.case_id)
    agree(tx, member, case.id, version=case.version)
    return _outcome(tx, target)


def look(tx: Transaction, member: Member, order_id: int) -> None:
    """Written down: who has seen what an authority wants is part of the answer to it."""
    audit.record(tx, member, "order.seen", order_for(tx, member, order_id).address)


def look_at_proof(tx: Transaction, member: Member, order_id: int) -> None:
    audit.record(tx, member, "order.proof_seen", order_for(tx, member, order_id).address)


# The parts


def _the_same(order: Order, administrator: Member, intake: Intake) -> Order:
    if (order.entered_by_id, order.number, order.authority) != (
        administrator.id, intake.number, intake.authority,
    ):  # fmt: skip
        raise Conflict(_("This key was used for something else."))
    return order


def _require_told(intake: Intake) -> None:
    if not all(one.strip() for one in (intake.number, intake.authority, intake.ground)):
        raise Invalid(_("An order has a number, an authority and a law that it names."))
    if not intake.contact.strip():
        raise Invalid(_("Say how the authority is reached."))


def _held(tx: Transaction, addresses: Sequence[str], *with_it: Order) -> dict[str, Entry | None]:
    """By address, each once; None where there is no such thing. What is there is held, with the
    queue."""
    named = list(dict.fromkeys(line.strip() for line in addresses if line.strip()))
    if not named:
        raise Invalid(_("Write down the addresses that the order names, each on a line."))
    _require_few(len(named))
    found = {address: entry_called(tx, address) for address in named}
    rows = (row for entry in found.values() if entry for row in entry.chain)
    tx.lock(*rows, the_queue(tx), *with_it)
    return found


def _require_few(named: int) -> None:
    if named > MOST:
        raise Invalid(
            _("An order names at most %(most)s addresses; take in a second one."), most=MOST
        )


def _aim(tx: Transaction, order: Order, found: dict[str, Entry | None]) -> None:
    for address, entry in found.items():
        flag = _flag(tx, order, entry) if entry else None
        tx.add(Target(order=order, address=address, named_at=now(tx), flag=flag,
                      case=flag.case if flag else None))  # fmt: skip
    tx.flush()


def _flag(tx: Transaction, order: Order, entry: Entry) -> Flag:
    """With the clock of the order: a case that was open is due no later than before."""
    before = open_case_about(tx, kind_of(entry), entry.id)
    first = min(before.priority, order.priority) if before else order.priority
    due = min(before.due_at, order.due_at) if before else order.due_at
    if before and not before.ordered:
        before.version += 1  # whoever has a page of it open decides about something else now
    report = Report(Source.ORDER, note=order.number)
    flag = join_or_open(tx, entry, reason_for(tx, LEGAL_ORDER), report)
    flag.case.ordered, flag.case.priority, flag.case.due_at = True, first, due
    return flag


def _verify(tx: Transaction, administrator: Member, order: Order, how: str) -> None:
    order.verified, order.verified_by, order.verified_at = how.strip(), administrator, now(tx)
    audit.record(tx, administrator, "order.verified", order.address,
                 words=audit.fingerprint(order.verified))  # fmt: skip


def _fingerprint(order: Order) -> str:
    return audit.fingerprint(order.number, order.authority, order.ground, order.words,
                             order.contact, order.silence)  # fmt: skip


def _left(
    tx: Transaction, member: Member, order_id: int, target_id: int
) -> tuple[Target, Outcome | None]:
    """With what it was answered already, if it was."""
    order = order_for(tx, member, order_id)
    require(may_answer(member, order))
    target = tx.get(Target, target_id)
    if target is None or target.order_id != order.id:
        raise NotFound
    done = _outcome(tx, target)
    return target, None if done == Outcome.OPEN else done


def _outcome(tx: Transaction, target: Target) -> Outcome:
    tx.flush()
    answer: Answer = answer_of(tx, target.order)
    return next(one.outcome for one in answer.answered if one.target.id == target.id)


def _absent(tx: Transaction, member: Member, target: Target) -> Outcome:
    tx.lock(target)
    if target.absent_at is None:
        target.absent_at = now(tx)
        audit.record(tx, member, "order.absent", target.order.address)
    return Outcome.ABSENT


def _mine(tx: Transaction, member: Member, case_id: int) -> Case:
    """Held by whoever answers the order, whoever has claimed it: its clock does not wait."""
    case, _subject = hold_all(tx, member, case_id, HIDE)
    if case.decided_at or holds(member, case):
        return case
    if case.proposed:
        raise Conflict(_("It waits for a second person."))
    step = take_over if case.state == State.CLAIMED else claim
    return step(tx, member, case_id, version=case.version)
