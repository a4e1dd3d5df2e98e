"""The same through the pages, without a script: written, looked at, handed in, approved."""

import re

import pytest

from community.database import Transaction
from community.members.models import Member
from community.organisations.granting import give_mandate
from community.organisations.models import MandateRole, Organisation
from tests.cast import CY, HARBOUR_OFFICE
from tests.conftest import Town
from tests.forum.announcing import STORM, announce, drafted


@pytest.fixture
async def town_with_colleague(town: Town) -> Town:
    """Cy speaks for the office, too."""

    def offer(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        give_mandate(tx, tx.get_one(Member, CY), office, MandateRole.SPEAKER)

    await town.db.act(offer)
    return town


async def test_the_form_is_for_officials_and_says_so(town: Town) -> None:
    assert 'name="title"' in await town.dee.open("/announcements/new")
    answer = await town.bo.get("/announcements/new")
    assert answer.status_code == 403 and "Only officials publish announcements." in answer.text
    assert (await town.visitor.get("/announcements/new")).headers["location"].startswith("/sign-in")
    assert "/announcements/new" in await town.dee.open("/announcements")
    assert "/announcements/new" not in await town.bo.open("/announcements")


async def test_the_draft_shows_what_will_be_published_and_whom_it_reaches(town: Town) -> None:
    page = await town.dee.open(await drafted(town.dee))
    assert "It reaches 2 members" in page and "Among them: Bo, Gus." in page
    assert "<strong>lines</strong>" in page and "Harbour Office" in page
    assert re.search(r"Local brand</th><td class=\"num\">1<", page)
    assert re.search(r"Garut</th><td class=\"num\">2<", page)
    assert re.search(r"Jawa Barat</th><td class=\"num\">2<", page)
    assert re.search(r"Food &amp; beverage</th><td class=\"num\">1<", page)
    assert "No announcements yet" in await town.bo.open("/announcements")


async def test_a_draft_is_changed_and_published(town: Town) -> None:
    where = await drafted(town.dee)
    form = await town.dee.open(f"{where}/edit")
    assert 'value="Storm on Friday"' in form and "Double your **lines**." in form
    assert 'value="2099-01-05T16:00"' in form
    changed = STORM | {"title": "Storm on Saturday", "version": 1}
    answer = await town.dee.post(where, **changed)
    assert answer.headers["location"] == where

    for _ in range(2):  # twice is once
        answer = await town.dee.post(f"{where}/handing-in", version=2)
        published = answer.headers["location"]
    assert "Storm on Saturday" in await town.visitor.open(published)
    assert "/announcements/1" in await town.dee.open(where)
    assert "Storm on" not in await town.dee.open("/announcements/drafts")


async def test_a_colleague_approves_or_says_what_should_be_different(
    town_with_colleague: Town,
) -> None:
    town = town_with_colleague
    where = await drafted(town.dee, region="")
    assert "Somebody else who speaks for your office" in await town.dee.open(where)
    answer = await town.dee.post(f"{where}/handing-in", version=1)
    assert answer.headers["location"] == where
    assert "asks you to approve" in await town.cy.open("/notices")
    assert "You wrote part of it." in await town.dee.open(where)

    await town.cy.post(f"{where}/refusal", version=2, because="100% wrong day")
    assert "100% wrong day" in await town.dee.open(where)
    assert "100% wrong day" in await town.dee.open("/announcements/drafts")
    await town.dee.post(f"{where}/handing-in", version=3)
    stale = await town.cy.post(f"{where}/approval", version=2)
    assert stale.status_code == 409 and "Dee changed it meanwhile" in stale.text
    published = await town.cy.post(f"{where}/approval", version=4)
    assert "Storm on Friday" in await town.bo.open(published.headers["location"])


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": " "}, "An announcement has a title."),
        ({"body": ""}, "There is nothing to announce yet."),
        ({"acknowledge_by": "soon"}, "Say by which day and hour."),
        ({"acknowledge_by": ""}, "Say by which day and hour."),
        ({"acknowledge_by": "2001-01-01T00:00"}, "has passed already."),
        ({"acknowledge_by": "0001-01-01T00:00"}, "Say by which day and hour."),
        ({"publish_at": "2001-01-01T00:00"}, "has passed already."),
        ({"expires_at": "2098-01-01T00:00"}, "would expire before"),
        ({"valid_from": "2026-02-30"}, "This is not a day."),
        ({"valid_from": "2026-02-02", "valid_until": "2026-02-01"}, "would end before it begins"),
        ({"other_title": "Badai"}, "a title and a text, or neither"),
        ({"commodities": ",".join("abcdefghijk")}, "At most 10 commodities."),
        ({"body": "https://contoh.id/ " * 51}, "too many links: at most 50."),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_lost(
    town: Town, changes: dict[str, str], complaint: str
) -> None:
    answer = await town.dee.post("/announcements/drafts", **STORM | changes)
    assert answer.status_code == 422 and complaint in answer.text
    kept = "Storm on Friday" if "body" in changes else "Double your"
    assert kept in answer.text
    where = await drafted(town.dee)
    answer = await town.dee.post(where, **STORM | changes | {"version": 1})
    assert answer.status_code == 422 and complaint in answer.text


@pytest.mark.parametrize(
    "changes",
    [{"region": "99"}, {"cluster": "ships"}, {"kind": "pirates"}, {"mandate": "0"},
     {"mandate": str(2**63)}, {"key": "a b"}, {"official": "yes"}, {"theme": "storms"},
     {"role": "captain"}, {"purpose": "joke"}, {"discussion": "wild"}, {"state": "published"},
     {"organisation_id": "1"}, {"author_id": "2"}, {"published_at": "2026-01-01"}],
)  # fmt: skip
async def test_what_the_form_cannot_send_is_refused(town: Town, changes: dict[str, str]) -> None:
    answer = await town.dee.post("/announcements/drafts", **STORM | changes)
    assert answer.status_code == 422
    assert "No drafts" in await town.dee.open("/announcements/drafts")


async def test_no_member_makes_an_announcement_with_any_parameter(town: Town) -> None:
    where = await drafted(town.dee)
    for browser in (town.bo, town.ada, town.fay):
        for mandate in (1, 2, 3):
            answer = await browser.post(
                "/announcements/drafts", **STORM | {"mandate": mandate, "key": "mine"}
            )
            assert answer.status_code in {403, 404}
        for door in ("handing-in", "approval", "taking-back", "deletion", "refusal"):
            assert (await browser.post(f"{where}/{door}", version=1)).status_code == 404
        assert (await browser.get(where)).status_code == 404
        assert "Storm" not in await browser.open("/announcements/drafts")
    assert (await town.visitor.post("/announcements/drafts", **STORM)).status_code == 401
    assert "No announcements yet" in await town.ada.open("/announcements")


async def test_it_says_what_it_is_in_both_languages(town: Town) -> None:
    where = await announce(
        town.dee, purpose="policy", number="SE-12/2026", commodities="batik, leather",
        valid_from="2026-12-01", valid_until="2027-01-31", other_title="Badai hari Jumat",
        other_body="Gandakan **tali**.", language="en",
    )  # fmt: skip
    page = await town.bo.open(where)
    for words in ("Policy", "SE-12/2026", "batik, leather", "1 Dec 2026", "31 Jan 2027"):
        assert words in page
    assert re.search(r'lang="id".*Badai hari Jumat.*<strong>tali</strong>', page, re.S)


async def test_what_is_planned_can_be_taken_back_or_deleted(town: Town) -> None:
    where = await drafted(town.dee, publish_at="2098-01-01T09:00")
    await town.dee.post(f"{where}/handing-in", version=1)
    assert "Planned" in await town.dee.open(where)
    assert "1 Jan 2098, 09:00 WIB" in await town.dee.open(where)
    await town.dee.post(f"{where}/taking-back", version=2)
    await town.dee.post(f"{where}/deletion", version=3)
    assert "No drafts" in await town.dee.open("/announcements/drafts")
    assert "This draft was deleted." in await town.dee.open(where)


async def test_administrators_say_who_approves(town: Town) -> None:
    await town.fay.post("/administration/site/publishing", seconding="always", facilitators="yes")
    assert 'value="always" selected' in await town.fay.open("/administration/site")
    where = await drafted(town.dee)
    answer = await town.dee.post(f"{where}/handing-in", version=1)
    assert answer.headers["location"] == where
    answer = await town.dee.post("/administration/site/publishing", seconding="never")
    assert answer.status_code in {403, 404}


async def test_of_two_who_change_it_the_second_keeps_their_words_and_reads_the_others(
    town: Town,
) -> None:
    where = await drafted(town.dee)
    first = STORM | {"title": "Storm on Saturday", "version": 1}
    assert (await town.dee.post(where, **first)).status_code == 303
    second = await town.dee.post(where, **first | {"title": "Storm on Sunday"})
    assert second.status_code == 409 and 'value="Storm on Sunday"' in second.text
    assert f'href="{where}"' in second.text and 'name="version" value="2"' in second.text
    nowhere = await town.dee.post(where, **first | {"version": 2, "region": "99.99"})
    assert nowhere.status_code == 422 and 'value="Storm on Saturday"' in nowhere.text
    await town.dee.post(f"{where}/handing-in", version=2)
    closed = await town.dee.get(f"{where}/edit")
    assert closed.status_code == 403 and "handed in" in closed.text
