"""What matters most takes a proof that is five minutes old at most; what was filled in is kept."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx2
import pytest

from community import clock
from community.members.queries import FRESH
from moderation.models import Decision
from tests.authenticator import at_the_door, with_app
from tests.cast import ADA, BO, CY, DEE, DODOL, FAY, PASSWORD
from tests.conftest import Town
from tests.doors import everything
from tests.moderation.reporting import report, rows, take, write

NEW = "tujuh gelombang sore 44"
LONG = FRESH + timedelta(seconds=1)
PROOF = "/settings/account/proof"
DECIDED = {"version": 1, "reason": "spam", "facts": "Seen.", "key": "k1"}
MUTED = DECIDED | {
    "ruling": "act",
    "measure": "mute",
    "mute_days": "3",
    "facts": "“High” water, <low> boats.\n\nSecond & last, naïve 🌊.",
}
MATTERS: list[tuple[int, str, dict[str, Any]]] = [
    (DEE, "/announcements/drafts/1/handing-in", {"version": 1}),
    (DEE, "/announcements/1/missing", {}),
    (DEE, "/announcements/1/withdrawal", {"version": 1, "because": "It was wrong."}),
    (FAY, f"/administration/members/{BO}/appointment", {"role": "moderator"}),
    (ADA, "/cases/1/decision", MUTED),
    (ADA, "/cases/1/decision", DECIDED | {"ruling": "grant"}),
    (BO, f"/organisations/{DODOL}/mandates", {"member": CY}),
    (BO, "/mandates/1/role", {"role": "speaker"}),
    (BO, "/mandates/1/withdrawal", {}),
    (FAY, f"/organisations/{DODOL}/recovery", {"member": CY}),
    (FAY, f"/organisations/{DODOL}/badge/ending", {"because": "The papers were forged."}),
    (BO, f"/organisations/{DODOL}/closing", {}),
    (FAY, f"/organisations/{DODOL}/closing/order", {"reason": "The papers were forged."}),
    (FAY, f"/organisations/{DODOL}/opening", {"member": CY}),
    (BO, "/settings/account/steps/links/removal", {}),
    (BO, "/settings/account/steps/app/new", {}),
    (BO, "/settings/account/steps/app", {"sealed": "x", "code": "000000"}),
    (BO, "/settings/account/steps/app/removal", {}),
    (BO, "/settings/account/steps/codes", {}),
    (BO, "/settings/account/steps/passkeys/new", {}),
    (BO, "/settings/account/steps/passkeys", {"name": "Telephone", "credential": "{}"}),
    (BO, "/settings/account/steps/passkeys/1/removal", {}),
]


@pytest.mark.parametrize(("member", "path", "form"), MATTERS, ids=[path for _, path, _ in MATTERS])
async def test_who_signed_in_a_while_ago_is_asked_again(
    town: Town, monkeypatch: pytest.MonkeyPatch, member: int, path: str, form: dict[str, Any]
) -> None:
    async with at_the_door(town, member) as browser:
        monkeypatch.setattr(clock, "ahead", LONG)
        before = await everything(town)
        answer = await browser.post(path, **form)
        assert answer.status_code == 403 and "Is it you?" in answer.text
        assert await everything(town) == before


async def test_nothing_that_was_filled_in_is_lost(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await report(town.db, await write(town.db))
    muted = MUTED | {"version": await take(town.db, ADA, case)}
    door = f"/cases/{case}/decision"
    async with at_the_door(town, ADA) as ada:
        monkeypatch.setattr(clock, "ahead", LONG)
        asked = await ada.post(door, **muted)
        wrong = await ada.post(PROOF, **hidden(asked), password="x")
        assert wrong.status_code == 403 and "not your password" in wrong.text
        assert hidden(wrong) == hidden(asked), "it is still there"
        proven = await ada.post(PROOF, **hidden(wrong), password=PASSWORD)
        assert proven.status_code == 200
        assert hidden(proven) == {name: str(value) for name, value in muted.items()}
        assert f'action="{door}"' in proven.text
        assert (await ada.post(door, **hidden(proven))).is_redirect
        (decision,) = await rows(town.db, Decision)
        assert decision.facts == MUTED["facts"]
        assert (await ada.post("/settings/account/steps/app/new")).status_code == 200, "fresh"


async def test_nor_is_a_long_list(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    people = (f"{'é' * 50} Gita,gita{number}@weaving.example,,," for number in range(950))
    lines = "\n".join(["name,email,region,organisation,role", *people])
    async with at_the_door(town, FAY) as fay:
        monkeypatch.setattr(clock, "ahead", LONG)
        asked = await fay.post("/invitations/list/sending", lines=lines, key="k1")
        proven = await fay.post(PROOF, **hidden(asked), password=PASSWORD)
        assert proven.status_code == 200 and hidden(proven)["lines"].count("Gita") == 950


async def test_who_has_a_second_step_shows_that_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password alone is not enough, nor one code twice."""
    app = await with_app(town, ADA)
    async with at_the_door(town, ADA) as ada:
        assert (await ada.post("/sign-in/second", code=app.code())).is_redirect
        monkeypatch.setattr(clock, "ahead", LONG)
        asked = await ada.post("/settings/account/steps/codes")
        assert asked.status_code == 403
        for said in ({"password": PASSWORD}, {"code": app.code()}, {"code": ""}, {}):
            answer = await ada.post(PROOF, **hidden(asked), **said)
            assert answer.status_code == 403, said
        proven = await ada.post(PROOF, **hidden(asked), code=app.code(LONG.seconds // 30 + 1))
        assert proven.status_code == 200
        assert (await ada.post("/settings/account/steps/codes")).status_code == 200


async def test_a_change_of_password_or_address_asks_in_its_own_form(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_the_door(town, BO) as bo:
        monkeypatch.setattr(clock, "ahead", LONG)
        for current, answered in (("x", 403), (PASSWORD, 303)):
            form = {"current": current, "email": "bo@elsewhere.test"}
            answer = await bo.post("/settings/account/address", **form)
            assert answer.status_code == answered


async def test_a_stolen_browser_and_the_password_prove_nothing_to_two_steps(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the proof would be renewed by what is one step of the two."""
    app = await with_app(town, FAY)
    async with at_the_door(town, FAY) as fay:
        assert (await fay.post("/sign-in/second", code=app.codes[0])).is_redirect
        monkeypatch.setattr(clock, "ahead", LONG)
        before = (await everything(town))["members"]
        for path, form in (("password", {"password": NEW}), ("address", {"email": "f@evil.test"})):
            asked = await fay.post(f"/settings/account/{path}", current=PASSWORD, **form)
            assert asked.status_code == 403 and "Is it you?" in asked.text
        assert (await everything(town))["members"] == before
        code = app.code(LONG.seconds // 30 + 1)
        assert (await fay.post(PROOF, to="/", code=code)).status_code == 200
        answer = await fay.post("/settings/account/password", current=PASSWORD, password=NEW)
        assert answer.is_redirect, "who showed the code, too, is at home"


async def test_a_new_password_is_another_one(town: Town) -> None:
    answer = await town.bo.post("/settings/account/password", current=PASSWORD, password=PASSWORD)
    assert answer.status_code == 403 and "the password you have now" in answer.text


async def test_proving_it_leads_nowhere_else(town: Town) -> None:
    for to in ("https://evil.test/", "//evil.test", "javascript:alert(1)"):
        async with at_the_door(town, BO) as bo:
            proven = await bo.post(PROOF, to=to, password=PASSWORD)
            assert 'action="/"' in proven.text and "evil" not in proven.text


async def test_a_proof_cannot_be_guessed(town: Town) -> None:
    for _ in range(5):
        assert (await town.bo.post(PROOF, to="/", password="x")).status_code == 403
    assert (await town.bo.post(PROOF, to="/", password=PASSWORD)).status_code == 429
    for form in ("{}", "no JSON", "[1]"):
        bad = await town.cy.post(PROOF, to="/", password=PASSWORD, form=form)
        assert bad.status_code == 422, form


def hidden(answer: httpx2.Response) -> dict[str, str]:
    """What the form of the page carries along."""
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', main)
    return {name: unescape(value) for name, value in fields}
