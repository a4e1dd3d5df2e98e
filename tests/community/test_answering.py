"""Who answers what: the line that says most decides, and owners alone write lines."""

import pytest

from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.models import Member
from community.organisations.answering import Field, fields_for, give_field, take_field, who_answers
from community.organisations.granting import give_mandate
from community.organisations.models import Mandate, MandateRole, Organisation
from community.places import Lens
from tests.cast import BO_FOR_DODOL, CY, DEE, DEE_FOR_OFFICE, EVA, GUS, HARBOUR_OFFICE
from tests.conftest import Town
from tests.moderation.reporting import as_, rows

CY_FOR_OFFICE, EVA_FOR_OFFICE = 4, 5
FOOD_IN_GARUT = Lens("32.05", "food", "quality")


@pytest.fixture(autouse=True)
async def colleagues(db: Database) -> None:
    """Cy and Eva speak for the office, too."""

    def offer(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        for one in (CY, EVA):
            give_mandate(tx, tx.get_one(Member, one), office, MandateRole.SPEAKER)
            tx.flush()

    await db.act(offer)


async def given(db: Database, mandate: int, place: Lens = Lens(), key: str = "") -> Field:  # noqa: B008
    key = key or f"{mandate} {place}".replace(" ", "")
    return await as_(db, DEE, give_field, HARBOUR_OFFICE, mandate, place, key=key)


async def asked(db: Database, place: Lens = FOOD_IN_GARUT) -> int | None:
    """Whose mandate answers it."""
    found = await db.look(who_answers, HARBOUR_OFFICE, place)
    return found.id if found else None


async def test_the_line_that_says_most_decides(db: Database) -> None:
    assert await asked(db) is None
    await given(db, DEE_FOR_OFFICE)
    assert await asked(db) == DEE_FOR_OFFICE
    await given(db, CY_FOR_OFFICE, Lens(region="32"))
    assert await asked(db) == CY_FOR_OFFICE
    await given(db, EVA_FOR_OFFICE, Lens(region="32.05"))
    assert await asked(db) == EVA_FOR_OFFICE
    await given(db, CY_FOR_OFFICE, Lens(cluster="food", theme="quality"))
    assert await asked(db) == CY_FOR_OFFICE
    assert await asked(db, Lens(region="31")) == DEE_FOR_OFFICE
    assert await asked(db, Lens(region="32")) == CY_FOR_OFFICE
    assert await asked(db, Lens(region="32.05", cluster="crafts")) == EVA_FOR_OFFICE


async def test_who_speaks_for_it_no_more_answers_nothing(db: Database) -> None:
    await given(db, CY_FOR_OFFICE)

    def end(tx: Transaction) -> None:
        tx.get_one(Mandate, CY_FOR_OFFICE).ended_at = now(tx)

    await db.act(end)
    assert await asked(db) is None
    _mandate, fields = await as_(db, DEE, fields_for, HARBOUR_OFFICE)
    assert fields == []


async def test_twice_is_once(db: Database) -> None:
    first = await given(db, CY_FOR_OFFICE, key="k1")
    assert (await given(db, CY_FOR_OFFICE, key="k1")).id == first.id
    assert (await given(db, CY_FOR_OFFICE, key="k2")).id == first.id
    with pytest.raises(Conflict, match="used for something else"):
        await given(db, EVA_FOR_OFFICE, key="k1")
    assert len(await rows(db, Field)) == 1


async def test_owners_alone_share_out(db: Database) -> None:
    line = (await given(db, CY_FOR_OFFICE)).id
    for who in (CY, GUS):
        with pytest.raises(Denied, match="Only owners"):
            await as_(db, who, give_field, HARBOUR_OFFICE, CY_FOR_OFFICE, Lens(), key="k9")
    with pytest.raises(Denied, match="Only owners"):
        await as_(db, CY, take_field, line)
    with pytest.raises(NotFound):
        await as_(db, GUS, take_field, line)
    with pytest.raises(Invalid, match="do not speak for"):
        await given(db, BO_FOR_DODOL)
    await as_(db, DEE, take_field, line)
    assert await rows(db, Field) == []


async def test_the_page_is_for_its_people_and_written_by_owners(town: Town) -> None:
    def speaks(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        if tx.get(Mandate, CY_FOR_OFFICE) is None:
            give_mandate(tx, tx.get_one(Member, CY), office, MandateRole.SPEAKER)

    await town.db.act(speaks)
    where = f"/organisations/{HARBOUR_OFFICE}/answering"
    assert "Nobody is named yet" in await town.dee.open(where)
    line = {"mandate": CY_FOR_OFFICE, "region": "32.05", "theme": "quality", "key": "k1"}
    assert (await town.dee.post(where, **line)).status_code == 303
    page = await town.cy.open(where)
    assert "Garut" in page and "Only owners" in page and 'name="mandate"' not in page
    assert (await town.bo.get(where)).status_code == 403
    assert (await town.cy.post(where, **line | {"key": "k2"})).status_code == 403
    wrong = await town.dee.post(where, **line | {"region": "99", "key": "k3"})
    assert wrong.status_code == 422 and "no such region" in wrong.text
    assert (await town.dee.post("/answering/1/removal")).status_code == 303
    assert "Nobody is named yet" in await town.dee.open(where)
