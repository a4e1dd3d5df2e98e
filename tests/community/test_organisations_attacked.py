"""What somebody tried with organisations: for a badge, a voice or a secret that is not theirs.

Each of these once went through.
"""

from datetime import timedelta

import pytest
from sqlalchemy import update

from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.files import File
from community.invitations.actions import invite
from community.invitations.models import Wanted
from community.members.actions import set_muted_until
from community.members.models import Member, SignIn
from community.notices.models import Notice, NoticeKind
from community.organisations import actions
from community.organisations.actions import Founding, end_badge, lapse_verifications
from community.organisations.granting import (
    accept_mandate,
    change_role,
    lay_down,
    offer_mandate,
    recover,
    withdraw_mandate,
)
from community.organisations.models import Kind, Mandate, MandateRole, Organisation
from community.tickets import Purpose, Ticket
from community.verification import Shown
from moderation import registrations
from moderation.actions import release
from moderation.applications import ask_back, ask_for_verification, prove_office
from moderation.deciding import Judgement
from moderation.models import Case, Evidence, Ruling
from moderation.reading import badges_of, file_for, statement_for
from tests.cast import (
    ADA,
    BO,
    BO_FOR_DODOL,
    CY,
    DODOL,
    EVA,
    FAY,
    GUS,
    HARBOUR_OFFICE,
)
from tests.conftest import Town
from tests.moderation.reporting import as_, decide_at, judge, rows, take, the
from tests.painting import painted

OWNER, SPEAKER = MandateRole.OWNER, MandateRole.SPEAKER
CANE = Founding(Kind.BRAND, "Rotan Rajut Cy", "Baskets.", "32.05", ("crafts",))
PAPERS = Shown("We weave behind the mosque since 1998.", nib="1234567890123")
GRANT = Judgement(Ruling.GRANT, "organisation", "The NIB was looked up.", level=3, months=12)
REFUSE = Judgement(Ruling.REFUSE, "organisation", "Forged.")


async def test_what_changes_while_it_is_held_is_not_overlooked(db: Database) -> None:
    """Neither the name, nor the place, nor what is shown."""
    cane, case = await _applied(db)
    version = await take(db, ADA, case.id)
    for other in (CANE._replace(name="Garuda Tekstil"), CANE._replace(region="33")):
        with pytest.raises(Denied, match="until the moderators have decided"):
            await as_(db, CY, actions.describe, cane.id, other)
    await as_(db, CY, ask_for_verification, cane.id, PAPERS._replace(nib="9999999999999"))
    with pytest.raises(Conflict, match="look at it again"):
        await decide_at(db, ADA, case.id, version, judgement=GRANT)


async def test_nobody_forges_the_mark_of_a_proven_address(db: Database) -> None:
    for forged in ("✓ `a@garut.go.id`", "<dl><dt>a@garut.go.id</dt><dd>✓</dd></dl>"):
        cane = await as_(db, CY, actions.register, CANE._replace(name=f"Rotan {len(forged)}"))
        await as_(db, CY, ask_for_verification, cane.id, Shown(f"Ours.\n\n{forged}"))
    assert not any("<dd>" in evidence.html for evidence in await rows(db, Evidence))


async def test_two_of_the_same_name_are_not_both_verified(db: Database) -> None:
    cases = []
    for who in (CY, GUS):
        cane = await as_(db, who, actions.register, CANE)
        cases.append((await as_(db, who, ask_for_verification, cane.id, PAPERS)).id)
    await judge(db, ADA, cases[0], GRANT)
    with pytest.raises(Invalid):
        await judge(db, ADA, cases[1], GRANT)


async def test_a_name_takes_no_badge_along(db: Database) -> None:
    cane, case = await _applied(db)
    await judge(db, ADA, case.id, GRANT)
    await db.act(_lapse, cane.id)
    renamed = await as_(db, CY, actions.describe, cane.id, CANE._replace(name="Nasional"))
    assert (renamed.because, renamed.verified_until) == ("", None)
    (badge,) = await db.look(badges_of, cane.id)
    assert badge.evidence.place == CANE.name


