"""Who is called when something cannot wait: one after the other, and in the end all seniors."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from community import clock
from community.audit import AuditEntry
from community.database import Database
from community.errors import Denied, Invalid
from community.letters import MailKind
from community.members.actions import appoint_at_first
from community.members.models import Member, Role
from community.notices.models import Notice, NoticeKind
from community.outbox import Mail
from moderation.decisions.claiming import release, release_claims
from moderation.models import Case
from moderation.on_call import WIB, Call, Duty, Turn, add_duty, call_out, remove_duty
from tests.cast import ADA, CY, DEE, EVA, FAY
from tests.conftest import Posted, Town
from tests.letterbox import text_of
from tests.moderation.reporting import as_, judge, report, reported, rows, take, the, write

ALL_DAY = Turn(ADA, "0123456", 0, 0)
QUARTER = timedelta(minutes=15)
NIGHT, MORNING = 2, 9  # hours WIB


async def test_by_night_one_after_the_other_is_called_and_then_all_seniors(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, NIGHT)
    await as_(db, FAY, add_duty, ALL_DAY._replace(position=1))
    await as_(db, FAY, add_duty, ALL_DAY._replace(member_id=EVA, position=2))
    await _threat(db)
    assert await _called(db) == []
    for expected in ([ADA], [ADA, EVA], [ADA, EVA, FAY], [ADA, EVA, FAY]):
        await db.act(call_out)
        await db.act(call_out)  # an hour has many rounds
        assert await _called(db) == expected
        clock.ahead += QUARTER
    assert not [one for one in await rows(db, Notice) if one.kind == NoticeKind.URGENT]
    verbs = [one.verb for one in await rows(db, AuditEntry) if one.verb.startswith("case.called")]
    assert verbs == ["case.called"] * 3


async def test_with_nobody_on_call_all_seniors_are_called_at_once(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, NIGHT)
    await _threat(db)
    await db.act(call_out)
    assert await _called(db) == [EVA, FAY]


async def test_by_day_moderators_see_a_notice_first(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, MORNING)
    case = await _threat(db)
    await db.act(call_out)
    told = [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.URGENT]
    assert (told, await _called(db)) == ([ADA, EVA, FAY], [])
    assert (await rows(db, Notice))[-1].link == f"/cases/{case}"
    clock.ahead += QUARTER
    await db.act(call_out)
    assert await _called(db) == [EVA, FAY]
    assert len([one for one in await rows(db, Notice) if one.kind == NoticeKind.URGENT]) == 3


async def test_whoever_claims_it_lets_the_others_sleep_until_it_is_let_go(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, NIGHT)
    await as_(db, FAY, add_duty, ALL_DAY)
    case = await _threat(db)
    await db.act(call_out)
    version = await take(db, ADA, case)
    clock.ahead += QUARTER / 2
    await db.act(call_out)
    assert await _called(db) == [ADA]
    await as_(db, ADA, release, case, version=version)
    await db.act(call_out)
    assert await _called(db) == [ADA]  # a quarter of an hour has not passed
    clock.ahead += QUARTER
    await db.act(release_claims)
    await db.act(call_out)
    assert await _called(db) == [ADA, EVA, FAY]


async def test_what_is_decided_or_can_wait_calls_nobody(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, NIGHT)
    await reported(db)
    await judge(db, EVA, await _threat(db))
    await db.act(call_out)
    assert not await rows(db, Call)


async def test_a_report_that_makes_a_case_urgent_calls(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, NIGHT)
    post, case = await reported(db)
    await report(db, post, DEE, "threat_selfharm")
    await db.act(call_out)
    assert {call.case_id for call in await rows(db, Call)} == {case}


async def test_who_no_longer_moderates_or_may_not_decide_is_passed_over(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, NIGHT)
    for who in (ADA, EVA):
        await as_(db, FAY, add_duty, ALL_DAY._replace(member_id=who))
    await db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, ADA), Role.MEMBER))
    await report(db, await write(db), EVA, "threat_selfharm")
    await db.act(call_out)
    assert await _called(db) == [FAY]


async def test_what_only_seniors_look_at_calls_seniors_alone(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _at(monkeypatch, NIGHT)
    await as_(db, FAY, add_duty, ALL_DAY)
    await report(db, await write(db), CY, "csam")
    await db.act(call_out)
    assert await _called(db) == [EVA, FAY]


@pytest.mark.parametrize(
    ("days", "hours", "inside", "outside"),
    [
        ("0", (8, 17), ["0 08", "0 16"], ["0 07", "0 17", "1 09"]),
        ("0", (22, 7), ["0 22", "1 06"], ["0 21", "1 07", "0 06", "1 23"]),
        ("6", (22, 7), ["6 23", "0 02"], ["6 02"]),
        ("03", (0, 24), ["0 00", "0 23", "3 12"], ["1 00", "2 23"]),
        ("2", (6, 6), ["2 06", "3 05"], ["2 05", "3 06"]),
    ],
)
def test_a_turn_covers_its_hours_also_beyond_midnight(
    days: str, hours: tuple[int, int], inside: list[str], outside: list[str]
) -> None:
    duty = Duty(days=days, from_hour=hours[0], to_hour=hours[1])
    assert all(duty.covers(_moment(one)) for one in inside)
    assert not any(duty.covers(_moment(one)) for one in outside)


async def test_administrators_keep_the_turns_and_it_is_written_down(db: Database) -> None:
    with pytest.raises(Denied):
        await as_(db, EVA, add_duty, ALL_DAY)
    for wrong in (
        ALL_DAY._replace(member_id=CY),
        ALL_DAY._replace(days=""),
        ALL_DAY._replace(days="7"),
        ALL_DAY._replace(to_hour=25),
    ):
        with pytest.raises(Invalid):
            await as_(db, FAY, add_duty, wrong)
    duty = await as_(db, FAY, add_duty, ALL_DAY)
    with pytest.raises(Denied):
        await as_(db, EVA, remove_duty, duty.id)
    await as_(db, FAY, remove_duty, duty.id)
    done = [(one.verb, one.subject) for one in await rows(db, AuditEntry)]
    assert done[-2:] == [("duty.added", f"member:{ADA}"), ("duty.removed", f"member:{ADA}")]


async def test_the_page_says_who_is_on_call(town: Town) -> None:
    assert (await town.cy.get("/moderation/on-call")).status_code == 403
    assert "Nobody by name" in await town.ada.open("/moderation/on-call")
    form = {"member": str(ADA), "from_hour": "0", "to_hour": "0"}
    assert (await town.fay.post("/moderation/on-call", **form)).status_code == 422
    assert (await town.fay.post("/moderation/on-call", **form, days="0")).status_code == 303
    assert (await town.fay.post("/moderation/on-call", **form, days=["0", *"123456"])).is_redirect
    assert "On call: Ada" in await town.eva.open("/moderation")
    assert (await town.fay.post("/moderation/on-call/2/removal")).status_code == 303
    shown = await town.eva.open("/moderation/on-call")
    assert "Monday" in shown and "00:00–00:00 WIB" in shown and "/removal" not in shown
    assert (await town.eva.post("/moderation/on-call/1/removal")).status_code == 403
    assert (await town.fay.post("/moderation/on-call/1/removal")).status_code == 303
    assert "No turns yet" in await town.fay.open("/moderation/on-call")


async def test_the_letter_says_nothing_of_what_was_written(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, box = posted
    _at(monkeypatch, NIGHT)
    case = await _threat(town.db)
    await town.db.act(call_out)
    letter = await box.next()
    text = text_of(letter)
    assert letter["subject"] == f"Case {case} cannot wait"
    assert "Threat or self-harm" in text and f"/cases/{case}" in text and "due at" in text
    for hidden in ("rope", "Bo", "Cy", "Where to moor"):
        assert hidden not in text


async def test_a_letter_that_waited_until_it_was_claimed_is_not_carried(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from community.outbox import take as carry
    from web.news import still_news

    _at(monkeypatch, NIGHT)
    case = await _threat(db)
    await db.act(call_out)
    await take(db, EVA, case)
    assert await db.act(carry, still_news) is None
    assert all(mail.due_at is None and not mail.sent_at for mail in await rows(db, Mail))


async def _threat(db: Database) -> int:
    case = await report(db, await write(db), CY, "threat_selfharm")
    assert (await the(db, Case, case)).priority == 0
    return case


async def _called(db: Database) -> Sequence[int | None]:
    mails = [one.member_id for one in await rows(db, Mail) if one.kind == MailKind.CALLED]
    calls = [one.member_id for one in await rows(db, Call) if one.member_id]
    assert mails == calls
    return mails


def _at(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    """Tomorrow, at half past."""
    here = datetime.now(UTC).astimezone(WIB)
    then = (here + timedelta(days=1)).replace(hour=hour, minute=30)
    monkeypatch.setattr(clock, "ahead", then - here)


def _moment(said: str) -> datetime:
    """ "0 22": of a Monday at half past ten in the evening, WIB."""
    day, hour = map(int, said.split())
    return datetime(2026, 11, 23 + day, hour, 30, tzinfo=WIB)
