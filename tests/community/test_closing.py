"""How an organisation ends, and begins again: nobody speaks for it, and nobody takes its name."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest

from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid
from community.invitations.actions import accept, invite
from community.invitations.models import Invitation, Wanted
from community.invitations.queries import good_invitation
from community.members.models import Member
from community.names import name_of_member, name_of_organisation
from community.notices.models import NoticeKind
from community.organisations.closing import keep_open
from community.organisations.granting import (
    accept_mandate,
    change_role,
    offer_mandate,
    recover,
    withdraw_mandate,
)
from community.organisations.models import Kind, Mandate, Organisation
from community.organisations.queries import organisations_listed
from community.places import Lens
from community.site import site_of
from moderation.decisions.applications import ask_for_verification
from moderation.decisions.closing import close, close_by_order, close_due
from moderation.models import Case, Decision, State
from tests.cast import BO, BO_FOR_DODOL, CY, DODOL, EVA, FAY, GUS, MOORING
from tests.community.organising import OWNER, PAPERS, SPEAKER, applied, given, lapse, told
from tests.conftest import Town
from tests.moderation.reporting import DAYS, SUSPEND, as_, judge, report, rows, take, the, write
from web.frames import STANDING_CHANGED

DOOR = f"/organisations/{DODOL}/closing"
WRITTEN = {"place": f"topic:{MOORING}", "body": "ahoy", "mandate": BO_FOR_DODOL}


async def test_whoever_owns_it_alone_closes_it_at_once(town: Town) -> None:
    await town.bo.post(f"/topics/{MOORING}/posts", **WRITTEN, key="k1")
    offer = await as_(town.db, BO, offer_mandate, DODOL, CY, SPEAKER)
    invited = await as_(town.db, FAY, invite, Wanted(DODOL, SPEAKER, most=5), a_day=9)
    case = await as_(town.db, BO, ask_for_verification, DODOL, PAPERS)
    version = await take(town.db, FAY, case.id)
    async with town.bo.tab() as tab:
        assert (await town.bo.post(DOOR)).status_code == 303
        assert (await tab.closed())[0] == STANDING_CHANGED
    assert (await town.bo.post(f"/topics/{MOORING}/posts", **WRITTEN, key="k2")).status_code == 403
    with pytest.raises(Conflict):
        await as_(town.db, CY, accept_mandate, offer.id)
    with pytest.raises(Conflict):
        await town.db.look(good_invitation, invited.id)
    assert (await the(town.db, Invitation, invited.id)).ended_at
    ended = await the(town.db, Case, case.id)
    assert (ended.state, ended.version) == (State.DECIDED, version + 1)
    assert not any(one.ended_at is None for one in await _mandates(town))
    for who in (BO, CY):
        assert await told(town.db, who, NoticeKind.CLOSING), who
    assert "ended by itself" in await town.fay.open(f"/cases/{case.id}")

    listed = await town.db.look(organisations_listed, Lens())
    assert DODOL not in [one.id for one in listed]
    for path in (f"/organisations/{DODOL}", f"/topics/{MOORING}"):
        page = await town.visitor.open(path)
        assert "badge-unverified" in page and "Closed" in page, path
    with pytest.raises(Denied, match="closed"):
        await as_(town.db, FAY, recover, DODOL, CY)
    with pytest.raises(Denied, match="closed"):
        await as_(town.db, FAY, invite, Wanted(DODOL, OWNER), a_day=9)


async def test_whoever_was_invited_to_what_is_closed_meanwhile_comes_without_it(
    db: Database,
) -> None:
    """As with every invitation that is over: a list may have been sent at the same moment."""
    invited = await as_(db, FAY, invite, Wanted(DODOL, SPEAKER, most=5), a_day=9)
    await db.act(lambda tx: setattr(tx.get_one(Organisation, DODOL), "closed_at", now(tx)))
    with pytest.raises(Conflict):
        await as_(db, CY, accept, invited.id)


async def test_another_owner_has_a_week_to_keep_it_open(town: Town) -> None:
    await given(town.db, CY, OWNER)
    await as_(town.db, BO, close, DODOL)
    assert (await told(town.db, CY, NoticeKind.CLOSING))[-1].link == f"/organisations/{DODOL}"
    assert "unless an owner keeps it open" in await town.cy.open(f"/organisations/{DODOL}")
    await town.db.act(_after, 6)
    assert (await town.cy.post(f"{DOOR}/objection")).status_code == 303
    await town.db.act(_after, 8)
    assert not (await the(town.db, Organisation, DODOL)).closed_at
    assert (await the(town.db, Mandate, BO_FOR_DODOL)).live

    await as_(town.db, CY, close, DODOL)
    await town.db.act(_after, 8)
    assert (await the(town.db, Organisation, DODOL)).closed_at
    with pytest.raises(Denied):
        await as_(town.db, BO, keep_open, DODOL)


@pytest.mark.parametrize("out", [withdraw_mandate, partial(change_role, role=SPEAKER)])
async def test_putting_the_other_owner_out_is_no_way_around_their_week(
    town: Town, out: Callable[..., Mandate]
) -> None:
    await given(town.db, CY, OWNER)
    await as_(town.db, CY, out, BO_FOR_DODOL)
    await as_(town.db, CY, close, DODOL)
    assert await told(town.db, BO, NoticeKind.CLOSING)
    assert "unless an owner keeps it open" in await town.bo.open(f"/organisations/{DODOL}")
    with pytest.raises(Denied):
        await as_(town.db, GUS, keep_open, DODOL)
    await as_(town.db, BO, keep_open, DODOL)
    await town.db.act(_after, 8)
    assert not (await the(town.db, Organisation, DODOL)).closed_at


async def _put_out(db: Database, mandate: int) -> None:
    await as_(db, BO, withdraw_mandate, mandate)


async def _suspended(db: Database, _mandate: int) -> None:
    await judge(db, EVA, await report(db, await write(db, CY), by=GUS), SUSPEND)


async def _lost(db: Database, _mandate: int) -> None:
    await as_(db, FAY, recover, DODOL, GUS)


async def _stopped(db: Database, _mandate: int) -> None:
    await as_(db, FAY, keep_open, DODOL)


@pytest.mark.parametrize("happens", [_put_out, _suspended, _lost, _stopped])
async def test_it_closes_only_while_whoever_began_it_may(
    db: Database, happens: Callable[[Database, int], Awaitable[None]]
) -> None:
    mandate = await given(db, CY, OWNER)
    await as_(db, CY, close, DODOL)
    await happens(db, mandate)
    await db.act(_after, 8)
    dodol = await the(db, Organisation, DODOL)
    assert (dodol.closed_at, dodol.closing_at, dodol.closing_by_id) == (None, None, None)


async def test_who_could_not_object_has_their_week_afterwards(db: Database) -> None:
    await given(db, CY, OWNER)
    await _suspended(db, 0)
    await as_(db, BO, close, DODOL)
    with pytest.raises(Denied, match="suspended"):
        await as_(db, CY, keep_open, DODOL)
    for days, closed in ((8, False), (DAYS + 6, False), (DAYS + 8, True)):
        await db.act(_after, days)
        assert bool((await the(db, Organisation, DODOL)).closed_at) == closed, days


async def test_no_week_runs_out_while_nothing_can_be_written(db: Database) -> None:
    await given(db, CY, OWNER)
    await as_(db, BO, close, DODOL)

    def read_only(tx: Transaction, yes: bool) -> None:
        site_of(tx).read_only = yes

    for days, paused in ((8, True), (14, False)):
        await db.act(read_only, paused)
        await db.act(_after, days)
        assert not (await the(db, Organisation, DODOL)).closed_at, days


async def test_an_administrator_closes_it_for_a_reason_and_opens_it_again(town: Town) -> None:
    with pytest.raises(Denied):
        await as_(town.db, GUS, close_by_order, DODOL, "Mine.")
    assert (await town.ada.post(f"{DOOR}/order", reason="x")).status_code == 403
    await as_(town.db, BO, ask_for_verification, DODOL, PAPERS)
    await town.fay.post(f"{DOOR}/order", reason="It sold forged papers.")
    (decision,) = await rows(town.db, Decision)
    assert (await told(town.db, BO))[-1].link == f"/decisions/{decision.id}"
    assert "closed" in await town.bo.open(f"/decisions/{decision.id}")
    assert "It sold forged papers." in await town.visitor.open(f"/organisations/{DODOL}")
    assert "was closed" in await town.fay.open("/moderation/log")

    nobody = await town.fay.post(f"/organisations/{DODOL}/opening", member=999)
    assert nobody.status_code == 404
    await town.fay.post(f"/organisations/{DODOL}/opening", member=CY)
    dodol = await the(town.db, Organisation, DODOL)
    assert (dodol.closed_at, dodol.closed_because, dodol.level) == (None, "", 0)
    (offer,) = [one for one in await _mandates(town) if one.offered]
    assert (offer.member_id, offer.role) == (CY, OWNER)
    assert "Not verified" in await town.visitor.open(f"/organisations/{DODOL}")


@pytest.mark.parametrize("ended", [close, lapse])
async def test_its_name_stays_its_own_for_a_year(town: Town, ended: object) -> None:
    if ended is close:
        await as_(town.db, BO, close, DODOL)
    else:
        await town.db.act(lapse, DODOL)

    def after(tx: Transaction, days: int) -> None:
        tx.info["now"] = now(tx) + timedelta(days=days)
        assert name_of_member(tx, "D0dol Resmi") and name_of_organisation(tx, "Dodol", Kind.BRAND)

    with pytest.raises(Invalid, match="within a year"):
        await town.db.act(after, 360)
    await town.db.act(after, 366)
    if ended is lapse:
        await as_(town.db, BO, ask_for_verification, DODOL, PAPERS)


async def test_what_was_never_verified_keeps_no_name(town: Town) -> None:
    cane, _case = await applied(town.db)
    await as_(town.db, CY, close, cane.id)
    await town.db.act(lambda tx: name_of_member(tx, cane.name))


async def _mandates(town: Town) -> list[Mandate]:
    return [one for one in await rows(town.db, Mandate) if one.organisation_id == DODOL]


def _after(tx: Transaction, days: int) -> None:
    assert tx.get_one(Member, BO)
    tx.info["now"] = now(tx) + timedelta(days=days)
    close_due(tx)
