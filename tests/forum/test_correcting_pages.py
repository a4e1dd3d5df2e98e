"""The same through the pages, without a script: corrected, compared, withdrawn."""

import re

import pytest

from community.database import Transaction
from community.members.models import Member
from community.organisations.granting import give_mandate
from community.organisations.models import MandateRole, Organisation
from forum.announcements.models import Announcement
from tests.browsing import Browser
from tests.cast import CY, HARBOUR_OFFICE
from tests.conftest import Town
from tests.forum.announcing import announce
from tests.moderation.reporting import rows

BETTER = {
    "key": "c1", "of_version": "1", "reason": "Fenders <were> forgotten.",
    "title": "Storm on Friday", "body": "Double your **lines** and fenders.",
}  # fmt: skip
MATERIAL = BETTER | {"material": "yes", "acknowledge_by": "2099-02-01T16:00"}


@pytest.fixture
async def town_with_colleague(town: Town) -> Town:
    """Cy speaks for the office, too."""

    def offer(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        give_mandate(tx, tx.get_one(Member, CY), office, MandateRole.SPEAKER)

    await town.db.act(offer)
    return town


async def written(browser: Browser, where: str, **changes: str) -> str:
    answer = await browser.post(f"{where}/correction", **BETTER | changes)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def set_right(browser: Browser, where: str, **changes: str) -> None:
    draft = await written(browser, where, **changes)
    answer = await browser.post(f"{draft}/handing-in", version=1)
    assert answer.headers["location"] == where, answer.text


async def test_an_announcement_is_corrected_in_the_open(town: Town) -> None:
    where = await announce(town.dee)
    form = await town.dee.open(f"{where}/correction")
    assert 'value="Storm on Friday"' in form and "Double your **lines**." in form
    assert 'name="region"' not in form and 'name="public"' not in form
    draft = await written(town.dee, where)
    page = await town.dee.open(draft)
    assert re.search(r"<ins>.*and fenders.*</ins>", page, re.S) and "Publish the correction" in page
    assert "Fenders" not in await town.bo.open(where)
    form = await town.dee.open(f"{draft}/correction")
    assert "Fenders &lt;were&gt; forgotten." in form
    await town.dee.post(f"{draft}/handing-in", version=1)
    page = await town.visitor.open(where)
    assert "and fenders" in page and "/announcements/1/versions" in page
    page = await town.visitor.open(f"{where}/versions")
    for words in ("Fenders &lt;were&gt; forgotten.", "and fenders</ins>", "Dee for Harbour Office"):
        assert words in re.sub(r"<span class=\"visually-hidden\">.*?</span>", "", page), words
    assert "version-1" in page and "version-2" in page
    assert (await town.dee.get(f"{draft}/edit")).status_code == 404


async def test_a_material_correction_asks_again(town: Town) -> None:
    where = await announce(town.dee)
    await town.bo.post(f"{where}/acknowledgement", next=where)
    assert "You acknowledged this on" in await town.bo.open(where)
    await set_right(town.dee, where, **MATERIAL)
    assert "Please read it again." in await town.bo.open("/notices")
    page = await town.bo.open(where)
    assert "You acknowledged an earlier version" in page and "You acknowledged this on" not in page
    assert "1 Feb 2099" in page and f'action="{where}/acknowledgement"' in page


async def test_it_is_withdrawn(town: Town) -> None:
    where = await announce(town.dee)
    assert 'name="because"' in await town.dee.open(f"{where}/withdrawal")
    answer = await town.dee.post(f"{where}/withdrawal", version=1, because="The storm <went> by.")
    assert answer.headers["location"] == where
    assert "Storm on Friday" not in await town.visitor.open("/announcements")
    past = await town.visitor.open("/announcements?past=yes")
    assert "Storm on Friday" in past and "Withdrawn" in past
    for page in (where, f"{where}/versions", f"{where}/letter"):
        assert "The storm &lt;went&gt; by." in await town.visitor.open(page)
    page = await town.bo.open(where)
    assert "acknowledgement" not in page.partition('id="announcement-1"')[2].partition("</main>")[0]
    assert "withdrew" in await town.bo.open("/notices")
    (one,) = await rows(town.db, Announcement)
    page = await town.visitor.open(f"/v/{one.code}")
    assert "The storm &lt;went&gt; by." in page
    assert "correction" not in await town.dee.open(where)


async def test_a_line_of_a_list_is_fetched_as_it_is_now(town: Town) -> None:
    where = await announce(town.dee)
    assert 'id="announcement-1"' in await town.bo.open("/announcements")
    await set_right(town.dee, where)
    line = await town.bo.open(f"{where}/row?level=h3")
    assert line.strip().startswith("<li") and "Corrected" in line and "<h3>" in line
    private = await announce(town.dee, public="", key="k2")
    assert (await town.visitor.get(f"{private}/row")).status_code == 404
    assert (await town.ada.get(f"{private}/versions")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"reason": " "}, "Say why: all who read it see this."),
        ({"title": ""}, "An announcement has a title."),
        ({"body": " "}, "There is nothing to announce yet."),
        ({"material": "yes"}, "Say by which day and hour."),
        ({"material": "yes", "acknowledge_by": "2001-01-01T00:00"}, "has passed already."),
        ({"valid_from": "2026-02-02", "valid_until": "2026-02-01"}, "would end before it begins"),
        ({"other_title": "Badai"}, "a title and a text, or neither"),
        ({"body": "https://contoh.id/ " * 51}, "too many links"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_lost(
    town: Town, changes: dict[str, str], complaint: str
) -> None:
    where = await announce(town.dee)
    draft = await written(town.dee, where, key="c0")
    for door in (f"{where}/correction", f"{draft}/correction"):
        answer = await town.dee.post(door, **BETTER | {"version": "1"} | changes)
        assert answer.status_code == 422 and complaint in answer.text
        kept = "Fenders" if "body" in changes else "and fenders"
        assert kept in answer.text


async def test_of_two_editors_one_wins_and_the_others_text_is_kept(
    town_with_colleague: Town,
) -> None:
    town = town_with_colleague
    where = await announce(town.dee)
    draft = await written(town.dee, where)
    await town.cy.post(f"{draft}/correction", **BETTER | {"version": "1", "reason": "Mine."})
    late = BETTER | {"version": "1", "body": "Long words of Dee."}
    answer = await town.dee.post(f"{draft}/correction", **late)
    assert answer.status_code == 409 and "Cy changed it meanwhile" in answer.text
    assert "Long words of Dee." in answer.text and 'name="version" value="2"' in answer.text
    assert "Long words" not in await town.dee.open(draft)
    await town.dee.post(f"{draft}/correction", **late | {"version": "2"})
    assert "Long words of Dee." in await town.dee.open(draft)

    await town.dee.post(f"{draft}/handing-in", version=3)
    answer = await town.cy.post(f"{where}/correction", **BETTER | {"key": "c2"})
    assert answer.status_code == 409 and "and fenders" in answer.text
    assert 'name="of_version" value="2"' in answer.text
    await set_right(town.cy, where, key="c2", of_version="2")


async def test_the_doors_are_for_the_office_alone(town: Town) -> None:
    """S26, by role."""
    where = await announce(town.dee)
    private = await announce(town.dee, public="", key="k2")
    draft = await written(town.dee, where)
    for browser in (town.bo, town.ada, town.cy, town.eva, town.fay, town.gus):
        for door, form in (("correction", BETTER | {"key": "x"}), ("withdrawal", {"version": 1})):
            assert (await browser.get(f"{where}/{door}")).status_code == 403
            answer = await browser.post(f"{where}/{door}", **form, **(
                {"because": "No."} if door == "withdrawal" else {}))  # fmt: skip
            assert answer.status_code == 403, (door, answer.text)
        answer = await browser.post(f"{draft}/correction", **BETTER, version=1)
        assert answer.status_code == 404
        assert "/correction" not in await browser.open(where)
    for browser in (town.ada, town.cy):
        for door in ("correction", "withdrawal"):
            assert (await browser.get(f"{private}/{door}")).status_code == 404
    for door in ("correction", "withdrawal"):
        answer = await town.visitor.post(f"{where}/{door}", **BETTER)
        assert answer.status_code in {401, 422}
        assert (await town.visitor.get(f"{where}/{door}")).headers["location"].startswith("/sign")
    assert {one.version for one in await rows(town.db, Announcement)} == {1}


@pytest.mark.parametrize(
    "changes",
    [{"region": "31"}, {"kind": "brand"}, {"public": "yes"}, {"purpose": "urgent"}, {"key": "a b"},
     {"organisation_id": "1"}, {"late_joiners": "yes"}, {"published_at": "2026-01-01"},
     {"code": "AAAAAA"}, {"version": "-1"}, {"of_version": str(2**64)}, {"material": "true"}],
)  # fmt: skip
async def test_what_the_form_cannot_send_is_refused(town: Town, changes: dict[str, str]) -> None:
    where = await announce(town.dee)
    answer = await town.dee.post(f"{where}/correction", **BETTER | changes)
    assert answer.status_code == 422
    assert "No drafts" in await town.dee.open("/announcements/drafts")
