"""Another look that leads to what is grave: one proposes it, and another who had not decided it
either agrees, or says why not."""

import pytest

from community.database import Database
from community.errors import Conflict, Denied
from community.notices.models import Notice
from community.restrictions import Restriction
from forum.topics.models import Post
from moderation.appeals import Appeal, appeal_as_reporter
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import rule
from moderation.decisions.seconding import agree, object_to, take_back
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Decision, Flag, Ruling, State
from moderation.proposals import Answer, Proposal
from tests.cast import ADA, CY, DEE, EVA, FAY
from tests.conftest import Town
from tests.moderation.appealing import UPHELD, answer, appealed
from tests.moderation.reporting import HIDING, KEEP, as_, judge, report, rows, take, the, write

HIDDEN = Judgement(Ruling.OVERTURN, "hoax", "The ministry says the opposite.", acts=(HIDING,))


async def test_what_an_official_wrote_is_hidden_by_two_though_one_had_kept_it(
    db: Database,
) -> None:
    post, case = await _kept(db)
    proposal = await _proposed(db, case)
    waiting = await the(db, Case, case)
    assert (waiting.state, waiting.claimed_by_id) == (State.APPEAL_PROPOSED, None)
    assert not await rows(db, Restriction) and (await the(db, Post, post)).gone == ""
    with pytest.raises(Denied, match="You have proposed it"):
        await as_(db, EVA, agree, case, version=waiting.version)
    with pytest.raises(Denied, match="You have decided this"):
        await as_(db, ADA, agree, case, version=waiting.version)

    decision = await as_(db, FAY, agree, case, version=waiting.version)
    assert (decision.moderator_id, decision.second_id, decision.key) == (EVA, FAY, proposal.key)
    assert (await the(db, Case, case)).state == State.FINAL
    assert (await the(db, Post, post)).gone == "hidden"
    (appeal,) = await rows(db, Appeal)
    assert appeal.answer_id == decision.id
    told = {(one.member_id, one.link) for one in await rows(db, Notice)}
    (flag,) = await rows(db, Flag)
    assert {(DEE, f"/decisions/{decision.id}"), (CY, f"/flags/{flag.id}")} <= told


async def test_sent_twice_it_is_proposed_once_and_answered_with_what_came_of_it(
    db: Database,
) -> None:
    _, case = await _kept(db)
    proposal = await _proposed(db, case)
    version = (await the(db, Case, case)).version
    again = await as_(db, EVA, rule, case, HIDDEN, version=version, key=proposal.key)
    assert isinstance(again, Proposal) and again.id == proposal.id
    decision = await as_(db, FAY, agree, case, version=version)
    late = await as_(db, EVA, rule, case, HIDDEN, version=version, key=proposal.key)
    assert isinstance(late, Decision) and late.id == decision.id
    with pytest.raises(Conflict, match="used for something else"):
        await as_(db, EVA, rule, case, UPHELD, version=version, key=proposal.key)


async def test_who_objects_leaves_the_appeal_to_somebody_else(db: Database) -> None:
    _, case = await _kept(db)
    await _proposed(db, case)
    version = (await the(db, Case, case)).version
    with pytest.raises(Denied, match="You have decided this"):
        await as_(db, ADA, object_to, case, "I was right.", version=version)
    waiting = await as_(db, FAY, object_to, case, "It says so itself.", version=version)
    assert waiting.state == State.APPEALED
    assert [one.answer for one in await rows(db, Proposal)] == [Answer.OBJECTED]
    upheld = await answer(db, FAY, case, UPHELD)
    assert upheld.ruling == Ruling.UPHOLD and not await rows(db, Restriction)


async def test_who_proposed_it_takes_it_back(db: Database) -> None:
    _, case = await _kept(db)
    await _proposed(db, case)
    version = (await the(db, Case, case)).version
    assert (await as_(db, EVA, take_back, case, version=version)).state == State.APPEALED
    assert (await _proposed(db, case, key="k2")).id != 1


async def test_also_a_heavier_consequence_takes_two(db: Database) -> None:
    post, case = await appealed(db)
    muted = Judgement(Ruling.MODIFY, "spam", "Again.", acts=(Act(MeasureKind.MUTE, 31),))
    await _proposed(db, case, muted)
    assert (await the(db, Post, post)).gone == "hidden", "what was decided holds meanwhile"
    await as_(db, FAY, agree, case, version=(await the(db, Case, case)).version)
    assert (await the(db, Post, post)).gone == ""
    active = [one for one in await rows(db, Restriction) if one.lifted_at is None]
    assert [one.kind for one in active] == ["muted"]


async def test_the_second_person_reads_what_is_proposed_and_decides_with_a_press(
    town: Town,
) -> None:
    _, case = await _kept(town.db)
    version = await take(town.db, EVA, case)
    form = {"ruling": "overturn", "measure": "hide", "reason": "hoax", "key": "k9"}
    sent = await town.eva.post(
        f"/cases/{case}/ruling", version=version, facts="It is not so.", **form
    )
    assert sent.status_code == 303, sent.text
    page = await town.fay.open(f"/cases/{case}")
    assert "Eva proposes" in page and "Agree, and decide" in page
    assert "Agree, and decide" not in await town.ada.open(f"/cases/{case}")
    agreed = await town.fay.post(f"/cases/{case}/proposal/agreement", version=version + 1)
    assert agreed.status_code == 303, agreed.text
    assert (await the(town.db, Case, case)).state == State.FINAL


async def _kept(db: Database) -> tuple[int, int]:
    """What an official wrote, and the case about it; Cy asks for another look."""
    post = await write(db, DEE, "Prices are fixed from today")
    case = await report(db, post)
    await judge(db, ADA, case, KEEP)
    (flag,) = await rows(db, Flag)
    await as_(db, CY, appeal_as_reporter, flag.id, "It is a hoax.")
    return post, case


async def _proposed(
    db: Database, case: int, judgement: Judgement = HIDDEN, key: str = "k1"
) -> Proposal:
    version = await take(db, EVA, case)
    proposal = await as_(db, EVA, rule, case, judgement, version=version, key=key)
    assert isinstance(proposal, Proposal), proposal
    return proposal
