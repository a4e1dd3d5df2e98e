"""Another look at a decision: what comes of it (M4, M5, M13)."""

import asyncio
from uuid import uuid4

import pytest

from community.database import Database
from community.errors import Conflict, Denied, Invalid
from community.letters import MailKind
from community.members.models import Member
from community.notices.models import Notice
from community.outbox import Mail
from community.restrictions import Restriction
from forum.topics.models import Post
from moderation.appeals import Appeal, appeal, appeal_as_reporter
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import rule
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Decision, Flag, Ruling, State
from tests.cast import ADA, BO, CY, DEE, EVA, FAY
from tests.moderation.appealing import OVERTURNED, UPHELD, answer, appealed
from tests.moderation.reporting import (
    HIDE,
    HIDING,
    KEEP,
    MUTE,
    SUSPEND,
    answered,
    as_,
    judge,
    mute,
    report,
    reported,
    rows,
    suspended,
    take,
    the,
)

MUTED = (Act(MeasureKind.MUTE, 2),)
MODIFIED = Judgement(Ruling.MODIFY, "spam", "Hiding is too much.", acts=MUTED)
ACTED = OVERTURNED._replace(acts=(HIDING,))


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
    answers = await asyncio.gather(
        *(
            answered(as_, db, FAY, rule, case, one, version=version, key=uuid4().hex)
            for one in rulings
        )
    )
    assert len([one for one in answers if isinstance(one, Decision)]) == 1
    assert all(isinstance(one, Decision | Conflict) for one in answers), answers
    assert len(await rows(db, Decision)) == 2


async def _told(db: Database) -> set[tuple[int, str]]:
    return {(one.member_id, one.link) for one in await rows(db, Notice)}
