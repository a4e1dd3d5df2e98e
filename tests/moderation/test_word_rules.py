"""Rules of words: what they refuse, hold and report, where they hold, and whom they leave alone."""

from typing import Any

import pytest
from sqlalchemy import update

from channels.direct import begin
from channels.models import HeldMessage, Message
from community.audit import AuditEntry
from community.database import Database
from community.errors import Conflict, Denied, Invalid
from community.members.models import Appointment, Member
from community.notices.models import Notice
from community.places import Lens
from community.restrictions import Restriction
from forum.topics.models import Post
from moderation.before.actions import edit_message, edit_post, say, start
from moderation.before.heeding import Blocked
from moderation.decisions.deciding import Judgement
from moderation.decisions.reviewing import reverse
from moderation.measures import Act, MeasureKind
from moderation.models import Case, Flag, Ruling
from moderation.rules.actions import Wording, change_rule, make_rule
from moderation.rules.models import Action, Scope, WordRule
from tests.cast import ADA, BO, CABIN, CY, DEE, EVA, FAY, MARKET, OFFICE, QUAY
from tests.moderation.reporting import HIDE, KEEP, MESSAGE, as_, judge, report, rows, the

BLOCK = Wording("judi", Action.BLOCK, "gambling_porn")


async def rule(db: Database, action: Action = Action.BLOCK, **more: Any) -> WordRule:
    return await as_(db, EVA, make_rule, BLOCK._replace(action=action, **more))


async def test_what_a_rule_refuses_is_not_said_and_its_author_is_told_why(db: Database) -> None:
    await as_(db, BO, say, QUAY, "Main judi", key="k0")
    made = await rule(db)
    with pytest.raises(Blocked) as refused:
        await as_(db, BO, say, QUAY, "Ayo berJUD1 di sini", key="k1")
    assert refused.value.values["why"] == "Gambling or pornography"
    assert (await as_(db, BO, say, QUAY, "Main judi", key="k0")).seq == 1  # was said before
    await as_(db, EVA, change_rule, made.id, BLOCK._replace(in_use=False))
    assert (await as_(db, BO, say, QUAY, "Ayo berjudi di sini", key="k1")).seq == 2


async def test_its_own_words_are_told_where_a_rule_has_some(db: Database) -> None:
    await rule(db, why="Kami tidak membahas judi.")
    with pytest.raises(Blocked) as refused:
        await as_(db, BO, start, MARKET, "Judi", "rope", Lens(), key="t1")
    assert refused.value.values["why"] == "Kami tidak membahas judi."


async def test_an_edit_into_a_refused_word_is_refused_and_what_stood_there_stays(
    db: Database,
) -> None:
    await as_(db, BO, say, QUAY, "rope", key="k1")
    post = await as_(db, BO, start, MARKET, "Rope", "about judi", Lens(), key="t1")
    await rule(db)
    with pytest.raises(Blocked):
        await as_(db, BO, edit_message, 1, "rope and judi")
    await as_(db, BO, edit_post, post.id, "about judi, and rope")


async def test_whoever_moderates_may_speak_of_it(db: Database) -> None:
    await rule(db)
    assert (await as_(db, ADA, say, QUAY, "No judi here, please", key="k1")).seq == 1


async def test_what_a_rule_holds_waits_for_a_moderator_and_is_said_when_let_through(
    db: Database,
) -> None:
    await rule(db, Action.HOLD, reason="spam")
    held = await as_(db, BO, say, QUAY, "Main judi", key="k1")
    assert (held.seq, held.held) == (0, 1) and not await rows(db, Message)
    assert await as_(db, BO, say, QUAY, "Main judi", key="k1") == held
    other = await as_(db, BO, say, QUAY, "rope", key="k2")
    assert other.seq == 1
    await judge(db, ADA, 1, Judgement(Ruling.RELEASE, "held", ""))
    said = sorted((one.seq, one.body) for one in await rows(db, Message))
    assert said == [(1, "rope"), (2, "Main judi")]
    assert not (await the(db, Member, BO)).withheld


async def test_what_was_held_is_known_by_its_key_when_the_rule_is_gone(db: Database) -> None:
    made = await rule(db, Action.HOLD)
    held = await as_(db, BO, say, QUAY, "Main judi", key="k1")
    await as_(db, EVA, change_rule, made.id, BLOCK._replace(in_use=False))
    assert await as_(db, BO, say, QUAY, "Main judi", key="k1") == held
    assert len(await rows(db, HeldMessage)) == 1 and not await rows(db, Message)


async def test_what_a_rule_reports_is_said_and_reported_once_by_nobody(db: Database) -> None:
    made = await rule(db, Action.FLAG)
    for _twice in range(2):
        assert (await as_(db, BO, say, QUAY, "Main judi", key="k1")).seq == 1
    (case,), (flag,) = await rows(db, Case), await rows(db, Flag)
    assert (case.subject, case.reason_code, case.flags) == ("message:1", "gambling_porn", 1)
    assert (flag.member_id, flag.source, flag.note) == (None, "rule", f"#{made.id}: judi")


LINE = "Ask for the licence before you pay."


