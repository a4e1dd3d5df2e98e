"""What is published is withdrawn, or expires: it stays to be read, and says so."""

from functools import partial

import pytest
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Database
from community.errors import Conflict, Denied, Invalid
from community.members.models import Member
from community.notices.models import NoticeKind
from community.places import Lens
from forum.announcements import telling
from forum.announcements.correcting import end_expired
from forum.announcements.models import Announcement
from forum.announcements.queries import (
    announcements_listed,
    past_announcements,
)
from forum.announcements.standing import Standing
from forum.announcements.telling import Telling, tell_on
from forum.manuscripts import policies
from forum.manuscripts.correcting import withdraw
from tests.cast import BO, DEE, DEE_FOR_OFFICE, GUS
from tests.forum.announcing import HARBOUR, publish
from tests.forum.correcting import (
    ASKING,
    corrected,
    listed_now,
    standing,
    told,
    waits,
)
from tests.moderation.reporting import as_, rows, the


async def test_it_is_withdrawn_with_a_reason_and_stays_to_be_read(db: Database, asked: int) -> None:
    with pytest.raises(Invalid, match="Say why"):
        await as_(db, DEE, withdraw, asked, " ", version=1)
    for _ in range(2):
        await as_(db, DEE, withdraw, asked, "The storm went by.", version=1)
    one = await the(db, Announcement, asked)
    assert one.withdrawn_at and one.withdrawn_because == "The storm went by."
    assert await told(db, NoticeKind.WITHDRAWN) == [BO, GUS]
    assert not await waits(db, GUS)
    assert await standing(db, one.code) == Standing.WITHDRAWN
    for reader in (None, GUS):
        assert await _lists(db, reader) == ([], [asked])
    assert (await db.look(listed_now, GUS, asked)).standing == Standing.WITHDRAWN
    for verb in (partial(withdraw, because="Once more.", version=1),):
        with pytest.raises(Denied, match="was withdrawn"):
            await as_(db, DEE, verb, asked)
    with pytest.raises(Denied, match="was withdrawn"):
        await corrected(db, asked)


async def _lists(db: Database, reader: int | None) -> tuple[list[int], list[int]]:
    def look(session: Session) -> tuple[list[int], list[int]]:
        who = session.get_one(Member, reader) if reader else None
        current = announcements_listed(session, who, Lens())
        past = past_announcements(session, who, Lens())
        return [one.announcement.id for one in current], [one.announcement.id for one in past]

    return await db.look(look)


async def test_who_was_not_told_of_it_yet_is_not_told_that_it_is_gone(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "FIRST", 1)
    id = (await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key="k1")).id
    assert await told(db, NoticeKind.ANNOUNCEMENT) == [BO]
    await as_(db, DEE, withdraw, id, "A slip.", version=1)
    while await db.act(tell_on):
        pass
    assert await told(db, NoticeKind.WITHDRAWN) == [BO]
    assert await told(db, NoticeKind.ANNOUNCEMENT) == [BO]
    assert await rows(db, Telling) == []


async def test_who_was_not_told_yet_is_told_of_the_correction_alone(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "FIRST", 1)
    id = (await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key="k1")).id
    await corrected(db, id, material=True)
    while await db.act(tell_on):
        pass
    assert await told(db, NoticeKind.ANNOUNCEMENT) == [BO]
    assert await told(db, NoticeKind.CORRECTED) == [BO, GUS]


async def test_what_was_corrected_since_is_not_withdrawn_unread(db: Database, asked: int) -> None:
    await corrected(db, asked)
    with pytest.raises(Conflict, match="corrected meanwhile"):
        await as_(db, DEE, withdraw, asked, "Wrong.", version=1)


async def test_what_has_expired_leaves_the_lists_and_says_so(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = await db.look(now)
    draft = HARBOUR._replace(expires_at=at + ASKING)
    one = await as_(db, DEE, publish, DEE_FOR_OFFICE, draft, key="k1")
    assert await _lists(db, None) == ([one.id], [])
    monkeypatch.setattr("community.clock.ahead", ASKING)
    await db.act(end_expired)
    assert await _lists(db, None) == ([], [one.id])
    assert await standing(db, one.code) == Standing.EXPIRED
    assert (await db.look(listed_now, GUS, one.id)).standing == Standing.EXPIRED
    with pytest.raises(Invalid, match="has expired"):
        await corrected(db, one.id, material=True)
    await corrected(db, one.id)


async def test_of_what_had_expired_nobody_is_told_that_it_is_gone(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = HARBOUR._replace(expires_at=await db.look(now) + ASKING)
    one = await as_(db, DEE, publish, DEE_FOR_OFFICE, draft, key="k1")
    monkeypatch.setattr("community.clock.ahead", ASKING)
    await as_(db, DEE, withdraw, one.id, "A slip.", version=1)
    assert await standing(db, one.code) == Standing.WITHDRAWN
    assert await told(db, NoticeKind.WITHDRAWN) == []


async def test_an_office_withdraws_so_many_a_day(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "A_DAY_MOST", 2)
    ids = []
    for day in range(2):
        monkeypatch.setattr("community.clock.ahead", day * ASKING)
        for n in range(2):
            key = f"{day}-{n}"
            ids.append((await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key=key)).id)
    *some, last = ids[:3]
    for id in some:
        await as_(db, DEE, withdraw, id, "A slip.", version=1)
    with pytest.raises(Denied, match="withdraws at most"):
        await as_(db, DEE, withdraw, last, "A slip.", version=1)
    await as_(db, DEE, withdraw, some[0], "A slip.", version=1)  # done already
    monkeypatch.setattr("community.clock.ahead", 2 * ASKING)
    await as_(db, DEE, withdraw, last, "A slip.", version=1)
