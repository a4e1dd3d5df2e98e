"""Signing in in two steps (ASVS 5.0, 6.5): codes of an app, and codes on paper."""

import asyncio
import re
from datetime import timedelta
from html import unescape

import httpx2
import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import select

from community import clock, totp
from community.factors.models import Authenticator, RecoveryCode
from community.seals import unsealed
from tests.authenticator import App, at_the_door, with_app
from tests.browsing import Browser
from tests.cast import ADA, BO, CY, PASSWORD, email
from tests.conftest import Posted, Town
from tests.doors import everything
from tests.letterbox import text_of
from web import attempts
from web.attempts import CODES, EVERYWHERE, HERE

STEPS = "/settings/account/steps"
PASSWORD_FORM = "/settings/account/password"
NEW = "tujuh gelombang sore 44"
CODE = re.compile(r"<code>((?:[a-z0-9]{4}-){3}[a-z0-9]{4})</code>")


async def test_bo_sets_up_an_app_and_signs_in_with_it(posted: Posted) -> None:
    town, box = posted
    async with at_the_door(town, BO) as bo, at_the_door(town, BO) as other:
        shown = (await bo.post(f"{STEPS}/app/new")).text
        assert "<svg" in shown
        sealed = unescape(_first(r'name="sealed" value="([^"]+)"', shown))
        seed = unsealed(town.settings.secret(), f"totp:{BO}", sealed)
        assert seed and seed[:4] in shown
        app = App(seed, await _step(town), [])
        wrong = await bo.post(f"{STEPS}/app", sealed=sealed, code="000000")
        assert wrong.status_code == 403 and sealed in unescape(wrong.text), "the same picture"
        answer = await bo.post(f"{STEPS}/app", sealed=sealed, code=f" {app.code(0)} ")
        assert answer.status_code == 200 and len(set(CODE.findall(answer.text))) == 10
        assert "was changed" in (await box.next())["subject"]
        assert "never used" in await bo.open(STEPS)
        assert (await other.get(STEPS)).is_redirect, "other browsers were signed out"
        assert (await town.bo.get(STEPS)).is_redirect
    async with at_the_door(town, BO) as bo:
        page = await bo.open("/sign-in/second?next=/channels/7")
        assert "really you, Bo" in page and 'value="/channels/7"' in page
        answer = await bo.post("/sign-in/second", code=app.code(), next="/channels/7")
        assert (answer.status_code, answer.headers["location"]) == (303, "/channels/7")
        assert 'data-member="2"' in await bo.open("/channels/7")
        assert "last used" in await bo.open(STEPS)


async def test_a_step_opens_once_also_for_two_at_the_same_time(town: Town) -> None:
    app = await with_app(town, BO)
    async with at_the_door(town, BO) as one, at_the_door(town, BO) as two:
        answers = await asyncio.gather(
            *(browser.post("/sign-in/second", code=app.code()) for browser in (one, two))
        )
        assert sorted(answer.status_code for answer in answers) == [303, 403]
    async with at_the_door(town, BO) as third:
        for used in (app.code(0), app.code()):
            assert (await third.post("/sign-in/second", code=used)).status_code == 403


@pytest.mark.parametrize(("seconds", "status"), [(0, 303), (59, 303), (90, 403)])
async def test_a_code_is_good_for_its_step_and_the_one_around_it(
    town: Town, monkeypatch: pytest.MonkeyPatch, seconds: int, status: int
) -> None:
    """Set up at the beginning of a step, so that the seconds say which step it is."""
    at = await town.db.look(clock.now)
    until_next = totp.STEP - at.timestamp() % totp.STEP
    monkeypatch.setattr(clock, "ahead", timedelta(seconds=until_next))
    app = await with_app(town, BO)
    async with at_the_door(town, BO) as bo:
        monkeypatch.setattr(clock, "ahead", timedelta(seconds=until_next + seconds))
        assert (await bo.post("/sign-in/second", code=app.code(1))).status_code == status


async def test_who_reads_the_rows_makes_no_codes(town: Town) -> None:
    app = await with_app(town, BO)
    rows = str(await everything(town))
    assert app.seed not in rows and not any(code.replace("-", "") in rows for code in app.codes)
    kept = await town.db.look(lambda session: session.scalars(select(Authenticator)).one())
    assert unsealed(b"another key" * 4, f"totp:{BO}", kept.sealed) is None
    assert unsealed(town.settings.secret(), f"totp:{CY}", kept.sealed) is None


async def test_a_code_on_paper_opens_once_and_they_are_told(posted: Posted) -> None:
    town, box = posted
    app = await with_app(town, BO)
    await box.next()
    for answered in (303, 403):
        async with at_the_door(town, BO) as bo:
            written = app.codes[0].upper().replace("-", " ")
            assert (await bo.post("/sign-in/second", code=written)).status_code == answered
    assert "9 left" in text_of(await box.next())


