"""What anybody may know of moderation: what was done, never to whom."""

import csv
import re
from datetime import timedelta
from io import StringIO

from community import clock
from community.clock import now
from community.database import Database, Transaction
from moderation.models import Decision, Ruling
from moderation.orders.actions import comply, refuse, second
from moderation.orders.models import Authority
from moderation.records.transparency import FEW, counts_of, half_of, log_of, month_of
from tests.cast import ADA, DEE, EVA, FAY
from tests.conftest import Town
from tests.moderation.ordering import INTAKE, ordered
from tests.moderation.reporting import HIDE, KEEP, MUTE, as_, judge, report, reported, write

NAMES = ("Bo", "Cy", "Ada", "Eva", "Where to moor", "rope", "Again.")


async def test_the_log_tells_of_writing_by_day_and_of_accounts_by_month_alone(db: Database) -> None:
    cases = [(await reported(db))[1] for _number in range(3 + FEW)]
    for judgement in (KEEP, HIDE, HIDE, MUTE):
        decision = await judge(db, ADA, cases.pop(), judgement)
    at = decision.decided_at
    log = await db.look(log_of, month_of(at.year, at.month))
    assert {(line.deed, line.reason.code, line.kind, line.many) for line in log.lines} == {
        ("keep", "spam", "post", 1),
        ("hide", "spam", "post", 3),
    }
    assert [(one.measure, one.length, one.many) for one in log.accounts] == [("mute", "week", 0)]
    for case in cases:
        await judge(db, ADA, case, MUTE)
    log = await db.look(log_of, month_of(at.year, at.month))
    assert [one.many for one in log.accounts] == [FEW]


async def test_another_month_or_half_year_has_none_of_it(db: Database) -> None:
    _post, case = await reported(db)
    await judge(db, ADA, case)
    assert not (await db.look(log_of, month_of(2025, 12))).lines
    assert not (await db.look(counts_of, half_of(2025, 2))).all("ruling")


def test_months_and_half_years_are_those_of_the_calendar_in_wib() -> None:
    assert month_of(2026, 12).since.isoformat() == "2026-11-30T17:00:00+00:00"
    assert month_of(2026, 12).until == month_of(2027, 1).since
    assert half_of(2026, 1).until == half_of(2026, 2).since
    assert half_of(2026, 2).until == month_of(2027, 1).since


async def test_the_report_counts_reports_decisions_measures_and_other_looks(db: Database) -> None:
    post, first = await reported(db)
    _post, second = await reported(db)
    await report(db, post, DEE, "hoax")
    decision = await judge(db, ADA, first, MUTE)
    await judge(db, ADA, second, KEEP)
    await db.act(_looked_at_anew, decision.id, Ruling.OVERTURN)
    at = decision.decided_at
    counts = await db.look(counts_of, half_of(at.year, 1 if at.month <= 6 else 2))
    assert counts.tables["source"] == {"member": 3}
    assert counts.tables["reason"] == {"spam": 2, "hoax": 1}
    assert counts.tables["ruling"] == {"act": 1, "keep": 1}
    assert counts.tables["measure"] == {"hide": 1, "mute": 1}
    assert counts.tables["decider"] == {"people": 2}
    assert counts.tables["answer"] == {"overturn": 1}
    assert counts.tables["first"]["median"] >= 0 and counts.tables["decided"]["median"] >= 0


async def test_orders_are_counted_by_their_clock_their_authority_and_what_came_of_them(
    town: Town,
) -> None:
    urgent, court = INTAKE._replace(urgent=True), INTAKE._replace(kind=Authority.COURT)
    for given in (*[INTAKE] * FEW, urgent, court):
        await ordered(town.db, f"/posts/{await write(town.db)}", given=given)
    for number in (*range(1, FEW + 1), FEW + 1):
        await as_(town.db, EVA, comply, number, number)
    await as_(town.db, EVA, refuse, FEW + 2, FEW + 2, "It tells of a law.")
    await as_(town.db, FAY, second, FEW + 2, FEW + 2)
    clock.ahead += timedelta(days=1)
    await ordered(town.db, "/posts/999")
    clock.ahead += timedelta(days=2)
    at = await town.db.look(now)
    counts = await town.db.look(counts_of, half_of(at.year, 1 if at.month <= 6 else 2))
    assert counts.tables["order"] == {"ordinary": FEW + 2, "urgent": 1}
    assert counts.tables["authority"] == {"other": FEW + 2, "court": 1}
    assert counts.tables["obeyed"] == {"hidden": FEW + 1, "kept": 1, "open": 1}
    assert counts.tables["late"] == {"ordinary": 1}
    assert set(counts.tables["took"]) == {"ordinary"}, "of one it would be how long that took"
    page = await town.visitor.open("/rules/report")
    assert "Refused" in page and "Court" in page and "not told of fewer than" in page
    sheet = await town.visitor.open("/rules/report.csv")
    assert "authority,court,1" in sheet and "took,urgent" not in sheet
    for told in (page, sheet):
        assert INTAKE.number not in told and INTAKE.authority not in told


async def test_the_pages_are_for_everybody_and_name_nobody(town: Town) -> None:
    for judgement in (HIDE, MUTE):
        _post, case = await reported(town.db)
        await judge(town.db, EVA, case, judgement)
    log, told = await town.visitor.open("/rules/log"), await town.visitor.open("/rules/report")
    sheet = await town.visitor.open("/rules/report.csv")
    assert 'href="/rules#spam"' in log and "fewer than 3" in log
    for page in (_main(log), _main(told), sheet):
        assert not [name for name in NAMES if re.search(rf"\b{name}\b", page)]
        assert not re.search(r"/(cases|posts|decisions|flags|members)/", page)
    rows = {(row["table"], row["code"]): row["value"] for row in csv.DictReader(StringIO(sheet))}
    assert rows["measure", "hide"] == "2" and rows["ruling", "act"] == "2"
    assert "<svg" in told and "<table" in told


async def test_pages_lead_to_months_and_half_years_that_have_been(town: Town) -> None:
    assert "?month=" not in await town.visitor.open("/rules/log")
    assert "Nothing was decided" in await town.visitor.open("/rules/log?month=2024-02")
    for wrong in ("log?month=2024-13", "log?month=x", "report?half=2024-3"):
        assert (await town.visitor.get(f"/rules/{wrong}")).status_code == 422
    assert (await town.visitor.get("/rules/report?half=2199-1")).status_code == 404
    assert (await town.visitor.get("/rules/report?half=2024-2")).status_code == 200


async def test_what_is_decided_of_a_case_opened_anew_is_no_answer_to_anybody(db: Database) -> None:
    _post, case = await reported(db)
    decision = await judge(db, ADA, case, HIDE)
    await db.act(_looked_at_anew, decision.id, Ruling.KEEP)
    at = decision.decided_at
    counts = await db.look(counts_of, half_of(at.year, 1 if at.month <= 6 else 2))
    assert counts.tables["ruling"] == {"act": 1, "keep": 1}
    assert not counts.tables.get("answer")


def _looked_at_anew(tx: Transaction, decision_id: int, ruling: Ruling) -> None:
    first = tx.get_one(Decision, decision_id)
    tx.add(
        Decision(
            case_id=first.case_id, version=first.version + 1, evidence_id=first.evidence_id,
            key="anew", fingerprint="", moderator_id=EVA, role="senior_moderator",
            answers_id=first.id, ruling=ruling, reason_code="spam", facts="No.", ground="",
            decided_at=first.decided_at,
        )
    )  # fmt: skip


def _main(page: str) -> str:
    return page.split("<main", 1)[1].split("</main>", 1)[0]
