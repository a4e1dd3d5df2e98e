"""F41: the process ends over the minute at which an announcement was planned, or while it publishes
it: it comes late, or not at all, as its official chose, and once."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import NamedTuple

import pytest

from community.bus import MemoryBus
from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.opening import open_database
from community.settings import Settings
from forum.announcements.models import Announcement, Receipt
from forum.manuscripts.actions import hand_in, write
from forum.manuscripts.models import Manuscript, Plan, State
from tests.browsing import Browser, sign_in_as
from tests.cast import BO, DEE, DEE_FOR_OFFICE, GUS
from tests.forum.announcing import HARBOUR
from tests.moderation.reporting import rows
from tests.processes import Process

LOOKS = 0.1  # seconds between two looks whether the worker has come to it
PATIENCE = 60.0
DAY = timedelta(days=1)


class Kept(NamedTuple):
    """What is stored."""

    states: list[str]
    announcements: int
    receipts: int
    notices: list[tuple[str, int]]


async def planned(settings: Settings, *, late: bool) -> Browser:
    """For yesterday, while nothing ran. Dee is signed in."""
    db = open_database(settings.database_url, MemoryBus())

    def plan(tx: Transaction) -> None:
        dee = tx.get_one(Member, DEE)
        one = write(tx, dee, DEE_FOR_OFFICE, HARBOUR, Plan(now(tx) + DAY, late), key="planned")
        hand_in(tx, dee, one.id, version=1)
        one.publish_at = now(tx) - DAY

    await db.act(plan)
    dee = await sign_in_as(db, settings.public_url, DEE)
    await db.close()
    return dee


async def kept(settings: Settings) -> Kept:
    db = open_database(settings.database_url, MemoryBus())
    states = [one.state for one in await rows(db, Manuscript)]
    many = len(await rows(db, Announcement)), len(await rows(db, Receipt))
    notices = sorted((one.kind, one.member_id) for one in await rows(db, Notice))
    await db.close()
    return Kept(states, *many, notices)


def worker(settings: Settings, **chosen: str) -> Process:
    """Embedded, it runs inside `serve`."""
    verb = () if settings.embedded else ("worker",)
    return Process(settings, *verb, **chosen)


async def worked_off(settings: Settings, dee: Browser) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(Process(settings))
        if not settings.embedded:
            beside = worker(settings)
            beside.start()
            stack.push_async_callback(beside.end)
        async with asyncio.timeout(PATIENCE):
            while "Planned" in await dee.open("/announcements/drafts"):
                await asyncio.sleep(LOOKS)


PUBLISHED = Kept(
    [State.PUBLISHED], 1, 2, [(NoticeKind.ANNOUNCEMENT, BO), (NoticeKind.ANNOUNCEMENT, GUS)]
)
SKIPPED = Kept([State.SKIPPED], 0, 0, [(NoticeKind.SKIPPED, DEE)])


@pytest.mark.parametrize(("late", "became"), [(True, PUBLISHED), (False, SKIPPED)])
async def test_f41_it_was_down_over_the_minute(alone: Settings, late: bool, became: Kept) -> None:
    dee = await planned(alone, late=late)
    for _start in range(2):
        await worked_off(alone, dee)
        assert await kept(alone) == became


@pytest.mark.parametrize("when", ["before commit", "after commit"])
async def test_f41_killed_while_it_publishes(alone: Settings, when: str) -> None:
    dee = await planned(alone, late=True)
    dying = worker(alone, failpoint=f"{when}:AnnouncementPublished")
    dying.start()
    assert await dying.gone() == -9
    await dying.end()
    stored = await kept(alone)
    assert (stored.announcements, stored.receipts) == ((0, 0) if "before" in when else (1, 2))
    await worked_off(alone, dee)
    assert await kept(alone) == PUBLISHED
