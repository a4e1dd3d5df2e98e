"""Joining by e-mail, a forgotten password, another address: by links that letters bring."""

import asyncio
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

import httpx2
import pytest
from limits import RateLimitItemPerHour
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community import clock, terms, tickets
from community.accounts import may_protect
from community.database import Base
from community.members.models import Member
from community.members.queries import member_with_email
from community.outbox import Mail
from community.terms import TERMS, Consent
from community.tickets import Ticket
from tests.authenticator import with_app
from tests.browsing import Browser
from tests.cast import ADA, BO, DODOL, PASSWORD, email
from tests.conftest import Posted, Town
from tests.letterbox import path_in, text_of
from web import attempts

NEW = "tujuh gelombang sore 44"
WHO = {
    "email": "Gita@Weaving.example",
    "name": "Gita",
    "born": 1991,
    "region": "32.05",
    "clusters": ["crafts", "textile"],
    "about": "I weave",
}
SAID = {"name": "Gita S.", "about": "I weave", "region": "32.05", "clusters": ["crafts"]}
CONFIRMED: dict[str, Any] = SAID | {"password": NEW, "terms": TERMS, "agreed": "yes"}


async def test_gita_joins(posted: Posted) -> None:
    town, box = posted
    answer = await town.visitor.post("/join", **WHO)
    assert (answer.status_code, answer.headers["location"]) == (303, "/letter")
    assert "Check your e-mail" in await town.visitor.open("/letter")
    letter = await box.next()
    assert letter["to"] == "gita@weaving.example" and "Welcome." in text_of(letter)
    path = path_in(letter)
    assert "gita@weaving.example" in await town.visitor.open(path)
    assert await _member(town, "gita@weaving.example") is None, "looking changes nothing"
    assert (await town.visitor.post(path, password=NEW, name="Gita")).status_code == 422, "terms"
    answer = await town.visitor.post(path, **CONFIRMED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    gita = await _member(town, "gita@weaving.example")
    assert gita and (gita.name, gita.region, gita.about) == ("Gita S.", "32.05", "I weave")
    assert f'data-member="{gita.id}"' in await town.visitor.open("/")
    agreed = select(Consent.terms).where(Consent.member_id == gita.id)
    assert await town.db.look(lambda session: session.scalars(agreed).all()) == [TERMS]
    assert (await town.bo.post(path, **CONFIRMED)).status_code == 410, "it was used"


async def test_who_has_the_address_looks_at_what_was_said_in_their_name(posted: Posted) -> None:
    """Anybody may have asked with it, before them or after."""
    town, box = posted
    await town.fay.post("/administration/site/joining", guardian_consent="yes")
    await town.visitor.post("/join", **WHO)
    first = path_in(await box.next())
    young = {"born": 2012, "guardian": "stranger@harbour.test", "about": "Buy my pills"}
    await town.cy.post("/join", **WHO | young)
    letters = {letter["to"]: path_in(letter) for letter in (await box.next(), await box.next())}
    page = await town.visitor.open(letters["gita@weaving.example"])
    assert 'value="Buy my pills"' in page and "stranger@harbour.test" in page
    page = await town.visitor.open(first)
    assert 'value="I weave"' in page and "stranger" not in page, "their own link is still good"
    answer = await town.visitor.post(first, **CONFIRMED | {"about": "I weave sarongs"})
    assert answer.status_code == 303
    gita = await _member(town, "gita@weaving.example")
    assert gita and gita.about == "I weave sarongs" and not gita.paused
    late = await town.visitor.get(letters["gita@weaving.example"])
    assert late.status_code == 410, "they are here"


async def test_an_invitation_is_named_to_who_confirms(posted: Posted) -> None:
    town, box = posted
    answer = await town.bo.post("/invitations", organisation=DODOL)
    by = (await town.bo.open(answer.headers["location"])).split("/invited/")[1].split("<")[0]
    await town.cy.post("/join", **WHO, invitation=by)
    page = await town.visitor.open(path_in(await box.next()))
    assert "Bo invites you to speak for Dodol." in page


async def test_other_terms_are_looked_at_before_one_agrees(
    posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, box = posted
    await town.visitor.post("/join", **WHO)
    path = path_in(await box.next())
    monkeypatch.setattr(terms, "TERMS", "2026-12")
    answer = await town.visitor.post(path, **CONFIRMED)
    assert answer.status_code == 403 and "The terms have changed" in answer.text
    assert 'name="terms" value="2026-12"' in answer.text and 'value="Gita S."' in answer.text
    again = await town.visitor.post(path, **CONFIRMED | {"terms": "2026-12"})
    assert again.status_code == 303


@pytest.mark.parametrize("born", ["91", "", "2027", "9990", "1899", "MCM", "١٩٩١"])
async def test_a_year_that_is_none_is_said_on_the_form(town: Town, born: str) -> None:
    answer = await town.visitor.post("/join", **WHO | {"born": born})
    assert answer.status_code == 422 and "four digits" in answer.text
    assert 'value="I weave"' in answer.text, "what they wrote is still there"


async def test_a_year_with_a_space_behind_it_is_one(town: Town) -> None:
    assert (await town.visitor.post("/join", **WHO | {"born": "1991 "})).status_code == 303


async def test_nobody_grows_up_by_asking_once_more(town: Town) -> None:
    refused = await town.visitor.post("/join", **WHO | {"born": 2014})
    assert refused.status_code == 403 and "2014" not in refused.headers["set-cookie"]
    again = await town.visitor.post("/join", **WHO)
    assert again.status_code == 403 and "come back in 2031" in again.text
    assert (await town.cy.post("/join", **WHO)).status_code == 303, "another browser"


async def test_two_at_once_use_a_link_once(posted: Posted) -> None:
    town, box = posted
    await town.visitor.post("/join", **WHO)
    path = path_in(await box.next())
    answers = await asyncio.gather(*(b.post(path, **CONFIRMED) for b in (town.visitor, town.bo)))
    assert sorted(answer.status_code for answer in answers) == [303, 410]


async def test_joining_tells_nobody_who_is_a_member(posted: Posted) -> None:
    town, box = posted
    changes = []
    for address in ("nobody@harbour.test", email(BO)):
        before = await town.db.look(_rows)
        answer = await town.visitor.post("/join", **WHO | {"email": address})
        after = await town.db.look(_rows)
        changes.append({name: after[name] - before[name] for name in after})
        assert (answer.status_code, answer.text) == (303, "")
        assert (answer.headers["location"], answer.headers.get("set-cookie")) == ("/letter", None)
    assert changes[0] == changes[1] == dict.fromkeys(changes[0], 0) | {"tickets": 1, "mails": 1}
    letters = [await box.next(), await box.next()]
    assert letters[1]["to"] == email(BO) and path_in(letters[1]) == "/sign-in"
    assert "Gita" not in text_of(letters[1])


async def test_asking_for_a_password_tells_nobody_who_is_a_member(posted: Posted) -> None:
    town, box = posted
    for address in ("nobody@harbour.test", email(BO)):
        answer = await town.visitor.post("/forgot", email=address)
        assert (answer.status_code, answer.headers["location"]) == (303, "/letter")
        assert (await box.next())["to"] == address


async def test_nobodys_letter_box_is_filled_through_us(posted: Posted) -> None:
    town, _box = posted
    for _ in range(3):
        await town.visitor.post("/join", **WHO)
    answers = [town.visitor.post("/join", **WHO | {"email": email(BO)}) for _ in range(8)]
    await asyncio.gather(*answers)
    assert await town.db.look(lambda session: session.scalar(select(func.count(Mail.id)))) == 6
    await town.visitor.post("/forgot", email=email(BO))
    assert await town.db.look(lambda session: session.scalar(select(func.count(Mail.id)))) == 7


async def test_a_new_password_keeps_the_second_step(posted: Posted) -> None:
    """S23, ASVS 6.4.3: whoever reads their mail has one of two."""
    town, box = posted
    app = await with_app(town, BO)
    await box.next()
    browser = Browser(town.origin)
    answer = await browser.post(await _reset_link(posted), password=NEW)
    assert answer.headers["location"] == "/sign-in/second?next=%2F"
    assert "sid" not in browser.cookies
    assert (await browser.get("/settings")).headers["location"].startswith("/sign-in?")
    answer = await browser.post("/sign-in/second", code=app.code())
    assert answer.headers["location"] == "/" and "Settings" in await browser.open("/settings")
    await browser.close()


async def test_one_network_asks_for_so_many_letters(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "LETTERS", RateLimitItemPerHour(3))
    asked = [await town.visitor.post("/forgot", email=f"n{n}@harbour.test") for n in range(5)]
    assert [answer.status_code for answer in asked] == [303] * 3 + [429] * 2


async def test_a_weak_password_is_refused_and_the_link_stays_good(posted: Posted) -> None:
    town, _box = posted
    link = await _reset_link(posted)
    for weak in ("x", "12345678", "password123", email(BO)):
        answer = await town.visitor.post(link, password=weak)
        assert answer.status_code == 403 and "field-error" in answer.text, weak
    assert (await town.visitor.post(link, password=NEW)).status_code == 303


async def test_bo_changes_the_password(posted: Posted) -> None:
    town, box = posted
    other = await _signed_in_again(town)
    wrong = await town.bo.post("/settings/account/password", current="x", password=NEW)
    assert wrong.status_code == 403 and "This is not your password." in wrong.text
    answer = await town.bo.post("/settings/account/password", current=PASSWORD, password=NEW)
    assert answer.status_code == 303
    fresh = SimpleCookie(answer.headers["set-cookie"].split(";")[0])["sid"].value
    assert fresh != town.bo.token and (await town.bo.get("/settings")).status_code == 303
    assert (await other.get("/settings")).status_code == 303, "the other browser is out"
    assert "new password" in text_of(await box.next())
    await other.close()


async def test_bo_moves_to_another_address(posted: Posted) -> None:
    town, box = posted
    form = {"current": PASSWORD, "email": "bo@new.example"}
    assert (await town.bo.post("/settings/account/address", **form)).status_code == 303
    letter = await box.next()
    assert letter["to"] == "bo@new.example"
    link = path_in(letter)
    assert (await town.cy.get(link)).status_code == 422, "nobody else's"
    assert (await town.visitor.get(link)).status_code == 303, "for who is signed in"
    assert "bo@new.example" in await town.bo.open(link)
    assert (await town.bo.post(link)).status_code == 303
    told = await box.next()
    assert told["to"] == email(BO) and "another e-mail address" in text_of(told)
    assert await _member(town, email(BO)) is None
    assert (await town.bo.post(link)).status_code == 410


async def test_an_address_somebody_has_is_moved_to_by_nobody(posted: Posted) -> None:
    town, box = posted
    form = {"current": PASSWORD, "email": email(ADA)}
    answer = await town.bo.post("/settings/account/address", **form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/letter")
    assert path_in(await box.next()) == "/sign-in"


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [("born", 2012, 403), ("email", "a@b", 422), ("email", "a@b@c.id", 422),
     ("email", '"a b"@c.id', 422), ("email", "=?utf-8?q?a?=@c.id", 422), ("email", "a@c.id.", 422),
     ("email", "a@-c.id", 422), ("region", "99", 422), ("clusters", ["ships"], 422),
     ("email", "a%b@c.id", 422), ("email", "root@127.0.0.10", 422), ("email", "a@b.--", 422),
     ("email", "a@b.-x", 422)],
)  # fmt: skip
async def test_who_cannot_join_is_told_why(town: Town, field: str, value: Any, status: int) -> None:
    answer = await town.visitor.post("/join", **WHO | {field: value})
    assert answer.status_code == status
    assert "%(" not in answer.text and (field != "born" or "come back in 2029" in answer.text)
    assert await town.db.look(lambda session: session.scalar(select(func.count(Mail.id)))) == 0


async def test_while_the_community_is_maintained_nobody_joins(town: Town) -> None:
    await town.fay.post("/administration/site", name="AKAR", read_only="yes")
    assert (await town.visitor.post("/join", **WHO)).status_code == 503


async def test_without_a_mail_server_the_page_says_where_letters_land(town: Town) -> None:
    assert str(town.settings.folder.absolute() / "mail") in await town.visitor.open("/letter")


async def test_old_tickets_are_forgotten(posted: Posted, monkeypatch: pytest.MonkeyPatch) -> None:
    town, _box = posted
    await town.visitor.post("/join", **WHO)
    monkeypatch.setattr(clock, "ahead", timedelta(days=2, minutes=1))
    await town.db.act(tickets.forget_old_tickets)
    assert await town.db.look(lambda session: session.scalar(select(Ticket))) is None


async def test_no_link_is_written_into_the_log(
    posted: Posted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    link = await _reset_link(posted)
    await posted.town.visitor.get(link)
    ours = (record for record in caplog.records if not record.name.startswith("httpx2"))
    told = "".join(str(record.__dict__) for record in ours)
    assert "/reset/…" in told and link not in told


def test_what_others_know_makes_no_password() -> None:
    assert not may_protect("gita@weaving", "gita@weaving.example", "Gita")
    assert may_protect(NEW, "gita@weaving.example", "Gita")


async def _reset_link(posted: Posted) -> str:
    await posted.town.visitor.post("/forgot", email=email(BO))
    return path_in(await posted.box.next())


async def _signed_in_again(town: Town) -> Browser:
    browser = Browser(town.origin)
    answer: httpx2.Response = await browser.post("/sign-in", email=email(BO), password=PASSWORD)
    assert answer.status_code == 303
    return browser


async def _member(town: Town, address: str) -> Member | None:
    return await town.db.look(member_with_email, address)


def _rows(session: Session) -> dict[str, int]:
    return {
        table.name: session.scalars(select(func.count()).select_from(table)).one()
        for table in Base.metadata.sorted_tables
    }
