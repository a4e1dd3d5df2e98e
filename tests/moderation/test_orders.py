"""Orders of authorities: what they name is kept as it was, due in time, and answered."""

from datetime import timedelta

import pytest

from community import clock
from community.audit import AuditEntry
from community.database import Database
from community.errors import Conflict, Denied, Invalid, NotFound
from community.restrictions import Restriction
from forum.topics.models import Post
from moderation.appeals import appeal
from moderation.decisions.claiming import void
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import reverse, rule
from moderation.decisions.seconding import take_back
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Decision, Evidence, Flag, Ruling, Source, State
from moderation.orders.actions import (
    comply,
    name_more,
    refuse,
    second,
    take_in,
    verify,
)
from moderation.orders.models import Order, Target
from moderation.orders.queries import Outcome
from moderation.proposals import Proposal
from tests.cast import ADA, BO, CY, DODOL, EVA, FAY
from tests.moderation.ordering import INTAKE, answer, ordered
from tests.moderation.reporting import (
    KEEP,
    as_,
    propose_at,
    report,
    reported,
    rows,
    say,
    take,
    the,
    write,
)

WHY = "The page tells of a law, and offers nothing."


async def test_what_an_order_names_is_kept_as_it_was_and_due_with_it(db: Database) -> None:
    post, message = await write(db), await say(db)
    order = await ordered(db, f"/posts/{post}", f"/messages/{message}", "/posts/999", "elsewhere")
    taken = await the(db, Order, order)
    assert taken.due_at - taken.received_at == timedelta(hours=24)
    first, second_one = await rows(db, Case)
    for case in (first, second_one):
        assert case.ordered and case.due_at == taken.due_at and case.priority == 1
        assert case.reason_code == "legal_order"
    assert [flag.source for flag in await rows(db, Flag)] == [Source.ORDER] * 2
    assert [one.body for one in await rows(db, Evidence)] == ["Buy my rope"] * 2
    found = (await answer(db, order)).answered
    assert [one.target.case_id for one in found] == [first.id, second_one.id, None, None]
    assert [one.target.address for one in found][2:] == ["/posts/999", "elsewhere"]


async def test_an_urgent_order_has_four_hours_and_comes_first(db: Database) -> None:
    order = await ordered(db, f"/posts/{await write(db)}", given=INTAKE._replace(urgent=True))
    taken, (case,) = await the(db, Order, order), await rows(db, Case)
    assert taken.due_at - taken.received_at == timedelta(hours=4)
    assert (case.priority, case.due_at) == (0, taken.due_at)


async def test_an_order_joins_the_open_case_and_never_delays_it(db: Database) -> None:
    post, case = await reported(db)
    other = await report(db, await write(db), CY, "threat_selfharm")
    soon = (await the(db, Case, other)).due_at
    urgently = INTAKE._replace(urgent=True)
    order = await ordered(db, f"/posts/{post}", f"/posts/{post + 1}", given=urgently)
    taken = await the(db, Order, order)
    joined, urgent = await the(db, Case, case), await the(db, Case, other)
    assert (joined.priority, joined.due_at, joined.flags) == (0, taken.due_at, 2)
    assert joined.reason_code == "legal_order"
    assert (urgent.priority, urgent.due_at, urgent.reason_code) == (0, soon, "threat_selfharm")
    assert len(await rows(db, Case)) == 2


async def test_to_comply_hides_each_by_a_decision_of_its_own_and_once(db: Database) -> None:
    posts = [await write(db), await write(db)]
    order = await ordered(db, *(f"/posts/{post}" for post in posts), "/posts/999")
    done = [await as_(db, EVA, comply, order, one) for one in await _targets(db, order)]
    again = [await as_(db, FAY, comply, order, one) for one in await _targets(db, order)]
    assert done == again == [Outcome.HIDDEN, Outcome.HIDDEN, Outcome.ABSENT]
    decisions = await rows(db, Decision)
    assert [(one.moderator_id, one.ruling) for one in decisions] == [(EVA, Ruling.ACT)] * 2
    assert all([(await the(db, Post, post)).hidden_at for post in posts])
    assert len(await rows(db, Restriction)) == 2
    found = await answer(db, order)
    assert found.outcome == Outcome.HIDDEN and found.in_time
    assert found.done_at == (await the(db, Target, 3)).absent_at


