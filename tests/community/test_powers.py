"""Powers need a second step: asked for, waited for, then they rest, and come back at once."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from community import clock
from community.audit import AuditEntry
from community.database import Transaction
from community.factors.actions import remove_authenticator
from community.letters import MailKind
from community.members.actions import appoint_at_first
from community.members.models import Grace, Member, Role
from community.organisations.granting import end_mandates
from community.organisations.models import Mandate
from community.outbox import Mail
from community.powers import SOON, look_after_powers
from community.site import Site
from moderation.measures import lift_ended
from tests.authenticator import with_app
from tests.browsing import sign_in_as
from tests.cast import ADA, DEE, DEE_FOR_OFFICE, EVA, FAY, GUS, MOORING
from tests.conftest import Town
from tests.forum.announcing import STORM, announce
from tests.moderation.reporting import judge, report, suspend, write

GRACE = timedelta(days=14)
A_MINUTE = timedelta(minutes=1, seconds=1)

SAID_FOR_THE_OFFICE = [
    (f"/topics/{MOORING}", "posts", {"body": "We decree.", "place": f"topic:{MOORING}"}),
    ("/channels/7", "messages", {"body": "We decree."}),
]

Ahead = pytest.MonkeyPatch


async def pass_time(town: Town, monkeypatch: Ahead, by: timedelta) -> None:
    """And let the worker see it."""
    monkeypatch.setattr(clock, "ahead", clock.ahead + by)
    await town.db.act(partial(look_after_powers, grace=GRACE, patient=True))


@pytest.fixture
async def asked(town: Town, monkeypatch: Ahead) -> Town:
    """All who have powers have just been asked for a second step."""
    await town.db.act(_nobody_was_asked)
    await pass_time(town, monkeypatch, A_MINUTE)
    return town


async def test_whoever_has_powers_is_asked_once(asked: Town, monkeypatch: Ahead) -> None:
    await pass_time(asked, monkeypatch, timedelta(hours=1))
    letters = await asked.db.look(_letters, MailKind.FACTOR_WANTED)
    assert letters == [
        "ada@harbour.test",
        "dee@harbour.test",
        "eva@harbour.test",
        "fay@harbour.test",
    ]
    assert "14 days are left" in await asked.ada.open("/topics")
    assert "second step" in await asked.ada.open("/notices")
    assert "days are left" not in await asked.bo.open("/topics")


async def test_they_are_told_again_three_days_before_the_end(
    asked: Town, monkeypatch: Ahead
) -> None:
    await pass_time(asked, monkeypatch, GRACE - SOON - timedelta(hours=2))
    assert not await asked.db.look(_letters, MailKind.FACTOR_SOON)
    await pass_time(asked, monkeypatch, timedelta(hours=2))
    await pass_time(asked, monkeypatch, timedelta(hours=1))
    assert len(await asked.db.look(_letters, MailKind.FACTOR_SOON)) == 4
    dee = await sign_in_as(asked.db, asked.origin, DEE)
    assert "3 days are left" in await dee.open("/topics")
    await dee.close()


async def test_then_what_they_may_do_rests_and_nothing_else(
    asked: Town, monkeypatch: Ahead
) -> None:
    town = asked
    await pass_time(town, monkeypatch, GRACE)
    tokens = [await sign_in_as(town.db, town.origin, one) for one in (ADA, DEE, FAY)]
    ada, dee, fay = tokens
    assert (await ada.get("/moderation")).status_code in {403, 404}
    assert (await fay.get("/administration")).status_code in {403, 404}
    refused = await dee.post("/announcements/drafts", **STORM)
    assert refused.status_code == 403 and "rests until you sign in in two steps" in refused.text
    for path, form, body in SAID_FOR_THE_OFFICE:
        assert "harbour office" not in (await dee.open(path)).partition("<main")[2].lower()
        refused = await dee.post(f"{path}/{form}", **body, key="k2", mandate=DEE_FOR_OFFICE)
        assert refused.status_code == 403 and "rests until" in refused.text
    said = await ada.post("/channels/7/messages", body="ahoy", key="k1")
    assert said.status_code == 303, "they write as anybody does"
    assert "rests until" in await ada.open("/topics")
    done = await town.db.look(_done, "member.powers_rest")
    assert sorted(done) == [f"member:{one}" for one in (ADA, DEE, EVA, FAY)]
    assert len(await town.db.look(_letters, MailKind.POWERS_REST)) == 4
    for browser in tokens:
        await browser.close()


async def test_no_day_is_counted_for_whoever_is_suspended(asked: Town, monkeypatch: Ahead) -> None:
    case = await report(asked.db, await write(asked.db, ADA))
    await judge(asked.db, FAY, case, suspend(15))
    await pass_time(asked, monkeypatch, GRACE)
    await pass_time(asked, monkeypatch, timedelta(days=1))
    await asked.db.act(lift_ended)
    for more, role in ((GRACE - A_MINUTE * 9, Role.MODERATOR), (A_MINUTE * 9, Role.MEMBER)):
        await pass_time(asked, monkeypatch, more)
        assert (await _member(asked, ADA)).role == role


async def test_tabs_hear_of_it(asked: Town, monkeypatch: Ahead) -> None:
    async with asked.ada.tab() as ada:
        await pass_time(asked, monkeypatch, GRACE)
        assert (await ada.closed())[0] == 4403


async def test_a_second_step_gives_it_all_back_at_once(asked: Town, monkeypatch: Ahead) -> None:
    town = asked
    await pass_time(town, monkeypatch, GRACE)
    for member in (ADA, DEE, FAY):
        await with_app(town, member)
    ada, dee, fay = [await sign_in_as(town.db, town.origin, one) for one in (ADA, DEE, FAY)]
    assert "rests until" not in await ada.open("/moderation")
    await fay.open("/administration")
    assert await announce(dee) == "/announcements/1"
    assert len(await town.db.look(_done, "member.powers_back")) == 3
    await pass_time(town, monkeypatch, GRACE * 2)
    await fay.open("/administration")
    for browser in (ada, dee, fay):
        await browser.close()


async def test_a_new_power_brings_time_of_its_own(asked: Town, monkeypatch: Ahead) -> None:
    await pass_time(asked, monkeypatch, GRACE - timedelta(days=1))
    await asked.db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, GUS), Role.MODERATOR))
    await pass_time(asked, monkeypatch, A_MINUTE)
    await pass_time(asked, monkeypatch, timedelta(days=1))
    assert (await _member(asked, ADA)).role == Role.MEMBER
    assert (await _member(asked, GUS)).role == Role.MODERATOR


async def test_the_days_are_counted_once_however_often_powers_come_and_go(
    asked: Town, monkeypatch: Ahead
) -> None:
    """Nor does a second step that is put away again bring new ones."""
    town = asked
    await pass_time(town, monkeypatch, GRACE - timedelta(days=1))
    await town.db.act(_appoint, ADA, Role.MEMBER)
    await pass_time(town, monkeypatch, A_MINUTE)
    assert "is left" not in await _page_of(town, ADA), "of powers they do not have"
    await town.db.act(_appoint, ADA, Role.MODERATOR)
    await pass_time(town, monkeypatch, A_MINUTE)
    assert "1 day is left" in await _page_of(town, ADA)
    await town.db.act(_appoint, ADA, Role.MEMBER)
    await pass_time(town, monkeypatch, timedelta(days=1))
    await with_app(town, ADA)
    await town.db.act(lambda tx: remove_authenticator(tx, tx.get_one(Member, ADA)))
    await town.db.act(_appoint, ADA, Role.SENIOR)
    await pass_time(town, monkeypatch, timedelta())
    ada = await _member(town, ADA)
    assert (ada.role, ada.granted, ada.grace) == (Role.MEMBER, Role.SENIOR, Grace.OVER)
    await town.db.act(_appoint, ADA, Role.MODERATOR)
    assert (await _member(town, ADA)).role == Role.MEMBER, "not for a moment"


async def test_who_has_no_powers_any_more_is_left_alone(asked: Town, monkeypatch: Ahead) -> None:
    await asked.db.act(_end_the_mandate_of_dee)
    await asked.db.act(lambda tx: appoint_at_first(tx, tx.get_one(Member, ADA), Role.MEMBER))
    await pass_time(asked, monkeypatch, timedelta(hours=1))
    for member in (ADA, DEE):
        assert (await _member(asked, member)).grace == Grace.NONE
    await pass_time(asked, monkeypatch, GRACE)
    assert (await _member(asked, DEE)).grace == Grace.NONE


async def test_whoever_only_tries_it_out_has_all_the_time(town: Town, monkeypatch: Ahead) -> None:
    """On a machine of one's own; elsewhere also a demonstration has an end."""
    await town.db.act(_nobody_was_asked)
    await town.db.act(lambda tx: tx.execute(update(Site).values(demonstration=True)) and None)
    await pass_time(town, monkeypatch, GRACE)
    assert not await town.db.look(_letters, MailKind.FACTOR_WANTED)
    await town.db.act(partial(look_after_powers, grace=GRACE, patient=False))
    assert len(await town.db.look(_letters, MailKind.FACTOR_WANTED)) == 4


