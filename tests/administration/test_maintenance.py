"""A banner and read-only maintenance reach every page at once, also those that are open."""

from tests.browsing import Tab
from tests.cast import QUAY
from tests.conftest import Town

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
    assert (await town.cy.post("/sign-out")).status_code == 303


async def _told(tab: Tab, *, write: bool) -> None:
    while (await tab.until("status"))["write"] is not write:
        pass
