"""Who publishes, whom it reaches, and what is stored when it happens twice."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from community.audit import AuditEntry
from community.database import Database, Transaction
from community.erasing import forget
from community.errors import Conflict, Denied
from community.members.actions import set_muted_until, set_suspended_until
from community.members.models import Member
from community.notices.actions import want
from community.notices.models import Notice, NoticeKind, Way
from community.organisations.models import Organisation
from forum.announcements.models import Announcement, Audience, Receipt
from forum.announcements.progress import missing_for
from forum.announcements.reach import reach_of
from tests.cast import BO, BO_FOR_DODOL, DEE, DEE_FOR_OFFICE, GUS, HARBOUR_OFFICE
from tests.forum.announcing import HARBOUR, announced, publish
from tests.moderation.reporting import as_, rows

FAR = datetime(2099, 1, 1, tzinfo=UTC)


def told_of(session: Session, kind: type[Receipt] | type[Notice]) -> list[int]:
    return list(session.scalars(select(kind.member_id).order_by(kind.member_id)))


def count(session: Session, kind: type) -> int:
    return session.scalars(select(func.count()).select_from(kind)).one()


@pytest.mark.parametrize(
    ("audience", "members"),
    [
        (Audience(), [1, 2, 3, 5, 6, 7]),  # everybody but Dee, who publishes it
        (Audience(region="32"), [BO, GUS]),
        (Audience(region="32.05"), [BO, GUS]),
        (Audience(region="32.0"), []),  # not a region, and never a part of one
        (Audience(region="33"), []),
        (Audience(cluster="food"), [BO]),
        (Audience(kind="industry_region"), [GUS]),
        (Audience(region="32", role="owner"), [BO, GUS]),
        (Audience(kind="brand", role="speaker"), [BO]),
        (Audience(region="32", cluster="food", kind="industry_region"), []),
    ],
)
async def test_it_is_for_whom_its_audience_says(
    db: Database, audience: Audience, members: list[int]
) -> None:
    await db.act(announced, HARBOUR._replace(audience=audience))
    assert await db.look(told_of, Receipt) == members
    assert await db.look(told_of, Notice) == members


async def test_who_was_erased_is_neither_told_nor_counted_nor_named(db: Database) -> None:
    """Who is suspended is told, for they may be back in time."""
    draft = HARBOUR._replace(acknowledge_by=FAR)
    before = await db.act(lambda tx: announced(tx, draft).id)

    def leave(tx: Transaction) -> None:
        set_suspended_until(tx, tx.get_one(Member, BO), FAR)
        gus = tx.get_one(Member, GUS)
        forget(tx, gus)
        gus.region = "32.05"

    await db.act(leave)
    lines = await db.look(missing_for, DEE, before, ("", 0))
    assert [one.id for one in lines] == [BO]
    reach = await as_(db, DEE, reach_of, HARBOUR.audience)
    assert (reach.told, reach.sample) == (1, ["Bo"])
    after = await db.act(lambda tx: announced(tx, draft, "k2").id)
    told = [one.member_id for one in await rows(db, Receipt) if one.announcement_id == after]
    assert told == [BO]


async def test_publishing_twice_is_publishing_once(db: Database) -> None:
    first = await db.act(announced)
    again = await db.act(announced)
    assert first.id == again.id
    assert await db.look(count, Announcement) == 1 and await db.look(count, Receipt) == 2
    for other in (
        {"title": "Calm on Friday"},
        {"audience": Audience(region="33")},
        {"theme": "quality"},
        {"public": not HARBOUR.public},
        {"acknowledge_by": FAR},
    ):
        with pytest.raises(Conflict):
            await db.act(announced, HARBOUR._replace(**other))
    for mandate in (BO_FOR_DODOL, 10**9):
        with pytest.raises(Conflict):
            await db.act(_by_dee, mandate, first.key)


def _by_dee(tx: Transaction, mandate_id: int, key: str) -> None:
    publish(tx, tx.get_one(Member, DEE), mandate_id, HARBOUR, key=key)


async def test_only_officials_publish(db: Database) -> None:
    def as_bo(tx: Transaction) -> None:
        publish(tx, tx.get_one(Member, BO), BO_FOR_DODOL, HARBOUR, key="k1")

    with pytest.raises(Denied, match="verified government"):
        await db.act(as_bo)
    assert await db.look(count, Announcement) == 0


async def test_an_office_that_is_not_verified_does_not_publish(db: Database) -> None:
    def lapse(tx: Transaction) -> None:
        tx.get_one(Organisation, HARBOUR_OFFICE).level = 0

    await db.act(lapse)
    with pytest.raises(Denied, match="verified government"):
        await db.act(announced)


async def test_who_is_muted_does_not_publish(db: Database) -> None:
    def mute(tx: Transaction) -> None:
        dee = tx.get_one(Member, DEE)
        set_muted_until(tx, dee, dee.joined_at)

    await db.act(mute)
    with pytest.raises(Denied, match="muted"):
        await db.act(announced)


async def test_who_switched_them_off_gets_a_receipt_but_no_notice(db: Database) -> None:
    def choose(tx: Transaction) -> None:
        want(tx, tx.get_one(Member, BO), {NoticeKind.ANNOUNCEMENT: Way.NOT})

    await db.act(choose)
    await db.act(announced)
    assert await db.look(told_of, Receipt) == [BO, GUS]
    assert await db.look(told_of, Notice) == [GUS]


async def test_it_stands_in_the_audit_log(db: Database) -> None:
    published = await db.act(announced)

    def lines(session: Session) -> list[tuple[str, str]]:
        return [(line.verb, line.subject) for line in session.scalars(select(AuditEntry))]

    assert ("announcement.published", f"announcement:{published.id}") in await db.look(lines)


async def test_somebody_elses_mandate_is_not_there(db: Database) -> None:
    def borrow(tx: Transaction) -> None:
        publish(tx, tx.get_one(Member, BO), DEE_FOR_OFFICE, HARBOUR, key="k1")

    with pytest.raises(Denied, match="no mandate"):
        await db.act(borrow)
