"""The official's desk: what waits, for whom, and exactly how much of it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import Mandate, MandateRole, Organisation
from forum.announcements.models import Announcement
from forum.manuscripts.models import Manuscript
from tests.cast import CY, DEE, EVA, HARBOUR_OFFICE
from tests.conftest import Town
from tests.forum.announcing import announce, drafted
from tests.moderation.reporting import rows


@pytest.fixture
async def town_with_colleague(town: Town) -> Town:
    """Cy speaks for the office, too, for another ten days."""

    def offer(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        ends = now(tx) + timedelta(days=10)
        give_mandate(tx, tx.get_one(Member, CY), office, MandateRole.SPEAKER, ends_at=ends)

    await town.db.act(offer)
    return town


async def test_an_empty_desk_says_what_to_do(town: Town) -> None:
    page = await town.dee.open("/desk")
    assert "Nothing waits for you" in page and "/announcements/new" in page
    assert "Harbour Office" in page


async def test_who_has_none_is_told_why(town: Town) -> None:
    for browser in (town.bo, town.ada, town.fay):
        answer = await browser.get("/desk")
        assert answer.status_code == 403 and "Only officials publish announcements." in answer.text
        assert "/desk" not in await browser.open("/more")
    assert (await town.visitor.get("/desk")).headers["location"].startswith("/sign-in")


async def test_what_waits_is_counted_for_who_may_approve_it_alone(
    town_with_colleague: Town,
) -> None:
    town = town_with_colleague
    where = await drafted(town.dee, region="")
    await town.dee.post(f"{where}/handing-in", version=1)
    assert "1 announcement waits for your approval" in await town.cy.open("/desk")
    mine = await town.dee.open("/desk")
    assert "for your approval" not in mine and "Storm on Friday" in mine
    assert await counted(town) == {"dee": 0, "cy": 1, "bo": None}
    published = await town.cy.post(f"{where}/approval", version=2)
    assert await counted(town) == {"dee": 0, "cy": 0, "bo": None}
    page = await town.cy.open("/desk")
    assert "0 of " in page and published.headers["location"] in page


@pytest.mark.parametrize(
    ("writers", "counts"), [([DEE, CY], 0), ([CY, DEE], 0), ([43, 34, DEE], 1)]
)
async def test_who_wrote_any_of_it_is_not_asked_and_of_a_number_all_is_compared(
    town_with_colleague: Town, writers: list[int], counts: int
) -> None:
    town = town_with_colleague
    where = await drafted(town.dee, region="")
    await town.dee.post(f"{where}/handing-in", version=1)

    def wrote(tx: Transaction) -> None:
        tx.get_one(Manuscript, 1).writers = writers

    await town.db.act(wrote)
    assert (await counted(town))["cy"] == counts
    assert ("waits for your approval" in await town.cy.open("/desk")) is bool(counts)


async def test_who_stands_in_for_its_writer_does_not_approve_it(town_with_colleague: Town) -> None:
    """Else its writer would choose who does."""
    town = town_with_colleague

    def eva_too(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        give_mandate(tx, tx.get_one(Member, EVA), office, MandateRole.SPEAKER)

    await town.db.act(eva_too)
    where = await drafted(town.dee, region="")
    await town.dee.post(f"{where}/handing-in", version=1)
    assert (await counted(town))["cy"] == 1
    day = (await town.db.look(now)).date()
    days = {"begins": day.isoformat(), "ends": (day + timedelta(days=5)).isoformat()}
    answer = await town.dee.post("/desk/deputies", absent=2, present=4, key="d1", **days)
    assert answer.status_code == 303, answer.text
    assert "Cy stands in for Dee" in await town.cy.open("/desk")
    assert (await counted(town))["cy"] == 0
    assert "waits for your approval" not in await town.cy.open("/desk")
    refused = await town.cy.post(f"{where}/approval", version=2)
    assert refused.status_code == 403 and "You stand in for somebody who wrote" in refused.text

    other = await drafted(town.dee, region="", key="k2")
    await town.dee.post(f"{other}/handing-in", version=1)
    asked = [one for one in await rows(town.db, Notice) if one.kind == NoticeKind.APPROVAL]
    assert [one.member_id for one in asked] == [CY, EVA, EVA]
    await town.cy.post("/desk/deputies/1/ending")
    assert (await town.cy.post(f"{where}/approval", version=2)).status_code == 303


async def test_a_deputy_is_named_for_days_that_are_some(town_with_colleague: Town) -> None:
    town = town_with_colleague
    told = {"absent": 2, "present": 4, "key": "d1"}
    wrong = await town.dee.post("/desk/deputies", **told, begins="2099-01-02", ends="2099-01-01")
    assert wrong.status_code == 422 and 'value="2099-01-02"' in wrong.text
    for days in ({"begins": "2026-02-30", "ends": "2026-03-30"}, {"begins": "soon", "ends": ""}):
        assert (await town.dee.post("/desk/deputies", **told, **days)).status_code == 422
    page = await town.bo.open("/desk/deputies")
    assert "Nobody else speaks for your organisation yet" in page
    assert "You speak for no organisation." in await town.ada.open("/desk/deputies")


async def test_progress_stands_there_until_a_while_after_the_deadline(town: Town) -> None:
    where = await announce(town.dee)
    await town.bo.post(f"{where}/acknowledgement")
    page = await town.dee.open("/desk")
    assert "1 of 2" in page and 'id="progress-1"' in page
    await announce(town.dee, key="k2", by_organisation="yes", kind="brand")
    page = await town.dee.open("/desk")
    assert "0 of 1" in page and "Organisations that have acknowledged it" in page

    def long_ago(tx: Transaction) -> None:
        for one in tx.scalars(select(Announcement)):
            one.acknowledge_by = now(tx) - timedelta(days=13 if one.id == 1 else 15)

    await town.db.act(long_ago)
    page = await town.dee.open("/desk")
    assert "Overdue since" in page and "1 of 2" in page and "0 of 1" not in page


async def test_owners_see_whose_mandate_and_which_verification_ends(
    town_with_colleague: Town,
) -> None:
    town = town_with_colleague

    def ends(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        office.verified_until = now(tx) + timedelta(days=50)

    await town.db.act(ends)
    page = await town.dee.open("/desk")
    assert "Ends soon" in page and "its verification ends on" in page
    assert re.search(r"<b>Cy</b>: the mandate for Harbour Office ends on", page)
    assert "Ends soon" not in await town.cy.open("/desk")


async def test_an_owner_lets_a_mandate_hold_longer(town_with_colleague: Town) -> None:
    town = town_with_colleague
    assert 'name="until"' in await town.dee.open("/mandates/4")
    day = (await town.db.look(now)).date()
    later = (day + timedelta(days=200)).isoformat()
    for browser, status in ((town.cy, 403), (town.bo, 404)):
        assert (await browser.post("/mandates/4/term", until=later)).status_code == status
    for wrong in ("", "2026-02-30", (day - timedelta(days=3)).isoformat()):
        assert (await town.dee.post("/mandates/4/term", until=wrong)).status_code == 422
    for _twice in range(2):
        assert (await town.dee.post("/mandates/4/term", until=later)).status_code == 303
    assert "Ends soon" not in await town.dee.open("/desk")
    told = [one for one in await rows(town.db, Notice) if one.kind == NoticeKind.MANDATE]
    assert [one.member_id for one in told] == [CY]
    assert (await town.dee.post("/mandates/2/term", until=later)).status_code == 422  # an owner's


async def test_with_the_mandate_goes_the_desk(town_with_colleague: Town) -> None:
    town = town_with_colleague

    def end(tx: Transaction) -> None:
        tx.get_one(Mandate, 4).ended_at = now(tx)

    assert (await town.cy.get("/desk")).status_code == 200
    await town.db.act(end)
    assert (await town.cy.get("/desk")).status_code == 403
    assert (await counted(town))["cy"] is None


async def counted(town: Town) -> dict[str, int | None]:
    """What the number beside "More" says; None where there is none."""
    browsers = {"dee": town.dee, "cy": town.cy, "bo": town.bo}
    pages = {name: await one.open("/") for name, one in browsers.items()}
    found = {name: re.search(r'data-count="desk"[^>]*>(\d+)', page) for name, page in pages.items()}
    return {name: int(one[1]) if one else None for name, one in found.items()}
