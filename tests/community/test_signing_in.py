"""E-mail and password in, a cookie out; and back out again."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from community import clock, passwords
from community.database import Database
from community.errors import Busy
from community.members.actions import sign_in
from community.members.models import Member
from community.members.queries import SEEN_EVERY, sign_ins_of
from community.passwords import (
    AT_ONCE,
    LONGEST,
    MOST_WAITING,
    Passwords,
    hash_password,
    outdated,
)
from tests.browsing import PATIENCE, Browser
from tests.cast import ADA, BO, PASSWORD, email
from tests.conftest import Town
from tests.hashing import AS_EVER, cost
from web.forms import inside


async def test_bo_signs_in_and_is_led_back(town: Town) -> None:
    answer = await town.visitor.post(
        "/sign-in", email=email(BO).upper(), password=PASSWORD, next="/channels/7"
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/channels/7")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert 'data-member="2"' in await town.visitor.open("/channels/7")


async def test_a_wrong_password_and_an_unknown_address_get_the_same_page(town: Town) -> None:
    wrong = await town.visitor.post("/sign-in", email=email(BO), password="x")
    unknown = await town.visitor.post("/sign-in", email="nobody@harbour.test", password="x")
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text.replace(email(BO), "") == unknown.text.replace("nobody@harbour.test", "")
    assert "set-cookie" not in wrong.headers | unknown.headers


async def test_pages_that_ask_no_database_look_as_the_member_likes_them(town: Town) -> None:
    browser = town.visitor
    await browser.post("/sign-in", email=email(BO), password=PASSWORD)
    await browser.post("/settings/preferences", locale="id", zone="Asia/Jakarta", theme="dark")
    await browser.post("/sign-out")
    assert '<html lang="id">' in (await browser.get("/nowhere")).text
    await browser.post("/sign-in", email=email(BO), password=PASSWORD)
    assert '<html lang="id" data-theme="dark">' in (await browser.get("/nowhere")).text
    await browser.post("/language", locale="en")
    assert '<html lang="en" data-theme="dark">' in (await browser.get("/nowhere")).text


async def test_who_comes_back_stays_signed_in(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cookie ends so many days after its last use, as the sign-in does."""
    assert "set-cookie" not in (await town.bo.get("/topics")).headers
    monkeypatch.setattr(clock, "ahead", SEEN_EVERY + timedelta(seconds=1))
    cookie = (await town.bo.get("/topics")).headers["set-cookie"]
    assert f"sid={town.bo.token};" in cookie and f"Max-Age={30 * 24 * 3600}" in cookie
    assert "set-cookie" not in (await town.bo.get("/topics")).headers


async def test_who_is_signed_out_still_chooses_a_language(town: Town) -> None:
    await town.cy.post("/sign-out")
    answer = await town.cy.post("/language", locale="id")
    assert answer.status_code == 303 and "language=id" in answer.headers["set-cookie"]


async def test_an_unknown_address_is_compared_at_the_full_price() -> None:
    assert f"$argon2id$v=19$m={AS_EVER.memory_kib},t={AS_EVER.passes},p=1$" in AS_EVER.nobody
    with cost(AS_EVER):
        assert not await Passwords().match("nobody", None)


async def test_who_comes_when_too_many_wait_is_asked_to_come_back() -> None:
    there = Passwords()
    crowd = [asyncio.create_task(there.match("x", "no hash")) for _ in range(AT_ONCE)]
    crowd += [asyncio.create_task(there.match("x", "no hash")) for _ in range(MOST_WAITING)]
    late = asyncio.create_task(there.match("x", "no hash"))
    with pytest.raises(Busy):
        await late
    assert not any(await asyncio.gather(*crowd))
    assert not await there.match("x", "no hash")  # there is room again


@pytest.mark.parametrize(
    "address",
    ["https://evil.test", "//evil.test", "/\\evil.test", "\\evil.test", "javascript:alert(1)",
     "/\t/evil.test", "/\r\nset-cookie: a=b", "evil.test", "", "///evil.test", "http:/evil.test"],
)  # fmt: skip
async def test_next_never_leaves_the_site(address: str) -> None:
    assert inside(address) == "/"


@pytest.mark.parametrize("address", ["/", "/topics/5?page=2", "/topics/5#post-9", "/a//b"])
async def test_next_leads_anywhere_inside(address: str) -> None:
    assert inside(address) == address


