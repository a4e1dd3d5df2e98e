"""Passkeys (WebAuthn): unlocked by their holder, for this site, for this question, once."""

import json
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlsplit

import httpx2
import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community import clock
from community.factors.actions import CHALLENGE_LASTS
from community.factors.models import Challenge, Passkey
from tests.authenticator import PRESENT, Key, at_the_door, with_app
from tests.browsing import Browser
from tests.cast import BO, CY
from tests.conftest import Town
from web import attempts

STEPS = "/settings/account/steps"
ASK = "/passkeys/challenges"


async def test_bo_adds_one_and_signs_in_with_it_alone(town: Town) -> None:
    key = await bo_has_a_passkey(town)
    answer = await town.visitor.post("/sign-in/passkey", credential=await signed(town, key))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert 'data-member="2"' in await town.visitor.open("/")
    page = await town.visitor.open(STEPS)
    assert "Telephone" in page and "last used" in page


async def test_it_is_the_second_step_after_the_password(town: Town) -> None:
    key = await bo_has_a_passkey(town)
    async with at_the_door(town, BO) as bo:
        page = await bo.open("/sign-in/second")
        assert "Use a passkey" in page and "from the paper" in page and "your app" not in page
        wrong = await bo.post("/sign-in/second", code="123456")
        assert wrong.status_code == 403 and "another one from the paper" in wrong.text
        options = (await bo.post(ASK, where="second")).json()
        assert [one["id"] for one in options["allowCredentials"]] == [key.shown]
        answer = await bo.post("/sign-in/passkey", credential=key.used(options), next="/topics")
        assert answer.headers["location"] == "/topics"
        assert 'data-member="2"' in await bo.open("/topics")


async def test_a_stranger_learns_nothing_about_who_has_passkeys(town: Town) -> None:
    await bo_has_a_passkey(town)
    options = (await town.visitor.post(ASK, where="door")).json()
    assert options["allowCredentials"] == [] and options["userVerification"] == "required"
    assert options["rpId"] == "localhost"
    assert options["timeout"] < CHALLENGE_LASTS.total_seconds() * 1000, "then it is asked anew"
    assert (await town.visitor.post(ASK, where="inside")).status_code == 401
    assert "Is there a passkey" in await town.visitor.open("/forgot"), "asked of everybody"


async def test_challenge_single_use(town: Town) -> None:
    """Discourse CVE-2025-53102: it is gone before anybody looks at what came back."""
    key = await bo_has_a_passkey(town)
    before = await town.db.look(_challenges)
    options = (await town.visitor.post(ASK, where="door")).json()
    assert await town.db.look(_challenges) == before + 1
    spoilt = key.used(options).replace('"signature": "', '"signature": "AAAA')
    assert await enters(town, spoilt) == 403
    assert await town.db.look(_challenges) == before, "gone, though the answer was no good"
    assert await enters(town, key.used(options)) == 403, "nor is a good one taken now"
    good = await signed(town, key)
    assert [await enters(town, good), await enters(town, good)] == [303, 403]


