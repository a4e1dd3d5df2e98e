"""S23: a link for a new password is good once, for half an hour, one at a time; it dies with
what it is for, opens nothing by being looked at, and no row holds it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from community import accounts, clock
from community.errors import Conflict, Denied
from community.members.actions import sign_in_by_password
from community.members.models import Member
from community.members.queries import member_with_email
from community.tickets import Purpose, Ticket, issue
from tests.cast import BO, PASSWORD, email
from tests.conftest import Posted, Town
from tests.letterbox import path_in, text_of
from tests.moderation.reporting import rows

NEW = "tujuh gelombang sore 44"


async def test_reset_token_lifecycle(posted: Posted, monkeypatch: pytest.MonkeyPatch) -> None:
    """S23: single use, 30 minutes, one that is live, no GET; it ends all sign-ins and sockets."""
    town, box = posted
    first, second = await _reset_link(posted), await _reset_link(posted)
    assert (await town.visitor.get(first)).status_code == 410, "a newer one ended it"
    monkeypatch.setattr(clock, "ahead", timedelta(minutes=31))
    assert (await town.visitor.get(second)).status_code == 410, "too late"
    monkeypatch.setattr(clock, "ahead", timedelta())
    assert (await town.visitor.get(second)).status_code == 200
    async with town.bo.tab() as tab:
        answer = await town.visitor.post(second, password=NEW)
        assert answer.status_code == 303
        assert (await tab.closed())[0] == 4401
    assert (await town.bo.get("/settings")).status_code == 303, "signed out"
    assert 'data-member="2"' in await town.visitor.open("/"), "signed in with the new one"
    told = await box.next()
    assert told["to"] == email(BO) and "new password" in text_of(told)
    assert (await town.visitor.post(second, password=NEW)).status_code == 410


async def test_a_reset_link_dies_when_the_password_is_remembered(posted: Posted) -> None:
    """Discourse CVE-2022-46177."""
    town, _box = posted
    link = await _reset_link(posted)
    answer = await town.visitor.post("/sign-in", email=email(BO), password=PASSWORD)
    assert answer.status_code == 303
    assert (await town.visitor.get(link)).status_code == 410


async def test_a_reset_link_is_used_once_whatever_each_remembers(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two that use it at once, one has asked what time it is before the other ended it."""
    town, _box = posted
    await town.visitor.post("/forgot", email=email(BO))
    ticket = await town.db.look(lambda session: session.scalars(select(Ticket.id)).one())
    await town.db.act(accounts.reset_by, ticket, "h1")
    monkeypatch.setattr(clock, "ahead", timedelta(milliseconds=-1))
    with pytest.raises(Conflict):
        await town.db.act(accounts.reset_by, ticket, "h2")


async def test_the_old_password_opens_nothing_after_a_reset(posted: Posted) -> None:
    """Also when it was compared before: comparing takes a while."""
    town, _box = posted
    bo = await _member(town, email(BO))
    assert bo
    await town.visitor.post(await _reset_link(posted), password=NEW)
    with pytest.raises(Denied):
        await town.db.act(lambda tx: sign_in_by_password(tx, BO, bo.password_hash))


async def test_a_link_to_an_address_they_left_resets_nothing(posted: Posted) -> None:
    town, _box = posted
    old = await town.db.act(lambda tx: issue(tx, Purpose.RESET, "old@harbour.test", member_id=BO))
    with pytest.raises(Conflict):
        await town.db.act(accounts.reset_by, old.id, "h1")


async def test_links_lead_where_the_settings_say(posted: Posted) -> None:
    """Never where a Host header says (S23), and no row holds what opens them."""
    town, box = posted
    await town.visitor.post("/forgot", email=email(BO))
    letter = await box.next()
    assert f"{town.origin}/reset/" in text_of(letter)
    link = path_in(letter).removeprefix("/reset/")
    stored = await town.db.look(lambda session: session.scalars(select(Ticket.id)).all())
    assert link not in stored and any(link.startswith(id) for id in stored)


@pytest.mark.parametrize("what", ["password", "address"])
async def test_a_reset_link_dies_with_what_it_is_for(posted: Posted, what: str) -> None:
    """Also where the member is signed in and changes it themself."""
    town, box = posted
    link = await _reset_link(posted)
    form = {"password": NEW} if what == "password" else {"email": "bo@new.example"}
    answer = await town.bo.post(f"/settings/account/{what}", current=PASSWORD, **form)
    assert answer.status_code == 303
    if what == "address":
        assert (await town.bo.post(path_in(await box.next()))).status_code == 303
    assert (await town.visitor.get(link)).status_code == 410
    assert (await town.visitor.post(link, password=NEW)).status_code == 410


async def test_looking_at_the_link_uses_nothing_up(posted: Posted) -> None:
    """Programs that look into mails open links (Discourse CVE-2019-1020018)."""
    town, _box = posted
    link = await _reset_link(posted)
    before = [(one.id, one.ends_at) for one in await rows(town.db, Ticket)]
    for _ in range(3):
        assert (await town.visitor.get(link)).status_code == 200
    assert [(one.id, one.ends_at) for one in await rows(town.db, Ticket)] == before
    assert (await town.visitor.post(link, password=NEW)).status_code == 303


async def _reset_link(posted: Posted) -> str:
    await posted.town.visitor.post("/forgot", email=email(BO))
    return path_in(await posted.box.next())


async def _member(town: Town, address: str) -> Member | None:
    return await town.db.look(member_with_email, address)
