"""The pages of organisations as people use them, without scripts."""

import re

import pytest

from community.files import File
from community.members.actions import appoint_at_first
from community.members.models import Member, Role, Scope
from community.organisations.models import Mandate, MandateRole
from moderation.models import Case
from tests.browsing import sign_in_as
from tests.cast import ADA, BO_FOR_DODOL, CY, DODOL, HARBOUR_OFFICE
from tests.conftest import Posted, Town
from tests.forum.announcing import announce
from tests.letterbox import path_in, text_of
from tests.moderation.reporting import rows
from tests.painting import painted

CANE = {"kind": "brand", "name": "Cane & Co", "region": "32.05", "clusters": "crafts"}
WORDS = "Behind the mosque since 1998"


async def test_a_new_organisation_leads_to_its_verification(town: Town) -> None:
    made = await town.cy.post("/organisations", **CANE)
    there = made.headers["location"]
    assert (made.status_code, there) == (303, "/organisations/4/verification")
    page = await town.cy.open(there)
    assert "Cane &amp; Co" in page and "Nobody has verified" in page
    assert "Not verified" in await town.visitor.open("/organisations")


@pytest.mark.parametrize(
    "wrong, why",
    [
        ({"name": "Kementerian Rotan"}, "reserved"),
        ({"name": "Dodol"}, ""),
        ({"region": "99"}, "no such region"),
    ],
)
async def test_what_is_refused_stands_in_the_form_still(
    town: Town, wrong: dict[str, str], why: str
) -> None:
    answer = await town.cy.post("/organisations", **CANE | {"about": "Six weavers"} | wrong)
    assert answer.status_code in {403, 422}
    assert "Six weavers" in answer.text or why == "no such region"
    assert len(re.findall("/organisations/[0-9]", await town.visitor.open("/organisations"))) == 3


async def test_evidence_is_for_its_owner_and_who_judges_it(town: Town) -> None:
    """A moderator of another region is not one of them."""
    await town.cy.post("/organisations", **CANE)
    form = {"words": WORDS, "nib": "1234567890123"}
    spoilt = await town.cy.send("/organisations/4/verification", b"%PDF", **form)
    assert spoilt.status_code == 422 and WORDS in spoilt.text, "what was written is still there"
    sent = await town.cy.send("/organisations/4/verification", painted(), **form)
    assert sent.headers["location"] == "/organisations/4/verification?saved=yes"
    (file,), (case,) = await rows(town.db, File), await rows(town.db, Case)
    places = (f"/files/{file.id}", f"/files/{file.id}/small", f"/cases/{case.id}")
    for place in places[:2]:
        shown = await town.cy.get(place)
        assert shown.headers["content-type"] == "image/webp"
        assert shown.headers["cache-control"] == "private, no-store"
    assert WORDS in await town.ada.open(places[2])
    assert (await town.ada.get(places[0])).status_code == 200
    for stranger in (town.bo, town.visitor, town.dee):
        for place in places:
            assert (await stranger.get(place)).status_code in {303, 404}
        assert (await stranger.get("/organisations/4/verification")).status_code in {303, 403}
        assert WORDS not in await stranger.open("/organisations/4")

    elsewhere = Scope(region="33")
    await town.db.act(
        lambda tx: appoint_at_first(tx, tx.get_one(Member, ADA), Role.MODERATOR, elsewhere)
    )
    again = await sign_in_as(town.db, town.origin, ADA)
    for place in places:
        assert (await again.get(place)).status_code == 404
    await again.close()


async def test_an_office_confirms_by_the_button_of_its_letter_once(posted: Posted) -> None:
    town, box = posted
    office = CANE | {"kind": "government", "name": "Dinas Pelabuhan"}
    await town.cy.post("/organisations", **office)
    form = {"words": WORDS, "office_mail": "tata.usaha@garut.go.id"}
    await town.cy.send("/organisations/4/verification", b"", **form)
    letter = await box.next()
    assert letter["to"] == "tata.usaha@garut.go.id" and "Dinas Pelabuhan" in text_of(letter)
    link = path_in(letter)
    assert "Yes, this is our address" in await town.visitor.open(link)
    assert "has to be opened" in await town.cy.open("/organisations/4/verification")
    assert "Thank you" in (await town.visitor.post(link)).text
    assert "was confirmed" in await town.cy.open("/organisations/4/verification")
    assert (await town.visitor.get(link)).status_code == 410


async def test_whoever_was_offered_a_mandate_answers_on_its_page(town: Town) -> None:
    choice = await town.bo.open(f"/organisations/{DODOL}/mandates/new?words=cy")
    assert 'value="3"' in choice and 'value="2"' not in choice
    offered = await town.bo.post(f"/organisations/{DODOL}/mandates", member=CY, role="speaker")
    assert offered.status_code == 303
    (notice,) = re.findall("offers you to speak for “Dodol”", await town.cy.open("/notices"))
    assert notice
    assert "Accept" in await town.cy.open("/mandates/4")
    assert "Take the offer back" in await town.bo.open("/mandates/4")
    assert (await town.gus.get("/mandates/4")).status_code == 404
    await town.cy.post("/mandates/4/acceptance")
    assert "Dodol" in await town.cy.open("/channels/7")
    page = await town.visitor.open(f"/organisations/{DODOL}")
    assert "Cy" in page and "Speaker" in page


async def test_the_last_owner_is_told_why_they_cannot_go(town: Town) -> None:
    for door, form in (("ending", {}), ("role", {"role": "speaker"})):
        answer = await town.bo.post(f"/mandates/{BO_FOR_DODOL}/{door}", **form)
        assert answer.status_code == 403 and "last owner" in answer.text
    assert "last owner" in await town.bo.open(f"/mandates/{BO_FOR_DODOL}")


async def test_an_administrator_finds_another_owner(town: Town) -> None:
    page = await town.fay.open(f"/organisations/{DODOL}/mandates/new?words=Gus")
    assert f'action="/organisations/{DODOL}/recovery"' in page
    assert (await town.ada.get(f"/organisations/{DODOL}/mandates/new")).status_code == 403
    await town.fay.post(f"/organisations/{DODOL}/recovery", member=7)
    mandates = await rows(town.db, Mandate)
    assert mandates[-1].role == MandateRole.OWNER and mandates[-1].member_id == 7


async def test_a_page_shows_what_it_published_to_whom_it_may(town: Town) -> None:
    await announce(town.dee, title="For offices", kind="government", public="")
    there = f"/organisations/{HARBOUR_OFFICE}"
    assert "For offices" in await town.dee.open(there)
    assert "For offices" not in await town.bo.open(there)
    assert "For offices" not in await town.visitor.open(there)


async def test_the_directory_filters_and_says_when_nothing_fits(town: Town) -> None:
    assert "Leather Lane" in await town.visitor.open("/organisations?kind=industry_region")
    page = await town.visitor.open("/organisations?words=nobody&cluster=food&province=32")
    assert "No organisation fits" in page
    assert (await town.visitor.get("/organisations?kind=nonsense")).status_code == 422