async def test_what_a_rule_labels_is_read_with_its_line_and_reported_once(db: Database) -> None:
    made = await rule(db, Action.LABEL, why=LINE)
    for _twice in range(2):
        assert (await as_(db, BO, say, QUAY, "Main judi", key="k1")).seq == 1
        post = await as_(db, BO, start, MARKET, "Rope", "judi", Lens(), key="t1")
    assert [one.label for one in await rows(db, Message)] == [LINE]
    assert (await the(db, Post, post.id)).label == LINE
    cases = {one.subject: one for one in await rows(db, Case)}
    assert {*cases} == {"message:1", f"post:{post.id}"}
    assert {one.note for one in await rows(db, Flag)} == {f"#{made.id}: judi"}
    lines = [(one.subject, one.kind, one.case_id, one.decision_id, one.imposed_by_id)
             for one in await rows(db, Restriction)]  # fmt: skip
    assert lines == [
        (subject, "labelled", cases[subject].id, 0, None) for subject in cases
    ]  # fmt: skip
    answered = [(one.member_id, one.link) for one in await rows(db, Notice)]
    assert answered == [(BO, "/hidden/1"), (BO, "/hidden/2")], "its author is told, and why"
    told = [one.details["about"] for one in await rows(db, AuditEntry)
            if one.verb == "case.labelled"]  # fmt: skip
    assert told == [*cases]


@pytest.mark.parametrize(
    ("judgement", "label"),
    [
        (KEEP, ""),
        (HIDE, ""),
        (HIDE._replace(acts=(Act(MeasureKind.LABEL, words="Not licensed."),)), "Not licensed."),
    ],
)
async def test_its_line_ends_with_the_decision_and_that_of_a_decision_stays(
    db: Database, judgement: Judgement, label: str
) -> None:
    await rule(db, Action.LABEL, why=LINE)
    await as_(db, BO, say, QUAY, "Main judi", key="k1")
    decision = await judge(db, ADA, 1, judgement)
    assert (await the(db, Message, 1)).label == label
    (line,) = [one for one in await rows(db, Restriction) if not one.decision_id]
    assert (line.because, line.lifted_by_id) == (LINE, ADA)
    assert (await as_(db, BO, say, QUAY, "Main judi", key="k1")).seq == 1  # no second line
    assert (await the(db, Message, 1)).label == label
    if label:
        await as_(db, EVA, reverse, 1, "It is.", version=decision.case.version, key="r1")
        assert not (await the(db, Message, 1)).label


async def test_a_line_hides_nothing_and_reports_hide_as_ever(db: Database) -> None:
    await rule(db, Action.LABEL, why=LINE)
    await as_(db, BO, say, QUAY, "Main judi", key="k1")
    await report(db, 1, CY, "doxxing", MESSAGE)
    message = await the(db, Message, 1)
    assert (message.gone, message.label) == ("checked", LINE)


async def test_in_the_forum_it_is_reported_where_nothing_is_held(db: Database) -> None:
    await rule(db, Action.HOLD)
    post = await as_(db, DEE, start, OFFICE, "Rope", "judi", Lens(), key="t1")
    assert (await the(db, Post, post.id)).body == "judi"
    assert [one.subject for one in await rows(db, Case)] == [f"post:{post.id}"]


async def test_in_private_a_rule_refuses_and_does_nothing_else(db: Database) -> None:
    await rule(db, Action.FLAG)
    await as_(db, BO, say, CABIN, "judi", key="k1")
    room = (await as_(db, BO, begin, CY)).id
    await as_(db, BO, say, room, "judi", key="k2")
    assert not await rows(db, Case)
    await rule(db, pattern="slot")
    with pytest.raises(Blocked):
        await as_(db, BO, say, CABIN, "slot", key="k3")
    await as_(db, BO, say, room, "slot", key="k4")  # among few only by a rule for that
    await rule(db, pattern="slot", scope=Scope.FEW)
    with pytest.raises(Blocked):
        await as_(db, BO, say, room, "slot", key="k5")


async def test_a_rule_holds_where_it_is_meant_to(db: Database) -> None:
    await rule(db, scope=f"category:{OFFICE}")
    await as_(db, BO, say, QUAY, "judi", key="k1")
    await as_(db, BO, start, MARKET, "Rope", "judi", Lens(), key="t1")
    with pytest.raises(Blocked):
        await as_(db, DEE, start, OFFICE, "Rope", "judi", Lens(), key="t1")


async def test_seniors_of_everything_make_rules_and_each_is_written_down(db: Database) -> None:
    made = await rule(db)
    await as_(db, FAY, change_rule, made.id, BLOCK._replace(why="No."))
    done = [one for one in await rows(db, AuditEntry) if one.subject == made.address]
    assert [(one.actor_id, one.verb) for one in done] == [
        (EVA, "word_rule.made"), (FAY, "word_rule.changed"),
    ]  # fmt: skip
    assert not any("judi" in str(one.details) for one in done)
    for member in (ADA, BO):
        with pytest.raises(Denied):
            await as_(db, member, make_rule, BLOCK)
    placed = update(Appointment).where(Appointment.member_id == EVA).values(region="32")
    await db.act(lambda tx: tx.execute(placed) and None)
    with pytest.raises(Denied, match="everywhere"):
        await as_(db, EVA, make_rule, BLOCK._replace(pattern="slot"))


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"pattern": "a"}, Invalid),
        ({"scope": "category:99"}, Invalid),
        ({"scope": "nowhere"}, Invalid),
        ({"reason": "held"}, Denied),
        ({"action": Action.LABEL}, Denied),  # without words
        ({"scope": "few", "action": Action.FLAG}, Denied),
        ({"pattern": " judi "}, Conflict),
    ],
)
async def test_what_is_no_rule_is_refused(
    db: Database, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    await rule(db)
    with pytest.raises(refusal):
        await rule(db, **{"pattern": "slot"} | wrong)