async def test_an_administrator_ends_a_badge_for_a_reason_that_all_read(town: Town) -> None:
    door = f"/organisations/{DODOL}/badge/ending"
    assert (await town.ada.post(door, because="x")).status_code == 403
    await town.fay.post(door, because="The papers were forged.")
    page = await town.visitor.open(f"/organisations/{DODOL}")
    assert "The papers were forged." in page and "badge-unverified" in page
    assert await _told(town.db, BO, NoticeKind.APPLICATION)
    await as_(town.db, FAY, end_badge, DODOL, "Twice.")
    assert (await the(town.db, Organisation, DODOL)).because == "The papers were forged."


async def test_a_lapsed_office_announces_as_one_that_nobody_verified(town: Town) -> None:
    await town.dee.post("/announcements", mandate=2, title="For all", body="Read.", kind="",
                        public="yes", key="k1")  # fmt: skip
    await town.db.act(_lapse, HARBOUR_OFFICE)
    for path in (f"/organisations/{HARBOUR_OFFICE}", "/announcements", "/announcements/1", "/"):
        for reader in (town.visitor, town.bo):
            page = await reader.open(path)
            assert "For all" in page or path == "/"
            assert "badge-official" not in page, path


# Owners


async def test_what_an_owner_offered_is_worth_nothing_once_they_are_none(db: Database) -> None:
    mandate = await _given(db, CY, OWNER)
    offer = await as_(db, CY, offer_mandate, DODOL, GUS, OWNER)
    await as_(db, BO, withdraw_mandate, mandate)
    with pytest.raises(Conflict):
        await as_(db, GUS, accept_mandate, offer.id)


async def test_no_role_is_raised_before_it_was_accepted(db: Database) -> None:
    offer = await as_(db, BO, offer_mandate, DODOL, CY, SPEAKER)
    await as_(db, BO, change_role, offer.id, OWNER)
    assert (await as_(db, CY, accept_mandate, offer.id)).role == SPEAKER


async def test_whoever_is_muted_makes_no_owner(db: Database) -> None:
    mandate = await _given(db, CY, SPEAKER)
    await db.act(_as_muted, BO)
    with pytest.raises(Denied, match="muted"):
        await as_(db, BO, change_role, mandate, OWNER)
    with pytest.raises(Denied, match="muted"):
        await as_(db, BO, invite, Wanted(DODOL, OWNER, most=500))


async def test_owners_hear_of_each_change_among_them(db: Database) -> None:
    for who in (CY, GUS):
        await _given(db, who, OWNER)
    before = len(await _told(db, GUS, NoticeKind.OWNERS))
    await as_(db, CY, withdraw_mandate, BO_FOR_DODOL)
    assert len(await _told(db, GUS, NoticeKind.OWNERS)) == before + 1


async def test_putting_somebody_out_takes_a_fresh_proof(town: Town) -> None:
    await _given(town.db, CY, OWNER)

    def stale(tx: Transaction) -> None:
        tx.execute(update(SignIn).values(proven_at=now(tx) - timedelta(hours=1)))

    await town.db.act(stale)
    await town.cy.post(f"/mandates/{BO_FOR_DODOL}/withdrawal")
    assert (await the(town.db, Mandate, BO_FOR_DODOL)).live


async def test_administrators_make_themselves_no_owners(db: Database) -> None:
    with pytest.raises(Denied, match="Somebody else"):
        await as_(db, FAY, recover, HARBOUR_OFFICE, FAY)


async def test_whoever_speaks_already_can_be_the_new_owner(db: Database) -> None:
    mandate = await _given(db, CY, SPEAKER)
    await as_(db, FAY, recover, DODOL, CY)
    assert (await the(db, Mandate, mandate)).role == OWNER


async def test_whoever_may_not_take_part_accepts_nothing(town: Town) -> None:
    offer = await as_(town.db, BO, offer_mandate, DODOL, CY, SPEAKER)
    await town.db.act(_held_back, CY)
    await town.cy.post(f"/mandates/{offer.id}/acceptance")
    assert (await the(town.db, Mandate, offer.id)).offered


# Judges


async def test_a_moderator_who_was_offered_a_mandate_is_too_close(db: Database) -> None:
    cane, case = await _applied(db)
    await as_(db, CY, offer_mandate, cane.id, ADA, OWNER)
    with pytest.raises(Denied):
        await take(db, ADA, case.id)


