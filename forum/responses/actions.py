"""The steps of a request for an official response. Each is written down for everybody to read."""

from datetime import date, datetime

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.organisations.queries import mandate_in, organisation_for
from community.policies import require
from community.words import _
from forum.responses.deadlines import moment_now, next_moment, taken
from forum.responses.models import USUAL_TERM, WAYS, Response, Stage, State, Step, Told
from forum.responses.policies import (
    may_answer_with,
    may_be_asked,
    may_hand_over,
    may_handle,
    may_last,
    may_own,
    may_pause,
    may_take_back,
)
from forum.responses.queries import (
    answers_gone,
    asks,
    counted,
    counted_before,
    open_at,
    pauses_of,
    pauses_over,
    response_for,
    telling_due,
)
from forum.responses.sharing import who_sees_to
from forum.responses.telling import show, tell_agency, tell_asker, tell_of_deadline, tell_owner
from forum.topics.actions import show_anew
from forum.topics.queries import post_for

LONGEST_REASON = 1_000  # characters
BY_ASKER = (Step.ASK, Step.TAKE_BACK)  # no deeds with power
NOT_FROM = {
    State.RECEIVED: _("Nobody of the office sees to it yet. Say first who does."),
    State.ASSIGNED: _("Somebody of the office sees to it, and it is not answered yet."),
    State.PAUSED: _("It is paused. Let the clock go on first."),
    State.ANSWERED: _("It is answered by now."),
    State.IMPLEMENTED: _("It is answered and carried out by now."),
    State.REFUSED: _("It was refused meanwhile."),
    State.TAKEN_BACK: _("Who asked took it back meanwhile."),
}


def ask(
    tx: Transaction, member: Member, post_id: int, agency_id: int, term: int = USUAL_TERM
) -> Response:
    """At a post: that this office responds, within so many working days. Asking the same again is
    asking once."""
    post = tx.hold(post_for, member, post_id)
    asked = open_at(tx, post)
    if asked and (asked.asked_by_id, asked.agency_id, asked.term) == (member.id, agency_id, term):
        return asked
    require(asks(tx, member, post))
    if asked:
        raise Conflict(_("This post waits for an official response already."))
    agency = organisation_for(tx, member, agency_id)
    require(may_be_asked(agency))
    require(may_last(term))
    response = Response(
        post=post, agency=agency, asked_by=member, asked_at=now(tx), term=term,
        state=State.RECEIVED, changed_at=now(tx), told=Told.NOTHING,
    )  # fmt: skip
    _count(tx, response)
    tx.add(response)
    tx.flush()
    _write_down(tx, response, Step.ASK, member)
    show(tx, response)
    _share_out(tx, response)
    tell_agency(tx, response, member)
    return response


def assign(tx: Transaction, official: Member, response_id: int, owner_id: int) -> Response:
    """To somebody of the office, who sees to it from now on."""
    response = _held(tx, official, response_id)
    if response.state == State.ASSIGNED and response.owner_id == owner_id:
        return response
    owner = tx.get(Member, owner_id)
    require(may_own(mandate_in(tx, owner, response.agency_id) if owner else None))
    response.owner = owner
    _step(tx, response, Step.ASSIGN, official)
    tell_owner(tx, response, official)
    tell_asker(tx, response, official)
    return response


def hand_over(
    tx: Transaction, official: Member, response_id: int, agency_id: int, reason: str
) -> Response:
    """To the office whose it is. The clock goes on, where that office is."""
    response = _held(tx, official, response_id)
    agency = organisation_for(tx, official, agency_id)
    require(may_hand_over(response, agency))
    response.agency, response.owner, response.told = agency, None, Told.NOTHING
    _count(tx, response)
    _step(tx, response, Step.HAND_OVER, official, _public(reason))
    _share_out(tx, response)
    tell_agency(tx, response, official)
    tell_asker(tx, response, official)
    return response


def pause(
    tx: Transaction, official: Member, response_id: int, until: date, reason: str
) -> Response:
    """The clock stands to the end of that day, for a reason that everybody reads."""
    response = _held(tx, official, response_id)
    _way(response, Step.PAUSE)
    calendar = counted(tx, response).calendar
    require(may_pause(response, pauses_of(tx, response), until, calendar, now(tx)))
    response.paused_until = calendar.end_of(until)
    _step(tx, response, Step.PAUSE, official, _public(reason), until=response.paused_until)
    tell_asker(tx, response, official)
    return response


def go_on(tx: Transaction, official: Member, response_id: int) -> Response:
    """Before the pause would have ended."""
    response = _held(tx, official, response_id)
    _go_on(tx, response, official)
    return response


def answer(tx: Transaction, official: Member, response_id: int, post_id: int) -> Response:
    """With what the office wrote in the topic. Answering with the same again is answering once."""
    response = _held(tx, official, response_id)
    post = post_for(tx, official, post_id)
    if response.answer_id == post.id and response.state == State.ANSWERED:
        return response
    _way(response, Step.ANSWER)
    require(may_answer_with(response, post))
    at, calendar = now(tx), counted(tx, response).calendar
    response.answer, response.answered_at = post, at
    response.took = taken(calendar, response.asked_at, at, pauses_of(tx, response))
    post.answers_id = response.post_id
    _step(tx, response, Step.ANSWER, official)
    show_anew(tx, post)
    tell_asker(tx, response, official)
    return response


