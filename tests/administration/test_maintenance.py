"""A banner and read-only maintenance reach every page at once, also those that are open."""

import pytest

from community.database import Transaction
from community.notices.actions import notify
from community.notices.models import NoticeKind
from tests.browsing import Tab
from tests.cast import CY, MOORING, QUAY
from tests.conftest import Town
from tests.doors import everything

SITE = "/administration/site"


async def test_a_banner_shows_on_open_pages_and_on_new_ones(town: Town) -> None:
    async with town.cy.tab() as cy:
        await town.fay.post(SITE, name="Harbour", banner="The crane is <b>out</b>")
        frame = await cy.until("put")
        while frame.get("target") != "site-banner":
            frame = await cy.until("put")
        assert "The crane is &lt;b&gt;out&lt;/b&gt;" in frame["html"]
    page = await town.visitor.open("/rules")
    assert "The crane is &lt;b&gt;out&lt;/b&gt;" in page and "Harbour" in page


async def test_open_pages_are_told_that_nothing_can_be_written_and_when_it_can_again(
    town: Town,
) -> None:
    async with town.cy.tab() as cy:
        await _told(cy, write=True)
        await town.fay.post(SITE, name="AKAR", read_only="yes")
        await _told(cy, write=False)
        await town.fay.post(SITE, name="AKAR")
        await _told(cy, write=True)


async def test_a_page_opened_during_maintenance_knows_it(town: Town) -> None:
    await town.fay.post(SITE, name="AKAR", read_only="yes")
    async with town.cy.tab() as cy:
        await _told(cy, write=False)
    assert "Maintenance: you can read everything." in await town.cy.open("/topics")


async def test_writing_is_refused_for_now_and_not_for_good(town: Town) -> None:
    await town.fay.post(SITE, name="AKAR", read_only="yes")
    refused = await town.cy.post(f"/channels/{QUAY}/messages", body="ahoy", key="k1")
    assert refused.status_code == 503
    assert "The community is being maintained" in refused.text
    async with town.cy.tab() as cy:
        answer = await cy.say("ahoy", "k2")
        assert answer["verb"] == "refused" and not answer.get("final")

        await town.fay.post(SITE, name="AKAR")
        assert (await cy.say("ahoy", "k2"))["verb"] == "ack"


async def test_during_maintenance_one_can_still_sign_in_and_out(town: Town) -> None:
    await town.fay.post(SITE, name="AKAR", read_only="yes")
    await town.cy.post("/settings/sign-ins/others/ending")
    assert (await town.cy.get("/channels")).status_code == 200
    assert (await town.cy.post("/sign-out")).status_code == 303
    assert (await town.cy.get("/channels")).status_code == 303


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/settings/preferences", {"locale": "id", "zone": "Asia/Makassar", "theme": "dark"}),
        ("/settings/place", {"region": "32.05"}),
        ("/settings/notices", {"reply": "not"}),
        ("/language", {"locale": "id"}),
        ("/notices/reading", {}),
    ],
)
async def test_what_members_choose_for_themselves_waits_too(
    town: Town, path: str, form: dict[str, str]
) -> None:
    await town.fay.post(SITE, name="AKAR", read_only="yes")
    before = await everything(town)
    assert (await town.cy.post(path, **form)).status_code == 503
    assert await everything(town) == before
    assert (await town.fay.post(path, **form)).status_code == 303


async def test_a_notice_leads_to_what_it_is_about_and_stays_unread(town: Town) -> None:
    await town.db.act(_notice_cy)
    await town.fay.post(SITE, name="AKAR", read_only="yes")
    before = await everything(town)
    answer = await town.cy.post("/notices/1/reading")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/topics/{MOORING}")
    assert (await town.bo.post("/notices/1/reading")).status_code == 404
    assert await everything(town) == before


def _notice_cy(tx: Transaction) -> None:
    about = f"/topics/{MOORING}"
    notify(tx, [CY], NoticeKind.REPLY, title="Where to moor", link=about)


async def _told(tab: Tab, *, write: bool) -> None:
    while (await tab.until("status"))["write"] is not write:
        pass
