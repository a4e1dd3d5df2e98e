"""The steps of a request for an official response: none is skipped, each is written down."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, Refusal
from community.organisations.models import Organisation
from community.working_days import WIB, Calendar
from forum.responses.actions import (
    answer,
    ask,
    assign,
    end_pauses,
    go_on,
    hand_over,
    implement,
    pause,
    refuse,
    reopen,
    take_back,
)
from forum.responses.models import STATE_NAMES, STEP_SENTENCES, WAYS, Response, Stage, State, Step
from forum.responses.policies import LONGEST_PAUSE, may_pause
from forum.topics.actions import bring_back, withdraw
from forum.topics.models import Post
from moderation.records.log import DEEDS
from tests.cast import BO, CY, DEE, EVA, HARBOUR_OFFICE
from tests.forum.asking import (
    CUSTOMS,
    MONDAY,
    At,
    answered,
    asked,
    assigned,
    open_customs,
    said_officially,
    state_of,
)
from tests.moderation.reporting import as_, rows, the

BY_PEOPLE = [one for one in Step if one not in {Step.ASK, Step.REOPEN}]


def test_every_state_is_reached_and_has_its_name() -> None:
    reached, more = {State.RECEIVED}, {State.RECEIVED}
    while more:
        more = {to for (state, _step), to in WAYS.items() if state in reached} - reached
        reached |= more
    assert reached == set(State) == set(STATE_NAMES)


def test_every_step_is_told_in_words() -> None:
    assert {step for _state, step in WAYS} | {Step.ASK} == set(Step) == set(STEP_SENTENCES)
    by_power = set(Step) - {Step.ASK, Step.TAKE_BACK}
    assert {f"response.{step}" for step in by_power} <= set(DEEDS)


def test_nothing_is_answered_that_nobody_sees_to_nor_carried_out_unanswered() -> None:
    before = {step: {state for state, one in WAYS if one == step} for step in Step}
    assert before[Step.ANSWER] == {State.ASSIGNED}
    assert before[Step.IMPLEMENT] == {State.ANSWERED}
    assert not any(state in {State.REFUSED, State.TAKEN_BACK} for state, _ in WAYS)
    assert {step for state, step in WAYS if state == State.IMPLEMENTED} == {Step.REOPEN}


@settings(max_examples=8)
@given(steps=st.lists(st.sampled_from(BY_PEOPLE), min_size=3, max_size=10))
async def test_whatever_is_tried_only_ways_of_the_table_are_gone(
    db: Database, steps: list[Step]
) -> None:
    """And each that is gone is written down, by whom and what for."""
    await db.act(_customs_once)
    id = await asked(db, by=DEE)
    said = {HARBOUR_OFFICE: DEE, CUSTOMS: EVA}
    expected = State.RECEIVED
    for step in steps:
        one = await the(db, Response, id)
        to = WAYS.get((State(one.state), step))
        try:
            await _take(db, id, step, said[one.agency_id], one.agency_id)
        except Refusal:
            assert to is None or step in {Step.PAUSE, Step.ANSWER}, (one.state, step)
            continue
        after = State(await state_of(db, id))
        assert after == to or (to is None and after == one.state)  # done twice
        expected = after
    assert await state_of(db, id) == expected
    stages = [one for one in await rows(db, Stage) if one.response_id == id]
    state = State.RECEIVED
    for stage in stages[1:]:
        state = WAYS[state, Step(stage.step)]
        needs = stage.step in {Step.PAUSE, Step.REFUSE, Step.HAND_OVER}
        assert bool(stage.reason) is needs
    assert state == expected


async def _take(db: Database, id: int, step: Step, who: int, agency: int) -> None:
    deed: Callable[..., Response]
    about: tuple[Any, ...]
    match step:
        case Step.ASSIGN:
            deed, about = assign, (who,)
        case Step.HAND_OVER:
            deed, about = hand_over, (CUSTOMS if agency == HARBOUR_OFFICE else HARBOUR_OFFICE, "!")
        case Step.PAUSE:
            deed, about = pause, ((await db.look(now)).date() + timedelta(days=4), "We wait.")
        case Step.GO_ON:
            deed, about = go_on, ()
        case Step.ANSWER:
            deed, about = answer, (await said_officially(db),)
        case Step.IMPLEMENT:
            deed, about = implement, ()
        case Step.REFUSE:
            deed, about = refuse, ("No.",)
        case _:
            deed, about, who = take_back, (), DEE
    await as_(db, who, deed, id, *about)


def _customs_once(tx: Transaction) -> None:
    if tx.get(Organisation, CUSTOMS) is None:
        open_customs(tx)


async def test_handing_over_says_why_and_the_clock_goes_on(db: Database) -> None:
    await db.act(open_customs)
    id = await assigned(db)
    before = await the(db, Response, id)
    with pytest.raises(Invalid, match="Say why"):
        await as_(db, DEE, hand_over, id, CUSTOMS, " ")
    with pytest.raises(Denied, match="has it already"):
        await as_(db, DEE, hand_over, id, HARBOUR_OFFICE, "Again.")
    after = await as_(db, DEE, hand_over, id, CUSTOMS, "Rope is theirs.")
    assert (after.state, after.agency_id, after.owner_id) == (State.RECEIVED, CUSTOMS, None)
    assert (after.asked_at, after.due_at) == (before.asked_at, before.due_at)
    with pytest.raises(Denied):
        await as_(db, DEE, assign, id, DEE)
    await as_(db, EVA, assign, id, EVA)


async def test_refusing_takes_a_reason(db: Database) -> None:
    id = await asked(db)
    with pytest.raises(Invalid, match="Say why"):
        await as_(db, DEE, refuse, id, "")
    await as_(db, DEE, refuse, id, "This was decided in May.")
    assert await state_of(db, id) == State.REFUSED
    with pytest.raises(Conflict, match="refused meanwhile"):
        await as_(db, DEE, assign, id, DEE)


async def test_who_asked_takes_it_back_and_may_ask_again(db: Database) -> None:
    id = await asked(db)
    with pytest.raises(Denied):
        await as_(db, CY, take_back, id)
    await as_(db, BO, take_back, id)
    await as_(db, BO, take_back, id)
    one = await the(db, Response, id)
    assert (await the(db, Post, one.post_id)).asked is None
    again = await as_(db, BO, ask, one.post_id, HARBOUR_OFFICE, 14)
    assert again.id != id


async def test_nothing_is_skipped(db: Database) -> None:
    id = await asked(db)
    post = await said_officially(db)
    with pytest.raises(Conflict, match="Nobody of the office sees to it"):
        await as_(db, DEE, answer, id, post)
    with pytest.raises(Conflict):
        await as_(db, DEE, implement, id)
    await as_(db, DEE, assign, id, DEE)
    with pytest.raises(Conflict, match="not answered yet"):
        await as_(db, DEE, implement, id)


async def test_a_pause_says_why_and_ends_and_moves_the_end(db: Database, at: At) -> None:
    at(MONDAY.replace(tzinfo=WIB))
    id = await assigned(db)
    before = await the(db, Response, id)
    today = MONDAY.date()
    for wrong in (today - timedelta(days=1), today + timedelta(days=7 * LONGEST_PAUSE)):
        with pytest.raises(Denied):
            await as_(db, DEE, pause, id, wrong, "We wait for the survey.")
    until = today + timedelta(days=7)
    with pytest.raises(Invalid, match="Say why"):
        await as_(db, DEE, pause, id, until, "")
    await as_(db, DEE, pause, id, until, "We wait for the survey.")
    paused = await the(db, Response, id)
    assert paused.state == State.PAUSED and paused.due_at > before.due_at
    with pytest.raises(Conflict, match="Let the clock go on first"):
        await as_(db, DEE, refuse, id, "No.")
    await db.act(end_pauses)
    assert await state_of(db, id) == State.PAUSED
    at(MONDAY.replace(tzinfo=WIB) + timedelta(days=9))
    await db.act(end_pauses)
    after = await the(db, Response, id)
    assert (after.state, after.due_at) == (State.ASSIGNED, paused.due_at)


async def test_going_on_at_once_gains_nothing(db: Database, at: At) -> None:
    at(MONDAY.replace(tzinfo=WIB))
    id = await assigned(db)
    before = await the(db, Response, id)
    until = (await db.look(now)).date() + timedelta(days=7)
    await as_(db, DEE, pause, id, until, "We wait for the survey.")
    await as_(db, DEE, go_on, id)
    assert (await the(db, Response, id)).due_at == before.due_at


def test_a_pause_to_the_end_of_time_is_refused_without_counting_its_days() -> None:
    holidays = Looked()
    at = MONDAY.replace(tzinfo=WIB)
    verdict = may_pause(Response(state=State.ASSIGNED, due_at=at + timedelta(days=7)), [],
                        date.max, Calendar(WIB, holidays), at)  # fmt: skip
    assert not verdict and "at most" in verdict.reason
    assert holidays.times == 0


class Looked(frozenset[date]):
    """Holidays that count how often somebody looks."""

    times = 0

    def __contains__(self, day: object) -> bool:
        self.times += 1
        return super().__contains__(day)


@pytest.mark.parametrize("carried_out", [False, True])
async def test_an_answer_that_is_withdrawn_is_none(db: Database, carried_out: bool) -> None:
    id = await answered(db)
    if carried_out:
        await as_(db, DEE, implement, id)
    one = await the(db, Response, id)
    assert one.answer_id
    await as_(db, DEE, withdraw, one.answer_id)
    await db.act(reopen)
    after = await the(db, Response, id)
    assert (after.state, after.answer_id, after.took) == (State.ASSIGNED, None, None)
    assert after.due_at == one.due_at
    await as_(db, DEE, bring_back, one.answer_id)
    assert (await the(db, Post, one.answer_id)).answers_id is None