@pytest.mark.parametrize("bring", ["one of Ada's", "one chosen by somebody else"])
async def test_s10_the_cookie_from_before_is_worth_nothing_after(town: Town, bring: str) -> None:
    before = town.ada.token if bring == "one of Ada's" else "0" * 43
    browser, again = Browser(town.origin, before), Browser(town.origin, before)
    answer = await browser.post("/sign-in", email=email(ADA), password=PASSWORD)
    assert answer.status_code == 303 and f"sid={before}" not in answer.headers["set-cookie"]
    assert (await again.get("/channels")).is_redirect
    await browser.close()
    await again.close()


async def test_signing_out_ends_it_here_and_only_here(town: Town, db: Database) -> None:
    elsewhere = Browser(town.origin, await db.act(sign_in, BO))
    answer = await town.bo.post("/sign-out")
    assert answer.headers["location"] == "/" and '"storage"' in answer.headers["clear-site-data"]
    assert (await town.bo.get("/channels")).is_redirect
    await elsewhere.open("/channels")
    assert (await town.bo.post("/sign-out")).status_code == 303  # once more does no harm
    await elsewhere.close()


async def test_the_list_says_which_browsers_and_which_is_this(town: Town, db: Database) -> None:
    phone = "Mozilla/5.0 (Linux; Android 9; SM-A105G) Chrome/96.0 Mobile Safari/537.36"
    await db.act(sign_in, BO, device=phone, network="203.0.113.9")
    page = await town.bo.open("/settings/sign-ins")
    assert "Chrome on Android" in page and "203.0.113.9" in page
    assert page.count("This browser") == 1


async def test_ending_all_others_closes_their_sockets_at_once(town: Town) -> None:
    other = Browser(town.origin, await town.db.act(sign_in, BO))
    async with other.tab() as away, town.bo.tab() as here:
        answer = await town.bo.post("/settings/sign-ins/others/ending")
        assert answer.status_code == 303
        async with asyncio.timeout(PATIENCE):
            await away.socket.wait_closed()
        assert away.socket.close_code == 4401
        await here.say("still here", "k1")
    await other.close()


async def test_one_of_them_is_ended_and_nobody_elses(town: Town, db: Database) -> None:
    mine = await db.look(_sign_in_of, BO)
    assert (await town.ada.post(f"/settings/sign-ins/{mine}/ending")).status_code == 404
    async with town.bo.tab() as bo:
        await town.bo.post(f"/settings/sign-ins/{mine}/ending")
        async with asyncio.timeout(PATIENCE):
            await bo.socket.wait_closed()


def _sign_in_of(session: Session, member_id: int) -> int:
    return sign_ins_of(session, session.get_one(Member, member_id))[0].id


async def test_s19_a_password_is_hashed_anew_when_that_has_become_too_easy(town: Town) -> None:
    """The cast's are made with little work. Who signed in before stays signed in."""
    with cost(AS_EVER):
        await _is_hashed_anew(town)


async def _is_hashed_anew(town: Town) -> None:
    before = await town.db.look(lambda session: session.get_one(Member, BO).password_hash)
    assert outdated(before)
    assert (await town.visitor.post("/sign-in", email=email(BO), password="x")).status_code == 403
    assert await town.db.look(lambda s: s.get_one(Member, BO).password_hash) == before
    assert (await town.visitor.post("/sign-in", email=email(BO), password=PASSWORD)).is_redirect
    after = await town.db.look(lambda session: session.get_one(Member, BO).password_hash)
    assert f"m={passwords.MEMORY_KIB},t={passwords.PASSES},p=1" in after and not outdated(after)
    assert (await town.bo.get("/channels")).status_code == 200
    assert (await town.visitor.post("/sign-in", email=email(BO), password=PASSWORD)).is_redirect
    assert await town.db.look(lambda s: s.get_one(Member, BO).password_hash) == after


async def test_s19_two_browsers_sign_in_while_it_is_hashed_anew(town: Town) -> None:
    both = [Browser(town.origin) for _ in range(2)]
    with cost(AS_EVER):
        form = {"email": email(BO), "password": PASSWORD}
        answers = await asyncio.gather(*(one.post("/sign-in", **form) for one in both))
    assert [answer.status_code for answer in answers] == [303, 303]
    for one in both:
        await one.close()


async def test_s19_what_we_ask_for_is_enough() -> None:
    """ASVS 5.0, appendix C; RFC 9106, 4. Long ones are not cut off, nor any trimmed."""
    assert AS_EVER.memory_kib >= 65_536 and AS_EVER.passes >= 3
    long = hash_password("a" * LONGEST)
    there = Passwords()
    assert await there.match("a" * LONGEST, long)
    for other in ("a" * (LONGEST - 1), "a" * LONGEST + " ", " " + "a" * LONGEST):
        assert not await there.match(other, long)
