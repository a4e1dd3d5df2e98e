"""What somebody applied for gets stuck nowhere."""

from datetime import timedelta

import pytest

from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict
from community.files import File
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations import actions
from community.organisations.actions import Founding
from community.organisations.granting import accept_mandate, offer_mandate
from community.organisations.models import Kind
from community.tickets import Purpose, Ticket
from community.verification import Shown
from moderation.decisions import registrations
from moderation.decisions.applications import ask_back, ask_for_verification, prove_office
from moderation.decisions.claiming import release
from moderation.decisions.deciding import Judgement
from moderation.decisions.waiting import end_unanswered, remind_applicants
from moderation.models import Case, Decision, Ruling, State
from tests.cast import ADA, BO, CY, DODOL, EVA, FAY, GUS
from tests.community.organising import OWNER, PAPERS, applied
from tests.conftest import Town
from tests.moderation.reporting import as_, judge, reported, rows, suspend, take, the
from tests.painting import painted


async def test_looking_at_an_asked_case_takes_no_answer_away(db: Database) -> None:
    case = await db.act(_waits_to_be_let_in)
    await as_(db, ADA, ask_back, case, "Who are you?", version=await take(db, ADA, case))
    await as_(db, EVA, release, case, version=await take(db, EVA, case))
    await as_(db, CY, registrations.answer, "Cy, a weaver")


async def test_whoever_was_refused_asks_once_more_after_a_week(db: Database) -> None:
    case = await db.act(_waits_to_be_let_in)
    await as_(db, ADA, ask_back, case, "Who are you?", version=await take(db, ADA, case))
    await judge(db, ADA, case, Judgement(Ruling.REFUSE, "registration", "Nobody knows them."))
    with pytest.raises(Conflict):
        await as_(db, CY, registrations.answer, "Please")

    def a_week_later(tx: Transaction) -> int:
        tx.info["now"] = now(tx) + timedelta(days=8)
        return registrations.answer(tx, tx.get_one(Member, CY), "Ask Bo about me").id

    assert await db.act(a_week_later) != case


async def test_who_is_asked_and_says_nothing_is_reminded_and_then_it_ends(town: Town) -> None:
    """They may ask again at once; whoever has answered hears nothing of it."""
    _cane, verifying = await applied(town.db)
    waiting = await town.db.act(_waits_to_be_let_in)
    for case in (waiting, verifying.id):
        for _time in range(2):  # asked twice, answered once: all is answered
            version = await take(town.db, ADA, case)
            await as_(town.db, ADA, ask_back, case, "Who are you?", version=version)
    for days, kinds in ((6, 0), (8, 1), (29, 1), (31, 2), (40, 2)):
        await town.db.act(_silent_for, days)
        told = [one.kind for one in await rows(town.db, Notice) if one.member_id == CY]
        assert told.count(NoticeKind.ADMISSION) == told.count(NoticeKind.APPLICATION), days
        assert told.count(NoticeKind.ADMISSION) == 2 + kinds, days
    ended = await rows(town.db, Decision)
    assert [(one.ruling, one.automated) for one in ended] == [(Ruling.REFUSE, True)] * 2
    assert "nobody answered" in await town.cy.open(f"/decisions/{ended[0].id}")
    assert "ended by itself" in await town.ada.open(f"/cases/{waiting}")
    answer = await town.cy.post("/taking-part/answer", words="I was at sea.")
    assert answer.status_code == 303, "at once"
    await town.db.act(lambda tx: registrations.let_in(tx, tx.get_one(Member, CY)))
    assert (await as_(town.db, CY, ask_for_verification, 4, PAPERS)).id != verifying.id


async def test_nobody_is_ended_who_could_not_answer_or_was_not_reminded(db: Database) -> None:
    """Here the worker was away until the 61st day."""
    case = await as_(db, BO, ask_for_verification, DODOL, PAPERS)
    version = await take(db, FAY, case.id)
    await as_(db, FAY, ask_back, case.id, "Whose?", version=version)
    await judge(db, EVA, (await reported(db))[1], suspend(30))
    for days in (31, 61, 67):
        await db.act(_silent_for, days)
        assert (await the(db, Case, case.id)).state == State.ASKED, days
    await db.act(_silent_for, 69)
    assert (await the(db, Case, case.id)).state == State.DECIDED


async def test_whoever_answers_in_time_is_left_alone(db: Database) -> None:
    case = await db.act(_waits_to_be_let_in)
    for question in ("Who are you?", "And where?"):
        version = await take(db, ADA, case)
        await as_(db, ADA, ask_back, case, question, version=version)
    await as_(db, CY, registrations.answer, "Cy, a weaver")
    await as_(db, ADA, release, case, version=await take(db, ADA, case))
    await db.act(_silent_for, 31)
    assert (await the(db, Case, case)).state == State.OPEN


async def test_an_office_is_written_to_again_and_strangers_end_no_letter(db: Database) -> None:
    office = await as_(db, CY, actions.register, Founding(Kind.GOVERNMENT, "Dinas Pelabuhan"))
    shown = Shown("Ours.", office_mail="a@garut.go.id")
    await as_(db, CY, ask_for_verification, office.id, shown)
    other = await as_(db, GUS, actions.register, Founding(Kind.BRAND, "Stranger"))
    await as_(db, GUS, ask_for_verification, other.id, shown)

    def later(tx: Transaction) -> None:
        tx.info["now"] = now(tx) + timedelta(hours=2)
        ask_for_verification(tx, tx.get_one(Member, CY), office.id, shown)

    await db.act(later)
    tickets = [one for one in await rows(db, Ticket) if one.purpose == Purpose.OFFICE]
    assert len(tickets) == 3
    await db.act(prove_office, tickets[0].id)


async def test_a_picture_sent_twice_is_one_and_every_owner_sees_it(town: Town) -> None:
    await town.cy.post("/organisations", kind="brand", name="Cane", region="32.05")
    for _time in range(2):
        await town.cy.send("/organisations/4/verification", painted(), words="x")
    (file,) = await rows(town.db, File)
    (case,) = await rows(town.db, Case)
    await town.cy.send("/organisations/4/verification", painted(size=(90, 90)), words="x")
    assert (await the(town.db, Case, case.id)).rev > case.rev
    offer = await as_(town.db, CY, offer_mandate, 4, GUS, OWNER)
    await as_(town.db, GUS, accept_mandate, offer.id)
    assert f"/files/{file.id}" in await town.gus.open("/organisations/4/verification")
    assert (await town.gus.get(f"/files/{file.id}")).status_code == 200


async def test_whoever_waits_for_an_applicant_is_not_late(town: Town) -> None:
    await town.cy.post("/organisations", kind="brand", name="Cane")
    await town.cy.send("/organisations/4/verification", b"", words="x")
    (case,) = await rows(town.db, Case)
    version = await take(town.db, ADA, case.id)
    await as_(town.db, ADA, ask_back, case.id, "Whose?", version=version)

    def late(tx: Transaction) -> None:
        tx.get_one(Case, case.id).due_at = now(tx) - timedelta(days=3)

    await town.db.act(late)
    assert "clock-late" not in await town.ada.open("/moderation?show=asked")


def _waits_to_be_let_in(tx: Transaction) -> int:
    member = tx.get_one(Member, CY)
    member.admitted = False
    return registrations.ask_to_be_let_in(tx, member).id


def _silent_for(tx: Transaction, days: int) -> None:
    tx.info["now"] = now(tx) + timedelta(days=days)
    remind_applicants(tx)
    end_unanswered(tx)
