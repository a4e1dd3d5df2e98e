"""What somebody tried for a badge, or a judge who is their own.

Each of these once went through.
"""

import pytest

from community.database import Database
from community.errors import Conflict, Denied, Invalid, NotFound
from community.notices.models import NoticeKind
from community.organisations import actions
from community.organisations.actions import end_badge
from community.organisations.granting import accept_mandate, lay_down, offer_mandate
from community.organisations.models import Organisation
from community.verification import Shown
from moderation.decisions.applications import ask_back, ask_for_verification
from moderation.models import Evidence
from moderation.queue.reading import file_for
from moderation.statements import badges_of, statement_for
from tests.cast import ADA, BO, CY, DODOL, FAY, GUS, HARBOUR_OFFICE
from tests.community.organising import (
    CANE,
    GRANT,
    OWNER,
    PAPERS,
    REFUSE,
    applied,
    handed_over,
    lapse,
    mandate_of,
    told,
)
from tests.conftest import Town
from tests.forum.announcing import announce
from tests.moderation.reporting import as_, decide_at, judge, rows, take, the


async def test_what_changes_while_it_is_held_is_not_overlooked(db: Database) -> None:
    """Neither the name, nor the place, nor what is shown."""
    cane, case = await applied(db)
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
    cane, case = await applied(db)
    await judge(db, ADA, case.id, GRANT)
    await db.act(lapse, cane.id)
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
    assert await told(town.db, BO, NoticeKind.APPLICATION)
    await as_(town.db, FAY, end_badge, DODOL, "Twice.")
    assert (await the(town.db, Organisation, DODOL)).because == "The papers were forged."


async def test_a_lapsed_office_announces_as_one_that_nobody_verified(town: Town) -> None:
    await announce(town.dee, title="For all")
    await town.db.act(lapse, HARBOUR_OFFICE)
    for path in (f"/organisations/{HARBOUR_OFFICE}", "/announcements", "/announcements/1", "/"):
        for reader in (town.visitor, town.bo):
            page = await reader.open(path)
            assert "For all" in page or path == "/"
            assert "badge-official" not in page, path


async def test_a_moderator_who_was_offered_a_mandate_is_too_close(db: Database) -> None:
    cane, case = await applied(db)
    await as_(db, CY, offer_mandate, cane.id, ADA, OWNER)
    with pytest.raises(Denied):
        await take(db, ADA, case.id)


async def test_a_moderator_who_just_laid_it_down_is_too_close(db: Database) -> None:
    cane = await as_(db, ADA, actions.register, CANE)
    offer = await as_(db, ADA, offer_mandate, cane.id, CY, OWNER)
    await as_(db, CY, accept_mandate, offer.id)
    case = await as_(db, CY, ask_for_verification, cane.id, PAPERS)
    await as_(db, ADA, lay_down, await mandate_of(db, ADA, cane.id))
    with pytest.raises(Denied):
        await take(db, ADA, case.id)


async def test_who_left_reads_no_papers_of_who_came_after(db: Database) -> None:
    cane, case = await applied(db)
    await handed_over(db, cane.id)
    await as_(db, GUS, ask_for_verification, cane.id, Shown("Our new address"))
    decision = await judge(db, ADA, case.id, REFUSE)
    with pytest.raises(NotFound):
        await as_(db, CY, statement_for, decision.id)
    assert await as_(db, GUS, statement_for, decision.id)


async def test_the_owners_of_today_are_asked(db: Database) -> None:
    cane, case = await applied(db)
    await handed_over(db, cane.id)
    await as_(db, ADA, ask_back, case.id, "Whose is it?", version=await take(db, ADA, case.id))
    assert await told(db, GUS, NoticeKind.APPLICATION)
    assert not await told(db, CY, NoticeKind.APPLICATION)


async def test_earlier_refusals_of_the_organisation_are_seen(db: Database) -> None:
    cane, case = await applied(db)
    await judge(db, ADA, case.id, REFUSE)
    await handed_over(db, cane.id)
    second = await as_(db, GUS, ask_for_verification, cane.id, PAPERS)
    assert (await as_(db, ADA, file_for, second.id)).earlier
