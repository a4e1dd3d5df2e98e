"""What members choose for themselves holds from the next page on."""

from datetime import datetime, timedelta

import pytest

from community import clock
from community.database import Database, Transaction
from community.members.actions import see
from community.members.models import SignIn
from tests.cast import ADA, BO
from tests.conftest import Town
from tests.forum.announcing import announce

CHOSEN = {"locale": "en", "zone": "Asia/Makassar", "theme": "dark", "save_data": "yes"}


async def test_language_zone_colours_and_thrift_hold_at_once(town: Town) -> None:
    answer = await town.bo.post("/settings/preferences", **CHOSEN | {"locale": "id"})
    assert answer.status_code == 303
    page = await town.bo.open(answer.headers["location"].split("#")[0])
    assert '<html lang="id" data-theme="dark" data-save-data>' in page
    assert 'data-zone="Asia/Makassar"' in page and "Tersimpan" in page

    await town.bo.post("/settings/preferences", **CHOSEN | {"save_data": "", "theme": "auto"})
    assert '<html lang="en">' in await town.bo.open("/settings")


@pytest.mark.parametrize(
    "changes",
    [{"locale": "fr"}, {"zone": "Europe/Paris"}, {"theme": "pink"}, {"save_data": "no"},
     {"role": "administrator"}, {"email": "x@harbour.test"}],
)  # fmt: skip
async def test_what_cannot_be_chosen_is_refused(town: Town, changes: dict[str, str]) -> None:
    answer = await town.bo.post("/settings/preferences", **CHOSEN | changes)
    assert answer.status_code == 422
    assert 'data-theme="dark"' not in await town.bo.open("/settings")


async def test_who_moves_gets_the_announcements_of_the_new_place(town: Town) -> None:
    async with town.cy.tab() as cy:
        form = {"region": "32.05", "clusters": ["food", "crafts"]}
        assert (await town.cy.post("/settings/place", **form)).status_code == 303
        await cy.socket.wait_closed()  # its page starts anew, for the streams of that place
    async with town.cy.tab() as cy:
        await announce(town.dee, region="32", cluster="crafts")
        assert "Storm on Friday" in (await cy.until("append"))["html"]
    page = await town.cy.open("/settings")
    assert 'value="32.05" selected' in page and 'value="crafts" checked' in page


@pytest.mark.parametrize("form", [{"region": "99"}, {"clusters": ["ships"]}, {"region": "32.05.1"}])
async def test_a_place_that_does_not_exist_is_refused(town: Town, form: dict[str, object]) -> None:
    assert (await town.bo.post("/settings/place", **form)).status_code == 422


async def test_settings_are_for_members(town: Town) -> None:
    for path in ("/settings", "/settings/sign-ins", "/notices", "/notices/bell"):
        assert (await town.visitor.get(path)).headers["location"].startswith("/sign-in?next=")
    assert (await town.visitor.post("/settings/notices")).status_code == 401


async def test_a_browser_in_use_is_remembered_every_ten_minutes_at_most(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen_at(tx: Transaction) -> list[datetime]:
        return [row.seen_at for row in tx.query(SignIn).order_by(SignIn.id) if row.member_id == BO]

    (before,) = await town.db.act(seen_at)
    await town.bo.open("/topics")
    assert await town.db.act(seen_at) == [before]
    monkeypatch.setattr(clock, "ahead", timedelta(minutes=11))
    await town.bo.open("/topics")
    (after,) = await town.db.act(seen_at)
    assert after > before


async def test_one_that_has_ended_is_not_seen_again(
    db: Database, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end_and_see(tx: Transaction) -> bool:
        sign_in = tx.query(SignIn).filter_by(member_id=ADA).one()
        sign_in.ended_at = before = sign_in.seen_at
        see(tx, sign_in.id)
        return sign_in.seen_at == before

    monkeypatch.setattr(clock, "ahead", timedelta(minutes=11))
    assert await db.act(end_and_see)


async def test_a_visitors_language_is_in_their_browser(town: Town) -> None:
    answer = await town.visitor.post("/language", locale="id", next="/rules")
    assert answer.headers["location"] == "/rules"
    assert "Aturan" in await town.visitor.open("/rules")
