"""Many are told bit by bit: each once, whatever happens in between."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community.database import Database, Transaction
from community.members.models import Member
from community.notices.events import AudienceTold
from community.notices.models import Notice
from community.notices.queries import unread_of
from forum.announcements import telling
from forum.announcements.acknowledging import acknowledge
from forum.announcements.actions import hide_announcement, restore_announcement
from forum.announcements.models import Announcement, Audience
from forum.announcements.telling import Telling, tell_on
from tests.cast import GUS
from tests.forum.announcing import HARBOUR, announced

ALL = HARBOUR._replace(audience=Audience())  # for six of them
EVERYBODY = [1, 2, 3, 5, 6, 7]


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "FIRST", 2)
    monkeypatch.setattr(telling, "BATCH", 2)


class Stopped(Exception):
    """The worker dies when the rows are written and before they are committed."""


def told_of(session: Session) -> list[int]:
    return list(session.scalars(select(Notice.member_id).order_by(Notice.id)))


def tell_and_stop(tx: Transaction) -> None:
    tell_on(tx)
    raise Stopped


async def tell_all(db: Database) -> int:
    """In as many turns."""
    turns = 1
    while await db.act(tell_on):
        turns += 1
    return turns


async def test_the_first_are_told_as_it_is_published_the_others_by_the_worker(db: Database) -> None:
    await db.act(announced, ALL)
    assert await db.look(told_of) == EVERYBODY[:2]
    assert await db.act(tell_on) is True
    assert await db.look(told_of) == EVERYBODY[:4]
    await tell_all(db)
    assert await db.look(told_of) == EVERYBODY
    assert not await db.look(lambda session: session.scalars(select(Telling)).all())
    for member in EVERYBODY:
        assert await db.look(unread_of, member) == 1


async def test_a_worker_that_dies_in_the_middle_tells_nobody_twice(db: Database) -> None:
    await db.act(announced, ALL)
    with pytest.raises(Stopped):
        await db.act(tell_and_stop)
    assert await db.look(told_of) == EVERYBODY[:2]
    await db.act(tell_on)
    with pytest.raises(Stopped):
        await db.act(tell_and_stop)
    await tell_all(db)
    assert await db.look(told_of) == EVERYBODY
    assert await db.act(tell_on) is False
    assert await db.look(told_of) == EVERYBODY


async def test_two_announcements_are_told_one_after_the_other(db: Database) -> None:
    await db.act(announced, ALL, "k1")
    await db.act(announced, ALL, "k2")
    await tell_all(db)
    assert sorted(await db.look(told_of)) == sorted(EVERYBODY * 2)


async def test_tabs_ask_for_their_numbers_once_all_are_told(db: Database) -> None:
    def rings(tx: Transaction) -> list[str]:
        tell_on(tx)
        return [event.stream for event in tx.events if isinstance(event, AudienceTold)]

    await db.act(announced, ALL)
    assert await db.act(rings) == []
    assert await db.act(rings) + await db.act(rings) == ["audience:///"]


async def test_who_acknowledged_before_needs_no_notice(db: Database) -> None:
    def at_once(tx: Transaction, announcement: int) -> None:
        acknowledge(tx, tx.get_one(Member, GUS), announcement)

    announcement = await db.act(announced, ALL)
    await db.act(at_once, announcement.id)
    await tell_all(db)
    assert await db.look(told_of) == EVERYBODY[:-1]
    assert await db.look(unread_of, GUS) == 0


async def test_of_what_is_hidden_nobody_else_is_told_until_it_is_back(db: Database) -> None:
    def hide(tx: Transaction) -> None:
        hide_announcement(tx, tx.get_one(Announcement, announcement.id))

    def restore(tx: Transaction) -> None:
        restore_announcement(tx, tx.get_one(Announcement, announcement.id))

    announcement = await db.act(announced, ALL)
    await db.act(hide)
    assert await db.act(tell_on) is False
    assert await db.look(told_of) == EVERYBODY[:2]
    await db.act(restore)
    await tell_all(db)
    assert await db.look(told_of) == EVERYBODY
