"""The states of a case and the ways between them: one table, which buttons and refusals follow."""

import re
from itertools import product

import pytest

from community.audit import AuditEntry
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid
from community.members.actions import appoint_at_first
from community.members.models import Member, Role
from community.notices.models import Notice, NoticeKind
from moderation.decisions.claiming import (
    escalate,
    give_back,
    note,
    release,
    release_claims,
    take_over,
    void,
)
from moderation.decisions.deciding import decide
from moderation.models import ANEW, CLOSED, HELD, UNDECIDED, Case, State
from moderation.notes import Note
from moderation.on_call import Call
from moderation.policies import Party
from moderation.records.log import DEEDS
from moderation.states import WAYS, Step, may, move
from tests.cast import ADA, CY, EVA, FAY
from tests.conftest import Town
from tests.moderation.reporting import (
    HIDE,
    Ahead,
    as_,
    decide_at,
    judge,
    report,
    reported,
    rows,
    take,
    the,
    write,
)


def test_every_state_is_reached() -> None:
    assert {way.to for way in WAYS.values() if way.to} == set(State)


def test_a_case_is_undecided_appealed_or_closed() -> None:
    assert set(UNDECIDED) | set(CLOSED) | set(ANEW) == set(State)
    assert not set(UNDECIDED) & set(CLOSED)
    assert not set(HELD) & set(CLOSED)


def test_every_step_has_its_sentence_in_the_log() -> None:
    assert {f"case.{step}" for _state, step in WAYS} <= set(DEEDS)


async def test_no_step_leads_on_from_where_the_table_has_none(db: Database) -> None:
    """All of them, from all states: what the table does not know changes nothing."""
    _, case = await reported(db)
    for state, step in product(State, Step):
        if (state, step) not in WAYS:
            with pytest.raises(Conflict):
                await db.act(_taken, case, state, step)
    assert (await the(db, Case, case)).state == State.OPEN


async def test_what_may_be_done_says_why_not_the_rest(db: Database) -> None:
    _, case = await reported(db)
    ada, opened = await the(db, Member, ADA), await the(db, Case, case)
    assert may(Step.CLAIM, ada, opened, Party()) and may(Step.ESCALATE, ada, opened, Party())
    assert "Claim the case first" in may(Step.DECIDE, ada, opened, Party()).reason
    assert "yourself" in may(Step.DECIDE, ada, opened, Party(reporter=True)).reason
    await take(db, EVA, case)
    claimed = await the(db, Case, case)
    assert may(Step.DECIDE, ada, claimed, Party()).values == {"name": "Eva"}
    await as_(db, EVA, decide, case, HIDE, version=claimed.version, key="k1")
    decided = await the(db, Case, case)
    assert {may(step, ada, decided, Party()).reason for step in (Step.CLAIM, Step.VOID)} == {
        "This case is decided."
    }


async def test_what_is_passed_to_the_seniors_is_theirs_until_they_give_it_back(
    db: Database,
) -> None:
    _, case = await reported(db)
    version = await take(db, ADA, case)
    with pytest.raises(Invalid, match="a few words"):
        await as_(db, ADA, escalate, case, " ", version=version)
    passed = await as_(db, ADA, escalate, case, "I know the author's family.", version=version)
    assert (passed.state, passed.claimed_by_id) == (State.ESCALATED, None)
    with pytest.raises(Denied, match="senior moderators"):
        await take(db, ADA, case)
    version = await take(db, EVA, case)
    await as_(db, EVA, release, case, version=version)
    assert (await the(db, Case, case)).state == State.ESCALATED
    version = await take(db, EVA, case)
    await as_(db, EVA, give_back, case, "It is an ordinary one.", version=version)
    assert (await the(db, Case, case)).state == State.OPEN
    await judge(db, ADA, case)
    said = [one.body for one in await rows(db, Note)]
    assert said == ["I know the author's family.", "It is an ordinary one."]


async def test_who_held_a_case_is_told_that_somebody_else_does_or_nobody(
    db: Database, ahead: Ahead
) -> None:
    """Unless they moderate no longer: then there is nothing for them to see."""
    _post, case = await reported(db)
    version = await take(db, ADA, case)
    await as_(db, EVA, take_over, case, version=version)
    assert await _not_held_any_more(db) == [(ADA, f"/cases/{case}")]
    ahead(minutes=15)
    await db.act(release_claims)
    assert await _not_held_any_more(db) == [(ADA, f"/cases/{case}"), (EVA, f"/cases/{case}")]
    await take(db, ADA, case)
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, ADA), Role.MEMBER))
    ahead(minutes=30)
    await db.act(release_claims)
    assert len(await _not_held_any_more(db)) == 2


