"""What follows from a decision: each measure does what it says, and lifting one lifts no other."""

from datetime import timedelta

import pytest

from channels.models import Message
from community import clock
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, TooFast
from community.members.models import Member
from community.places import Lens
from community.restrictions import Restriction
from forum.topics import actions as topics
from forum.topics.models import Post, Topic
from moderation.before import actions as before
from moderation.decisions.deciding import Judgement
from moderation.measures import (
    EITHER,
    LASTING,
    MEASURES,
    RESTRICTS,
    Act,
    Measure,
    MeasureKind,
    lift,
    lift_ended,
    may_go_together,
    restricted_by,
)
from moderation.models import Ruling, SubjectKind
from tests.cast import ADA, BO, CY, EVA, FAY, MARKET, MOORING, OFFICE, QUAY
from tests.conftest import Town
from tests.moderation.reporting import MESSAGE, as_, judge, report, reported, rows, say, the, write

K = MeasureKind
KINDS = {
    K.LABEL: Act(K.LABEL, words="Not confirmed by the office"),
    K.MOVE: Act(K.MOVE, to_id=OFFICE),
    **{kind: Act(kind, 3) for kind in LASTING},
}


def of(*kinds: MeasureKind) -> Judgement:
    acts = tuple(KINDS.get(kind, Act(kind)) for kind in kinds)
    return Judgement(Ruling.ACT, "hoax", "The office says otherwise.", acts=acts)


def test_every_measure_is_there_for_some_kind_and_restricts_or_tells() -> None:
    assert {kind for kinds in MEASURES.values() for kind in kinds} == set(K)
    assert set(K) - set(RESTRICTS) == {K.WARN, K.MOVE}


def test_of_what_excludes_itself_one_is_chosen() -> None:
    for group in EITHER:
        for one, other in zip(group, group[1:], strict=False):
            acts = of(one, other).acts
            assert "needless" in may_go_together(SubjectKind.POST, acts).reason
    assert not may_go_together(SubjectKind.POST, ())
    assert not may_go_together(SubjectKind.POST, of(K.HIDE).acts * 2)
    assert not may_go_together(SubjectKind.MESSAGE, of(K.LOCK).acts)
    assert not may_go_together(SubjectKind.POST, (Act(K.LABEL, words=" "),))
    assert not may_go_together(SubjectKind.POST, (Act(K.MUTE, 0),))


async def test_a_label_stands_above_what_is_still_read(town: Town) -> None:
    post, case = await reported(town.db)
    message = await say(town.db)
    other = await report(town.db, message, kind=MESSAGE)
    for one in (case, other):
        await judge(town.db, ADA, one, of(K.LABEL))
    for path in (f"/topics/{MOORING}", "/channels/7", f"/posts/{post}"):
        page = await town.cy.open(path)
        assert "Not confirmed by the office" in page and "Buy my rope" in page, path
    assert (await the(town.db, Post, post)).gone == ""
    for restriction in await rows(town.db, Restriction):
        await town.db.act(_lift, restriction.decision_id)
    assert "Not confirmed" not in await town.cy.open(f"/topics/{MOORING}")
    assert (await the(town.db, Message, message)).label == ""


@pytest.mark.parametrize("said", [False, True])
async def test_what_its_author_was_asked_to_change_is_read_again_once_they_have(
    town: Town, said: bool
) -> None:
    words = "Buy my rope at the harbour"
    entry = await (say if said else write)(town.db, BO, words)
    case = await report(town.db, entry, kind=MESSAGE if said else SubjectKind.POST)
    await judge(town.db, ADA, case, of(K.ASK_EDIT))
    path = "/channels/7" if said else f"/topics/{MOORING}"
    page = await town.cy.open(path)
    assert words not in page and "asked to change this" in page
    statement = await town.bo.open("/decisions/1")
    assert "hidden until you change it" in statement
    edit = before.edit_message if said else before.edit_post
    with pytest.raises(Denied):
        await as_(town.db, CY, edit, entry, "Mine.", began=None)
    await as_(town.db, BO, edit, entry, "I sell rope; see the notice board.")
    assert "see the notice board" in await town.cy.open(path)
    (restriction,) = await rows(town.db, Restriction)
    assert (restriction.kind, restriction.lifted_by_id) == ("edit_asked", BO)


async def test_to_change_what_was_hidden_for_good_changes_nothing(db: Database) -> None:
    post, case = await reported(db)
    await judge(db, ADA, case, of(K.HIDE))
    with pytest.raises(Denied, match="not there any more"):
        await as_(db, BO, before.edit_post, post, "Better.")


