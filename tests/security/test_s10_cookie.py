"""The cookie that signs in (Flarum CVE-2025-27794: a fixed or a tossed one)."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from hashlib import sha256
from http.cookies import Morsel, SimpleCookie

import httpx2
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Database, Transaction
from community.members.actions import appoint, appoint_at_first, end_appointments
from community.members.models import Member, Role, Scope, SignIn
from community.settings import Settings
from tests.authenticator import at_the_door, with_app
from tests.cast import BO, CY, FAY, PASSWORD, email
from tests.conftest import Town, running
from tests.doors import FORM
from tests.raw import Answer, raw


@pytest.fixture
async def town_under_tls(db: Database, settings: Settings) -> AsyncIterator[Town]:
    """As behind a proxy that ends TLS."""
    public = replace(settings, public_url="https://akar.example", secret_key="s" * 32)
    async with running(db, public, reached_at=settings.public_url) as town:
        yield town


async def test_under_tls_no_script_and_no_subdomain_can_set_or_read_it(
    town_under_tls: Town, settings: Settings
) -> None:
    answer = await _sign_in(settings.public_url, "https://akar.example", "akar.example")
    cookie = _cookie(answer)
    assert cookie.key == "__Host-sid"
    assert (cookie["secure"], cookie["httponly"], cookie["path"]) == (True, True, "/")
    assert cookie["samesite"].lower() == "lax" and not cookie["domain"]


async def test_on_this_machine_it_is_the_same_but_for_tls(town: Town) -> None:
    cookie = _cookie(await _sign_in(town.origin, town.origin))
    assert cookie.key == "sid" and cookie["httponly"] and not cookie["domain"]


async def test_we_keep_a_hash_of_256_bits(town: Town) -> None:
    token = _cookie(await _sign_in(town.origin, town.origin)).value
    assert len(token) >= 43  # base64 of 32 bytes
    kept = await town.db.look(_hashes)
    assert sha256(token.encode()).hexdigest() in kept
    assert token not in kept


async def test_session_rotation_and_host_prefix(town: Town) -> None:
    """Nobody goes on with a token that was there before the password was given."""
    planted = town.cy.token
    answer = await _sign_in(town.origin, town.origin, cookie=f"sid={planted}")
    fresh = _cookie(answer).value
    assert fresh != planted
    assert (await town.cy.get("/channels")).status_code == 303, "the planted one opens nothing"
    async with raw(town.origin) as line:
        page = await line.ask("GET", "/channels", [("cookie", f"sid={fresh}")])
    assert page.status == 200


async def test_a_made_up_token_stays_nobodys(town: Town) -> None:
    answer = await _sign_in(town.origin, town.origin, cookie="sid=chosen-by-the-attacker")
    assert _cookie(answer).value != "chosen-by-the-attacker"
    async with raw(town.origin) as line:
        page = await line.ask("GET", "/channels", [("cookie", "sid=chosen-by-the-attacker")])
    assert page.status == 303


async def test_signing_out_ends_the_token_and_what_the_browser_kept(town: Town) -> None:
    answer = await town.bo.post("/sign-out")
    assert 'sid=""' in answer.headers["set-cookie"]
    assert "storage" in answer.headers["clear-site-data"]
    assert (await town.bo.get("/channels")).status_code == 303


async def test_a_member_ends_all_but_this_one(town: Town) -> None:
    other = _cookie(await _sign_in(town.origin, town.origin)).value
    await town.bo.post("/settings/sign-ins/others/ending")
    async with raw(town.origin) as line:
        page = await line.ask("GET", "/channels", [("cookie", f"sid={other}")])
    assert page.status == 303
    assert (await town.bo.get("/channels")).status_code == 200
    assert CY  # nobody else's
    assert (await town.cy.get("/channels")).status_code == 200


def bo_is_appointed(tx: Transaction) -> None:
    appoint(tx, tx.get_one(Member, FAY), BO, Role.MODERATOR)


def bo_is_appointed_elsewhere(tx: Transaction) -> None:
    appoint(tx, tx.get_one(Member, FAY), BO, Role.MODERATOR, Scope("32.05"))


def bo_is_dismissed(tx: Transaction) -> None:
    appoint(tx, tx.get_one(Member, FAY), BO, Role.MEMBER)


def bos_time_is_over(tx: Transaction) -> None:
    """As the worker finds it."""
    appoint_at_first(tx, tx.get_one(Member, BO), Role.MODERATOR, ends_at=now(tx))
    tx.flush()
    end_appointments(tx)


@pytest.mark.parametrize(
    "change", [bo_is_appointed, bo_is_appointed_elsewhere, bo_is_dismissed, bos_time_is_over]
)
async def test_no_token_outlives_a_change_of_role(
    town: Town, change: Callable[[Transaction], None]
) -> None:
    before = _cookie(await _sign_in(town.origin, town.origin)).value
    await town.db.act(change)
    async with raw(town.origin) as line:
        for token in (before, town.bo.token):
            page = await line.ask("GET", "/channels", [("cookie", f"sid={token}")])
            assert page.status == 303
        after = _cookie(await _sign_in(town.origin, town.origin, cookie=f"sid={before}")).value
        assert after != before
        page = await line.ask("GET", "/channels", [("cookie", f"sid={after}")])
        assert page.status == 200
    assert (await town.cy.get("/channels")).status_code == 200, "nobody else's"


async def test_no_token_outlives_the_second_step(town: Town) -> None:
    """Nor does one that was planted before the first."""
    app = await with_app(town, BO)
    planted = town.cy.token
    async with at_the_door(town, BO) as bo, raw(town.origin) as line:
        cookies = f"sid={planted}; half={bo.cookies['half']}"
        headers = [("origin", town.origin), ("cookie", cookies), FORM]
        answer = await line.ask("POST", "/sign-in/second", headers, f"code={app.code()}".encode())
    assert answer.status == 303 and _cookie(answer).value != planted
    assert (await town.cy.get("/channels")).is_redirect, "the planted one opens nothing"


async def test_no_token_outlives_a_proof_of_who_they_are(town: Town) -> None:
    async with town.bo.tab() as tab:
        answer = await town.bo.post("/settings/account/proof", to="/", password=PASSWORD)
        assert answer.status_code == 200 and _cookie(answer).value != town.bo.token
        assert (await tab.closed())[0] == 4401
    assert (await town.bo.get("/channels")).is_redirect
    async with raw(town.origin) as line:
        fresh = [("cookie", f"sid={_cookie(answer).value}")]
        assert (await line.ask("GET", "/channels", fresh)).status == 200


async def _sign_in(
    reached_at: str, origin: str, host: str | None = None, cookie: str = ""
) -> Answer:
    headers = [("origin", origin), FORM, *([("cookie", cookie)] if cookie else [])]
    body = f"email={email(BO)}&password={PASSWORD}".encode()
    async with raw(reached_at) as line:
        answer = await line.ask("POST", "/sign-in", headers, body, host=host)
    assert answer.status == 303, answer.text
    return answer


def _cookie(answer: Answer | httpx2.Response) -> Morsel[str]:
    """The one that signs in; those that follow it say how pages look."""
    first, *_others = re.split(r", (?=[\w-]+=)", answer.headers["set-cookie"])
    (morsel,) = SimpleCookie(first).values()
    return morsel


def _hashes(session: Session) -> list[str]:
    return list(session.scalars(select(SignIn.token_hash)))
