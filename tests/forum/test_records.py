"""How an office answers, as everybody reads it; and to whom of it a question goes by itself."""

from datetime import datetime, timedelta
from statistics import median as plain_median
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from community.clock import now
from community.database import Database, Transaction
from community.members.models import Member, Role
from community.notices.models import Notice, NoticeKind
from community.organisations.answering import give_field
from community.organisations.deputies import name_deputy
from community.organisations.granting import give_mandate
from community.organisations.models import Mandate, MandateRole, Organisation
from community.places import Lens
from community.working_days import WIB, WIT
from forum.categories import Admission
from forum.moving.actions import split
from forum.responses.actions import ask, assign, hand_over, refuse, tell_of_deadlines
from forum.responses.models import Response, Stage, State
from forum.responses.record import QUARTERS, Record, median, quarters_to, record_of
from tests.cast import (
    BO,
    CY,
    DEE,
    DEE_FOR_OFFICE,
    EVA,
    FAY,
    HARBOUR_OFFICE,
    LEDGER,
    MOORING,
    OFFICE,
)
from tests.conftest import Town
from tests.forum.asking import CUSTOMS, MONDAY, At, answered, asked, mandate_of, open_customs
from tests.moderation.reporting import as_, rows, the, write

PAGE = f"/organisations/{HARBOUR_OFFICE}/responses"


async def record(db: Database) -> Record:
    return await db.look(record_of, None, HARBOUR_OFFICE)


@given(st.lists(st.integers(0, 90), max_size=60))
def test_the_median_of_counts_is_that_of_the_values(values: list[int]) -> None:
    counted = [(one, values.count(one)) for one in sorted(set(values))]
    assert median(counted) == (plain_median(values) if values else None)


def test_quarters_begin_where_the_office_is() -> None:
    new_year = datetime(2027, 1, 1, 0, 30, tzinfo=WIT)  # still the old one in Jakarta
    assert quarters_to(new_year, WIT)[-1] == datetime(2027, 1, 1, tzinfo=WIT)
    assert quarters_to(new_year, WIB)[-1] == datetime(2026, 10, 1, tzinfo=WIB)
    begins = quarters_to(new_year, WIB)
    assert len(begins) == QUARTERS and begins == sorted(begins)


async def test_it_counts_what_is_open_overdue_refused_and_answered_in_time(
    db: Database, at: At
) -> None:
    at(MONDAY.replace(tzinfo=WIB))
    await answered(db)
    late, refused = await asked(db), await asked(db)
    await as_(db, DEE, assign, refused, DEE)
    await as_(db, DEE, refuse, refused, "Not ours.")
    at(datetime(2027, 1, 11, 10, tzinfo=WIB))
    found = await record(db)
    assert (found.open, found.overdue, found.refused) == (1, 1, 1)
    assert [(one.response.id, one.overdue) for one in found.asked] == [(late, True)]
    assert (found.answered, found.in_time) == (1, 1)
    assert [(one.begins.month, one.median) for one in found.quarters[-2:]] == [(10, 0), (1, None)]

    def took(tx: Transaction) -> None:
        one = tx.get_one(Response, 1)
        one.took, one.answered_at = 9, one.due_at + timedelta(days=1)

    await db.act(took)
    found = await record(db)
    assert (found.answered, found.in_time, found.quarters[-2].median) == (1, 0, 9)


async def test_what_visitors_do_not_read_is_not_counted(db: Database) -> None:
    post = await write(db, DEE, "Within the office", LEDGER)
    await as_(db, DEE, ask, post, HARBOUR_OFFICE)
    seen = (await record(db), await as_(db, DEE, record_of, HARBOUR_OFFICE))
    for found in seen:
        assert (found.open, found.asked) == (0, [])


async def test_everybody_reads_the_page_and_the_feed(town: Town) -> None:
    await answered(town.db)
    for browser in (town.visitor, town.bo):
        page = await browser.open(PAGE)
        assert "100 %" in page and "Where to moor" not in page.split("<h2")[1]
        assert '<svg class="chart"' in page and "As a table" in page and "Nothing is open" in page
    await asked(town.db)
    assert "Where to moor" in await town.visitor.open(PAGE)
    assert PAGE in await town.visitor.open(f"/organisations/{HARBOUR_OFFICE}")
    answer = await town.visitor.get(f"{PAGE}/feed")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(answer.text)
    atom = "{http://www.w3.org/2005/Atom}"
    titles = [one.findtext(f"{atom}title") for one in feed.iter(f"{atom}entry")]
    assert titles == ["Received: Where to moor", "Answered: Where to moor"]
    for wrong in ("/organisations/2/responses", "/organisations/2/responses/feed"):
        assert (await town.visitor.get(wrong)).status_code == 404  # a brand is no office


