import asyncio

import pytest

from channels.models import Channel, Membership, Message
from community.audit import AuditEntry
from community.database import Database, Transaction
from community.errors import Denied, NotFound
from forum.topics import actions as topics
from moderation.models import Case, Evidence, Flag, State
from moderation.policies import FLAGS_AN_HOUR
from moderation.reasons import ReasonChange, all_reasons, change_reason, reason_for, reasons_given
from tests.cast import ADA, BO, CABIN, CY, DEE, EVA, FAY, GUS, LEDGER, QUAY
from tests.conftest import Town
from tests.moderation.reporting import (
    KEEP,
    MESSAGE,
    as_,
    judge,
    report,
    reported,
    rows,
    say,
    the,
    write,
)


async def test_a_report_opens_a_case_with_the_words_as_they_were(db: Database) -> None:
    post = await write(db, BO, "Buy my *rope*")
    await as_(db, BO, topics.edit, post, "Buy my **rope**")
    case = await the(db, Case, await report(db, post))
    assert (case.state, case.priority, case.flags, case.rev) == (State.OPEN, 3, 1, 1)
    assert case.due_at - case.opened_at == (await db.look(reason_for, "spam")).deadline

    (evidence,) = await rows(db, Evidence)
    assert (evidence.body, evidence.author) == ("Buy my **rope**", "Bo")
    assert (evidence.place, evidence.link) == ("Where to moor", f"/posts/{post}")
    assert "<em>rope</em>" in evidence.versions[0]["html"]


async def test_two_reporters_share_a_case_and_the_most_urgent_reason_leads(db: Database) -> None:
    post, case_id = await reported(db, by=CY)
    assert await report(db, post, by=DEE, reason="scam_fraud") == case_id
    assert await report(db, post, by=GUS, reason="off_topic") == case_id

    case = await the(db, Case, case_id)
    assert (case.flags, case.reason_code, case.priority) == (3, "scam_fraud", 1)
    assert case.due_at - case.opened_at <= (await db.look(reason_for, "spam")).deadline


async def test_the_same_member_twice_is_once(db: Database) -> None:
    post, case = await reported(db)
    assert await report(db, post) == await report(db, post, reason="hoax") == case
    await judge(db, ADA, case, KEEP)
    assert await report(db, post) == case  # the same words were decided about
    assert (len(await rows(db, Flag)), len(await rows(db, Case))) == (1, 1)


async def test_after_a_decision_others_open_another_case(db: Database) -> None:
    post, case = await reported(db)
    await judge(db, ADA, case, KEEP)
    assert await report(db, post, by=DEE) != case


async def test_an_edit_between_two_reports_is_new_evidence(db: Database) -> None:
    post, _ = await reported(db)
    await as_(db, BO, topics.edit, post, "Buy my net")
    await report(db, post, by=DEE)
    assert [taken.body for taken in await rows(db, Evidence)] == ["Buy my rope", "Buy my net"]


async def test_nobody_reports_their_own_words_or_what_is_gone(db: Database) -> None:
    post = await write(db)
    with pytest.raises(Denied, match="your own words"):
        await report(db, post, by=BO)
    await as_(db, BO, topics.withdraw, post)
    with pytest.raises(Denied, match="not there any more"):
        await report(db, post)


async def test_what_one_cannot_see_is_not_there_to_report(db: Database) -> None:
    with pytest.raises(NotFound):
        await report(db, await write(db, DEE, "Ink", LEDGER))
    with pytest.raises(NotFound):
        await report(db, await say(db, BO, "Ssh", CABIN), kind=MESSAGE)
    assert not await rows(db, Case)


async def test_ten_reports_an_hour_are_enough(db: Database) -> None:
    for number in range(FLAGS_AN_HOUR):
        await report(db, await write(db, BO, f"Rope {number}"))
    with pytest.raises(Denied, match="within this hour"):
        await reported(db)


async def test_reports_at_once_make_one_case(db: Database) -> None:
    post = await write(db)
    reporters = (ADA, CY, DEE, EVA, FAY, GUS)
    cases = await asyncio.gather(*(report(db, post, who) for who in reporters))
    assert len(set(cases)) == 1
    assert [case.flags for case in await rows(db, Case)] == [len(reporters)]


async def test_who_reported_is_in_the_audit(db: Database) -> None:
    _, case = await reported(db)
    done = [(entry.verb, entry.actor_id) for entry in await rows(db, AuditEntry)
            if entry.subject == f"case:{case}"]  # fmt: skip
    assert done == [("case.opened", None), ("case.flagged", CY)]


async def test_administrators_change_reasons_and_members_choose_those_in_use(db: Database) -> None:
    change = ReasonChange(priority=1, hours=2, in_use=False, position=1, label_en="Junk")
    with pytest.raises(Denied):
        await as_(db, ADA, change_reason, "spam", change)
    await as_(db, FAY, change_reason, "spam", change)

    offered = await db.look(reasons_given)
    assert "spam" not in [reason.code for reason in offered]
    assert (await db.look(all_reasons))["spam"].hours == 2
    with pytest.raises(Denied, match="not in use"):
        await reported(db)


async def test_in_a_room_of_two_those_two_report_and_seniors_see_what_was_reported_alone(
    db: Database,
) -> None:
    await db.act(_open_room)
    message = await say(db, BO, "Pay me first", ROOM)
    await say(db, BO, "Between us", ROOM)
    for who in (ADA, DEE, EVA):
        with pytest.raises(NotFound):
            await report(db, message, who, kind=MESSAGE)
    case = await report(db, message, CY, kind=MESSAGE)
    with pytest.raises(NotFound):
        await judge(db, ADA, case)
    await judge(db, EVA, case)
    (evidence,) = await rows(db, Evidence)
    assert evidence.body == "Pay me first"
    assert {one.body: one.gone for one in await rows(db, Message)} == {
        "Pay me first": "hidden",
        "Between us": "",
    }


async def test_moderators_let_a_channel_rest_from_the_case(town: Town) -> None:
    case = await report(town.db, await say(town.db, BO), CY, kind=MESSAGE)
    page = await town.ada.open(f"/cases/{case}")
    assert 'value="read_only"' in page and f"/channels/{QUAY}/state" in page
    for state, allowed in (("read_only", False), ("open", True)):
        answer = await town.ada.post(f"/channels/{QUAY}/state", state=state)
        assert answer.status_code == 303
        said = await town.cy.post(f"/channels/{QUAY}/messages", body="ahoy", key=state)
        assert (said.status_code == 303) == allowed
    for reader, state in ((town.cy, "read_only"), (town.ada, "archived")):
        answer = await reader.post(f"/channels/{QUAY}/state", state=state)
        assert answer.status_code == 403


ROOM = 80


def _open_room(tx: Transaction) -> None:
    tx.add(Channel(id=ROOM, type="direct", name="", private=True, pair=f"{BO}:{CY}"))
    tx.flush()
    tx.add_all(Membership(channel_id=ROOM, member_id=one) for one in (BO, CY))
