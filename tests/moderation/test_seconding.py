"""What is grave takes two people: one proposes it, and another agrees, or says why not."""

import asyncio

import pytest

from community.database import Database
from community.errors import Conflict, Denied, Invalid, NotFound
from community.letters import MailKind
from community.members.actions import appoint_at_first
from community.members.models import Member, Role
from community.outbox import Mail
from community.restrictions import FOREVER, Restriction, RestrictionKind
from forum.topics.models import Post
from moderation.decisions.deciding import Judgement
from moderation.decisions.seconding import agree, object_to, take_back
from moderation.measures import Act, Measure, MeasureKind
from moderation.models import Case, Decision, Ruling, State
from moderation.proposals import Answer, Proposal
from moderation.statements import suspensions_of
from tests.cast import ADA, BO, CY, DEE, EVA, FAY
from tests.conftest import Town
from tests.moderation.reporting import (
    HIDE,
    HIDING,
    KEEP,
    as_,
    judge,
    mute,
    propose_at,
    report,
    reported,
    rows,
    suspend,
    take,
    the,
    write,
)

BAN = Judgement(Ruling.ACT, "scam_fraud", "A third account.", acts=(HIDING, Act(MeasureKind.BAN)))


async def test_a_ban_waits_for_a_second_person_and_then_holds_for_good(db: Database) -> None:
    post, case = await reported(db)
    proposal = await _proposed(db, case)
    assert isinstance(proposal, Proposal) and proposal.because == "A ban takes two people."
    waiting = await the(db, Case, case)
    assert (waiting.state, waiting.claimed_by_id) == (State.PROPOSED, None)
    assert (await the(db, Post, post)).gone == "" and not await rows(db, Restriction)

    decision = await as_(db, FAY, agree, case, version=waiting.version)
    assert (decision.moderator_id, decision.second_id, decision.key) == (EVA, FAY, "k1")
    kinds = {one.kind: one.ends_at for one in await rows(db, Restriction)}
    assert kinds == {RestrictionKind.HIDDEN: None, RestrictionKind.BANNED: None}
    assert [one.kind for one in await rows(db, Measure)] == ["hide", "ban"]
    bo = await the(db, Member, BO)
    assert bo.banned and bo.suspended_until == FOREVER
    assert (await rows(db, Proposal))[0].answer == Answer.AGREED
    assert [mail.kind for mail in await rows(db, Mail)][-1] == MailKind.BANNED
    (statement,) = await db.look(suspensions_of, BO)
    assert [one.kind for one in statement.measures] == ["hide", "ban"]


async def test_nobody_agrees_to_their_own_proposal_or_without_the_right(db: Database) -> None:
    _, case = await reported(db)
    await _proposed(db, case)
    version = (await the(db, Case, case)).version
    with pytest.raises(Denied, match="You have proposed it"):
        await as_(db, EVA, agree, case, version=version)
    with pytest.raises(Conflict):
        await as_(db, FAY, agree, case, version=version - 1)
    with pytest.raises(NotFound):
        await as_(db, CY, agree, case, version=version)
    assert (await the(db, Case, case)).state == State.PROPOSED


async def test_who_lost_the_right_meanwhile_has_proposed_nothing(db: Database) -> None:
    _, case = await reported(db)
    await _proposed(db, case)
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, EVA), Role.MEMBER))
    with pytest.raises(Conflict, match="may not decide it any more"):
        await as_(db, FAY, agree, case, version=(await the(db, Case, case)).version)


async def test_who_objects_says_why_and_the_case_is_open_again(db: Database) -> None:
    _, case = await reported(db)
    await _proposed(db, case)
    version = (await the(db, Case, case)).version
    with pytest.raises(Invalid, match="Say why"):
        await as_(db, FAY, object_to, case, "", version=version)
    opened = await as_(db, FAY, object_to, case, "One mistake is not a plan.", version=version)
    assert opened.state == State.OPEN and not await rows(db, Decision)
    (proposal,) = await rows(db, Proposal)
    assert (proposal.answer, proposal.words) == (Answer.OBJECTED, "One mistake is not a plan.")
    await judge(db, ADA, case, HIDE)