async def test_what_is_not_there_stays_open_until_somebody_says_so(db: Database) -> None:
    order = await ordered(db, "/posts/999")
    assert (await answer(db, order)).outcome == Outcome.OPEN
    await as_(db, FAY, comply, order, 1)
    assert (await answer(db, order)).outcome == Outcome.ABSENT


async def test_somebody_who_claimed_it_does_not_hold_an_order_up(db: Database) -> None:
    _post, case = await reported(db)
    await take(db, ADA, case)
    order = await ordered(db, f"/posts/{_post}")
    assert await as_(db, FAY, comply, order, 1) == Outcome.HIDDEN


async def test_to_refuse_takes_two_people(db: Database) -> None:
    posts = [await write(db), await write(db)]
    order = await ordered(db, *(f"/posts/{post}" for post in posts))
    await as_(db, EVA, comply, order, 1)
    assert await as_(db, EVA, refuse, order, 2, WHY) is None
    assert (await the(db, Case, 2)).state == State.PROPOSED
    assert (await answer(db, order)).outcome == Outcome.OPEN
    with pytest.raises(Denied):
        await as_(db, EVA, second, order, 2)
    with pytest.raises(Conflict):
        await as_(db, FAY, comply, order, 2)
    assert await as_(db, FAY, second, order, 2) == Outcome.KEPT
    decision = (await rows(db, Decision))[-1]
    told = (decision.moderator_id, decision.second_id, decision.ruling, decision.ground)
    assert told == (EVA, FAY, Ruling.KEEP, WHY)
    assert (await answer(db, order)).outcome == Outcome.PARTLY
    assert (await the(db, Post, posts[1])).hidden_at is None


async def test_nobody_keeps_alone_what_is_ordered_to_go_by_another_door(db: Database) -> None:
    await ordered(db, f"/posts/{await write(db)}")
    version = await take(db, EVA, 1)
    await propose_at(db, EVA, 1, version, key="k", judgement=KEEP)
    assert (await the(db, Case, 1)).state == State.PROPOSED
    await ordered(db, f"/messages/{await say(db)}")
    with pytest.raises(Denied):
        await as_(db, EVA, void, 2, "Gone.", version=(await the(db, Case, 2)).version)


async def test_what_was_ordered_to_go_is_brought_back_by_nobody_alone(db: Database) -> None:
    """A label does not hide it, and neither another look nor a senior's second thought lifts it."""
    order = await ordered(db, f"/posts/{await write(db)}")
    case = (await rows(db, Case))[0].id
    label = Judgement(Ruling.ACT, "hoax", WHY, acts=(Act(MeasureKind.LABEL, words="Ordered"),))
    labelled = await propose_at(db, EVA, case, await take(db, EVA, case), key="k1", judgement=label)
    assert isinstance(labelled, Proposal)
    await as_(db, EVA, take_back, case, version=(await the(db, Case, case)).version)
    await as_(db, EVA, comply, order, 1)
    version = (await the(db, Case, case)).version
    with pytest.raises(Denied, match="takes two people"):
        await as_(db, FAY, reverse, case, WHY, version=version, key="k2")
    await as_(db, BO, appeal, (await rows(db, Decision))[0].id, "It is only rope.")
    overturn = Judgement(Ruling.OVERTURN, "legal_order", WHY)
    version = await take(db, FAY, case)
    proposed = await as_(db, FAY, rule, case, overturn, version=version, key="k3")
    assert isinstance(proposed, Proposal) and "takes two people" in proposed.because
    await as_(db, FAY, take_back, case, version=(await the(db, Case, case)).version)
    upheld = overturn._replace(ruling=Ruling.UPHOLD)
    version = await take(db, FAY, case)
    await as_(db, FAY, rule, case, upheld, version=version, key="k4")


