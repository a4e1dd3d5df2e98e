"""A forgotten password, another one, another address: by links that letters bring."""

from http.cookies import SimpleCookie

import httpx2
import pytest
from limits import RateLimitItemPerHour

from community.accounts import may_protect
from community.members.queries import member_with_email
from tests.authenticator import with_app
from tests.browsing import Browser
from tests.cast import ADA, BO, PASSWORD, email
from tests.conftest import Posted, Town
from tests.letterbox import path_in, text_of
from web import attempts

NEW = "tujuh gelombang sore 44"


async def test_asking_for_a_password_tells_nobody_who_is_a_member(posted: Posted) -> None:
    town, box = posted
    for address in ("nobody@harbour.test", email(BO)):
        answer = await town.visitor.post("/forgot", email=address)
        assert (answer.status_code, answer.headers["location"]) == (303, "/letter")
        assert (await box.next())["to"] == address


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
    """Counted apart from joining, and not for whom the account knows: it comes back in."""
    monkeypatch.setattr(attempts, "LETTERS", RateLimitItemPerHour(3))
    mine = await _signed_in_again(town)
    await mine.post("/sign-out")
    asked = [await town.visitor.post("/forgot", email=f"n{n}@harbour.test") for n in range(5)]
    assert [answer.status_code for answer in asked] == [303] * 3 + [429] * 2
    joined = await town.visitor.post("/join", email="n@harbour.test", name="Gita", born=1991)
    assert (joined.status_code, joined.headers["location"]) == (303, "/letter")
    for browser, member, status in ((mine, BO, 303), (mine, ADA, 429), (town.visitor, BO, 429)):
        assert (await browser.post("/forgot", email=email(member))).status_code == status
    await mine.close()


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
    assert await town.db.look(member_with_email, email(BO)) is None
    assert (await town.bo.post(link)).status_code == 410


async def test_an_address_somebody_has_is_moved_to_by_nobody(posted: Posted) -> None:
    town, box = posted
    form = {"current": PASSWORD, "email": email(ADA)}
    answer = await town.bo.post("/settings/account/address", **form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/letter")
    assert path_in(await box.next()) == "/sign-in"


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
