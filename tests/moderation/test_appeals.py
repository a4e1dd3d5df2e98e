"""Another look at a decision: who asks for it, and who takes it (M4, M13)."""

import asyncio
from datetime import timedelta

import pytest

from community.database import Database
from community.errors import Denied, Invalid, NotFound
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from moderation.appeals import LONGEST, Appeal, appeal, appeal_as_reporter, end_appeals
from moderation.decisions.claiming import claim
from moderation.models import Case, Flag, State
from moderation.queue.filtering import Wanted
from moderation.queue.listing import queue_page
from tests.cast import ADA, BO, CY, DEE, EVA, FAY
from tests.moderation.appealing import appealed
from tests.moderation.reporting import (
    HIDE,
    KEEP,
    Ahead,
    answered,
    as_,
    judge,
    report,
    reported,
    rows,
    take,
    the,
    write,
)


async def test_the_author_asks_and_it_waits_with_a_clock_of_its_own(db: Database) -> None:
    _, case = await appealed(db)
    waiting = await the(db, Case, case)
    assert (waiting.state, waiting.closed_at) == (State.APPEALED, None)
    (made,) = await rows(db, Appeal)
    assert waiting.due_at == made.made_at + timedelta(days=7)
    (receipt,) = [one for one in await rows(db, Notice) if one.kind == NoticeKind.APPEAL]
    assert (receipt.member_id, receipt.link) == (BO, f"/decisions/{made.decision_id}")
    listed = await db.look(lambda s: queue_page(s, s.get_one(Member, EVA), Wanted()))
    assert [row.case.id for row in listed.rows] == [case]


async def test_what_was_urgent_is_looked_at_within_three_days(db: Database) -> None:
    case = await report(db, await write(db), reason="scam_fraud")
    decision = await judge(db, EVA, case, HIDE)
    made = await as_(db, BO, appeal, decision.id, "It is no fraud.")
    assert (await the(db, Case, case)).due_at == made.made_at + timedelta(hours=72)


async def test_each_side_asks_once(db: Database) -> None:
    _, case = await reported(db)
    decision = await judge(db, ADA, case)
    first = await as_(db, BO, appeal, decision.id, "It was one offer.")
    assert (await as_(db, BO, appeal, decision.id, "It was one offer.")).id == first.id
    with pytest.raises(Denied, match="another look already"):
        await as_(db, BO, appeal, decision.id, "And it was a good one.")


async def test_fifty_appeals_at_once_are_one(db: Database) -> None:
    _, case = await reported(db)
    decision = await judge(db, ADA, case)
    answers = await asyncio.gather(
        *(answered(as_, db, BO, appeal, decision.id, f"For the {n}th time.") for n in range(50))
    )
    assert len([one for one in answers if isinstance(one, Appeal)]) == 1
    assert all(isinstance(one, Appeal | Denied) for one in answers), answers
    assert len(await rows(db, Appeal)) == 1


@pytest.mark.parametrize("words", ["", " \n ", "x" * (LONGEST + 1)])
async def test_an_appeal_says_why_and_is_no_book(db: Database, words: str) -> None:
    _, case = await reported(db)
    decision = await judge(db, ADA, case)
    with pytest.raises(Invalid):
        await as_(db, BO, appeal, decision.id, words)


async def test_only_whom_it_concerns_asks_for_another_look(db: Database) -> None:
    _, case = await reported(db, by=CY)
    decision = await judge(db, ADA, case)
    for stranger in (CY, DEE, EVA):
        with pytest.raises(NotFound):
            await as_(db, stranger, appeal, decision.id, "I would not have hidden it.")
    (flag,) = await rows(db, Flag)
    with pytest.raises(NotFound):
        await as_(db, BO, appeal_as_reporter, flag.id, "I want to be the reporter.")
    with pytest.raises(Denied, match="as you had asked"):
        await as_(db, CY, appeal_as_reporter, flag.id, "More should follow.")


async def test_what_is_kept_is_no_authors_to_appeal(db: Database) -> None:
    _, case = await reported(db)
    decision = await judge(db, ADA, case, KEEP)
    with pytest.raises(Denied, match="Nothing was decided against you"):
        await as_(db, BO, appeal, decision.id, "Hm.")


async def test_after_180_days_it_is_decided_for_good(db: Database, ahead: Ahead) -> None:
    _, case = await reported(db)
    decision = await judge(db, ADA, case)
    _, other = await reported(db, by=DEE)
    still = await judge(db, ADA, other)
    ahead(days=179)
    await db.act(end_appeals)
    await as_(db, BO, appeal, still.id, "On the last day.")
    ahead(days=181)
    with pytest.raises(Denied, match="could be asked for"):
        await as_(db, BO, appeal, decision.id, "Too late.")
    await db.act(end_appeals)
    assert (await the(db, Case, case)).state == State.FINAL
    assert (await the(db, Case, other)).state == State.APPEALED


async def test_nobody_looks_at_their_own_decision_once_more(db: Database) -> None:
    _, case = await appealed(db, by=ADA)
    waiting = await the(db, Case, case)
    with pytest.raises(Denied, match="somebody else takes another look"):
        await as_(db, ADA, claim, case, version=waiting.version)
    assert await take(db, EVA, case)


async def test_nor_does_whoever_reported_it(db: Database) -> None:
    case = await report(db, await write(db), by=EVA)
    decision = await judge(db, ADA, case)
    await as_(db, BO, appeal, decision.id, "It was one offer.")
    with pytest.raises(Denied, match="this yourself"):
        await take(db, EVA, case)
    assert await take(db, FAY, case)