async def test_who_signs_in_in_two_steps_is_asked_nothing(town: Town, monkeypatch: Ahead) -> None:
    await town.db.act(_nobody_was_asked)
    await with_app(town, ADA)
    await pass_time(town, monkeypatch, A_MINUTE)
    assert "ada@harbour.test" not in await town.db.look(_letters, MailKind.FACTOR_WANTED)
    assert (await _member(town, ADA)).grace == Grace.NONE


def _nobody_was_asked(tx: Transaction) -> None:
    tx.execute(update(Member).values(grace=Grace.NONE, grace_ends_at=None))
    tx.execute(delete(Mail))


def _end_the_mandate_of_dee(tx: Transaction) -> None:
    tx.get_one(Mandate, DEE_FOR_OFFICE).ends_at = clock.now(tx)
    tx.flush()
    end_mandates(tx)


def _appoint(tx: Transaction, member: int, role: Role) -> None:
    appoint_at_first(tx, tx.get_one(Member, member), role)


async def _page_of(town: Town, member: int) -> str:
    browser = await sign_in_as(town.db, town.origin, member)
    page = await browser.open("/topics")
    await browser.close()
    return page


def _letters(session: Session, kind: MailKind) -> list[str]:
    return sorted(session.scalars(select(Mail.address).where(Mail.kind == kind)))


def _done(session: Session, verb: str) -> list[str]:
    return list(session.scalars(select(AuditEntry.subject).where(AuditEntry.verb == verb)))


async def _member(town: Town, id: int) -> Member:
    return await town.db.look(lambda session: session.get_one(Member, id))
