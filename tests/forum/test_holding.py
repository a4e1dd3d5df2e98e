"""What new members write first in the forum, and what a rule holds there: let through or not, and
exact all the while."""

from typing import Any

import pytest
from sqlalchemy import event, func, select

from community.attachments import Along, Chosen
from community.database import Database, Transaction
from community.errors import Conflict, Denied, NotFound, TooFast
from community.files import File
from community.members.models import Member
from community.notices.models import Notice
from community.pictures import Print
from community.places import Lens
from community.search.models import SearchEntry
from community.text import written
from forum.attachments import enclose
from forum.holding import HeldPost, held_in, held_post_for, topics_held
from forum.replying import Outcome, Replied, Replying
from forum.topics.actions import edit, lock
from forum.topics.models import Filed, Post, Topic
from forum.topics.queries import topic_for
from moderation.before.actions import Answered, edit_post, reply_all, start
from moderation.before.heeding import looked_at
from moderation.before.repeats import Repeats
from moderation.decisions.deciding import Judgement
from moderation.decisions.holding import refusal_of, sees_held
from moderation.erasing import erase, wipe
from moderation.models import Case, Decision, Ruling, SubjectKind
from moderation.queries import cases_of
from moderation.rules.actions import Wording, make_rule
from moderation.rules.models import Action
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS, LEDGER, MARKET, MOORING, hold_first
from tests.moderation.reporting import as_, judge, rows, the

HELD = SubjectKind.HELD_POST
THROUGH = Judgement(Ruling.RELEASE, "held", "")
BACK = Judgement(Ruling.REFUSE, "held", "This is advertising.")
WORDS = "who sells rope, @Cy?"


@pytest.fixture
async def new(db: Database) -> None:
    """Bo is new here, and the first two things such write are held."""
    await db.act(hold_first, 2)


async def replies(
    db: Database, who: int, key: str, body: str = WORDS, topic: int = MOORING, **more: Any
) -> Outcome:
    def act(tx: Transaction, member: Member) -> Outcome:
        reply = Replying(member=member, body=body, written=written(body), key=key, topic_id=topic,
                         **more)  # fmt: skip
        (outcome,) = reply_all(tx, [Answered(reply, looked_at(body))], Repeats())
        return outcome

    return await as_(db, who, act)


async def waits(db: Database, key: str, **more: Any) -> Replied:
    outcome = await replies(db, BO, key, **more)
    assert isinstance(outcome, Replied) and outcome.held and (outcome.id, outcome.seq) == (0, 0)
    return outcome


async def test_what_is_held_has_no_place_and_is_seen_by_nobody_else(
    db: Database, new: None
) -> None:
    before = await the(db, Topic, MOORING)
    held = await waits(db, "k1")
    assert await waits(db, "k1") == held
    (case,) = await rows(db, Case)
    assert (case.subject, case.stream_id, case.author_id) == (f"held_post:{held.held}", MOORING, BO)
    clash = await replies(db, BO, "k1", "something else")
    assert isinstance(clash, Conflict)

    def look(tx: Transaction) -> None:
        bo, cy = tx.get_one(Member, BO), tx.get_one(Member, CY)
        topic = topic_for(tx, cy, MOORING)
        assert (topic.last_seq, topic.rev) == (before.last_seq, before.rev)
        assert [one.body for one in held_in(tx, bo, topic)] == [WORDS]
        assert not held_in(tx, cy, topic)
        assert not tx.scalars(select(Notice)).all()
        assert not tx.scalars(select(SearchEntry).where(SearchEntry.kind == "post")).all()
        for who, sees in ((BO, True), (ADA, True), (CY, False), (GUS, False)):
            assert sees_held(tx, tx.get_one(Member, who), HELD, held.held) is sees

    await db.act(look)


