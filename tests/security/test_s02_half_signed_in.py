"""There is no half a sign-in: what is not whole and open is nobody's, at the socket as at any door.

Mattermost CVE-2025-55070, Discourse CVE-2022-21684: a state between signed out and signed in that
sockets took for the whole. Who is muted is signed in, and says nothing.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import quote

import pytest
from websockets.exceptions import ConnectionClosed

from community import clock
from community.clock import now
from community.database import Database, Transaction
from community.members import actions as members
from community.members.models import Member
from community.members.queries import hash_of, sign_in_by
from community.proofs import prove
from tests.authenticator import at_the_door, with_app
from tests.browsing import Browser
from tests.cast import BO, CY, MARKET, MOORING, PASSWORD, QUAY, email
from tests.conftest import Town
from tests.doors import everything
from tests.moderation.reporting import say, write
from web.half_way import LASTS

Making = Callable[[Database], Awaitable[str]]


async def not_there(db: Database) -> str:
    return ""


async def made_up(db: Database) -> str:
    return "A" * 43


async def the_hash_we_keep(db: Database) -> str:
    """As read from a stolen backup."""
    return hash_of(await db.act(members.sign_in, CY))


async def signed_out(db: Database) -> str:
    token = await db.act(members.sign_in, CY)
    await db.act(members.forget_browser, token)
    return token


async def ended_from_elsewhere(db: Database) -> str:
    token = await db.act(members.sign_in, CY)
    await db.act(lambda tx: members.sign_out_others(tx, tx.get_one(Member, CY), ""))
    return token


async def replaced_by_a_newer(db: Database) -> str:
    token = await db.act(members.sign_in, CY)
    await db.act(members.sign_in, CY, instead_of=token)
    return token


async def forgotten(db: Database) -> str:
    """Nobody used that browser for so long that the worker ended it."""
    token = await db.act(members.sign_in, CY)
    await db.act(_unseen_for_a_year, token)
    await db.act(members.end_forgotten_sign_ins, timedelta(days=30))
    return token


@pytest.mark.parametrize(
    "making",
    [not_there, made_up, the_hash_we_keep, signed_out, ended_from_elsewhere, replaced_by_a_newer,
     forgotten],
)  # fmt: skip
async def test_ws_requires_full_auth_level(town: Town, making: Making) -> None:
    async with _browser(town, await making(town.db)) as nobody:
        before = await everything(town)
        await _hears_only_that_it_has_to_sign_in(nobody)
        assert (await nobody.get("/channels")).headers["location"].startswith("/sign-in?")
        for path in ("/catch-up?stream=channel:7&rev=0&epoch=x", "/notices/bell"):
            assert (await nobody.get(path)).is_redirect
        said = await nobody.post(f"/channels/{QUAY}/messages", body="ahoy", key="k1")
        assert said.status_code == 401
        assert await everything(town) == before


async def test_who_has_not_given_the_right_password_is_left_nothing_to_go_on_with(
    town: Town,
) -> None:
    before = await everything(town)
    answer = await town.visitor.post("/sign-in", email=email(BO), password=PASSWORD + "x")
    assert answer.status_code == 403 and "set-cookie" not in answer.headers
    assert await everything(town) == before
    await _hears_only_that_it_has_to_sign_in(town.visitor)


async def test_between_the_password_and_the_second_step_there_is_nothing(town: Town) -> None:
    """No sign-in and no cookie of one; what there is opens the page of the second step alone."""
    await with_app(town, BO)
    before = await everything(town)
    async with at_the_door(town, BO) as half:
        assert await everything(town) == before, "not a row more"
        assert list(half.cookies) == ["half"]
        await half.open("/sign-in/second")
        await _opens_nothing_else(town, half)
        async with _browser(town, half.cookies["half"]) as swapped:
            await _opens_nothing_else(town, swapped)
    assert await everything(town) == before


async def test_what_is_half_ends_soon_and_with_the_password(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = await with_app(town, BO)
    async with at_the_door(town, BO) as half:
        monkeypatch.setattr(clock, "ahead", LASTS + timedelta(seconds=1))
        assert (await half.get("/sign-in/second")).headers["location"] == "/sign-in"
        assert (await half.post("/sign-in/second", code=app.codes[0])).status_code == 401
        monkeypatch.setattr(clock, "ahead", timedelta())
        await half.open("/sign-in/second")
        await town.db.act(_hash, "another")
        assert (await half.post("/sign-in/second", code=app.codes[0])).status_code == 401


async def test_nobody_makes_up_a_first_step(town: Town) -> None:
    await with_app(town, BO)
    ours = prove(town.settings.secret(), "browser", f"{BO}.1")
    for made_up in ("", f"{BO}.1.x", f"{BO}", "99999999999999999999.1.x", "²..", ours):
        browser = Browser(town.origin)
        browser.headers["cookie"] = f"half={quote(made_up)}"
        assert (await browser.get("/sign-in/second")).headers["location"] == "/sign-in"
        await browser.close()


async def test_who_is_muted_reads_on_and_says_nothing_by_any_way(generous: Town) -> None:
    """Nor by signing in once more."""
    town = generous
    post, message = await write(town.db, CY, "before"), await say(town.db, CY, "before")
    await town.db.act(_mute)
    before = await everything(town)
    assert "before" in await town.cy.open(f"/channels/{QUAY}")
    for path, form in _ways_to_say_something(post, message):
        assert (await town.cy.post(path, **form)).status_code == 403, path
    await _is_refused_for_good(town.cy, message)
    async with _browser(town, await town.db.act(members.sign_in, CY)) as once_more:
        await _is_refused_for_good(once_more, message)
    after = await everything(town)
    assert after | {"sign_ins": []} == before | {"sign_ins": []}
    assert (await town.cy.post(f"/messages/{message}/withdrawal")).status_code == 303


async def _opens_nothing_else(town: Town, browser: Browser) -> None:
    await _hears_only_that_it_has_to_sign_in(browser)
    for path in ("/channels", "/settings/account", "/settings/account/steps", "/notices/bell"):
        assert (await browser.get(path)).headers["location"].startswith("/sign-in?"), path
    said = await browser.post(f"/channels/{QUAY}/messages", body="ahoy", key="k1")
    assert said.status_code == 401
    assert (await browser.post("/settings/account/steps/app/removal")).status_code == 401


def _ways_to_say_something(post: int, message: int) -> list[tuple[str, dict[str, str]]]:
    said = {"body": "ahoy", "key": "k1"}
    return [
        (f"/channels/{QUAY}/messages", said),
        (f"/messages/{message}", {"body": "ahoy"}),
        ("/topics", said | {"place": "new", "title": "Ahoy", "category": str(MARKET)}),
        (f"/topics/{MOORING}/posts", said | {"place": f"topic:{MOORING}"}),
        (f"/posts/{post}/replies", said | {"place": f"reply:{post}"}),
        (f"/posts/{post}/edit", said | {"place": f"post:{post}"}),
        (f"/posts/{post}/withdrawal", {}),
    ]


async def _is_refused_for_good(browser: Browser, message: int) -> None:
    async with browser.tab() as tab:
        assert (await tab.say("ahoy", "k1"))["final"]
        for verb, fields in (("edit", {"body": "ahoy"}),):
            await tab.send(verb, message=message, key=verb, **fields)
            assert (await tab.answer(verb))["final"]


async def _hears_only_that_it_has_to_sign_in(browser: Browser) -> None:
    async with browser.socket() as socket:
        await socket.send('{"verb": "hello", "protocol": 1}')
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4401


@asynccontextmanager
async def _browser(town: Town, token: str) -> AsyncIterator[Browser]:
    browser = Browser(town.origin, token)
    yield browser
    await browser.close()


def _unseen_for_a_year(tx: Transaction, token: str) -> None:
    sign_in_by(tx, token).seen_at = now(tx) - timedelta(days=365)


def _hash(tx: Transaction, password_hash: str) -> None:
    tx.get_one(Member, BO).password_hash = password_hash


def _mute(tx: Transaction) -> None:
    members.set_muted_until(tx, tx.get_one(Member, CY), now(tx) + timedelta(days=1))
