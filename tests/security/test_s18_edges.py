"""What is empty, missing or over is no way around a check (Flarum CVE-2023-22489).

A topic whose first post is gone, a moderator whose appointment is, a mandate that was never
accepted: each row stands as no verb of ours would leave it.
"""

import pytest
from sqlalchemy import delete, update

from channels.actions import say
from channels.models import Membership
from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied, NotFound, Refusal
from community.members.models import Appointment, Member
from community.organisations.models import Mandate, Organisation
from forum.announcements.models import Audience, Draft
from forum.categories import Admission, category_for
from forum.topics import actions as topics
from forum.topics.models import Post, Topic
from moderation.decisions.claiming import claim
from moderation.models import Case
from moderation.queue.filtering import Wanted
from moderation.queue.listing import queue_page
from tests.cast import (
    ADA,
    BO,
    BO_FOR_DODOL,
    CABIN,
    CY,
    DEE,
    DEE_FOR_OFFICE,
    HARBOUR_OFFICE,
    MOORING,
    OFFICE,
)
from tests.forum.announcing import publish
from tests.moderation.reporting import as_, reported, rows, write

DRAFT = Draft("For all", "Words.", Audience(), public=True)


async def test_locked_topic_without_first_post(db: Database) -> None:
    """Locked is locked, whether anything was ever written in it."""

    def lock(tx: Transaction) -> None:
        tx.execute(delete(Post))
        tx.execute(update(Topic).values(locked_at=now(tx), last_seq=0))

    await db.act(lock)
    with pytest.raises(Denied, match="locked"):
        await as_(db, CY, topics.reply, MOORING, "still here", key="k1")


async def test_a_first_post_that_is_hidden_opens_nothing(db: Database) -> None:
    first = await write(db, BO)

    def hide(tx: Transaction) -> None:
        tx.get_one(Post, first).hidden_at = now(tx)
        tx.execute(update(Topic).values(locked_at=now(tx)))

    await db.act(hide)
    with pytest.raises(Denied, match="locked"):
        await as_(db, CY, topics.answer, first, "an answer", key="k1")
    with pytest.raises(Refusal):
        await as_(db, BO, topics.edit, first, "unhidden")


async def test_a_moderator_without_an_appointment_sees_no_case(db: Database) -> None:
    """The role alone, as a lost row would leave it."""
    _post, case = await reported(db)
    await db.act(lambda tx: tx.execute(delete(Appointment)) and None)
    page = await as_(db, ADA, queue_page, Wanted())
    assert not page.rows and not any(page.counts.values())
    with pytest.raises(NotFound):
        await as_(db, ADA, claim, case, version=1)


async def test_a_case_whose_subject_has_gone_is_no_open_door(db: Database) -> None:
    """Its topic is in no category that anybody may read."""
    _post, case = await reported(db)
    await db.act(lambda tx: tx.execute(update(Topic).values(category_id=OFFICE)) and None)
    with pytest.raises(NotFound):
        await as_(db, ADA, claim, case, version=1)
    assert (await rows(db, Case))[0].claimed_by_id is None


@pytest.mark.parametrize("column", ["accepted_at", "ended_at"])
async def test_a_mandate_without_its_beginning_or_after_its_end_is_none(
    db: Database, column: str
) -> None:
    def change(tx: Transaction) -> None:
        value = now(tx) if column == "ended_at" else None
        tx.execute(update(Mandate).values({column: value}))

    await db.act(change)
    with pytest.raises(Denied, match="no mandate"):
        await as_(db, BO, topics.reply, MOORING, "for Dodol", key="k1", mandate_id=BO_FOR_DODOL)
    with pytest.raises(Denied):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, DRAFT, key="k1")
    with pytest.raises(NotFound):
        await as_(db, DEE, category_for, OFFICE)


async def test_an_office_of_level_nothing_publishes_nothing(db: Database) -> None:
    def lapse(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        office.level, office.verified_until = 0, None

    await db.act(lapse)
    with pytest.raises(Denied, match="verified"):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, DRAFT, key="k1")
    with pytest.raises(NotFound):
        await as_(db, DEE, category_for, OFFICE)


async def test_a_restricted_category_that_admits_nobody_admits_nobody(db: Database) -> None:
    await db.act(lambda tx: tx.execute(delete(Admission)) and None)
    for member in (CY, DEE, ADA):
        with pytest.raises(NotFound):
            await as_(db, member, category_for, OFFICE)


async def test_a_private_channel_without_members_is_nobodys(db: Database) -> None:
    await db.act(lambda tx: tx.execute(delete(Membership)) and None)
    for member in (ADA, BO):
        with pytest.raises(NotFound):
            await as_(db, member, say, CABIN, "anybody?", key=f"k{member}")


async def test_a_mute_without_a_day_in_its_past_still_holds(db: Database) -> None:
    """What time ends is ended by the worker, with all that belongs to it."""

    def mute(tx: Transaction) -> None:
        tx.get_one(Member, CY).muted_until = now(tx)

    await db.act(mute)
    with pytest.raises(Denied, match="muted"):
        await as_(db, CY, topics.reply, MOORING, "am I back?", key="k1")