def implement(tx: Transaction, official: Member, response_id: int, reason: str = "") -> Response:
    """What was answered has been done, too."""
    response = _held(tx, official, response_id)
    _step(tx, response, Step.IMPLEMENT, official, _short(reason))
    tell_asker(tx, response, official)
    return response


def refuse(tx: Transaction, official: Member, response_id: int, reason: str) -> Response:
    response = _held(tx, official, response_id)
    _step(tx, response, Step.REFUSE, official, _public(reason))
    tell_asker(tx, response, official)
    return response


def take_back(tx: Transaction, member: Member, response_id: int) -> Response:
    response = tx.hold(response_for, member, response_id)
    if response.state == State.TAKEN_BACK and response.asked_by_id == member.id:
        return response
    require(may_take_back(member, response))
    _step(tx, response, Step.TAKE_BACK, member)
    return response


def end_pauses(tx: Transaction) -> None:
    """The worker's."""
    for response in each_due(tx, pauses_over(tx)):
        _go_on(tx, response, None)


def reopen(tx: Transaction) -> None:
    """The worker's: without its answer it is not answered, and was due when it was."""
    for response in each_due(tx, answers_gone(tx), _hold_both):
        assert response.answer
        response.answer.answers_id = None
        response.answer = response.answer_id = response.answered_at = response.took = None
        _step(tx, response, Step.REOPEN, None)
        _count(tx, response)
        tell_agency(tx, response, None)


def count_anew(tx: Transaction) -> None:
    """The worker's: an edited list of holidays moves what is open."""
    for response in each_due(tx, counted_before(tx)):
        _count(tx, response)
        show(tx, response)


def tell_of_deadlines(tx: Transaction) -> None:
    """The worker's: before the end, on the last day, and when it is over; each once."""
    for response in each_due(tx, telling_due(tx)):
        deadline = counted(tx, response).deadline
        if told := moment_now(deadline, response.told, now(tx)):
            tell_of_deadline(tx, response, told)
            response.told = told
        response.tell_at = next_moment(deadline, response.told)
        show(tx, response)


# The parts


def _held(tx: Transaction, official: Member, response_id: int) -> Response:
    """By an official of the office that was asked, who may handle it."""
    found = response_for(tx, official, response_id)
    mandate = mandate_in(tx, official, found.agency_id)
    tx.lock(*found.chain, *([mandate] if mandate else []))
    response = response_for(tx, official, response_id)
    require(may_handle(official, mandate, response))
    return response


def _hold_both(tx: Transaction, response: Response) -> None:
    """With its answer, which may have been moved to another topic since."""
    tx.lock(*response.chain, *(response.answer.chain if response.answer else ()))


def _share_out(tx: Transaction, response: Response) -> None:
    """To whom the office has said that they look after this."""
    if owner := who_sees_to(tx, response):
        response.owner = owner
        _step(tx, response, Step.ASSIGN, None)


def _go_on(tx: Transaction, response: Response, by: Member | None) -> None:
    response.paused_until = None
    _step(tx, response, Step.GO_ON, by)
    _count(tx, response)
    show(tx, response)


def _step(
    tx: Transaction, response: Response, step: Step, by: Member | None, reason: str = "", *,
    until: datetime | None = None,
) -> None:  # fmt: skip
    """The only way into another state."""
    response.state, response.changed_at = _way(response, step), now(tx)
    _write_down(tx, response, step, by, reason, until)
    if step == Step.PAUSE:
        _count(tx, response)
    show(tx, response)


def _way(response: Response, step: Step) -> State:
    """Where it leads. Raises Conflict where it cannot be taken."""
    to = WAYS.get((State(response.state), step))
    if to is None:
        raise Conflict(NOT_FROM[State(response.state)])
    return to


def _write_down(
    tx: Transaction, response: Response, step: Step, by: Member | None, reason: str = "",
    until: datetime | None = None,
) -> None:  # fmt: skip
    stage = Stage(
        response_id=response.id, step=step, taken_at=now(tx), actor=by, agency=response.agency,
        owner=response.owner, reason=reason, until=until,
    )  # fmt: skip
    tx.add(stage)
    tx.flush()
    if step not in BY_ASKER:
        audit.record(tx, by, f"response.{step}", f"response:{response.id}",
                 organisation=response.agency.id)  # fmt: skip


def _count(tx: Transaction, response: Response) -> None:
    """When it is due, and when its office is told next."""
    found = counted(tx, response)
    response.due_at, response.counted_under = found.deadline.due_at, found.under
    response.tell_at = next_moment(found.deadline, response.told)


def _public(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why: everybody reads this."))
    return _short(reason)


def _short(reason: str) -> str:
    if len(reason.strip()) > LONGEST_REASON:
        raise Invalid(_("This is too long: at most %(most)s characters."), most=LONGEST_REASON)
    return reason.strip()
