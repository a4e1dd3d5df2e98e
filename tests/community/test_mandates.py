"""Who may speak for an organisation: offered, accepted, ended, and never nobody."""

from datetime import datetime, timedelta

import pytest

from community.audit import AuditEntry
from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.models import Grace, Member
from community.notices.models import Notice, NoticeKind
from community.organisations import policies
from community.organisations.granting import (
    accept_mandate,
    change_role,
    end_mandates,
    lay_down,
    offer_mandate,
    recover,
    withdraw_mandate,
)
from community.organisations.models import Mandate, MandateRole
from forum.topics.actions import reply
from tests.cast import ADA, BO, BO_FOR_DODOL, CY, DEE, DODOL, FAY, GUS, HARBOUR_OFFICE, MOORING
from tests.moderation.reporting import as_, rows, the

OWNER, SPEAKER = MandateRole.OWNER, MandateRole.SPEAKER


async def test_a_mandate_holds_once_it_is_accepted(db: Database) -> None:
    offer = await as_(db, BO, offer_mandate, DODOL, CY, SPEAKER)
    assert (await _told(db, CY, NoticeKind.OFFER))[0].link == f"/mandates/{offer.id}"
    with pytest.raises(Denied, match="no mandate"):
        await as_(db, CY, reply, MOORING, "For Dodol", key="k1", mandate_id=offer.id)

    await as_(db, CY, accept_mandate, offer.id)
    await as_(db, CY, accept_mandate, offer.id)  # twice is once
    post = await as_(db, CY, reply, MOORING, "For Dodol", key="k1", mandate_id=offer.id)
    assert post.mandate_id == offer.id
    verbs = [entry.verb for entry in await rows(db, AuditEntry)]
    assert [verb for verb in verbs if verb.startswith("mandate")] == [
        "mandate.offered",
        "mandate.accepted",
    ]


async def test_offering_twice_is_once(db: Database) -> None:
    first = await as_(db, BO, offer_mandate, DODOL, CY, SPEAKER)
    assert (await as_(db, BO, offer_mandate, DODOL, CY, SPEAKER)).id == first.id
    with pytest.raises(Conflict):
        await as_(db, BO, offer_mandate, DODOL, CY, OWNER)
    assert len(await _told(db, CY, NoticeKind.OFFER)) == 1


async def test_only_owners_offer(db: Database) -> None:
    await _speaks(db, CY)
    for member in (CY, GUS, FAY):
        with pytest.raises(Denied, match="Only owners"):
            await as_(db, member, offer_mandate, DODOL, ADA, SPEAKER)


async def test_nobody_accepts_what_was_offered_to_another(db: Database) -> None:
    offer = await as_(db, BO, offer_mandate, DODOL, CY, SPEAKER)
    for member in (GUS, BO, FAY):
        with pytest.raises(NotFound):
            await as_(db, member, accept_mandate, offer.id)


async def test_an_offer_can_be_declined_or_taken_back(db: Database) -> None:
    for by in (BO, CY):
        offer = await as_(db, BO, offer_mandate, DODOL, CY, SPEAKER)
        await _ended(db, by, offer.id)
        with pytest.raises(Conflict, match="taken back"):
            await as_(db, CY, accept_mandate, offer.id)
    with pytest.raises(Denied, match="not long ago"):
        await as_(db, BO, offer_mandate, DODOL, CY, SPEAKER)


async def test_nobody_is_pressed_by_offers(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "MOST_OFFERS", 2)
    for member in (CY, GUS):
        await as_(db, BO, offer_mandate, DODOL, member, SPEAKER)
    with pytest.raises(Denied, match="Many offers"):
        await as_(db, BO, offer_mandate, DODOL, ADA, SPEAKER)


async def test_an_office_whose_owner_has_no_second_step_names_nobody(db: Database) -> None:
    """Once the time to add one is over: with a mandate goes the voice of the office."""

    def rest(tx: Transaction) -> None:
        tx.get_one(Member, DEE).grace = Grace.OVER

    await db.act(rest)
    with pytest.raises(Denied, match="two steps"):
        await as_(db, DEE, offer_mandate, HARBOUR_OFFICE, CY, SPEAKER)


