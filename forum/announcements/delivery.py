"""Whether an announcement arrived: who has had it open here, and what became of the letters. No
letter holds anything that tells us when it is opened.

Sections in house order: queries, actions.
"""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Transaction
from community.members.models import Member
from forum.announcements.models import Announcement, Receipt
from forum.announcements.ours import published_for

ADDRESS = "announcement:"

# Queries


class Delivery(NamedTuple):
    """Members. Who is neither mailed nor refused is told by the bell, or a letter still waits."""

    announcement: Announcement
    told: int
    seen: int
    mailed: int  # the mail server took a letter
    refused: int  # it took none, for good
    neither: int  # have not had it open, and were not mailed


def delivery_for(session: Session, member: Member, announcement_id: int) -> Delivery:
    """For those who speak for the office that published it. Raises NotFound."""
    refused = and_(Receipt.mailed_at.is_(None), Receipt.refused_at.is_not(None))
    neither = and_(Receipt.mailed_at.is_(None), Receipt.seen_at.is_(None))
    counts = (
        func.count(), func.count(Receipt.seen_at), func.count(Receipt.mailed_at),
        _many(refused), _many(neither),
    )  # fmt: skip
    announcement = published_for(session, member, announcement_id)
    told = select(*counts).where(Receipt.announcement_id == announcement_id)
    return Delivery(announcement, *session.execute(told).one())


def _many(which: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(which)


# Actions


def mailed(tx: Transaction, member_id: int, streams: Collection[str]) -> None:
    """The mail server answers for the letter about these from now on."""
    if told := _among(streams):
        theirs = update(Receipt).where(
            Receipt.member_id == member_id,
            Receipt.announcement_id.in_(told),
            Receipt.mailed_at.is_(None),
        )
        tx.execute(theirs.values(mailed_at=now(tx)))


def refused(tx: Transaction, member_id: int, streams: Collection[str]) -> None:
    """It takes no letter to them, and it is not tried again."""
    if told := _among(streams):
        theirs = update(Receipt).where(
            Receipt.member_id == member_id, Receipt.announcement_id.in_(told)
        )
        tx.execute(theirs.values(refused_at=now(tx)))


def _among(streams: Collection[str]) -> list[int]:
    """The ids of announcements."""
    return [int(one.removeprefix(ADDRESS)) for one in streams if one.startswith(ADDRESS)]