async def test_a_moderator_who_just_laid_it_down_is_too_close(db: Database) -> None:
    cane = await as_(db, ADA, actions.register, CANE)
    offer = await as_(db, ADA, offer_mandate, cane.id, CY, OWNER)
    await as_(db, CY, accept_mandate, offer.id)
    case = await as_(db, CY, ask_for_verification, cane.id, PAPERS)
    await as_(db, ADA, lay_down, await _mandate_of(db, ADA, cane.id))
    with pytest.raises(Denied):
        await take(db, ADA, case.id)


async def test_who_left_reads_no_papers_of_who_came_after(db: Database) -> None:
    cane, case = await _applied(db)
    await _handed_over(db, cane.id)
    await as_(db, GUS, ask_for_verification, cane.id, Shown("Our new address"))
    decision = await judge(db, ADA, case.id, REFUSE)
    with pytest.raises(NotFound):
        await as_(db, CY, statement_for, decision.id)
    assert await as_(db, GUS, statement_for, decision.id)


async def test_the_owners_of_today_are_asked(db: Database) -> None:
    cane, case = await _applied(db)
    await _handed_over(db, cane.id)
    await as_(db, ADA, ask_back, case.id, "Whose is it?", version=await take(db, ADA, case.id))
    assert await _told(db, GUS, NoticeKind.APPLICATION)
    assert not await _told(db, CY, NoticeKind.APPLICATION)


async def test_earlier_refusals_of_the_organisation_are_seen(db: Database) -> None:
    cane, case = await _applied(db)
    await judge(db, ADA, case.id, REFUSE)
    await _handed_over(db, cane.id)
    second = await as_(db, GUS, ask_for_verification, cane.id, PAPERS)
    assert (await as_(db, ADA, file_for, second.id)).earlier


# What got stuck


async def test_looking_at_an_asked_case_takes_no_answer_away(db: Database) -> None:
    case = await db.act(_waits_to_be_let_in)
    await as_(db, ADA, ask_back, case, "Who are you?", version=await take(db, ADA, case))
    await as_(db, EVA, release, case, version=await take(db, EVA, case))
    await as_(db, CY, registrations.answer, "Cy, a weaver")


async def test_whoever_was_refused_asks_once_more_after_a_week(db: Database) -> None:
    case = await db.act(_waits_to_be_let_in)
    await judge(db, ADA, case, Judgement(Ruling.REFUSE, "registration", "Nobody knows them."))
    with pytest.raises(Conflict):
        await as_(db, CY, registrations.answer, "Please")

    def a_week_later(tx: Transaction) -> int:
        tx.info["now"] = now(tx) + timedelta(days=8)
        return registrations.answer(tx, tx.get_one(Member, CY), "Ask Bo about me").id

    assert await db.act(a_week_later) != case


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


async def _applied(db: Database) -> tuple[Organisation, Case]:
    cane = await as_(db, CY, actions.register, CANE)
    return cane, await as_(db, CY, ask_for_verification, cane.id, PAPERS)


async def _given(db: Database, member: int, role: MandateRole) -> int:
    offer = await as_(db, BO, offer_mandate, DODOL, member, role)
    await as_(db, member, accept_mandate, offer.id)
    return offer.id


async def _handed_over(db: Database, organisation: int) -> None:
    """From Cy to Gus."""
    offer = await as_(db, CY, offer_mandate, organisation, GUS, OWNER)
    await as_(db, GUS, accept_mandate, offer.id)
    await as_(db, CY, lay_down, await _mandate_of(db, CY, organisation))


async def _mandate_of(db: Database, member: int, organisation: int) -> int:
    wanted = (member, organisation)
    every = await rows(db, Mandate)
    return next(one.id for one in every if (one.member_id, one.organisation_id) == wanted)


async def _told(db: Database, member: int, kind: NoticeKind) -> list[Notice]:
    every = await rows(db, Notice)
    return [one for one in every if one.member_id == member and one.kind == kind]


def _lapse(tx: Transaction, organisation: int) -> None:
    tx.get_one(Organisation, organisation).verified_until = now(tx)
    lapse_verifications(tx)


def _as_muted(tx: Transaction, member: int) -> None:
    set_muted_until(tx, tx.get_one(Member, member), now(tx) + timedelta(days=1))


def _held_back(tx: Transaction, member: int) -> None:
    tx.get_one(Member, member).admitted = False


def _waits_to_be_let_in(tx: Transaction) -> int:
    member = tx.get_one(Member, CY)
    member.admitted = False
    return registrations.ask_to_be_let_in(tx, member).id