async def test_new_codes_end_the_old_ones(town: Town) -> None:
    app = await with_app(town, BO)
    fresh = CODE.findall((await town.bo.post(f"{STEPS}/codes")).text)
    assert len(fresh) == 10 and not set(fresh) & set(app.codes)
    for code, answered in ((app.codes[3], 403), (fresh[3], 303)):
        async with at_the_door(town, BO) as bo:
            assert (await bo.post("/sign-in/second", code=code)).status_code == answered
    kept = await town.db.look(lambda session: session.scalars(select(RecoveryCode)).all())
    assert len(kept) == 10


async def test_codes_are_not_guessed(town: Town) -> None:
    """A few a minute, and a few more an hour however patient one is."""
    app = await with_app(town, BO)
    async with at_the_door(town, BO) as bo:
        for _ in range(HERE.amount):
            assert (await bo.post("/sign-in/second", code="000000")).status_code == 403
        late = await bo.post("/sign-in/second", code=app.code())
        assert late.status_code == 429 and "tried too often" in late.text
    assert EVERYWHERE.amount < 100, "of a million, three of which are right"


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each code were said a minute after the one before."""
    monkeypatch.setattr(attempts, "HERE", RateLimitItemPerMinute(1_000))


@pytest.mark.usefixtures("patient")
async def test_who_was_let_in_without_it_is_no_acquaintance(town: Town) -> None:
    """Whoever has the password alone gets as many browsers known as they like, beforehand."""
    thieves = [Browser(town.origin) for _ in range(3)]
    for thief in thieves:
        await thief.post("/sign-in", email=email(BO), password=PASSWORD)
    app = await with_app(town, BO)
    answers = []
    for thief in thieves:
        await thief.post("/sign-in", email=email(BO), password=PASSWORD)
        answers += [await _say(thief, "000000") for _ in range(CODES.amount // 2)]
        await thief.close()
    assert answers.count(403) == CODES.amount, "they share the count of all strangers"
    async with at_the_door(town, BO) as bo:
        late = await bo.post("/sign-in/second", code=app.code())
        assert late.status_code == 429 and "minutes" in late.text
        assert await _say(bo, app.codes[0]) == 303, "a code on paper always opens"


@pytest.mark.usefixtures("patient")
async def test_who_guesses_does_not_shut_out_whose_it_is(town: Town) -> None:
    app, mine = await with_app(town, BO), Browser(town.origin)
    await mine.post("/sign-in", email=email(BO), password=PASSWORD)
    assert await _say(mine, app.codes[0]) == 303
    async with at_the_door(town, BO) as thief:
        for _ in range(CODES.amount):
            assert await _say(thief, "000000") == 403
        assert await _say(thief, "000000") == 429
    await mine.post("/sign-in", email=email(BO), password=PASSWORD)
    assert await _say(mine, app.code()) == 303, "the account knows this browser"
    assert (await mine.post(PASSWORD_FORM, current=PASSWORD, password=NEW)).is_redirect
    other = Browser(town.origin)
    await other.post("/sign-in", email=email(BO), password=NEW)
    assert await _say(other, "000000") == 403, "with a new password it begins anew"
    for browser in (mine, other):
        await browser.close()


async def test_half_a_sign_in_ends_with_the_second_step_it_waited_for(town: Town) -> None:
    app = await with_app(town, BO)
    async with at_the_door(town, BO) as half:
        await with_app(town, BO)
        assert (await half.get("/sign-in/second")).is_redirect
        assert await _say(half, app.code()) == 401


async def test_without_a_task_one_may_go_back_to_a_password_alone(town: Town) -> None:
    await with_app(town, BO)
    answer = await town.bo.post(f"{STEPS}/app/removal")
    assert answer.headers["location"] == f"{STEPS}?saved=removed"
    answer = await town.visitor.post("/sign-in", email=email(BO), password=PASSWORD)
    assert answer.headers["location"] == "/"
    kept = await town.db.look(lambda session: session.scalars(select(RecoveryCode)).all())
    assert not kept, "codes on paper alone open nothing"


async def test_a_moderator_keeps_at_least_one(town: Town) -> None:
    await with_app(town, ADA)
    answer = await town.ada.post(f"{STEPS}/app/removal")
    assert answer.status_code == 403 and "Add another one" in answer.text


async def test_what_was_sealed_for_another_is_nothing(town: Town) -> None:
    shown = (await town.cy.post(f"{STEPS}/app/new")).text
    sealed = unescape(_first(r'name="sealed" value="([^"]+)"', shown))
    for text in (sealed, "made up", "²"):
        answer: httpx2.Response = await town.bo.post(f"{STEPS}/app", sealed=text, code="000000")
        assert answer.status_code == 403


async def _say(browser: Browser, code: str) -> int:
    return (await browser.post("/sign-in/second", code=code)).status_code


async def _step(town: Town) -> int:
    return int((await town.db.look(clock.now)).timestamp()) // totp.STEP


def _first(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found, page
    return found[1]
