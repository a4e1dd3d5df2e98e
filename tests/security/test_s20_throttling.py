"""Passwords are not guessed, and nobody is locked out by those who try."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest
from limits import RateLimitItemPerMinute

from community.database import Database
from community.settings import Settings
from tests.browsing import Browser
from tests.cast import BO, PASSWORD, email
from tests.conftest import Town, running
from web import attempts
from web.attempts import HERE, Attempt, Attempts, network_of

NOBODY = "nobody@harbour.test"
GARUT, BANDUNG = "203.0.113.7", "198.51.100.9"


@pytest.fixture
async def behind(db: Database, settings: Settings) -> AsyncIterator[Town]:
    """A town whose visitors come by a proxy, so that each can be from somewhere else."""
    async with running(db, replace(settings, trusted_proxies="127.0.0.1")) as town:
        yield town


async def test_after_five_wrong_ones_the_next_has_to_wait(town: Town) -> None:
    for address in (email(BO), NOBODY):
        for _ in range(HERE.amount):
            assert (await _try(town.visitor, address, "x")).status_code == 403
        late = await _try(town.visitor, address, PASSWORD)
        assert late.status_code == 429 and 1 <= int(late.headers["retry-after"]) <= 60
        assert "tried too often" in late.text and address in late.text
    assert (await town.bo.get("/settings")).status_code == 200, "whoever is in stays in"


async def test_who_guesses_elsewhere_holds_nobody_up(behind: Town) -> None:
    for _ in range(HERE.amount + 1):
        await _try(behind.visitor, email(BO), "x", GARUT)
    assert (await _try(behind.visitor, email(BO), PASSWORD, GARUT)).status_code == 429
    assert (await _try(behind.visitor, email(BO), PASSWORD, BANDUNG)).status_code == 303


async def test_a_browser_the_account_knows_has_a_count_of_its_own(town: Town) -> None:
    mine = Browser(town.origin)
    assert (await _try(mine, email(BO), PASSWORD)).status_code == 303
    await mine.post("/sign-out")
    for _ in range(HERE.amount + 1):
        await _try(town.visitor, email(BO), "x")
    assert (await _try(town.visitor, email(BO), PASSWORD)).status_code == 429
    assert (await _try(mine, email(BO), PASSWORD)).status_code == 303
    made_up = Browser(town.origin)
    made_up.headers["cookie"] = f"browser={BO}.0123.made-up"
    assert (await _try(made_up, email(BO), PASSWORD)).status_code == 429
    for browser in (mine, made_up):
        await browser.close()


async def test_one_network_tries_so_many_accounts(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "NETWORK", RateLimitItemPerMinute(7))
    answers = [(await _try(town.visitor, f"{n}@harbour.test", "x")).status_code for n in range(9)]
    assert answers == [403] * 7 + [429] * 2


async def test_changing_an_account_takes_as_few_guesses(town: Town) -> None:
    form = {"password": "tujuh gelombang sore 44"}
    for _ in range(HERE.amount):
        answer = await town.bo.post("/settings/account/password", current="x", **form)
        assert answer.status_code == 403
    late = await town.bo.post("/settings/account/password", current=PASSWORD, **form)
    assert late.status_code == 429 and "tried too often" in late.text


async def test_processes_count_together_and_alone_when_they_must(settings: Settings) -> None:
    one, other = Attempts(settings, "e"), Attempts(settings, "e")
    attempt = Attempt(NOBODY, GARUT)
    assert [await one.take(attempt) for _ in range(HERE.amount)] == [0] * HERE.amount
    assert await one.take(attempt) > 0
    assert bool(await other.take(attempt)) == (not settings.embedded)
    away = Attempts(replace(settings, bus_url="redis://127.0.0.1:1"), "e")
    assert [await away.take(attempt) for _ in range(HERE.amount)] == [0] * HERE.amount
    assert await away.take(attempt) > 0
    for counted in (one, other, away):
        await counted.close()


@pytest.mark.parametrize(
    ("host", "network"),
    [("203.0.113.7", "203.0.113.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "")],
)
def test_a_network_is_what_one_customer_has(host: str, network: str) -> None:
    assert network_of(host) == network


async def _try(
    browser: Browser, address: str, password: str, come_from: str = ""
) -> httpx2.Response:
    headers = {"x-forwarded-for": come_from} if come_from else {}
    return await browser.post_with(headers, "/sign-in", email=address, password=password)
