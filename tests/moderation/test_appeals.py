"""Another look at a decision: who asks for it, who takes it, and what comes of it (M4, M5, M13)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from community import clock
from community.database import Database
from community.errors import Conflict, Denied, Invalid, NotFound
from community.letters import MailKind
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.outbox import Mail
from community.restrictions import Restriction
from forum.topics.models import Post
from moderation.appeals import LONGEST, Appeal, appeal, appeal_as_reporter, end_appeals
from moderation.decisions.claiming import claim
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import rule
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Decision, Flag, Ruling, State
from moderation.queue.listing import Wanted, queue_page
from tests.cast import ADA, BO, CY, DEE, EVA, FAY
from tests.moderation.reporting import (
    HIDE,
    HIDING,
    KEEP,
    MUTE,
    SUSPEND,
    as_,
    judge,
    mute,
    report,
    reported,
    rows,
    suspended,
    take,
    the,
    write,
)

Ahead = Callable[..., None]

UPHELD = Judgement(Ruling.UPHOLD, "spam", "I see it as my colleague did.")
OVERTURNED = Judgement(Ruling.OVERTURN, "spam", "One offer, where it belongs.")
MUTED = (Act(MeasureKind.MUTE, 2),)
MODIFIED = Judgement(Ruling.MODIFY, "spam", "Hiding is too much.", acts=MUTED)
ACTED = OVERTURNED._replace(acts=(HIDING,))


@pytest.fixture
def ahead(monkeypatch: pytest.MonkeyPatch) -> Ahead:
    return lambda **span: monkeypatch.setattr(clock, "ahead", timedelta(**span))


async def appealed(db: Database, judgement: Judgement = HIDE, by: int = ADA) -> tuple[int, int]:
    """A post, and the case about it; Bo has asked for another look."""
    post, case = await reported(db)
    decision = await judge(db, by, case, judgement)
    await as_(db, BO, appeal, decision.id, "It was one offer.")
    return post, case


async def answer(
    db: Database, reviewer: int, case: int, judgement: Judgement, key: str = ""
) -> Decision:
    version = await take(db, reviewer, case)
    key = key or uuid4().hex
    return await as_(db, reviewer, rule, case, judgement, version=version, key=key)


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
        *(as_(db, BO, appeal, decision.id, f"For the {n}th time.") for n in range(50)),
        return_exceptions=True,
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


async def test_upholding_changes_nothing_but_that_it_is_decided_for_good(db: Database) -> None:
    post, case = await appealed(db)
    first = (await rows(db, Decision))[0]
    decision = await answer(db, EVA, case, UPHELD)
    assert (decision.answers_id, decision.ruling) == (first.id, Ruling.UPHOLD)
    assert (await the(db, Case, case)).state == State.FINAL
    assert (await the(db, Post, post)).gone == "hidden"
    (made,) = await rows(db, Appeal)
    assert made.answer_id == decision.id
    with pytest.raises(Denied):
        await as_(db, BO, appeal, decision.id, "Once more.")


async def test_overturning_lifts_exactly_its_own(db: Database) -> None:
    """Another case has muted Bo, too, for less; that stays."""
    _, other = await reported(db)
    post, case = await appealed(db, MUTE)
    await judge(db, ADA, other, mute(2))
    until = (await rows(db, Restriction))[-1].ends_at
    assert (await the(db, Member, BO)).muted_until != until
    await answer(db, EVA, case, OVERTURNED)
    assert (await the(db, Post, post)).gone == ""
    assert (await the(db, Member, BO)).muted_until == until
    lifted = {one.case_id for one in await rows(db, Restriction) if one.lifted_at}
    assert lifted == {case}


async def test_modifying_puts_something_else_in_its_place(db: Database) -> None:
    post, case = await appealed(db, HIDE)
    decision = await answer(db, EVA, case, MODIFIED)
    assert (await the(db, Post, post)).gone == ""
    active = [one for one in await rows(db, Restriction) if not one.lifted_at]
    assert [(one.kind, one.decision_id) for one in active] == [("muted", decision.id)]
    assert (await the(db, Member, BO)).muted_until == active[0].ends_at


async def test_what_is_hidden_by_both_is_never_shown_in_between(db: Database) -> None:
    post, case = await appealed(db, HIDE)
    rev = (await the(db, Post, post)).rev
    await answer(db, EVA, case, MODIFIED._replace(acts=(HIDING, *MUTED)))
    hidden = await the(db, Post, post)
    assert (hidden.gone, hidden.rev) == ("hidden", rev)


@pytest.mark.parametrize(
    ("judgement", "why"),
    [
        (MODIFIED._replace(acts=()), "Choose what follows"),
        (MODIFIED._replace(acts=(Act(MeasureKind.MUTE, 31),)), "take two people"),
        (UPHELD._replace(facts=" "), "Say what you found"),
        (UPHELD._replace(ruling=Ruling.KEEP), "cannot be decided"),
    ],
)
async def test_another_look_is_complete_or_nothing_happens(
    db: Database, judgement: Judgement, why: str
) -> None:
    _, case = await appealed(db)
    before = len(await rows(db, Restriction))
    with pytest.raises((Invalid, Denied), match=why):
        await answer(db, EVA, case, judgement)
    assert len(await rows(db, Decision)) == 1
    assert len(await rows(db, Restriction)) == before


async def test_who_reported_it_appeals_where_it_was_kept(db: Database) -> None:
    """Both are told, and the author learns nothing of whoever it was."""
    post, case = await reported(db, by=CY)
    await judge(db, ADA, case, KEEP)
    (flag,) = await rows(db, Flag)
    await as_(db, CY, appeal_as_reporter, flag.id, "It stands in three topics.")
    with pytest.raises(Denied, match="decided this"):
        await take(db, ADA, case)
    decision = await answer(db, EVA, case, ACTED)
    assert (await the(db, Post, post)).gone == "hidden"
    told = await _told(db)
    assert (BO, f"/decisions/{decision.id}") in told and (CY, f"/flags/{flag.id}") in told


async def test_of_two_who_reported_it_one_appeals(db: Database) -> None:
    post, case = await reported(db, by=CY)
    await report(db, post, by=DEE)
    await judge(db, ADA, case, KEEP)
    first, second = await rows(db, Flag)
    await as_(db, CY, appeal_as_reporter, first.id, "It stands in three topics.")
    with pytest.raises(Denied, match="Somebody else who had reported it"):
        await as_(db, DEE, appeal_as_reporter, second.id, "In four.")


async def test_whoever_is_kept_out_is_answered_by_letter(db: Database) -> None:
    decision = await suspended(db)
    await as_(db, BO, appeal, decision.id, "For so little?")
    await answer(db, FAY, decision.case_id, UPHELD)
    kinds = [one.kind for one in await rows(db, Mail) if one.member_id == BO]
    assert kinds == [MailKind.SUSPENDED, MailKind.APPEAL_MADE, MailKind.APPEAL_ANSWERED]


async def test_a_suspension_that_was_wrong_is_over_at_once(db: Database) -> None:
    decision = await suspended(db)
    await as_(db, BO, appeal, decision.id, "For so little?")
    await answer(db, FAY, decision.case_id, OVERTURNED)
    assert (await the(db, Member, BO)).suspended_until is None
    kinds = [one.kind for one in await rows(db, Mail) if one.member_id == BO]
    assert MailKind.APPEAL_ANSWERED not in kinds


async def test_the_same_key_is_the_same_answer_and_a_stale_one_is_told(db: Database) -> None:
    _, case = await appealed(db)
    version = await take(db, EVA, case)
    first = await as_(db, EVA, rule, case, UPHELD, version=version, key="k1")
    again = await as_(db, EVA, rule, case, UPHELD, version=version, key="k1")
    assert again.id == first.id
    with pytest.raises(Conflict, match="something else"):
        await as_(db, EVA, rule, case, OVERTURNED, version=version, key="k1")
    with pytest.raises(Conflict, match="took another look") as told:
        await as_(db, FAY, rule, case, OVERTURNED, version=version, key="k2")
    assert told.value.values["name"] == "Eva"


async def test_fifty_answers_at_once_are_one(db: Database) -> None:
    _, case = await appealed(db, SUSPEND, by=EVA)
    version = await take(db, FAY, case)
    rulings = [UPHELD, OVERTURNED] * 25
    answers: list[Any] = await asyncio.gather(
        *(as_(db, FAY, rule, case, one, version=version, key=uuid4().hex) for one in rulings),
        return_exceptions=True,
    )
    assert len([one for one in answers if isinstance(one, Decision)]) == 1
    assert all(isinstance(one, Decision | Conflict) for one in answers), answers
    assert len(await rows(db, Decision)) == 2


async def _told(db: Database) -> set[tuple[int, str]]:
    return {(one.member_id, one.link) for one in await rows(db, Notice)}
