"""How an organisation is registered, found, reminded, and loses its badge."""

from datetime import timedelta

import pytest

from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied, NotFound
from community.notices.models import NoticeKind
from community.organisations import actions
from community.organisations.actions import Founding, lapse_verifications, remind_of_renewals
from community.organisations.models import Kind, Mandate, Organisation
from community.organisations.queries import organisations_listed
from community.places import Lens
from forum.categories import category_for
from tests.cast import BO, CY, DODOL, GUS, OFFICE
from tests.community.organising import CANE, DINAS, told, verify
from tests.moderation.reporting import as_, rows

WHOLE = Lens()


async def test_whoever_registers_one_owns_it_and_nobody_believes_it_yet(db: Database) -> None:
    cane = await as_(db, CY, actions.register, CANE)
    assert (cane.slug, cane.verified) == ("rotan-rajut-cy", False)
    (mandate,) = [one for one in await rows(db, Mandate) if one.organisation_id == cane.id]
    assert (mandate.member_id, mandate.role, mandate.live) == (CY, "owner", True)

    again = await as_(db, CY, actions.register, CANE)
    assert again.id == cane.id, "doing it twice is doing it once"
    assert (await as_(db, GUS, actions.register, CANE)).slug == "rotan-rajut-cy-2"
    for name in ("Rotan Dua", "Rotan Tiga"):
        await as_(db, CY, actions.register, CANE._replace(name=name))
    with pytest.raises(Denied, match="not verified yet"):
        await as_(db, CY, actions.register, CANE._replace(name="Rotan Empat"))


async def test_saying_that_one_is_an_office_opens_no_door(db: Database) -> None:
    """The office's category is for government: for verified government."""
    office = await as_(db, CY, actions.register, DINAS)
    with pytest.raises(NotFound):
        await _enter(db, CY)
    await db.act(verify, office.id)
    await _enter(db, CY)


async def test_owners_are_reminded_once_at_each_of_60_30_and_7_days(db: Database) -> None:
    for days, times in ((61, 0), (59, 1), (45, 1), (29, 2), (6, 3), (6, 3)):
        await db.act(_ends_in, days)
        await db.act(remind_of_renewals)
        assert len(await told(db, BO, NoticeKind.RENEWAL)) == times, days


async def test_what_is_not_renewed_greys_and_keeps_its_history(db: Database) -> None:
    await db.act(_ends_in, 0)
    await db.act(lapse_verifications)
    dodol = await _organisation(db, DODOL)
    assert (dodol.level, dodol.because) == (0, "Papers were seen.")
    assert len(await told(db, BO, NoticeKind.RENEWAL)) == 1
    await db.act(lapse_verifications)
    assert len(await told(db, BO, NoticeKind.RENEWAL)) == 1


async def test_a_verified_name_stays(db: Database) -> None:
    as_verified = Founding(Kind.BRAND, "Dodol Baru")
    with pytest.raises(Denied, match="verified name"):
        await as_(db, BO, actions.describe, DODOL, as_verified)
    changed = as_verified._replace(name="Dodol", about="Sticky.")
    assert (await as_(db, BO, actions.describe, DODOL, changed)).about == "Sticky."
    with pytest.raises(Denied):
        await as_(db, CY, actions.describe, DODOL, changed)


async def test_the_directory_is_found_by_name_kind_place_and_cluster(db: Database) -> None:
    cane = await as_(db, CY, actions.register, CANE)

    async def found(words: str = "", kind: str = "", lens: Lens = WHOLE) -> list[str]:
        every = await db.look(organisations_listed, lens, words=words, kind=kind)
        return [one.name for one in every]

    assert await found() == ["Dodol", "Harbour Office", "Leather Lane", "Rotan Rajut Cy"]
    assert await found("ROTAN") == [cane.name] == await found(lens=Lens("32"))
    assert await found(lens=Lens("32.05", "crafts")) == [cane.name]
    assert await found(lens=Lens("32.05", "food")) == [] == await found("100%")
    assert await found(kind="government") == ["Harbour Office"]


async def _organisation(db: Database, id: int) -> Organisation:
    return await db.look(lambda session: session.get_one(Organisation, id))


async def _enter(db: Database, member: int) -> None:
    await as_(db, member, category_for, OFFICE)


def _ends_in(tx: Transaction, days: int) -> None:
    tx.get_one(Organisation, DODOL).verified_until = now(tx) + timedelta(days=days)
