"""What the tests of official responses share: Bo asks the harbour office, which answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from community import clock
from community.database import Database, Transaction
from community.members.models import Member
from community.organisations.granting import give_mandate
from community.organisations.models import Kind, Mandate, MandateRole, Organisation
from forum.responses.actions import answer, ask, assign
from forum.responses.models import Response
from forum.topics.actions import reply
from tests.cast import BO, CY, DEE, DEE_FOR_OFFICE, EVA, HARBOUR_OFFICE, MOORING
from tests.moderation.reporting import as_, the, write

At = Callable[[datetime], None]  # the fixture: sets the clock
MONDAY = datetime(2026, 11, 30, 10)  # the four days after it are working days, and the next Monday
CUSTOMS = 4  # an office in which Eva speaks


async def asked(db: Database, by: int = BO, term: int = 5, agency: int = HARBOUR_OFFICE) -> int:
    """The number of the request at a post of Bo's."""
    post = await write(db, BO, "May I moor here at night?")
    return (await as_(db, by, ask, post, agency, term)).id


async def assigned(db: Database, **about: Any) -> int:
    id = await asked(db, **about)
    await as_(db, DEE, assign, id, DEE)
    return id


async def said_officially(
    db: Database, by: int = DEE, mandate: int = DEE_FOR_OFFICE, topic: int = MOORING
) -> int:
    """A post for the office."""
    said = await as_(db, by, reply, topic, "You may.", key=uuid4().hex, mandate_id=mandate)
    return said.id


async def answered(db: Database, **about: Any) -> int:
    id = await assigned(db, **about)
    await as_(db, DEE, answer, id, await said_officially(db))
    return id


async def state_of(db: Database, id: int) -> str:
    return (await the(db, Response, id)).state


def open_customs(tx: Transaction, region: str = "") -> None:
    """Another office, in which Eva speaks; and Cy, too, speaks for the harbour office."""
    customs = Organisation(id=CUSTOMS, slug="customs", kind=Kind.GOVERNMENT, name="Customs",
                           region=region, level=2, because="Papers were seen.",
                           founded_at=clock.now(tx))  # fmt: skip
    tx.add(customs)
    tx.flush()
    give_mandate(tx, tx.get_one(Member, EVA), customs, MandateRole.OWNER)
    office = tx.get_one(Organisation, HARBOUR_OFFICE)
    give_mandate(tx, tx.get_one(Member, CY), office, MandateRole.SPEAKER)


def move_office(tx: Transaction, region: str) -> None:
    tx.get_one(Organisation, HARBOUR_OFFICE).region = region


async def mandate_of(db: Database, member: int) -> int:
    def found(tx: Transaction) -> int:
        return next(one.id for one in tx.query(Mandate) if one.member_id == member)

    return await db.act(found)
