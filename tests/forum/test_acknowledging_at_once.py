"""Five thousand who acknowledge at once: none is lost, and none counts twice."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Database, Transaction
from community.errors import Busy
from community.members.models import Member
from community.organisations.models import Kind, Mandate, MandateRole, Organisation
from forum.announcements.acknowledging import acknowledge
from forum.announcements.answers import Answer
from forum.announcements.models import Audience, Receipt
from tests.cast import BO
from tests.forum.acknowledging import called

MANY = 5_000
OF_EACH = 2  # who speak for one organisation
FIRST = 1_000  # ids of theirs begin here
THEIRS = Audience(region="73")
KNOCKING = 500  # of them at any moment: so many are let in before they are told to come back


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_five_thousand_at_once_lose_none(db: Database) -> None:
    await db.act(_many_come)
    call = await db.act(lambda tx: called(tx, audience=THEIRS))
    members, room = range(FIRST, FIRST + MANY), asyncio.Semaphore(KNOCKING)
    await asyncio.gather(*(_acknowledges(db, room, one, call.id) for one in members))
    done, organisations = await db.look(_counted, call.id)
    assert done == MANY
    assert organisations == MANY // OF_EACH


async def _acknowledges(
    db: Database, room: asyncio.Semaphore, member: int, announcement: int
) -> None:
    """As a browser does, which comes back when it is told to."""
    while True:
        try:
            async with room:
                return await db.act(_as_member, member, announcement)
        except Busy:
            continue


def _as_member(tx: Transaction, member: int, announcement: int) -> None:
    acknowledge(tx, tx.get_one(Member, member), announcement)


def _many_come(tx: Transaction) -> None:
    at = now(tx)
    bo = {
        column.key: getattr(tx.get_one(Member, BO), column.key)
        for column in Member.__mapper__.columns
    }
    numbers = range(FIRST, FIRST + MANY)
    tx.execute(insert(Member), [
        bo | {"id": one, "name": f"Nr {one}", "email": f"{one}@many.test", "region": "73.71"}
        for one in numbers
    ])  # fmt: skip
    tx.execute(insert(Organisation), [
        {"id": one, "slug": f"o{one}", "kind": Kind.BRAND, "name": f"O {one}", "level": 2,
         "founded_at": at - timedelta(days=1)}
        for one in range(FIRST, FIRST + MANY // OF_EACH)
    ])  # fmt: skip
    tx.execute(insert(Mandate), [
        {"id": one, "member_id": one, "organisation_id": FIRST + (one - FIRST) // OF_EACH,
         "role": MandateRole.OWNER, "granted_at": at, "accepted_at": at}
        for one in numbers
    ])  # fmt: skip


def _counted(session: Session, announcement: int) -> tuple[int, int]:
    done = select(func.count(Receipt.acknowledged_at)).where(
        Receipt.announcement_id == announcement
    )
    answers = select(func.count(Answer.acknowledged_at)).where(
        Answer.announcement_id == announcement
    )
    return session.scalars(done).one(), session.scalars(answers).one()