async def test_who_withdraws_it_is_written_down_and_they_are_told(db: Database) -> None:
    mandate = await _speaks(db, CY)
    ended = await _ended(db, BO, mandate)
    assert ended.ended_by_id == BO and await _told(db, CY, NoticeKind.MANDATE)
    with pytest.raises(Denied, match="no mandate"):
        await as_(db, CY, reply, MOORING, "For Dodol", key="k1", mandate_id=mandate)


async def test_whoever_speaks_lays_it_down_and_a_stranger_sees_nothing(db: Database) -> None:
    mandate = await _speaks(db, CY)
    with pytest.raises(NotFound):
        await _ended(db, GUS, mandate)
    await _ended(db, CY, mandate)
    await _ended(db, CY, mandate)  # twice is once


async def test_an_organisation_never_ends_up_without_an_owner(db: Database) -> None:
    with pytest.raises(Denied, match="last owner"):
        await _ended(db, BO, BO_FOR_DODOL)
    with pytest.raises(Denied, match="last owner"):
        await as_(db, BO, change_role, BO_FOR_DODOL, SPEAKER)
    second = await _speaks(db, CY, OWNER)
    await _ended(db, CY, BO_FOR_DODOL)
    with pytest.raises(Denied, match="last owner"):
        await _ended(db, CY, second)


async def test_owners_have_no_last_day(db: Database) -> None:
    tomorrow = await db.look(now) + timedelta(days=1)
    with pytest.raises(Invalid):
        await as_(db, BO, offer_mandate, DODOL, CY, OWNER, ends_at=tomorrow)
    mandate = await _speaks(db, CY, SPEAKER, tomorrow)
    changed = await as_(db, BO, change_role, mandate, OWNER)
    assert (changed.role, changed.ends_at) == (OWNER, None)
    with pytest.raises(NotFound):
        await as_(db, GUS, change_role, mandate, SPEAKER)


async def test_a_mandate_ends_on_its_day_and_an_offer_with_it(db: Database) -> None:
    tomorrow = await db.look(now) + timedelta(days=1)
    mandate = await _speaks(db, CY, SPEAKER, tomorrow)
    offer = await as_(db, BO, offer_mandate, DODOL, GUS, SPEAKER, ends_at=tomorrow)
    await db.act(lambda tx: _tomorrow(tx))
    ended = [one.id for one in await rows(db, Mandate) if one.ended_at]
    assert ended == [mandate, offer.id]


async def test_an_administrator_gives_a_lost_organisation_another_owner(db: Database) -> None:
    for member in (CY, ADA):
        with pytest.raises(Denied, match="Only administrators"):
            await as_(db, member, recover, DODOL, CY)
    offer = await as_(db, FAY, recover, DODOL, CY)
    assert offer.role == OWNER and offer.granted_by_id == FAY
    assert await _told(db, BO, NoticeKind.OWNERS), "the owner who is there is told"
    await as_(db, CY, accept_mandate, offer.id)
    await _ended(db, CY, BO_FOR_DODOL)


async def _speaks(
    db: Database, member: int, role: MandateRole = SPEAKER, ends_at: datetime | None = None
) -> int:
    offer = await as_(db, BO, offer_mandate, DODOL, member, role, ends_at=ends_at)
    await as_(db, member, accept_mandate, offer.id)
    return offer.id


async def _ended(db: Database, by: int, id: int) -> Mandate:
    """By who has it, or by an owner."""
    mine = (await the(db, Mandate, id)).member_id == by
    return await as_(db, by, lay_down if mine else withdraw_mandate, id)


async def _told(db: Database, member: int, kind: NoticeKind) -> list[Notice]:
    every = await rows(db, Notice)
    return [one for one in every if one.member_id == member and one.kind == kind]


def _tomorrow(tx: Transaction) -> None:
    tx.info["now"] = now(tx) + timedelta(days=1)
    end_mandates(tx)
