"""Signing in with an account elsewhere: linked once with all one has here, and no second step."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from community.accounts import reset_by
from community.database import Database
from community.elsewhere import AccountElsewhere
from community.outbox import Mail
from community.settings import Impossible, Settings
from community.tickets import Purpose, issue
from tests.authenticator import with_app
from tests.browsing import Browser
from tests.cast import BO, CY, PASSWORD, email
from tests.conftest import Town, running
from tests.doors import everything
from tests.moderation.reporting import rows
from tests.provider import CLIENT, Provider, knowing, new_key, provider

ARRIVAL = "/sign-in/elsewhere/arrival"


@pytest.fixture
async def there() -> AsyncIterator[Provider]:
    async with provider() as there:
        yield there


@pytest.fixture
async def open_town(db: Database, settings: Settings, there: Provider) -> AsyncIterator[Town]:
    async with running(db, knowing(settings, there)) as town:
        yield town


async def test_bo_links_an_account_once_and_then_it_is_enough(
    open_town: Town, there: Provider
) -> None:
    town = open_town
    assert "Sign in with Kominfo" in await town.visitor.open("/sign-in")
    async with coming(town, there, email=email(BO)) as bo:
        assert "Show once that it is yours" in await bo.open(ARRIVAL)
        before = await everything(town)
        assert (await bo.post(ARRIVAL)).status_code == 403
        assert (await bo.post(ARRIVAL, password="x")).status_code == 403
        assert await everything(town) == before
        answer = await bo.post(ARRIVAL, password=PASSWORD)
        assert (answer.status_code, answer.headers["location"]) == (303, "/topics")
        assert 'data-member="2"' in await bo.open("/topics")
    async with coming(town, there, email="bo@has-moved.test") as bo:
        assert "Go on as Bo" in await bo.open(ARRIVAL), "known by its number, not its address"
        assert (await bo.post(ARRIVAL)).headers["location"] == "/topics"
        assert 'data-member="2"' in await bo.open("/topics")
    async with coming(town, there, sub="another", email=email(BO)) as other:
        assert "Show once that it is yours" in await other.open(ARRIVAL)


async def test_another_sites_word_is_no_second_step(open_town: Town, there: Provider) -> None:
    town = open_town
    app = await with_app(town, BO)
    async with coming(town, there, email=email(BO)) as bo:
        assert (await bo.post(ARRIVAL, password=PASSWORD)).status_code == 403
        assert (await bo.post(ARRIVAL, password=PASSWORD, code=app.code())).is_redirect
    async with coming(town, there, email=email(BO)) as bo:
        answer = await bo.post(ARRIVAL)
        assert answer.headers["location"] == "/sign-in/second?next=%2Ftopics"
        assert "sid" not in bo.cookies


async def test_an_address_that_was_not_verified_links_nothing(
    open_town: Town, there: Provider
) -> None:
    for told in ({"email_verified": False}, {"email_verified": "true"}, {"email": "x@y@z.test"}):
        async with coming(open_town, there, **{"email": email(CY)} | told) as cy:
            assert "has not confirmed that this address is yours" in await cy.open(ARRIVAL)
            assert (await cy.post(ARRIVAL, password=PASSWORD)).status_code == 403


async def test_who_is_new_joins_without_a_letter(open_town: Town, there: Provider) -> None:
    town, who = open_town, {"email": "gita@weaving.example", "name": "Gita", "born": 1991}
    async with coming(town, there, email=who["email"]) as gita:
        assert "no account with this address yet" in await gita.open(ARRIVAL)
        answer = await gita.post("/join", **who)
        assert answer.headers["location"].startswith("/join/")
        other = await gita.post("/join", **who | {"email": "else@weaving.example"})
        assert other.headers["location"] == "/letter", "that one nobody has seen to"


@pytest.mark.parametrize(
    "instead", [{"nonce": "another"}, {"aud": "another"}, {"iss": "https://evil.test"}, {"exp": 1},
                {"aud": ["another"]}, {"aud": [CLIENT, "another"]}, {"azp": "another"},
                {"sub": None}, {"sub": "bo\0"}, {"sub": "b" * 256}],
    ids=str,
)  # fmt: skip
async def test_what_is_not_said_to_us_and_now_is_not_believed(
    open_town: Town, there: Provider, instead: dict[str, Any]
) -> None:
    there.instead = instead
    async with leaving(open_town, there, email=email(BO)) as (bo, back):
        assert (await bo.get(back)).status_code == 403
        assert (await bo.get(ARRIVAL)).status_code == 403


async def test_an_arrival_is_good_once(open_town: Town, there: Provider) -> None:
    """Whoever has copied the cookie finds it used."""
    town = open_town
    async with coming(town, there, email=email(BO)) as bo:
        assert (await bo.post(ARRIVAL, password=PASSWORD)).is_redirect
    async with coming(town, there, email=email(BO)) as bo:
        copied = {"cookie": "; ".join(f"{name}={value}" for name, value in bo.cookies.items())}
        assert (await bo.post(ARRIVAL)).headers["location"] == "/topics"
        again = Browser(town.origin)
        assert (await again.post_with(copied, ARRIVAL)).status_code == 403
        await again.close()


async def test_what_was_linked_is_told_seen_and_taken_away(
    open_town: Town, there: Provider
) -> None:
    town = open_town
    async with coming(town, there, email=email(BO)) as bo:
        await bo.post(ARRIVAL, password=PASSWORD)
        assert "linked" in [mail.kind for mail in await rows(town.db, Mail)]
        assert there.issuer in await bo.open("/settings/account/steps")
        assert (await bo.post("/settings/account/steps/links/removal")).is_redirect
        assert there.issuer not in await bo.open("/settings/account/steps")
    async with coming(town, there, email=email(BO)) as other:
        assert "Show once that it is yours" in await other.open(ARRIVAL)


async def test_whoever_takes_the_account_back_has_it_alone(
    open_town: Town, there: Provider
) -> None:
    """A thief may have linked one of theirs."""
    town = open_town
    async with coming(town, there, email=email(BO)) as thief:
        await thief.post(ARRIVAL, password=PASSWORD)
    ticket = await town.db.act(lambda tx: issue(tx, Purpose.RESET, email(BO), member_id=BO).id)
    await town.db.act(reset_by, ticket, "another hash")
    assert await rows(town.db, AccountElsewhere) == []


async def test_nor_what_another_has_signed(open_town: Town, there: Provider) -> None:
    there.signs_with = new_key()
    async with leaving(open_town, there, email=email(BO)) as (bo, back):
        assert (await bo.get(back)).status_code == 403


async def test_a_stolen_code_is_worth_nothing(open_town: Town, there: Provider) -> None:
    """PKCE: only the browser that asked for it has what it was made with."""
    async with leaving(open_town, there, email=email(BO)) as (bo, back):
        there.asked["code-0"]["code_challenge"] = "of another browser"
        assert (await bo.get(back)).status_code == 403


async def test_an_answer_is_for_the_browser_that_asked(open_town: Town, there: Provider) -> None:
    """Nobody is signed in with another's account by a link (login CSRF), nor is one used twice."""
    async with leaving(open_town, there, email=email(BO)) as (bo, back):
        stranger = Browser(open_town.origin)
        assert (await stranger.get(back)).status_code == 403
        assert (await bo.get(back.replace("state=", "state=x"))).status_code == 403
        assert (await bo.get(back)).headers["location"] == ARRIVAL
        assert (await bo.get(back)).status_code == 403
        await stranger.close()