async def test_an_answer_that_was_moved_where_visitors_do_not_read_is_in_no_feed(
    town: Town,
) -> None:
    moved = await the(town.db, Response, await answered(town.db))
    assert "You may." in await town.visitor.open(f"{PAGE}/feed")
    await as_(
        town.db, FAY, split, MOORING, [moved.answer_id], "Among us", OFFICE, reason="Not for all."
    )
    feed = await town.visitor.open(f"{PAGE}/feed")
    assert "You may." not in feed and "Among us" not in feed
    assert "May I moor here at night?" in feed


async def test_a_question_goes_to_who_answers_such(db: Database) -> None:
    await db.act(open_customs)
    cys = await mandate_of(db, CY)
    await as_(db, DEE, give_field, HARBOUR_OFFICE, cys, Lens(), key="f1")
    one = await the(db, Response, await asked(db))
    assert (one.state, one.owner_id) == (State.ASSIGNED, CY)
    stages = [(stage.step, stage.actor_id, stage.owner_id) for stage in await rows(db, Stage)]
    assert stages == [("asked", BO, None), ("assigned", None, CY)]
    handed = await asked(db, agency=CUSTOMS)
    await as_(db, EVA, hand_over, handed, HARBOUR_OFFICE, "It is theirs.")
    assert (await the(db, Response, handed)).owner_id == CY


async def test_it_goes_to_nobody_who_is_suspended_or_may_not_read_it(db: Database) -> None:
    await db.act(open_customs)
    await as_(db, DEE, give_field, HARBOUR_OFFICE, await mandate_of(db, CY), Lens(), key="f2")

    def suspend(tx: Transaction) -> None:
        tx.get_one(Member, CY).suspended_until = now(tx) + timedelta(days=3)

    await db.act(suspend)
    assert (await the(db, Response, await asked(db))).owner_id is None
    await as_(db, DEE, give_field, HARBOUR_OFFICE, DEE_FOR_OFFICE, Lens(), key="f3")
    assert (await the(db, Response, await asked(db))).owner_id == DEE

    def among_moderators(tx: Transaction) -> None:
        tx.execute(update(Admission).values(holder=f"role:{Role.SENIOR}"))

    await db.act(among_moderators)
    post = await write(db, EVA, "Among us", LEDGER)
    within = await as_(db, EVA, ask, post, HARBOUR_OFFICE)
    assert (await the(db, Response, within.id)).owner_id is None


async def test_who_stands_in_is_told_of_what_the_absent_one_answers(db: Database, at: At) -> None:
    """And sees it on the desk."""
    at(MONDAY.replace(tzinfo=WIB))
    await db.act(open_customs)
    begins = await db.look(now)
    cys = await mandate_of(db, CY)

    def third(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        give_mandate(tx, tx.get_one(Member, BO), office, MandateRole.SPEAKER)

    await db.act(third)
    id = await asked(db)
    ends = begins + timedelta(days=60)
    bos = (await mandates_at_the_office(db))[BO]
    await as_(db, CY, name_deputy, cys, bos, begins, ends, key="d1")
    before = len(await rows(db, Notice))
    await as_(db, DEE, assign, id, CY)
    fresh = (await rows(db, Notice))[before:]
    assert {one.member_id for one in fresh if one.kind == NoticeKind.QUESTION} == {CY, BO}
    at(datetime(2026, 12, 8, 0, 1, tzinfo=WIB))
    before = len(await rows(db, Notice))
    await db.act(tell_of_deadlines)
    told = {one.member_id for one in (await rows(db, Notice))[before:]}
    assert told == {DEE, CY, BO}


async def mandates_at_the_office(db: Database) -> dict[int, int]:
    here = [one for one in await rows(db, Mandate) if one.organisation_id == HARBOUR_OFFICE]
    return {one.member_id: one.id for one in here}


async def test_the_desk_shows_who_sees_to_it_what_is_asked(town: Town) -> None:
    await town.db.act(open_customs)
    id = await asked(town.db)
    assert "Nobody sees to it yet" in await town.cy.open("/desk")
    await as_(town.db, DEE, assign, id, DEE)
    assert "You see to it" in await town.dee.open("/desk")
    assert 'data-count="desk">1<' in await town.dee.open("/")
    assert "Questions to your office" not in await town.cy.open("/desk")
    assert 'data-count="desk" hidden>0<' in await town.cy.open("/")
    at = await town.db.look(now)
    cys = (await mandates_at_the_office(town.db))[CY]
    days = at, at + timedelta(days=9)
    await as_(town.db, DEE, name_deputy, DEE_FOR_OFFICE, cys, *days, key="d1")
    assert "In place of Dee" in await town.cy.open("/desk")
    assert 'data-count="desk">1<' in await town.cy.open("/")
