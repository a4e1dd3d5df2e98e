"""Whatever an office tries, in whatever order: the chain of versions is unbroken, one of them is
current, whoever was told stays told, and nothing that was acknowledged is forgotten."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from community import clock
from community.clock import now
from community.database import Database, Transaction
from community.errors import Refusal
from forum.announcements.acknowledging import acknowledge
from forum.announcements.actions import hide_announcement, restore_announcement
from forum.announcements.correcting import EarlierAcknowledgement
from forum.announcements.models import WORDING, Announcement, Receipt
from forum.announcements.standing import Standing
from forum.announcements.versions import AnnouncementVersion, verified
from forum.manuscripts.correcting import withdraw
from tests.cast import BO, DEE, DEE_FOR_OFFICE, GUS
from tests.forum.announcing import HARBOUR, publish
from tests.forum.correcting import corrected
from tests.moderation.reporting import as_, the

STEPS = ("quiet", "material", "stale", "same", "acknowledge", "hide", "restore", "withdraw")
DAY = timedelta(days=1)
_keys = count(1)


@settings(max_examples=15)
@given(steps=st.lists(st.sampled_from(STEPS), max_size=9))
async def test_the_chain_is_unbroken_and_one_version_is_current(
    db: Database, monkeypatch: pytest.MonkeyPatch, steps: list[str]
) -> None:
    monkeypatch.setattr(clock, "ahead", clock.ahead + DAY)  # what an office may a day begins anew
    at = await db.look(now)
    draft = HARBOUR._replace(acknowledge_by=at + 90 * DAY)
    id = (await as_(db, DEE, publish, DEE_FOR_OFFICE, draft, key=f"p{next(_keys)}")).id
    audience = (await the(db, Announcement, id)).audience
    acknowledged = 0
    for step in steps:
        before = await db.look(_done, id)
        with suppress(Refusal):  # it may be hidden, or withdrawn
            await _try(db, id, step)
        acknowledged += step == "acknowledge" and await db.look(_done, id) > before
        assert (await the(db, Announcement, id)).audience == audience
        await db.look(_holds, id)
        assert await db.look(_done, id) == acknowledged


async def _try(db: Database, id: int, step: str) -> None:
    key, one = f"p{next(_keys)}", await the(db, Announcement, id)
    body = f"{one.body} More."
    match step:
        case "quiet":
            await corrected(db, id, key=key, body=body)
        case "material":
            await corrected(db, id, key=key, body=body, material=True)
        case "stale":
            await corrected(db, id, key=key, body=body, of_version=one.version + 1)
        case "same":
            await corrected(db, id, key=key, body=one.body)
        case "acknowledge":
            await as_(db, BO, acknowledge, id, version=one.version)
        case "hide":
            await _moderated(db, id, hide_announcement)
        case "restore":
            await _moderated(db, id, restore_announcement)
        case "withdraw":
            await as_(db, DEE, withdraw, id, "A slip.", version=one.version)


async def _moderated(
    db: Database, id: int, verb: Callable[[Transaction, Announcement], None]
) -> None:
    await db.act(lambda tx: verb(tx, tx.get_one(Announcement, id)))


def _holds(session: Session, id: int) -> None:
    one = session.get_one(Announcement, id)
    versions = session.scalars(
        select(AnnouncementVersion)
        .where(AnnouncementVersion.announcement_id == id)
        .order_by(AnnouncementVersion.version)
    ).all()
    assert [version.version for version in versions] == list(range(1, one.version + 1))
    assert all(getattr(versions[-1], name) == getattr(one, name) for name in WORDING)
    assert versions[-1].code == one.code and len({v.code for v in versions}) == len(versions)
    assert all(version.reason for version in versions[1:])
    found = [verified(session, None, version.code) for version in versions]
    standings = [each.standing for each in found if each]
    if one.hidden_at or one.withdrawn_at:
        assert set(standings) == {Standing.HIDDEN if one.hidden_at else Standing.WITHDRAWN}
    else:
        assert standings == [Standing.REPLACED] * (len(versions) - 1) + [Standing.CURRENT]
    told = session.scalars(select(Receipt.member_id).where(Receipt.announcement_id == id))
    assert sorted(told) == [BO, GUS]


def _done(session: Session, id: int) -> int:
    """How often Bo has acknowledged it, in whatever version."""
    now_done = session.get_one(Receipt, (id, BO)).acknowledged_at is not None
    earlier = select(EarlierAcknowledgement).where(EarlierAcknowledgement.announcement_id == id)
    return now_done + len(session.scalars(earlier).all())
