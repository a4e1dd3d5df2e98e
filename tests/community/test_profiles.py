"""What members show of themselves, and to whom."""

from datetime import timedelta

import pytest

from community import clock
from community.audit import AuditEntry
from community.database import Transaction
from community.members.models import Member
from community.organisations.models import Organisation
from community.profiles import RENAMED
from forum.topics import actions as topics
from tests.cast import ADA, BO, CABIN, CY, DEE, DODOL, EVA, GUS, LEDGER
from tests.conftest import Town
from tests.moderation.reporting import as_, rows, say, write
from tests.painting import painted


async def test_a_profile_shows_who_somebody_is_and_what_they_wrote(town: Town) -> None:
    await write(town.db, BO, "Dodol keeps for a month.")
    assert (
        await town.bo.post("/settings/profile", name="Bo", about="Makes dodol")
    ).status_code == 303
    page = await town.cy.open(f"/members/{BO}")
    for shown in ("<h1>Bo</h1>", "Makes dodol", "Dodol keeps for a month.", "Where to moor",
                  "Local brand", "Kabupaten Garut", "Food"):  # fmt: skip
        assert shown in page, shown
    assert "harbour.test" not in page


async def test_visitors_see_what_stands_in_public_anyway(town: Town) -> None:
    await town.bo.post("/settings/profile", name="Bo", about="Makes dodol")
    await write(town.db, BO, "Dodol keeps for a month.")
    answer = await town.visitor.get(f"/members/{BO}")
    assert answer.headers["x-robots-tag"] == "noindex"
    assert "Dodol keeps for a month." in answer.text and "Local brand" in answer.text
    assert "Makes dodol" not in answer.text and "Garut" not in answer.text


async def test_who_never_spoke_in_public_is_nobody_to_visitors(town: Town) -> None:
    await write(town.db, DEE, "Only for the office", LEDGER)
    await say(town.db, CY, "ahoy")
    missing = await town.visitor.get(f"/members/{10**6}")
    for member in (CY, EVA):
        assert (await town.visitor.get(f"/members/{member}")).status_code == 404
    assert missing.status_code == 404
    assert (await town.visitor.get(f"/members/{GUS}")).status_code == 200, "who started a topic"
    await write(town.db, CY, "Here I am")
    assert "Here I am" in await town.visitor.open(f"/members/{CY}")


async def test_nobody_reads_more_on_a_profile_than_elsewhere(town: Town) -> None:
    await write(town.db, DEE, "kenari-7315", LEDGER)
    hidden = await write(town.db, DEE, "kenari-7315")
    await as_(town.db, DEE, topics.withdraw, hidden)
    await say(town.db, BO, "kenari-7315", CABIN)
    for browser in (town.visitor, town.cy, town.bo):
        for member in (DEE, BO):
            assert "kenari" not in await browser.open(f"/members/{member}")
    assert "kenari" in await town.dee.open(f"/members/{DEE}"), "who may read it there"


async def test_a_badge_is_grey_once_nobody_answers_for_it(town: Town) -> None:
    def end(tx: Transaction) -> None:
        dodol = tx.get_one(Organisation, DODOL)
        dodol.level, dodol.rev = 0, dodol.rev + 1

    assert "Not verified" not in await town.cy.open(f"/members/{BO}")
    await town.db.act(end)
    page = await town.cy.open(f"/members/{BO}")
    assert "Dodol" in page and "Not verified" in page and "Local brand" not in page


async def test_a_new_name_stands_everywhere_at_once_and_for_a_week(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(town.db, BO, "One.")
    await say(town.db, BO, "Two.")
    assert "Bo" in await town.cy.open("/topics/5")
    assert (await town.bo.post("/settings/profile", name="Bonita")).status_code == 303
    for path in ("/topics/5", "/channels/7", f"/members/{BO}"):
        page = await town.cy.open(path)
        assert "Bonita" in page and ">Bo<" not in page, path
    again = await town.bo.post("/settings/profile", name="Bob", about="Kept")
    assert again.status_code == 403 and "once a week" in again.text and "Kept" in again.text
    monkeypatch.setattr(clock, "ahead", RENAMED + timedelta(minutes=1))
    assert (await town.bo.post("/settings/profile", name="Bob")).status_code == 303
    renamed = [one for one in await rows(town.db, AuditEntry) if one.verb == "member.renamed"]
    assert [one.actor_id for one in renamed] == [BO, BO]
    assert "changed their name" in await town.fay.open("/moderation/log")


async def test_about_changes_as_often_as_one_likes_and_needs_no_new_name(town: Town) -> None:
    def import_odd(tx: Transaction) -> None:
        tx.get_one(Member, BO).name = "Admin Lama"  # from before there were rules

    await town.db.act(import_odd)
    for about in ("Makes dodol", "Makes wajit", ""):
        answer = await town.bo.post("/settings/profile", name="Admin Lama", about=about)
        assert answer.status_code == 303
    refused = await town.bo.post("/settings/profile", name="Admin Baru", about="x")
    assert refused.status_code == 422 and "reserved" in refused.text


async def test_a_picture_stands_beside_what_one_wrote_and_leaves_with_it(town: Town) -> None:
    await write(town.db, BO, "One.")
    await say(town.db, BO, "Two.")
    before = await town.cy.open("/topics/5")
    await town.bo.send("/settings/picture", painted())
    (picture,) = {one.picture for one in await rows(town.db, Member)} - {""}
    for path in ("/topics/5", "/channels/7"):
        assert f'src="/files/{picture}/small"' in await town.cy.open(path)
    assert f'src="/files/{picture}"' in await town.visitor.open(f"/members/{BO}")
    await town.bo.post("/settings/picture/removal")
    assert picture not in await town.cy.open("/topics/5") and picture not in before


async def test_names_lead_to_profiles(town: Town) -> None:
    await write(town.db, BO, "One.")
    await say(town.db, BO, "Two.")
    for path in ("/topics/5", "/channels/7"):
        assert f'href="/members/{BO}"' in await town.cy.open(path)
    for path in ("/topics", "/topics/5"):
        assert f'href="/members/{GUS}"' in await town.visitor.open(path)


async def test_what_is_wrong_with_a_picture_stands_beside_it(town: Town) -> None:
    page = await town.bo.send("/settings/picture", b"<svg/>")
    assert page.status_code == 422
    assert 'id="picture-error"' in page.text and "no picture we can take" in page.text


async def test_who_moderates_sees_what_is_on_a_profile_whoever_blocks_them(town: Town) -> None:
    await town.cy.post("/settings/profile", name="Cy", about="Buy my pills")
    for reader in (ADA, BO):
        await town.cy.post(f"/members/{reader}/distance", extent="blocked")
    assert "pills" not in await town.bo.open(f"/members/{CY}")
    assert "pills" in await town.ada.open(f"/members/{CY}")
