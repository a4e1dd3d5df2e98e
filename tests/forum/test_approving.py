"""What a second person approves is published in the name of one who still may, as it was seen."""

import asyncio

import pytest

from community.clock import now
from community.database import Database, Transaction
from community.errors import Denied
from community.members.models import Member
from community.organisations.models import Mandate
from community.site import Seconding, change_publishing
from forum.announcements.models import Announcement, Audience
from forum.announcements.versions import AnnouncementVersion
from forum.manuscripts.actions import approve, hand_in, publish_due, rewrite, take_back, write
from forum.manuscripts.models import AT_ONCE, Manuscript, Plan, State
from forum.manuscripts.policies import A_DAY_MOST
from tests.cast import CY, DEE, DEE_FOR_OFFICE, FAY
from tests.forum.announcing import HARBOUR, publish
from tests.forum.test_manuscripts import NATIONAL, SOON, Later, colleagues, handed_in, later
from tests.moderation.reporting import as_, rows, the

__all__ = ["colleagues", "later"]


@pytest.mark.usefixtures("colleagues")
@pytest.mark.parametrize("left", [True, False])
async def test_nothing_is_signed_by_one_who_may_not_any_more(db: Database, left: bool) -> None:
    id = await handed_in(db)

    def end(tx: Transaction) -> None:
        if left:
            tx.get_one(Mandate, DEE_FOR_OFFICE).ended_at = now(tx)
        else:
            tx.get_one(Member, DEE).suspended_until = now(tx) + SOON

    await db.act(end)
    with pytest.raises(Denied, match="hand it in yourself"):
        await as_(db, CY, approve, id, version=2)
    assert await rows(db, Announcement) == []
    await as_(db, CY, take_back, id, version=2)
    await as_(db, CY, hand_in, id, version=3)
    assert (await the(db, Manuscript, id)).author_id == CY


@pytest.mark.usefixtures("colleagues")
async def test_what_was_approved_is_not_approved_once_it_is_taken_back(db: Database) -> None:
    id = await handed_in(db, NATIONAL, Plan(await db.look(now) + SOON))
    await as_(db, CY, approve, id, version=2)
    await as_(db, DEE, take_back, id, version=3)
    assert (await the(db, Manuscript, id)).approved_by_id is None
    other = NATIONAL._replace(body="Pay me.", audience=Audience(region="32"))
    await as_(db, DEE, rewrite, id, other, AT_ONCE, version=4)
    await as_(db, DEE, hand_in, id, version=5)
    (version,) = await rows(db, AnnouncementVersion)
    assert (version.body, version.approver_id) == ("Pay me.", None)


@pytest.mark.usefixtures("colleagues")
async def test_what_needs_a_second_person_by_now_does_not_come_without(
    db: Database, later: Later
) -> None:
    await as_(db, FAY, change_publishing, seconding=Seconding.NEVER, facilitators=False)
    id = await handed_in(db, NATIONAL, Plan(await db.look(now) + SOON))
    await as_(db, FAY, change_publishing, seconding=Seconding.ALWAYS, facilitators=False)
    later(SOON)
    await db.act(publish_due)
    one = await the(db, Manuscript, id)
    assert one.state == State.SKIPPED and "second person" in one.because
    assert await rows(db, Announcement) == []


@pytest.mark.usefixtures("colleagues")
async def test_two_at_once_do_not_publish_more_than_the_office_may(db: Database) -> None:
    for n in range(A_DAY_MOST - 1):
        await as_(db, DEE, publish, DEE_FOR_OFFICE, HARBOUR, key=f"k{n}")
    (cy,) = (one.id for one in await rows(db, Mandate) if one.member_id == CY)
    last = [(DEE, DEE_FOR_OFFICE, "a"), (CY, cy, "b")]
    ids = {who: (await as_(db, who, write, by, HARBOUR, key=key)).id for who, by, key in last}
    both = (as_(db, who, hand_in, id, version=1) for who, id in ids.items())
    done = await asyncio.gather(*both, return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, BaseException)] == [Denied]
    assert len(await rows(db, Announcement)) == A_DAY_MOST