async def test_a_topic_locked_by_a_decision_is_opened_by_lifting_it_alone(db: Database) -> None:
    _, case = await reported(db)
    decision = await judge(db, ADA, case, of(K.LOCK))
    with pytest.raises(Denied, match="locked"):
        await write(db, CY)
    with pytest.raises(Conflict, match="A decision has locked it"):
        await as_(db, FAY, topics.unlock, MOORING)
    await db.act(_lift, decision.id)
    await write(db, CY)


async def test_a_lock_of_somebody_else_stays_when_the_decision_is_lifted(db: Database) -> None:
    _, case = await reported(db)
    await as_(db, FAY, topics.lock, MOORING)
    decision = await judge(db, ADA, case, of(K.LOCK))
    await db.act(_lift, decision.id)
    assert (await the(db, Topic, MOORING)).locked_at


async def test_a_topic_is_moved_by_what_begins_it_and_by_nothing_else(db: Database) -> None:
    await as_(db, CY, topics.start, MARKET, "Ropes", "Who sells?", Lens(), key="t1")
    ((first, topic),) = [(one.id, one.stream_id) for one in await rows(db, Post)]
    await judge(db, FAY, await report(db, first, by=BO), of(K.MOVE))
    assert (await the(db, Topic, topic)).category_id == OFFICE
    (measure,) = await rows(db, Measure)
    assert (measure.from_id, measure.to_id) == (MARKET, OFFICE)
    await write(db, CY)  # begins the one it is in
    _, case = await reported(db)
    with pytest.raises(Invalid, match="begins a topic"):
        await judge(db, FAY, case, of(K.MOVE))


async def test_who_is_slowed_writes_a_little_and_is_free_again_in_time(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, case = await reported(db)
    await judge(db, ADA, case, of(K.SLOW))
    monkeypatch.setattr(clock, "ahead", timedelta(hours=2))
    for n in range(2):
        await as_(db, BO, before.say, QUAY, f"Rope {n}", key=f"k{n}")
    with pytest.raises(TooFast):
        await as_(db, BO, before.say, QUAY, "Rope", key="k2")
    monkeypatch.setattr(clock, "ahead", timedelta(days=4))
    await db.act(lift_ended)
    for n in range(3, 7):
        await as_(db, BO, before.say, QUAY, f"Rope {n}", key=f"k{n}")


async def test_a_warning_is_told_and_changes_nothing(town: Town) -> None:
    post, case = await reported(town.db)
    decision = await judge(town.db, ADA, case, of(K.WARN))
    assert "This is a warning" in await town.bo.open(f"/decisions/{decision.id}")
    assert not await rows(town.db, Restriction) and (await the(town.db, Post, post)).gone == ""


async def test_lifting_one_decision_lifts_no_other(db: Database) -> None:
    """Two of them on the same author, and one of them hides, too."""
    _, first = await reported(db)
    post, second = await reported(db)
    one = await judge(db, EVA, first, of(K.HIDE, K.MUTE, K.SLOW))
    other = await judge(db, EVA, second, of(K.REMOVE, K.MUTE))
    await db.act(_lift, one.id)
    bo = await the(db, Member, BO)
    assert bo.muted_until and bo.slowed_until is None
    assert (await the(db, Post, post)).gone == "hidden"
    await db.act(_lift, other.id)
    assert (await the(db, Member, BO)).muted_until is None
    assert (await the(db, Post, post)).gone == ""


async def test_the_form_takes_several_at_once(town: Town) -> None:
    _, case = await reported(town.db)
    await town.ada.post(f"/cases/{case}/claim", version=1)
    page = await town.ada.open(f"/cases/{case}")
    assert all(f'id="measure-{kind}"' in page for kind in MEASURES[SubjectKind.POST])
    decided = await town.ada.post(
        f"/cases/{case}/decision", version=2, key="k1", ruling="act", reason="hoax", facts="So.",
        measure=["label", "slow", "warn"], label="Not confirmed", slow_days="7",
    )  # fmt: skip
    assert decided.status_code == 303, decided.text
    taken = [(one.kind, one.days, one.words) for one in await rows(town.db, Measure)]
    assert taken == [("label", 0, "Not confirmed"), ("slow", 7, ""), ("warn", 0, "")]
    assert "Slow the author down (7 days)" in await town.ada.open(f"/cases/{case}")


def _lift(tx: Transaction, decision_id: int) -> None:
    tx.lock(*restricted_by(tx, decision_id))
    lift(tx, decision_id, tx.get_one(Member, EVA))
