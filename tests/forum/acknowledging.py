"""What the tests of acknowledging share: a call that one of each organisation answers."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Database, Transaction
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import Mandate, MandateRole, Organisation
from forum.announcements.answers import Answer, ask_organisations
from forum.announcements.models import Announcement, Audience, Receipt
from tests.cast import LEATHER
from tests.forum.announcing import HARBOUR, announced

DAYS = 10  # that they have
CALL = HARBOUR._replace(audience=Audience(region="32"), by_organisation=True)


def called(tx: Transaction, /, key: str = "k1", **changes: Any) -> Announcement:
    """For Bo and Gus, who have ten days."""
    deadline = now(tx) + timedelta(days=DAYS)
    return announced(tx, CALL._replace(acknowledge_by=deadline)._replace(**changes), key)


def called_by_leather(tx: Transaction) -> Announcement:
    """As if it were an office; so that the harbour office is asked."""
    call = called(tx)
    call.organisation = tx.get_one(Organisation, LEATHER)
    tx.flush()
    ask_organisations(tx, call)
    return call


async def speaks(
    db: Database, member: int, organisation: int, role: MandateRole = MandateRole.SPEAKER
) -> int:
    def give(tx: Transaction) -> int:
        one = tx.get_one(Organisation, organisation)
        mandate = give_mandate(tx, tx.get_one(Member, member), one, role)
        tx.flush()
        return mandate.id

    return await db.act(give)


async def live_in(db: Database, region: str, *members: int) -> None:
    def move(tx: Transaction) -> None:
        for member in members:
            tx.get_one(Member, member).region = region

    await db.act(move)


def ended(tx: Transaction, mandate: int) -> None:
    tx.get_one(Mandate, mandate).ended_at = now(tx)


def answered(session: Session) -> dict[int, int | None]:
    """Who answered for each organisation that was asked."""
    found = session.execute(select(Answer.organisation_id, Answer.member_id))
    return {organisation: member for organisation, member in found}


def acknowledged(session: Session) -> set[int]:
    """Members who have for themselves."""
    done = select(Receipt.member_id).where(Receipt.acknowledged_at.is_not(None))
    return set(session.scalars(done))


def told_by_notice(session: Session, kind: NoticeKind) -> list[int]:
    told = select(Notice.member_id).where(Notice.kind == kind)
    return sorted(session.scalars(told))
