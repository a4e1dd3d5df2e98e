"""What one has reported: what became of it, and taking it back."""

import pytest

from community.audit import AuditEntry
from community.database import Database
from community.errors import Denied, NotFound
from community.notices.models import Notice, NoticeKind
from moderation.models import Case, Flag, State
from moderation.reports import PAGE, withdraw
from tests.cast import ADA, BO, CY, DEE, EVA
from tests.conftest import Town
from tests.moderation.reporting import KEEP, as_, judge, report, reported, rows, take, the, write


async def test_the_page_says_what_became_of_each(town: Town) -> None:
    assert "reported nothing yet" in await town.cy.open("/flags")
    _post, first = await reported(town.db)
    await judge(town.db, ADA, first, KEEP)
    _post, second = await reported(town.db)
    await judge(town.db, ADA, second)
    _post, third = await reported(town.db)
    await take(town.db, ADA, third)
    await reported(town.db)
    page = await town.cy.open("/flags")
    states = ("Waits for a moderator", "is looking at it", "it breaks the rules", "keeps the rules")
    places = [page.index(state) for state in states]
    assert places == sorted(places) and "Ada" not in page
    assert "reported nothing yet" in await town.bo.open("/flags")
    assert 'href="/flags"' in await town.cy.open("/more")


async def test_whoever_wonders_what_that_means_is_led_to_the_help_about_it(town: Town) -> None:
    _post, case = await reported(town.db)
    decision = await judge(town.db, ADA, case)
    help_page = await town.visitor.open("/help")
    for reader, path, part in (
        (town.cy, "/flags", "report"),
        (town.cy, "/flags/1", "report"),
        (town.bo, f"/decisions/{decision.id}", "decisions"),
    ):
        assert f'href="/help#{part}"' in await reader.open(path)
        assert f'<h2 id="{part}">' in help_page


async def test_pages_go_on_where_the_last_one_ended(db: Database) -> None:
    from moderation.reports import reports_of

    for number in range(3):
        await report(db, await write(db, body=f"Rope {number}"))
    first = await as_(db, CY, reports_of)
    assert [one.flag.id for one in first] == [3, 2, 1] and len(first) < PAGE
    assert [one.flag.id for one in await as_(db, CY, reports_of, 2)] == [1]


async def test_the_last_report_taken_back_closes_what_nobody_has_claimed(db: Database) -> None:
    _post, case = await reported(db)
    await as_(db, CY, withdraw, 1)
    await as_(db, CY, withdraw, 1)  # twice is once
    closed = await the(db, Case, case)
    assert (closed.state, closed.flags) == (State.VOID, 0) and closed.closed_at
    verbs = [one.verb for one in await rows(db, AuditEntry) if one.subject == f"case:{case}"]
    assert verbs[-2:] == ["case.report_withdrawn", "case.voided"]


async def test_what_others_report_too_or_somebody_looks_at_goes_on(db: Database) -> None:
    post, case = await reported(db)
    await report(db, post, DEE, "scam_fraud")
    await as_(db, DEE, withdraw, 2)
    left = await the(db, Case, case)
    assert (left.state, left.flags, left.reason_code, left.priority) == (State.OPEN, 1, "spam", 3)
    await take(db, ADA, case)
    await as_(db, CY, withdraw, 1)
    assert (await the(db, Case, case)).state == State.CLAIMED


async def test_what_cannot_wait_is_not_theirs_to_take_back(db: Database) -> None:
    case = await report(db, await write(db), CY, "csam")
    await as_(db, CY, withdraw, 1)
    kept = await the(db, Case, case)
    assert (kept.state, kept.priority, kept.reason_code) == (State.OPEN, 0, "csam")


async def test_what_was_decided_stays_and_nobody_takes_back_anothers(db: Database) -> None:
    _post, case = await reported(db)
    for who in (BO, EVA):
        with pytest.raises(NotFound):
            await as_(db, who, withdraw, 1)
    await judge(db, ADA, case)
    with pytest.raises(Denied, match="decided already"):
        await as_(db, CY, withdraw, 1)


async def test_who_took_it_back_is_not_told_and_may_report_it_again(db: Database) -> None:
    post, case = await reported(db)
    await report(db, post, DEE)
    await as_(db, CY, withdraw, 1)
    assert await report(db, post, CY) == case
    await as_(db, CY, withdraw, 3)
    assert len(await rows(db, Flag)) == 3 and (await the(db, Case, case)).flags == 1
    await judge(db, ADA, case)
    told = [one.member_id for one in await rows(db, Notice) if one.kind == NoticeKind.REPORT]
    assert told == [DEE]


async def test_by_forms_alone(town: Town) -> None:
    _post, case = await reported(town.db)
    assert "Take it back" in await town.cy.open("/flags/1")
    assert (await town.cy.post("/flags/1/withdrawal")).headers["location"] == "/flags/1"
    page = await town.cy.open("/flags/1")
    assert "took this report back" in page and "withdrawal" not in page
    assert (await town.bo.post("/flags/1/withdrawal")).status_code == 404
    assert "Taken back" in await town.ada.open(f"/cases/{case}")