async def test_let_through_it_is_an_ordinary_post_with_the_seq_of_now(
    db: Database, new: None
) -> None:
    held = await waits(db, "k1")
    await replies(db, CY, "c1", "I do")
    await judge(db, ADA, 1, THROUGH)
    (post,) = [one for one in await rows(db, Post) if one.key == "k1"]
    topic = await the(db, Topic, MOORING)
    assert (post.body, post.author_id, post.seq) == (WORDS, BO, topic.last_seq)
    assert [one.member_id for one in await rows(db, Notice) if one.kind == "mention"] == [CY]
    again = await replies(db, BO, "k1")
    assert isinstance(again, Replied) and (again.id, again.held) == (post.id, 0)
    (kept,) = await rows(db, HeldPost)
    assert (kept.id, kept.state, kept.body) == (held.held, "released", "")
    assert not (await the(db, Member, BO)).withheld
    with pytest.raises(Denied):  # it stays as it was looked at
        await as_(db, BO, edit, post.id, "buy my rope")


async def test_after_so_many_nothing_is_held_and_all_can_be_edited(db: Database, new: None) -> None:
    for n in (1, 2):
        await waits(db, f"k{n}", body=f"rope {n}")
        await judge(db, ADA, n, THROUGH)
    assert not (await the(db, Member, BO)).observed
    outcome = await replies(db, BO, "k3")
    assert isinstance(outcome, Replied) and outcome.seq and not outcome.held
    (first,) = [one for one in await rows(db, Post) if one.key == "k1"]
    await as_(db, BO, edit_post, first.id, "rope, and more")


