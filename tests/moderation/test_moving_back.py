"""A decision that had moved a topic is undone with all that it did: the topic goes back."""

import pytest

from community.database import Database
from community.errors import Conflict
from community.members.actions import appoint_at_first
from community.members.models import Member, Role
from community.places import Lens
from forum.categories import archive_category, open_category
from forum.moving.actions import move
from forum.topics import actions as topics
from forum.topics.models import Post, Topic
from moderation.appeals import appeal
from moderation.decisions.deciding import Judgement
from moderation.decisions.reopening import agree_to_reopen, propose_reopening
from moderation.decisions.reviewing import reverse, rule
from moderation.measures import Act, Measure, MeasureKind
from moderation.models import Case, Decision, Ruling
from tests.cast import ADA, BO, CY, EVA, FAY, GUS, MARKET
from tests.conftest import Town
from tests.moderation.reporting import as_, judge, report, rows, take, the

MOVED, OVERTURN = Act(MeasureKind.MOVE), Ruling.OVERTURN


async def test_what_was_moved_wrongly_goes_back_to_where_it_was(town: Town) -> None:
    topic, case, there = await _moved(town.db)
    await _again(town.db, case, OVERTURN)
    assert (await the(town.db, Topic, topic)).category_id == MARKET
    first, back = await rows(town.db, Measure)
    assert (first.from_id, first.to_id) == (back.to_id, back.from_id) == (MARKET, there)
    assert "not moved back" not in await town.eva.open(f"/cases/{case}")


async def test_an_error_found_without_an_appeal_is_moved_back_too(db: Database) -> None:
    topic, case, _there = await _moved(db)
    version = await _version(db, case)
    await as_(db, EVA, reverse, case, "It belongs there.", version=version, key="r1")
    assert (await the(db, Topic, topic)).category_id == MARKET


@pytest.mark.parametrize("why", ["moved on", "archived"])
async def test_where_it_cannot_go_back_it_stays_and_the_case_says_so(town: Town, why: str) -> None:
    topic, case, there = await _moved(town.db)
    if why == "archived":
        await as_(town.db, FAY, archive_category, MARKET)
    else:
        there = (await as_(town.db, FAY, open_category, "third", "Third", "", Lens())).id
        await as_(town.db, FAY, move, topic, there, "There.")
    await _again(town.db, case, OVERTURN)
    assert (await the(town.db, Topic, topic)).category_id == there
    assert len(await rows(town.db, Measure)) == 1
    assert "not moved back" in await town.eva.open(f"/cases/{case}")


async def test_another_look_that_leaves_it_moved_moves_nothing(db: Database) -> None:
    topic, case, there = await _moved(db, Act(MeasureKind.HIDE))
    await _again(db, case, Ruling.MODIFY, MOVED._replace(to_id=there))
    assert (await the(db, Topic, topic)).category_id == there
    (first,) = [one for one in await rows(db, Post) if one.stream_id == topic]
    assert first.gone == ""


async def test_what_was_moved_back_stays_there_when_it_is_decided_anew(db: Database) -> None:
    topic, case, _there = await _moved(db)
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, GUS), Role.ADMINISTRATOR))
    version = await _version(db, case)
    await as_(db, EVA, reverse, case, "It belongs there.", version=version, key="r1")
    with pytest.raises(Conflict, match="nothing to lift"):
        await as_(db, EVA, reverse, case, "Again.", version=version + 1, key="r2")
    reason = "A source that nobody had seen."
    await as_(db, FAY, propose_reopening, case, reason, version=await _version(db, case), key="o1")
    await as_(db, GUS, agree_to_reopen, case, version=await _version(db, case))
    keep = Judgement(Ruling.KEEP, "off_topic", "It belongs there.")
    await judge(db, ADA, case, keep)
    assert (await the(db, Topic, topic)).category_id == MARKET


async def _moved(db: Database, *more: Act) -> tuple[int, int, int]:
    """A topic of Cy's, the case about it, and the category that Ada has moved it to."""
    there = (await as_(db, FAY, open_category, "other", "Other", "", Lens())).id
    await as_(db, CY, topics.start, MARKET, "Ropes", "Who sells?", Lens(), key="t1")
    ((first, topic),) = [(one.id, one.stream_id) for one in await rows(db, Post)]
    case = await report(db, first, by=BO, reason="off_topic")
    acts = (MOVED._replace(to_id=there), *more)
    await judge(db, ADA, case, Judgement(Ruling.ACT, "off_topic", "It is of ropes.", acts=acts))
    assert (await the(db, Topic, topic)).category_id == there
    return topic, case, there


async def _again(db: Database, case: int, ruling: Ruling, *acts: Act) -> None:
    (decision,) = await rows(db, Decision)
    await as_(db, CY, appeal, decision.id, "It belongs there.")
    judgement = Judgement(ruling, "off_topic", "It does.", acts=acts)
    await as_(db, EVA, rule, case, judgement, version=await take(db, EVA, case), key="k1")


async def _version(db: Database, case: int) -> int:
    return (await the(db, Case, case)).version
