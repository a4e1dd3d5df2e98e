"""Whoever is suspended is out at once and comes in by no way, and nothing of theirs acts meanwhile.

There is one place where sign-ins are made; every way there is ends in it. What somebody is told who
has not proved who they are is what everybody is told.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx2
import pytest

from community import clock
from community.database import Database
from community.errors import Suspended
from community.invitations.actions import invite
from community.invitations.models import Wanted, link_for
from community.members import actions as members
from community.members.models import Member, SignIn
from community.organisations.models import MandateRole
from community.settings import Settings
from community.tickets import Purpose, issue
from community.tickets import link_for as letter_link
from moderation.measures import lift_ended
from tests.authenticator import at_the_door, with_app
from tests.cast import ADA, BO, DODOL, EVA, FAY, PASSWORD, email
from tests.community.test_elsewhere import ARRIVAL, coming
from tests.conftest import Town, running
from tests.moderation.reporting import (
    HIDE,
    MUTE,
    SUSPEND,
    as_,
    judge,
    report,
    reported,
    rows,
    suspend,
    suspended,
    the,
    write,
)
from tests.provider import knowing, provider
from tests.security.test_s25_passkeys import bo_has_a_passkey, signed

Way = Callable[[Town], Awaitable[list[httpx2.Response]]]


async def by_password(town: Town) -> list[httpx2.Response]:
    return [await town.visitor.post("/sign-in", email=email(BO), password=PASSWORD)]


async def by_a_link_for_a_new_password(town: Town) -> list[httpx2.Response]:
    """It is a new one from then on; that is all."""
    ticket = await town.db.act(lambda tx: issue(tx, Purpose.RESET, email(BO), member_id=BO).id)
    path = f"/reset/{letter_link(town.settings.secret(), ticket)}"
    answer = await town.visitor.post(path, password="tujuh gelombang sore 44")
    again = await town.visitor.post("/sign-in", email=email(BO), password="tujuh gelombang sore 44")
    return [answer, again]


@pytest.mark.parametrize("way", [by_password, by_a_link_for_a_new_password])
async def test_who_proves_who_they_are_is_told_until_when_and_why(town: Town, way: Way) -> None:
    """And whatever was decided about them since."""
    another = await report(town.db, await write(town.db, BO, "Another"))
    await suspended(town.db)
    await judge(town.db, ADA, another, HIDE._replace(facts="Because of that other one."))
    for answer in await way(town):
        _is_told(answer)
        assert "Because of that other one." in answer.text
    await _nobody_came_in(town)


async def test_no_second_step_lets_them_in(town: Town) -> None:
    """Of the app or the paper, also where it was begun before. Only then do they learn why, and
    nothing is used up by it."""
    app = await with_app(town, BO)
    async with at_the_door(town, BO) as before:
        await suspended(town.db)
        async with at_the_door(town, BO) as after:
            assert "suspended" not in await after.open("/sign-in/second")
            wrong = await after.post("/sign-in/second", code="000000")
            assert wrong.status_code == 403 and "suspended" not in wrong.text
            _is_told(await after.post("/sign-in/second", code=app.code()))
            _is_told(await before.post("/sign-in/second", code=app.code()))
            _is_told(await before.post("/sign-in/second", code=app.codes[0]))
    await _nobody_came_in(town)


async def test_nor_does_a_passkey(town: Town) -> None:
    key = await bo_has_a_passkey(town)
    await suspended(town.db)
    _is_told(await town.visitor.post("/sign-in/passkey", credential=await signed(town, key)))
    await _nobody_came_in(town)


async def test_nor_does_an_account_elsewhere(db: Database, settings: Settings) -> None:
    async with provider() as there, running(db, knowing(settings, there)) as town:
        async with coming(town, there, email=email(BO)) as bo:
            assert (await bo.post(ARRIVAL, password=PASSWORD)).is_redirect
        await suspended(town.db)
        async with coming(town, there, email=email(BO)) as bo:
            copied = {"cookie": "; ".join(f"{name}={value}" for name, value in bo.cookies.items())}
            _is_told(await bo.post(ARRIVAL))
            for again in (await bo.post(ARRIVAL), await town.visitor.post_with(copied, ARRIVAL)):
                assert again.status_code == 403 and SUSPEND.facts not in again.text
        async with coming(town, there, sub="another", email=email(BO)) as bo:
            assert "suspended" not in (await bo.post(ARRIVAL, password="x")).text
            _is_told(await bo.post(ARRIVAL, password=PASSWORD))
        await _nobody_came_in(town)


async def test_nor_what_they_had_open_or_in_their_letter_box(town: Town) -> None:
    move = await town.db.act(lambda tx: issue(tx, Purpose.MOVE, "b@new.test", member_id=BO).id)
    made = await as_(town.db, FAY, invite, Wanted(None, MandateRole.SPEAKER, email(BO)), a_day=9)
    key = town.settings.secret()
    assert f"/members/{BO}" in await town.visitor.open(f"/organisations/{DODOL}")
    async with town.bo.tab() as tab:
        await suspended(town.db)
        assert (await tab.closed())[0] == 4401
    assert f"/members/{BO}" not in await town.visitor.open(f"/organisations/{DODOL}")
    for path, form in (
        (f"/move/{letter_link(key, move)}", {}),
        (f"/invited/{link_for(key, made)}", {}),
        ("/settings/account/proof", {"to": "/", "password": PASSWORD}),
        ("/settings/account/password", {"current": PASSWORD, "password": "sore gelombang 4"}),
    ):
        assert (await town.bo.post(path, **form)).status_code == 401, path
    joining = {"email": email(BO), "name": "Bo Once More", "born": "1991"}
    assert (await town.visitor.post("/join", **joining)).headers["location"] == "/letter"
    with pytest.raises(Suspended):
        await town.db.act(members.sign_in, BO)
    await _nobody_came_in(town)


async def test_a_wrong_password_says_what_it_always_says(town: Town) -> None:
    before = await town.visitor.post("/sign-in", email=email(BO), password="wrong")
    await suspended(town.db)
    after = await town.visitor.post("/sign-in", email=email(BO), password="wrong")
    assert (after.status_code, after.text) == (before.status_code, before.text)
    assert "set-cookie" not in after.headers


async def test_nobody_slips_in_while_it_is_decided(town: Town) -> None:
    """Whoever signs in at that moment is out with the others, or never in."""

    async def comes_in() -> None:
        while not (await the(town.db, Member, BO)).suspended_until:
            try:
                await town.db.act(members.sign_in, BO)
            except Suspended:
                return

    await asyncio.gather(suspended(town.db), *(comes_in() for _ in range(8)))
    await _nobody_came_in(town)


async def test_each_restriction_ends_alone(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mute that ends first lets nobody in, the shorter suspension neither."""
    cases = [(await reported(db))[1] for _ in range(3)]
    for case, ruling in zip(cases, (MUTE, suspend(9), SUSPEND), strict=True):
        await judge(db, EVA, case, ruling)
    for days, muted, out in (
        (2, True, True),
        (3, False, True),
        (5, False, True),
        (9, False, False),
    ):
        monkeypatch.setattr(clock, "ahead", timedelta(days=days, minutes=1))
        await db.act(lift_ended)
        bo = await the(db, Member, BO)
        assert (bool(bo.muted_until), bool(bo.suspended_until)) == (muted, out)
    assert await db.act(members.sign_in, BO)


def _is_told(answer: httpx2.Response) -> None:
    assert answer.status_code == 403 and "sid" not in answer.cookies
    assert "Your account is suspended until" in answer.text and SUSPEND.facts in answer.text
    assert "Ask for another look" in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


async def _nobody_came_in(town: Town) -> None:
    theirs = [one for one in await rows(town.db, SignIn) if one.member_id == BO]
    assert theirs and all(one.ended_at for one in theirs)