async def test_refused_it_is_none_and_its_author_reads_why(db: Database, new: None) -> None:
    held = await waits(db, "k1")
    decision = await judge(db, ADA, 1, BACK)
    assert isinstance(await replies(db, BO, "k1"), Denied)

    def look(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        assert refusal_of(tx, bo, HELD, held.held) == decision.id
        for who in (CY, ADA):
            with pytest.raises(NotFound):
                refusal_of(tx, tx.get_one(Member, who), HELD, held.held)
        told = [(one.member_id, one.kind, one.link) for one in tx.scalars(select(Notice))]
        assert told == [(BO, "decision", f"/decisions/{decision.id}")]
        assert not tx.scalars(select(Post).where(Post.key == "k1")).all()

    await db.act(look)


async def test_a_topic_waits_and_begins_with_all_it_was_to_have(db: Database, new: None) -> None:
    wanted = (MARKET, "Rope wanted", "100 m", Lens(region="32"))
    about = {"key": "t1", "filed": Filed(tags=("rope",))}
    topics = await db.look(lambda session: session.scalar(select(func.count(Topic.id))))
    held = await as_(db, BO, start, *wanted, **about)
    assert isinstance(held, HeldPost)
    assert (await as_(db, BO, start, *wanted, **about)).id == held.id
    assert len(await rows(db, Topic)) == topics

    def look(tx: Transaction) -> None:
        bo = tx.get_one(Member, BO)
        assert [one.title for one in topics_held(tx, bo)] == ["Rope wanted"]
        assert held_post_for(tx, bo, held.id).region == "32"
        with pytest.raises(NotFound):
            held_post_for(tx, tx.get_one(Member, CY), held.id)
        for who, sees in ((ADA, 1), (EVA, 1), (CY, 0)):
            assert len(tx.scalars(cases_of(tx, tx.get_one(Member, who))).all()) == sees

    await db.act(look)
    await judge(db, ADA, 1, THROUGH)
    post = await as_(db, BO, start, *wanted, **about)
    assert isinstance(post, Post) and (post.seq, post.body) == (1, "100 m")
    topic = await the(db, Topic, post.stream_id)
    assert (topic.title, topic.region, topic.tags) == ("Rope wanted", "32", "rope")


async def test_an_answer_waits_with_its_file_and_both_are_there_then(
    db: Database, new: None
) -> None:
    asked = await replies(db, CY, "c1", "who has rope?")
    assert isinstance(asked, Replied)

    def enclosed(tx: Transaction, bo: Member) -> str:
        prints = [Print(1, 1, b"webp")] * 2
        return enclose(tx, bo, f"reply:{asked.id}", [prints], [])[0]["file"]

    file = await as_(db, BO, enclosed)
    about: dict[str, Any] = {"parent_id": asked.id, "along": Along(files=(Chosen(file, "a rope"),))}
    held = await waits(db, "k1", **about)
    assert [one.belongs_to for one in await rows(db, File)] == [f"held_post:{held.held}"]
    await judge(db, ADA, 1, THROUGH)
    (post,) = [one for one in await rows(db, Post) if one.key == "k1"]
    assert post.parent_id == asked.id
    assert [one.belongs_to for one in await rows(db, File)] == [f"post:{post.id}"]
    again = await replies(db, BO, "k1", **about)
    assert isinstance(again, Replied) and again.id == post.id


async def test_nothing_is_written_in_the_name_of_who_may_not_write_there(
    db: Database, new: None
) -> None:
    await waits(db, "k1")
    await as_(db, FAY, lock, MOORING)
    with pytest.raises(Denied):
        await judge(db, ADA, 1, THROUGH)
    assert not await rows(db, Decision)
    assert not [one for one in await rows(db, Post) if one.key == "k1"]


async def test_where_not_everybody_reads_nothing_is_held_nor_more_than_somebody_looks_at(
    db: Database, new: None
) -> None:
    await db.act(lambda tx: setattr(tx.get_one(Member, DEE), "observed", True))
    outcome = await replies(db, DEE, "d1", topic=LEDGER)
    assert isinstance(outcome, Replied) and outcome.seq
    for n in range(10):
        await waits(db, f"k{n}", body=f"rope {n}")
    assert isinstance(await replies(db, BO, "k10", "rope 10"), TooFast)


async def test_what_a_rule_holds_of_anybody_waits_and_its_words_alone(db: Database) -> None:
    await as_(db, EVA, make_rule, Wording("judi", Action.HOLD, "gambling_porn"))
    await waits(db, "k1", body="main judi")
    outcome = await replies(db, BO, "k2", "rope")
    assert isinstance(outcome, Replied) and outcome.seq
    held = await as_(db, BO, start, MARKET, "Judi", "rope", Lens(), key="t1")
    assert isinstance(held, HeldPost)
    assert await as_(db, ADA, start, MARKET, "No judi", "please", Lens(), key="t2")
    await judge(db, ADA, 1, THROUGH)
    assert (await the(db, Member, BO)).withheld  # the other waits still
    await judge(db, ADA, 2, THROUGH)
    assert not (await the(db, Member, BO)).withheld


async def test_of_whoever_is_erased_nothing_waits(db: Database) -> None:
    await as_(db, EVA, make_rule, Wording("judi", Action.HOLD, "gambling_porn"))
    await replies(db, CY, "k1", "main judi")
    await as_(db, CY, start, MARKET, "Judi", "rope", Lens(), key="t1")
    await as_(db, FAY, erase, CY, "By letter.")
    await db.act(wipe)
    assert [(one.title, one.body, one.html) for one in await rows(db, HeldPost)] == [
        ("", "", "")
    ] * 2
    with pytest.raises(Conflict):
        await judge(db, ADA, 1, THROUGH)


async def test_a_pass_without_new_members_asks_nothing_more(db: Database, new: None) -> None:
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    def story(tx: Transaction) -> None:
        cy, connection = tx.get_one(Member, CY), tx.connection()
        event.listen(connection, "before_cursor_execute", note)
        reply = Replying(member=cy, body="ahoy", written=written("ahoy"), key="c1",
                         topic_id=MOORING)  # fmt: skip
        reply_all(tx, [Answered(reply, looked_at("ahoy"))], Repeats())
        event.remove(connection, "before_cursor_execute", note)

    await db.act(story)
    assert asked and not any("held_" in one for one in asked)
