"""What somebody tried for a voice that is not theirs.

Each of these once went through.
"""

from datetime import timedelta

import pytest
from sqlalchemy import update

from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied
from community.invitations.actions import invite
from community.invitations.models import Wanted
from community.members.actions import set_muted_until
from community.members.models import Member, SignIn
from community.notices.models import NoticeKind
from community.organisations.granting import (
    accept_mandate,
    change_role,
    offer_mandate,
    recover,
    withdraw_mandate,
)
from community.organisations.models import Mandate
from tests.cast import BO, BO_FOR_DODOL, CY, DODOL, FAY, GUS, HARBOUR_OFFICE
from tests.community.organising import OWNER, SPEAKER, given, told
from tests.conftest import Town
from tests.moderation.reporting import as_, the


async def test_what_an_owner_offered_is_worth_nothing_once_they_are_none(db: Database) -> None:
    mandate = await given(db, CY, OWNER)
    offer = await as_(db, CY, offer_mandate, DODOL, GUS, OWNER)
    await as_(db, BO, withdraw_mandate, mandate)
    with pytest.raises(Conflict):
        await as_(db, GUS, accept_mandate, offer.id)


async def test_no_role_is_raised_before_it_was_accepted(db: Database) -> None:
    offer = await as_(db, BO, offer_mandate, DODOL, CY, SPEAKER)
    await as_(db, BO, change_role, offer.id, OWNER)
    assert (await as_(db, CY, accept_mandate, offer.id)).role == SPEAKER


async def test_whoever_is_muted_makes_no_owner(db: Database) -> None:
    mandate = await given(db, CY, SPEAKER)
    await db.act(_as_muted, BO)
    with pytest.raises(Denied, match="muted"):
        await as_(db, BO, change_role, mandate, OWNER)
    with pytest.raises(Denied, match="muted"):
        await as_(db, BO, invite, Wanted(DODOL, OWNER, most=500), a_day=9)


async def test_owners_hear_of_each_change_among_them(db: Database) -> None:
    for who in (CY, GUS):
        await given(db, who, OWNER)
    before = len(await told(db, GUS, NoticeKind.OWNERS))
    await as_(db, CY, withdraw_mandate, BO_FOR_DODOL)
    assert len(await told(db, GUS, NoticeKind.OWNERS)) == before + 1


async def test_putting_somebody_out_takes_a_fresh_proof(town: Town) -> None:
    await given(town.db, CY, OWNER)

    def stale(tx: Transaction) -> None:
        tx.execute(update(SignIn).values(proven_at=now(tx) - timedelta(hours=1)))

    await town.db.act(stale)
    await town.cy.post(f"/mandates/{BO_FOR_DODOL}/withdrawal")
    assert (await the(town.db, Mandate, BO_FOR_DODOL)).live


async def test_administrators_make_themselves_no_owners(db: Database) -> None:
    with pytest.raises(Denied, match="Somebody else"):
        await as_(db, FAY, recover, HARBOUR_OFFICE, FAY)


async def test_whoever_speaks_already_can_be_the_new_owner(db: Database) -> None:
    mandate = await given(db, CY, SPEAKER)
    await as_(db, FAY, recover, DODOL, CY)
    assert (await the(db, Mandate, mandate)).role == OWNER


async def test_whoever_may_not_take_part_accepts_nothing(town: Town) -> None:
    offer = await as_(town.db, BO, offer_mandate, DODOL, CY, SPEAKER)
    await town.db.act(_held_back, CY)
    await town.cy.post(f"/mandates/{offer.id}/acceptance")
    assert (await the(town.db, Mandate, offer.id)).offered


def _as_muted(tx: Transaction, member: int) -> None:
    set_muted_until(tx, tx.get_one(Member, member), now(tx) + timedelta(days=1))


def _held_back(tx: Transaction, member: int) -> None:
    tx.get_one(Member, member).admitted = False