async def test_an_order_nobody_has_verified_is_not_followed(db: Database) -> None:
    order = await ordered(db, f"/posts/{await write(db)}", given=INTAKE._replace(verified=""))
    for action, words in ((comply, ()), (refuse, (WHY,))):
        with pytest.raises(Denied):
            await as_(db, FAY, action, order, 1, *words)
    with pytest.raises(Denied):
        await as_(db, EVA, verify, order, "Rang them.")
    with pytest.raises(Invalid):
        await as_(db, FAY, verify, order, " ")
    await as_(db, FAY, verify, order, "Rang them.")
    with pytest.raises(Conflict):
        await as_(db, FAY, verify, order, "Rang them again.")
    assert await as_(db, FAY, comply, order, 1) == Outcome.HIDDEN


async def test_only_who_may_deals_with_orders(db: Database) -> None:
    order = await ordered(db, f"/posts/{await write(db)}")
    for who in (ADA, BO, CY):
        with pytest.raises(Denied):
            await as_(db, who, comply, order, 1)
        with pytest.raises(Denied):
            await as_(db, who, refuse, order, 1, WHY)
    for who in (ADA, EVA):
        with pytest.raises(Denied):
            await as_(db, who, take_in, INTAKE._replace(addresses=["/posts/1"]), key="k")
        with pytest.raises(Denied):
            await as_(db, who, name_more, order, ["/posts/1"])
    with pytest.raises(NotFound):
        await as_(db, EVA, comply, order, 99)
    await ordered(db, "/posts/999")
    with pytest.raises(NotFound):
        await as_(db, EVA, comply, order, 2)  # of another order


async def test_more_is_named_and_the_clock_stays(db: Database) -> None:
    first, other = await write(db), await write(db)
    order = await ordered(db, f"/posts/{first}")
    due = (await the(db, Order, order)).due_at
    clock.ahead += timedelta(hours=3)
    await as_(db, FAY, name_more, order, [f"/posts/{first}", f"/posts/{other}"])
    assert (await the(db, Order, order)).due_at == due == (await the(db, Case, 2)).due_at
    assert len((await answer(db, order)).answered) == 2


async def test_an_order_names_a_member_and_an_organisation_by_the_pages_they_have(
    db: Database,
) -> None:
    order = await ordered(db, f"/members/{BO}", f"/organisations/{DODOL}#top", "/profiles/2")
    targets = [one.target for one in (await answer(db, order)).answered]
    assert [bool(one.case_id) for one in targets] == [True, True, False]
    assert [case.subject for case in await rows(db, Case)] == [
        f"profile:{BO}",
        f"organisation:{DODOL}",
    ]


async def test_the_same_key_takes_in_one_order(db: Database) -> None:
    given = INTAKE._replace(addresses=[f"/posts/{await write(db)}"])
    for _time in range(2):
        await as_(db, FAY, take_in, given, key="k")
    with pytest.raises(Conflict):
        await as_(db, FAY, take_in, given._replace(number="another"), key="k")
    assert len(await rows(db, Order)) == len(await rows(db, Flag)) == 1
    for wrong in ({"addresses": [" "]}, {"number": " "}, {"contact": ""},
                  {"addresses": [f"/posts/{one}" for one in range(101)]}):  # fmt: skip
        with pytest.raises(Invalid):
            await as_(db, FAY, take_in, given._replace(**wrong), key="other")


async def test_what_is_done_stands_in_the_audit_without_its_words(db: Database) -> None:
    order = await ordered(db, f"/posts/{await write(db)}")
    await as_(db, EVA, comply, order, 1)
    written = await rows(db, AuditEntry)
    verbs = [one.verb for one in written]
    assert {"order.received", "order.verified", "case.flagged_by_order", "case.decided"} <= {*verbs}
    assert all(INTAKE.authority not in str(one.details) for one in written)


async def _targets(db: Database, order: int) -> list[int]:
    return [one.target.id for one in (await answer(db, order)).answered]
