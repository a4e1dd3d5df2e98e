"""What is published is corrected in the open, or withdrawn, on both set-ups."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from community.clock import now
from community.database import Database, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound, Refusal
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from community.organisations.granting import give_mandate
from community.organisations.models import Mandate, MandateRole, Organisation
from community.site import Seconding, site_of
from forum.announcements.acknowledging import acknowledge
from forum.announcements.actions import hide_announcement
from forum.announcements.correcting import (
    EarlierAcknowledgement,
)
from forum.announcements.models import Announcement, Audience, Purpose, Receipt
from forum.announcements.queries import (
    ListedAnnouncement,
)
from forum.announcements.standing import Standing
from forum.announcements.versions import AnnouncementVersion, verified, versions_for
from forum.manuscripts.actions import approve, hand_in, rewrite
from forum.manuscripts.correcting import rewrite_correction, withdraw, write_correction
from forum.manuscripts.models import AT_ONCE, Manuscript, State
from forum.manuscripts.policies import URGENT_MOST
from tests.cast import ADA, BO, CY, DEE, DEE_FOR_OFFICE, EVA, FAY, GUS, HARBOUR_OFFICE
from tests.forum.announcing import HARBOUR, publish
from tests.forum.correcting import (
    ASKING,
    BETTER,
    corrected,
    correction,
    listed_now,
    standing,
    told,
    waits,
)
from tests.moderation.reporting import as_, rows, the


@pytest.fixture
async def colleague(db: Database) -> None:
    def offer(tx: Transaction) -> None:
        office = tx.get_one(Organisation, HARBOUR_OFFICE)
        give_mandate(tx, tx.get_one(Member, CY), office, MandateRole.SPEAKER)

    await db.act(offer)


async def test_a_correction_is_another_version_and_the_first_one_stays(
    db: Database, asked: int
) -> None:
    before = await the(db, Announcement, asked)
    await corrected(db, asked)
    one = await the(db, Announcement, asked)
    assert (one.body, one.version, one.corrected_at is None) == (BETTER, 2, False)
    assert one.audience == before.audience and one.public == before.public
    versions = sorted(await rows(db, AnnouncementVersion), key=lambda one: one.version)
    assert [(v.version, v.body, v.reason, v.author_id) for v in versions] == [
        (1, "Double your lines.", "", DEE),
        (2, BETTER, "Fenders were forgotten.", DEE),
    ]
    assert versions[0].code == before.code != versions[1].code == one.code
    assert await standing(db, before.code) == Standing.REPLACED
    assert await standing(db, one.code) == Standing.CURRENT


async def test_one_that_is_not_material_tells_nobody(db: Database, asked: int) -> None:
    before = len(await rows(db, Notice))
    await corrected(db, asked)
    assert len(await rows(db, Notice)) == before
    assert not await waits(db, BO) and await rows(db, EarlierAcknowledgement) == []


async def test_a_material_one_is_acknowledged_anew_and_what_was_stays_known(
    db: Database, asked: int
) -> None:
    first = next(one for one in await rows(db, Receipt) if one.member_id == BO).acknowledged_at
    later = await db.look(now) + 2 * ASKING
    await corrected(db, asked, material=True, acknowledge_by=later)
    assert await told(db, NoticeKind.CORRECTED) == [BO, GUS]
    assert await waits(db, BO) and await waits(db, GUS)
    one = await the(db, Announcement, asked)
    assert one.acknowledge_by == later
    (kept,) = await rows(db, EarlierAcknowledgement)
    assert (kept.member_id, kept.version, kept.acknowledged_at) == (BO, 1, first)
    await as_(db, BO, acknowledge, asked, version=2)
    assert not await waits(db, BO) and await waits(db, GUS)
    found = await db.look(listed_now, BO, asked)
    assert found.done_before == first and found.receipt
    assert found.receipt.acknowledged_at != first
    await corrected(db, asked, key="c2", body="Again", material=True, acknowledge_by=later)
    assert [kept.version for kept in await rows(db, EarlierAcknowledgement)] == [1, 2]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"reason": " "}, "Say why"),
        ({"body": "Double your lines."}, "reads as before"),
        ({"material": True, "acknowledge_by": None}, "has passed already"),
        ({"of_version": 2}, "corrected meanwhile"),
    ],
)
async def test_what_is_no_correction_is_refused(
    db: Database, asked: int, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises((Invalid, Conflict), match=why):
        await corrected(db, asked, **changes)
    assert await rows(db, AnnouncementVersion) and (await the(db, Announcement, asked)).version == 1


async def test_a_new_deadline_alone_is_a_correction(db: Database, asked: int) -> None:
    later = await db.look(now) + 2 * ASKING
    await corrected(db, asked, body="Double your lines.", material=True, acknowledge_by=later)
    assert (await the(db, Announcement, asked)).acknowledge_by == later


async def test_whom_it_is_for_never_changes(db: Database, asked: int) -> None:
    """Whatever comes with the correction, and by no other way of writing."""
    wider: dict[str, Any] = {
        "audience": Audience(), "public": False, "purpose": "urgent", "theme": "tkdn",
        "late_joiners": True, "commodities": ("rope",),
    }  # fmt: skip
    before = (await the(db, Announcement, asked)).draft
    receipts = {(one.member_id) for one in await rows(db, Receipt)}
    await corrected(db, asked, **wider)
    assert (await the(db, Announcement, asked)).draft == before._replace(body=BETTER)
    assert {one.member_id for one in await rows(db, Receipt)} == receipts
    it = correction(await the(db, Announcement, asked), body="Third")
    draft = await as_(db, DEE, write_correction, asked, it, key="c2")
    with pytest.raises(NotFound):
        await as_(db, DEE, rewrite, draft.id, HARBOUR._replace(**wider), AT_ONCE, version=1)


@pytest.mark.usefixtures("colleague")
async def test_a_correction_takes_four_eyes_as_the_announcement_did(
    db: Database, asked: int
) -> None:
    def always(tx: Transaction) -> None:
        site_of(tx).seconding = Seconding.ALWAYS

    await db.act(always)
    draft = await corrected(db, asked)
    assert (await the(db, Manuscript, draft)).state == State.WAITING
    assert (await the(db, Announcement, asked)).version == 1
    with pytest.raises(Denied, match="wrote part of it"):
        await as_(db, DEE, approve, draft, version=2)
    await as_(db, CY, approve, draft, version=2)
    await as_(db, CY, approve, draft, version=2)  # twice is once
    last = max(await rows(db, AnnouncementVersion), key=lambda one: one.version)
    assert (last.version, last.author_id, last.approver_id) == (2, DEE, CY)


@pytest.mark.usefixtures("colleague")
async def test_of_two_corrections_at_once_one_wins_and_the_others_words_are_kept(
    db: Database, asked: int
) -> None:
    it = correction(await the(db, Announcement, asked))
    mine = await as_(db, DEE, write_correction, asked, it, key="c1")
    theirs = await as_(db, CY, write_correction, asked, it._replace(reason="Mine."), key="c2")
    both = (as_(db, who, hand_in, one.id, version=1) for who, one in ((DEE, mine), (CY, theirs)))
    done = await asyncio.gather(*both, return_exceptions=True)
    (refused,) = (one for one in done if isinstance(one, BaseException))
    assert isinstance(refused, Conflict) and "corrected meanwhile" in refused.sentence
    states = [(one.state, one.body) for one in await rows(db, Manuscript) if one.corrects_id]
    assert sorted(states) == [(State.PUBLISHED, BETTER), (State.WRITTEN, BETTER)]
    left = next(one for one in await rows(db, Manuscript) if one.state == State.WRITTEN)
    by, now_reads = left.author_id, await the(db, Announcement, asked)
    await as_(db, by, rewrite_correction, left.id, correction(now_reads, body="Both"), version=1)
    await as_(db, by, hand_in, left.id, version=2)
    assert (await the(db, Announcement, asked)).body == "Both"


async def test_writing_it_twice_is_writing_it_once(db: Database, asked: int) -> None:
    it = correction(await the(db, Announcement, asked))
    first = await as_(db, DEE, write_correction, asked, it, key="c1")
    again = await as_(db, DEE, write_correction, asked, it, key="c1")
    assert first.id == again.id
    other = it._replace(draft=it.draft._replace(body="Other"))
    with pytest.raises(Conflict, match="used for something else"):
        await as_(db, DEE, write_correction, asked, other, key="c1")


async def test_corrections_count_among_what_an_office_publishes(db: Database) -> None:
    urgent = HARBOUR._replace(purpose=Purpose.URGENT)
    for n in range(URGENT_MOST):
        id = (await as_(db, DEE, publish, DEE_FOR_OFFICE, urgent, key=f"u{n}")).id
    await corrected(db, id, key="quiet")
    with pytest.raises(Denied, match="urgent announcements a day"):
        await corrected(db, id, key="loud", body="Third", material=True)


async def test_no_one_else_corrects_or_withdraws(db: Database, asked: int) -> None:
    it = correction(await the(db, Announcement, asked))
    for stranger in (ADA, BO, CY, EVA, FAY, GUS):
        with pytest.raises(Denied, match="Only officials"):
            await as_(db, stranger, write_correction, asked, it, key="x")
        with pytest.raises(Denied, match="Only officials"):
            await as_(db, stranger, withdraw, asked, "No.", version=1)
    draft = await as_(db, DEE, write_correction, asked, it, key="c1")

    def end(tx: Transaction) -> None:
        tx.get_one(Mandate, DEE_FOR_OFFICE).ended_at = now(tx)

    await db.act(end)
    with pytest.raises(NotFound):
        await as_(db, DEE, hand_in, draft.id, version=1)
    with pytest.raises(Denied):
        await as_(db, DEE, withdraw, asked, "No.", version=1)
    assert (await the(db, Announcement, asked)).version == 1


async def test_what_is_hidden_is_neither_corrected_nor_shown_in_any_version(
    db: Database, asked: int
) -> None:
    await corrected(db, asked)
    await db.act(lambda tx: hide_announcement(tx, tx.get_one(Announcement, asked)))
    with pytest.raises(Denied, match="Moderators have hidden"):
        await corrected(db, asked, key="c2", body="Third")
    with pytest.raises(Denied, match="Moderators have hidden"):
        await as_(db, DEE, withdraw, asked, "No.", version=2)
    for reader in (None, BO):
        with pytest.raises(NotFound):
            await db.look(_versions, reader, asked)
    assert len((await db.look(_versions, ADA, asked))[1]) == 2
    for version in await rows(db, AnnouncementVersion):
        found = await db.look(verified, None, version.code)
        assert found and found.standing == Standing.HIDDEN
        assert not found.is_told and not found.is_numbered


def _versions(
    session: Session, reader: int | None, id: int
) -> tuple[ListedAnnouncement, Sequence[AnnouncementVersion]]:
    return versions_for(session, session.get_one(Member, reader) if reader else None, id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE announcement_versions SET body = 'something else'",
        "UPDATE announcement_versions SET code = 'AAAAAA' WHERE version = 1",
        "DELETE FROM announcement_versions",
    ],
)
async def test_what_was_published_cannot_be_rewritten(
    db: Database, asked: int, statement: str
) -> None:
    with pytest.raises(Refusal):
        await db.act(lambda tx: tx.execute(text(statement)))
