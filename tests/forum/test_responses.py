"""Offices are asked for official responses, and answer: who may do what, and what is shown."""

import asyncio
from datetime import timedelta

import pytest

from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, NotFound
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.answering import give_field
from community.organisations.models import Mandate, Organisation, OrganisationCluster
from community.places import Lens
from forum.responses.actions import (
    answer,
    ask,
    assign,
    go_on,
    hand_over,
    implement,
    pause,
    refuse,
)
from forum.responses.models import Response, Stage, State, Step
from forum.responses.policies import MOST_OPEN
from forum.responses.queries import agencies_near, handling, responses_of
from forum.topics.actions import bring_back, start, withdraw
from forum.topics.models import Post
from tests.cast import BO, CY, DEE, DEE_FOR_OFFICE, DODOL, EVA, GUS, HARBOUR_OFFICE, MARKET, OFFICE
from tests.forum.asking import (
    CUSTOMS,
    asked,
    assigned,
    mandate_of,
    open_customs,
    said_officially,
    state_of,
)
from tests.moderation.reporting import as_, rows, the, write


async def told(db: Database, kind: NoticeKind) -> list[int]:
    return sorted(one.member_id for one in await rows(db, Notice) if one.kind == kind)


async def test_a_question_is_received_assigned_answered_and_carried_out(db: Database) -> None:
    id = await asked(db)
    assert await told(db, NoticeKind.QUESTION) == [DEE]
    await as_(db, DEE, assign, id, DEE)
    post = await said_officially(db)
    await as_(db, DEE, answer, id, post)
    done = await as_(db, DEE, implement, id, "The quay is lit since today.")
    assert (done.state, done.answer_id) == (State.IMPLEMENTED, post)
    assert await told(db, NoticeKind.RESPONSE) == [BO, BO, BO]
    steps = [one.step for one in await rows(db, Stage)]
    assert steps == [Step.ASK, Step.ASSIGN, Step.ANSWER, Step.IMPLEMENT]


async def test_asking_twice_is_asking_once_and_nobody_else_asks_beside_it(db: Database) -> None:
    post = await write(db, BO)
    first = await as_(db, BO, ask, post, HARBOUR_OFFICE, 5)
    assert (await as_(db, BO, ask, post, HARBOUR_OFFICE, 5)).id == first.id
    with pytest.raises(Conflict, match="waits for an official response already"):
        await as_(db, DEE, ask, post, HARBOUR_OFFICE, 14)
    assert len(await rows(db, Response)) == 1


async def test_of_two_who_ask_at_once_one_does(db: Database) -> None:
    post = await write(db, BO)
    both = (as_(db, who, ask, post, HARBOUR_OFFICE, 5) for who in (BO, DEE))
    done = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, Exception)] == [Conflict]
    assert len(await rows(db, Response)) == 1


async def test_its_author_and_officials_ask_and_nobody_else(db: Database) -> None:
    post = await write(db, BO)
    for other in (CY, GUS):
        with pytest.raises(Denied, match="author and officials"):
            await as_(db, other, ask, post, HARBOUR_OFFICE, 5)
    await as_(db, DEE, ask, post, HARBOUR_OFFICE, 5)


async def test_only_verified_offices_are_asked(db: Database) -> None:
    post = await write(db, BO)
    with pytest.raises(Denied, match="Only verified government"):
        await as_(db, BO, ask, post, DODOL, 5)
    await db.act(lambda tx: tx.get_one(Organisation, HARBOUR_OFFICE).lose_badge(now(tx)))
    with pytest.raises(Denied, match="Only verified government"):
        await as_(db, BO, ask, post, HARBOUR_OFFICE, 5)


async def test_no_other_time_than_those_there_are(db: Database) -> None:
    with pytest.raises(Denied, match="no such time"):
        await asked(db, term=6)


async def test_what_one_member_has_open_is_bounded(db: Database) -> None:
    for _one in range(MOST_OPEN):
        await asked(db)
    with pytest.raises(Denied, match="are open"):
        await asked(db)
    await asked(db, by=DEE)


@pytest.mark.parametrize("other", [BO, CY, EVA, GUS])
async def test_nobody_but_the_office_handles_it(db: Database, other: int) -> None:
    """Eva speaks for another office."""
    await db.act(open_customs)
    await db.act(lambda tx: _end(tx, CY))
    id = await assigned(db)
    post = await said_officially(db)
    day = (await db.look(now)).date() + timedelta(days=3)
    for deed, about in (
        (assign, (DEE,)), (hand_over, (CUSTOMS, "Theirs.")), (pause, (day, "Ask.")), (go_on, ()),
        (answer, (post,)), (implement, ()), (refuse, ("No.",)),
    ):  # fmt: skip
        with pytest.raises(Denied, match="Only officials of the office"):
            await as_(db, other, deed, id, *about)
    assert await state_of(db, id) == State.ASSIGNED


async def test_a_mandate_that_ended_handles_nothing_any_more(db: Database) -> None:
    id = await assigned(db)
    await db.act(lambda tx: _end(tx, DEE))
    with pytest.raises(Denied):
        await as_(db, DEE, refuse, id, "No.")


async def test_an_office_without_its_badge_answers_nothing(db: Database) -> None:
    id = await assigned(db)
    post = await said_officially(db)
    await db.act(lambda tx: tx.get_one(Organisation, HARBOUR_OFFICE).lose_badge(now(tx)))
    with pytest.raises(Denied, match="Only verified government"):
        await as_(db, DEE, answer, id, post)


