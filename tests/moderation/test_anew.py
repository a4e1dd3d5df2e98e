"""What can still become of a decided case: an error is taken back, or it is opened anew by two."""

import pytest

from community.database import Database
from community.errors import Conflict, Denied, Invalid
from community.members.actions import appoint_at_first
from community.members.models import Member, Role
from community.notices.models import Notice, NoticeKind
from community.restrictions import Restriction
from forum.topics.models import Post
from moderation.decisions.reopening import agree_to_reopen, leave_closed, propose_reopening
from moderation.decisions.reviewing import reverse
from moderation.models import Case, Decision, Ruling, State
from tests.cast import ADA, BO, CY, DEE, EVA, FAY, GUS
from tests.conftest import Town
from tests.moderation.reporting import (
    HIDE,
    KEEP,
    MUTE,
    as_,
    judge,
    report,
    reported,
    rows,
    the,
)


async def test_a_senior_lifts_what_was_decided_wrongly(db: Database) -> None:
    """Nobody asked; its state stays, and both are told."""
    post, case = await reported(db)
    first = await judge(db, ADA, case, MUTE)
    version = (await the(db, Case, case)).version
    with pytest.raises(Denied, match="Only senior"):
        await as_(db, ADA, reverse, case, "It was a quotation.", version=version, key="k0")
    done = await as_(db, EVA, reverse, case, "It was a quotation.", version=version, key="k1")
    again = await as_(db, EVA, reverse, case, "It was a quotation.", version=version, key="k1")
    assert (done.ruling, done.answers_id, again.id) == (Ruling.OVERTURN, first.id, done.id)
    assert (await the(db, Case, case)).state == State.DECIDED
    assert (await the(db, Post, post)).gone == ""
    assert (await the(db, Member, BO)).muted_until is None
    told = [one.member_id for one in await rows(db, Notice) if _of(one, done)]
    assert told == [BO]
    version += 1
    with pytest.raises(Conflict, match="nothing to lift"):
        await as_(db, EVA, reverse, case, "Once more.", version=version, key="k2")


async def test_two_administrators_open_a_case_anew(db: Database) -> None:
    """What was decided holds until the next decision takes its place."""
    post, case = await _with_two_administrators(db)
    first = await judge(db, ADA, case, HIDE)
    version = (await the(db, Case, case)).version
    with pytest.raises(Denied, match="Only administrators"):
        await as_(db, EVA, propose_reopening, case, "A court.", version=version, key="k0")
    with pytest.raises(Invalid, match="Say why"):
        await as_(db, FAY, propose_reopening, case, " ", version=version, key="k0")
    await as_(db, FAY, propose_reopening, case, "A court.", version=version, key="k1")
    version += 1
    with pytest.raises(Denied, match="somebody else has to agree"):
        await as_(db, FAY, agree_to_reopen, case, version=version)
    opened = await as_(db, GUS, agree_to_reopen, case, version=version)
    assert (opened.state, opened.decided_at, opened.closed_at) == (State.OPEN, None, None)
    assert opened.escalates_at and opened.opened_at < opened.escalates_at < opened.due_at
    assert (await the(db, Post, post)).gone == "hidden"

    second = await judge(db, EVA, case, KEEP)
    assert second.answers_id == first.id
    assert (await the(db, Post, post)).gone == ""
    assert all(one.lifted_at for one in await rows(db, Restriction))
    assert len(await rows(db, Decision)) == 2


async def test_who_objects_leaves_it_closed(db: Database) -> None:
    _, case = await _with_two_administrators(db)
    await judge(db, ADA, case, HIDE)
    version = (await the(db, Case, case)).version
    await as_(db, FAY, propose_reopening, case, "A court.", version=version, key="k1")
    with pytest.raises(Invalid):
        await as_(db, GUS, leave_closed, case, "", version=version + 1)
    await as_(db, GUS, leave_closed, case, "Which court?", version=version + 1)
    assert (await the(db, Case, case)).state == State.DECIDED
    with pytest.raises(Conflict, match="Nothing is proposed"):
        await as_(db, GUS, agree_to_reopen, case, version=version + 2)


async def test_nothing_is_opened_anew_beside_another_case_about_it(db: Database) -> None:
    post, case = await _with_two_administrators(db)
    await judge(db, ADA, case, KEEP)
    version = (await the(db, Case, case)).version
    await as_(db, FAY, propose_reopening, case, "A court.", version=version, key="k1")
    await report(db, post, by=DEE)
    with pytest.raises(Conflict, match="Another case about the same"):
        await as_(db, GUS, agree_to_reopen, case, version=version + 1)


async def test_it_is_done_by_forms_alone(town: Town) -> None:
    post, case = await _with_two_administrators(town.db)
    await judge(town.db, ADA, case, HIDE)
    version = str((await the(town.db, Case, case)).version)
    assert "Propose to open it anew" not in await town.ada.open(f"/cases/{case}")
    assert "Propose to open it anew" in await town.fay.open(f"/cases/{case}")
    form = {"version": version, "key": "k1", "why": "A court has asked."}
    assert (await town.fay.post(f"/cases/{case}/reopening", **form)).status_code == 303
    assert "A court has asked." in await town.eva.open(f"/cases/{case}")
    form = {"version": str(int(version) + 1), "key": "k2", "why": "It was a quotation."}
    assert (await town.eva.post(f"/cases/{case}/reversal", **form)).status_code == 303
    assert (await the(town.db, Post, post)).gone == ""


async def _with_two_administrators(db: Database) -> tuple[int, int]:
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, GUS), Role.ADMINISTRATOR))
    return await reported(db, by=CY)


def _of(notice: Notice, decision: Decision) -> bool:
    return notice.kind == NoticeKind.APPEAL and notice.link == f"/decisions/{decision.id}"