async def test_without_a_provider_there_is_no_such_door(town: Town) -> None:
    assert "elsewhere" not in await town.visitor.open("/sign-in")
    for path in ("/sign-in/elsewhere", "/sign-in/elsewhere/return", ARRIVAL):
        assert (await town.visitor.get(path)).status_code == 404
    assert (await town.visitor.post(ARRIVAL)).status_code == 404


async def test_a_provider_that_does_not_answer_is_said(db: Database, settings: Settings) -> None:
    gone = replace(settings, oidc_issuer="http://127.0.0.1:1", oidc_client_id=CLIENT)
    async with running(db, gone) as town:
        answer = await town.visitor.get("/sign-in/elsewhere")
        assert answer.status_code == 503 and "does not answer just now" in answer.text


def test_what_does_not_hold_together_is_one_sentence() -> None:
    with pytest.raises(Impossible, match="AKAR_OIDC_CLIENT_ID"):
        Settings(oidc_issuer="https://accounts.example")
    with pytest.raises(Impossible, match="https"):
        Settings(
            oidc_issuer="http://accounts.example", oidc_client_id=CLIENT,
            public_url="https://akar.example", secret_key="s" * 32,
        )  # fmt: skip


@asynccontextmanager
async def leaving(town: Town, there: Provider, **says: Any) -> AsyncIterator[tuple[Browser, str]]:
    """A browser that was at the provider's door, and where it is sent back to."""
    browser = Browser(town.origin)
    answer: httpx2.Response = await browser.get("/sign-in/elsewhere?next=/topics")
    door = answer.headers["location"]
    assert door.startswith(f"{there.issuer}/door?")
    try:
        yield browser, there.signs_in(door, **says)
    finally:
        await browser.close()


@asynccontextmanager
async def coming(town: Town, there: Provider, **says: Any) -> AsyncIterator[Browser]:
    """One that has come back."""
    async with leaving(town, there, **says) as (browser, back):
        answer = await browser.get(back)
        assert answer.headers["location"] == ARRIVAL and "sid" not in browser.cookies
        yield browser