async def test_who_proposed_it_takes_it_back(db: Database) -> None:
    _, case = await reported(db)
    await _proposed(db, case)
    version = (await the(db, Case, case)).version
    with pytest.raises(Denied, match="Somebody else has proposed it"):
        await as_(db, FAY, take_back, case, version=version)
    assert (await as_(db, EVA, take_back, case, version=version)).state == State.OPEN


@pytest.mark.parametrize(
    ("judgement", "alone"),
    [(mute(30), True), (mute(31), False), (suspend(30), True), (suspend(31), False)],
)
async def test_more_than_thirty_days_take_two(
    db: Database, judgement: Judgement, alone: bool
) -> None:
    _, case = await reported(db)
    done = await propose_at(db, EVA, case, await take(db, EVA, case), key="k1", judgement=judgement)
    assert isinstance(done, Decision) == alone


async def test_what_concerns_an_official_takes_two_but_keeping_does_not(db: Database) -> None:
    post = await write(db, DEE, "Prices are fixed from today")
    case = await report(db, post, by=CY)
    version = await take(db, ADA, case)
    done = await propose_at(db, ADA, case, version, key="k1", judgement=HIDE)
    assert isinstance(done, Proposal) and "office" in done.because
    await as_(db, ADA, take_back, case, version=(await the(db, Case, case)).version)
    assert isinstance(await judge(db, ADA, case, KEEP), Decision)


async def test_the_same_proposal_sent_twice_is_one(db: Database) -> None:
    _, case = await reported(db)
    version = await take(db, EVA, case)
    first = await propose_at(db, EVA, case, version, key="k1", judgement=BAN)
    again = await propose_at(db, EVA, case, version, key="k1", judgement=BAN)
    assert isinstance(again, Proposal) and first.id == again.id
    with pytest.raises(Conflict, match="something else"):
        await propose_at(db, EVA, case, version, key="k1", judgement=HIDE)


async def test_two_who_agree_at_once_make_one_decision(db: Database) -> None:
    _, case = await reported(db)
    await _proposed(db, case)
    version = (await the(db, Case, case)).version
    answers = await asyncio.gather(
        *(as_(db, who, agree, case, version=version) for who in [ADA, FAY] * 5),
        return_exceptions=True,
    )
    assert len([one for one in answers if isinstance(one, Decision)]) == 1
    assert len(await rows(db, Decision)) == 1 and len(await rows(db, Restriction)) == 2


async def test_the_second_person_sees_what_is_proposed_and_decides_with_a_press(
    town: Town,
) -> None:
    _, case = await reported(town.db)
    await take(town.db, EVA, case)
    form = {"ruling": "act", "measure": ["hide", "ban"], "reason": "scam_fraud", "key": "k1"}
    await town.eva.post(f"/cases/{case}/decision", version=2, facts="A third account.", **form)
    mine = await town.eva.open(f"/cases/{case}")
    assert "Take the proposal back" in mine and "Agree, and decide" not in mine
    page = await town.fay.open(f"/cases/{case}")
    assert "Eva proposes" in page and "A ban takes two people." in page
    late = await town.fay.post(f"/cases/{case}/proposal/objection", version=3, words="")
    assert late.status_code == 422
    agreed = await town.fay.post(f"/cases/{case}/proposal/agreement", version=3)
    assert agreed.status_code == 303, agreed.text
    assert "Fay has agreed." in await town.eva.open(f"/cases/{case}")
    assert (await the(town.db, Member, BO)).banned


async def test_why_it_takes_two_is_said_in_full(town: Town) -> None:
    _, case = await reported(town.db)
    await propose_at(
        town.db, EVA, case, await take(town.db, EVA, case), key="k1", judgement=suspend(60)
    )
    assert "More than 30 days take two people." in await town.fay.open(f"/cases/{case}")


async def _proposed(db: Database, case: int) -> Decision | Proposal:
    return await propose_at(db, EVA, case, await take(db, EVA, case), key="k1", judgement=BAN)