async def test_who_sees_to_it_speaks_for_the_office(db: Database) -> None:
    await db.act(open_customs)
    id = await asked(db)
    with pytest.raises(Denied, match="do not speak for this office"):
        await as_(db, DEE, assign, id, EVA)
    await as_(db, DEE, assign, id, CY)
    assert (await the(db, Response, id)).owner_id == CY
    assert CY in await told(db, NoticeKind.QUESTION)


async def test_the_answer_is_what_the_office_wrote_there(db: Database) -> None:
    await db.act(open_customs)
    id = await assigned(db)
    own = await write(db, DEE, "As myself.")
    for_customs = await said_officially(db, EVA, await mandate_of(db, EVA))
    elsewhere = await as_(
        db, DEE, _start_officially, Lens(),
    )  # fmt: skip
    gone = await said_officially(db)
    await as_(db, DEE, withdraw, gone)
    for wrong in (own, for_customs, elsewhere, gone):
        with pytest.raises(Denied):
            await as_(db, DEE, answer, id, wrong)
    with pytest.raises(NotFound):
        await as_(db, DEE, answer, id, 999)
    right = await said_officially(db)
    await as_(db, DEE, answer, id, right)
    assert (await the(db, Post, right)).answers_id == (await the(db, Response, id)).post_id


async def test_what_stands_at_a_hidden_post_is_not_there(db: Database) -> None:
    id = await asked(db)
    one = await the(db, Response, id)
    assert await _seen(db, None) == [id]
    await as_(db, BO, withdraw, one.post_id)
    assert await _seen(db, None) == await _seen(db, DEE) == []
    with pytest.raises(NotFound):
        await as_(db, DEE, assign, id, DEE)
    with pytest.raises(NotFound):
        await db.look(handling, None, id)
    await as_(db, BO, bring_back, one.post_id)
    assert await _seen(db, None) == [id]


async def test_who_does_not_see_the_topic_sees_no_question_in_it(db: Database) -> None:
    post = await as_(db, DEE, _start_officially, Lens(), OFFICE)
    id = (await as_(db, DEE, ask, post, HARBOUR_OFFICE, 5)).id
    assert await _seen(db, DEE) == [id]
    for stranger in (None, BO):
        assert await _seen(db, stranger) == []


async def test_whose_it_is_by_place(db: Database) -> None:
    def near(tx: Transaction, region: str, cluster: str = "") -> list[int]:
        return [one.id for one in agencies_near(tx, Lens(region, cluster))]

    await db.act(lambda tx: open_customs(tx, "32"))
    assert await db.act(near, "32.05") == [CUSTOMS, HARBOUR_OFFICE]
    assert await db.act(near, "11") == [HARBOUR_OFFICE]
    await db.act(_weave)
    assert await db.act(near, "32.05", "textile") == [CUSTOMS, HARBOUR_OFFICE]
    assert await db.act(near, "32.05", "food") == [HARBOUR_OFFICE]


async def test_it_is_given_to_whom_the_office_has_said_looks_after_it(db: Database) -> None:
    await db.act(open_customs)
    cy = await mandate_of(db, CY)
    await as_(db, DEE, give_field, HARBOUR_OFFICE, cy, Lens(theme="quality"), key="quality")
    other = await asked(db)
    assert (await the(db, Response, other)).owner_id is None
    post = (await as_(db, BO, start, MARKET, "Rope", "Is it sound?", Lens(theme="quality"),
                      key="rope")).id  # fmt: skip
    one = await as_(db, BO, ask, post, HARBOUR_OFFICE, 5)
    assert (one.state, one.owner_id) == (State.ASSIGNED, CY)
    steps = [(stage.step, stage.actor_id) for stage in await rows(db, Stage)]
    assert steps[-2:] == [(Step.ASK, BO), (Step.ASSIGN, None)]
    assert await told(db, NoticeKind.QUESTION) == [CY, CY, DEE, DEE]


async def test_the_office_where_somebody_looks_after_the_theme_stands_first(db: Database) -> None:
    await db.act(open_customs)

    def near(tx: Transaction) -> list[int]:
        return [one.id for one in agencies_near(tx, Lens(theme="tkdn"))]

    assert await db.act(near) == [HARBOUR_OFFICE, CUSTOMS]
    eva = await mandate_of(db, EVA)
    await as_(db, EVA, give_field, CUSTOMS, eva, Lens(theme="tkdn"), key="tkdn")
    assert await db.act(near) == [CUSTOMS, HARBOUR_OFFICE]


async def _seen(db: Database, who: int | None) -> list[int]:
    def seen(tx: Transaction) -> list[int]:
        reader = tx.get_one(Member, who) if who else None
        return [one.id for one in tx.scalars(responses_of(reader))]

    return await db.act(seen)


def _end(tx: Transaction, member: int) -> None:
    for mandate in tx.query(Mandate).filter_by(member_id=member):
        mandate.ended_at = now(tx)


def _start_officially(
    tx: Transaction, official: Member, place: Lens, category: int = MARKET
) -> int:
    post = start(tx, official, category, "Another", "As the office.", place, key="elsewhere",
                 mandate_id=DEE_FOR_OFFICE)  # fmt: skip
    return post.id


def _weave(tx: Transaction) -> None:
    tx.add(OrganisationCluster(organisation_id=CUSTOMS, cluster="textile"))