async def test_a_challenge_ends(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    key = await bo_has_a_passkey(town)
    late = await signed(town, key)
    monkeypatch.setattr(clock, "ahead", CHALLENGE_LASTS)
    assert await enters(town, late) == 403


Spoil = Callable[[Key], None]


def from_another_site(key: Key) -> None:
    key.origin = "https://evil.test"


def for_another_host(key: Key) -> None:
    key.host = "evil.test"


def a_copy_that_lags_behind(key: Key) -> None:
    key.uses = -1


def with_another_key(key: Key) -> None:
    key.secret = Key("", "").secret


def of_somebody_else(key: Key) -> None:
    key.holder = "Mw"  # 3, which is Cy


@pytest.mark.parametrize(
    "spoil",
    [from_another_site, for_another_host, a_copy_that_lags_behind, with_another_key,
     of_somebody_else],
)  # fmt: skip
async def test_what_is_not_all_right_opens_nothing(town: Town, spoil: Spoil) -> None:
    key = await bo_has_a_passkey(town)
    assert await enters(town, await signed(town, key)) == 303
    spoil(key)
    assert await enters(town, await signed(town, key)) == 403


async def test_it_has_to_be_unlocked(town: Town) -> None:
    """UV: whoever finds the stick has not the finger."""
    key = await bo_has_a_passkey(town)
    options = (await town.visitor.post(ASK, where="door")).json()
    assert await enters(town, key.used(options, PRESENT)) == 403
    offered = await offer(town.cy)
    locked = Key("localhost", town.origin).made(offered, PRESENT)
    answer = await town.cy.post(f"{STEPS}/passkeys", name="Stick", credential=locked)
    assert answer.status_code == 403


async def test_at_the_door_nobody_is_who_sat_there_before(town: Town) -> None:
    """On a shared computer: Bo gave his password and left."""
    await bo_has_a_passkey(town)
    async with at_the_door(town, BO) as shared:
        options = (await shared.post(ASK, where="door")).json()
        assert options["allowCredentials"] == []


async def test_who_only_looks_at_the_door_keeps_nobody_out(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page offers passkeys by itself; nor is who is inside held up by their network."""
    monkeypatch.setattr(attempts, "NETWORK", RateLimitItemPerMinute(3))
    for where in ("offer", "door"):
        answers = [(await town.visitor.post(ASK, where=where)).status_code for _ in range(4)]
        assert answers == [200] * 3 + [429]
    assert (await town.bo.post(ASK, where="inside")).status_code == 200


async def test_a_challenge_for_one_member_is_none_for_another(town: Town) -> None:
    """Neither to add a passkey nor to use one."""
    key = await bo_has_a_passkey(town)
    stolen = Key("localhost", town.origin).made(await offer(town.cy))
    async with at_the_door(town, BO) as half:
        options = (await half.post(ASK, where="second")).json()
    others = (await town.cy.post(ASK, where="inside")).json()
    assert await enters(town, key.used(others)) == 403, "asked of Cy"
    assert await enters(town, key.used(options)) == 303
    answer = await town.gus.post(f"{STEPS}/passkeys", name="Mine", credential=stolen)
    assert answer.status_code == 403
    assert await town.db.look(lambda s: s.scalars(select(Passkey.member_id)).all()) == [BO]


@pytest.mark.parametrize(
    "answer", ["{}", "[]", "x", '{"response": {"clientDataJSON": "e30"}}', '{"response": []}',
               '{"response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOiAiXHUwMDAwIn0"}}']
)  # fmt: skip
async def test_what_is_no_answer_at_all_is_refused_politely(town: Town, answer: str) -> None:
    assert await enters(town, answer) == 403
    added = await town.cy.post(f"{STEPS}/passkeys", name="Mine", credential=answer)
    assert added.status_code == 403 and "did not work here" in added.text


async def test_they_are_named_and_removed(town: Town) -> None:
    key = await bo_has_a_passkey(town)
    async with at_the_door(town, CY) as cy:
        for act in ("", "/removal"):
            assert (await cy.post(f"{STEPS}/passkeys/1{act}", name="Cy's")).status_code in {
                404,
                422,
            }
    await town.visitor.post("/sign-in/passkey", credential=await signed(town, key))
    await town.visitor.post(f"{STEPS}/passkeys/1", name="<Office>")
    assert "&lt;Office&gt;" in await town.visitor.open(STEPS)
    removed = await town.visitor.post(f"{STEPS}/passkeys/1/removal")
    assert removed.headers["location"].endswith("saved=removed")
    assert await enters(town, await signed(town, key)) == 403


async def test_a_proof_by_passkey_takes_ones_own(town: Town) -> None:
    key = await bo_has_a_passkey(town)
    options = (await town.visitor.post(ASK, where="door")).json()
    answer = await town.cy.post("/settings/account/proof", to="/", credential=key.used(options))
    assert answer.status_code == 403
    await town.visitor.post("/sign-in/passkey", credential=await signed(town, key))
    options = (await town.visitor.post(ASK, where="inside")).json()
    asked = await town.visitor.post("/settings/account/proof", to="/", code="123456")
    assert "Use a passkey" in asked.text and "from the paper" in asked.text
    await with_app(town, CY)
    asked = await town.cy.post("/settings/account/proof", to="/", code="1")
    assert "Use a passkey" not in asked.text and "your app shows" in asked.text
    proof = {"to": "/topics", "credential": key.used(options)}
    answer = await town.visitor.post("/settings/account/proof", **proof)
    assert answer.status_code == 200 and 'action="/topics"' in answer.text


async def bo_has_a_passkey(town: Town) -> Key:
    key = Key(urlsplit(town.origin).hostname or "", town.origin)
    async with at_the_door(town, BO) as bo:
        made = key.made(await offer(bo))
        answer = await bo.post(f"{STEPS}/passkeys", name="Telephone", credential=made)
        assert answer.status_code == 200 and answer.text.count("<li><code>") == 10
    return key


async def offer(browser: Browser) -> dict[str, object]:
    page = (await browser.post(f"{STEPS}/passkeys/new")).text
    options = re.search(r'data-options="([^"]+)"', page)
    assert options, page
    told: dict[str, object] = json.loads(unescape(options[1]))
    return told


async def signed(town: Town, key: Key) -> str:
    return key.used((await town.visitor.post(ASK, where="door")).json())


async def enters(town: Town, credential: str) -> int:
    browser = Browser(town.origin)
    answer: httpx2.Response = await browser.post("/sign-in/passkey", credential=credential)
    assert ("sid" in browser.cookies) == (answer.status_code == 303)
    await browser.close()
    return answer.status_code


def _challenges(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(Challenge)).one()


async def test_what_is_nested_without_end_is_no_passkey(town: Town) -> None:
    answer = await town.visitor.post("/sign-in/passkey", credential="[" * 15_000)
    assert answer.status_code == 403