async def test_what_is_urgent_calls_somebody_when_it_is_passed_to_the_seniors(
    db: Database,
) -> None:
    _post, calm = await reported(db)
    urgent = await report(db, await write(db), CY, "doxxing")
    for case in (calm, urgent):
        await as_(db, ADA, escalate, case, "I am not sure.", version=await take(db, ADA, case))
    assert {one.case_id for one in await rows(db, Call)} == {urgent}


async def test_where_nothing_is_left_to_decide_who_reported_it_is_told(db: Database) -> None:
    _, case = await reported(db, by=CY)
    version = (await the(db, Case, case)).version
    ended = await as_(db, ADA, void, case, "Its author took it away.", version=version)
    assert (ended.state, ended.closed_at is not None) == (State.VOID, True)
    told = [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.REPORT]
    assert told == [CY]
    with pytest.raises(Conflict):
        await decide_at(db, ADA, case, version)


async def test_notes_are_written_at_any_time_and_only_moderators_read_them(town: Town) -> None:
    _, case = await reported(town.db, by=CY)
    await as_(town.db, ADA, note, case, "She has called me about it.")
    decision = await judge(town.db, EVA, case)
    await as_(town.db, ADA, note, case, "And again.")
    page = await town.eva.open(f"/cases/{case}")
    assert "She has called me about it." in page and "And again." in page
    for browser, path in ((town.bo, f"/decisions/{decision.id}"), (town.cy, "/flags/1")):
        assert "called me" not in await browser.open(path)
    assert (await town.bo.get(f"/cases/{case}")).status_code == 404
    assert (await town.bo.post(f"/cases/{case}/notes", version=1, words="x")).status_code == 404


async def test_who_moderates_does_not_read_who_reported_their_own_words(town: Town) -> None:
    _, case = await reported(town.db, by=CY, author=ADA)
    for answer in (
        await town.ada.get(f"/cases/{case}"),
        await town.ada.post(f"/cases/{case}/claim", version=1),
    ):
        assert answer.status_code == 403 and "your own words" in answer.text
        assert "Cy" not in answer.text
    assert "Cy" not in await town.ada.open("/moderation")
    assert "Cy" in await town.eva.open(f"/cases/{case}")


async def test_the_page_passes_gives_back_and_puts_aside(town: Town) -> None:
    _, case = await reported(town.db)
    await town.ada.post(f"/cases/{case}/escalation", version=1, words="Too close to me.")
    page = await town.ada.open(f"/cases/{case}")
    assert "It waits for a senior moderator." in page and "/claim" not in page
    late = await town.eva.post(f"/cases/{case}/return", version=1, words="Go on.")
    assert late.status_code == 409 and "Go on." in late.text
    assert (await town.eva.post(f"/cases/{case}/return", words="Go on.")).status_code == 422
    version = re.search(r'name="version" value="(\d+)"', late.text)
    assert version
    await town.eva.post(f"/cases/{case}/return", version=version[1], words="Go on.")
    assert "Nobody holds this case." in await town.ada.open(f"/cases/{case}")
    verbs = [one.verb for one in await rows(town.db, AuditEntry)]
    assert verbs[-4:] == ["case.noted", "case.escalated", "case.noted", "case.returned"]


async def test_nobody_passes_on_what_somebody_else_holds(db: Database) -> None:
    _, case = await reported(db)
    version = await take(db, ADA, case)
    with pytest.raises(Denied, match="has claimed this case"):
        await as_(db, FAY, escalate, case, "Mine.", version=version)


def _taken(tx: Transaction, case_id: int, state: State, step: Step) -> None:
    case = tx.get_one(Case, case_id)
    case.state = state
    move(tx, case, step, tx.get_one(Member, EVA))


async def _not_held_any_more(db: Database) -> list[tuple[int, str]]:
    told = await rows(db, Notice)
    return [(one.member_id, one.link) for one in told if one.kind == NoticeKind.CLAIM]
