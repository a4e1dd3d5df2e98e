"""What the tests of corrections share."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from community.database import Database
from community.members.models import Member
from community.notices.models import Notice, NoticeKind
from forum.announcements.correcting import announcement_now
from forum.announcements.models import Announcement, Draft
from forum.announcements.queries import ListedAnnouncement
from forum.announcements.standing import Standing
from forum.announcements.versions import verified
from forum.announcements.waiting import unacknowledged, waiting_for
from forum.manuscripts.actions import hand_in
from forum.manuscripts.correcting import write_correction
from forum.manuscripts.models import Correction
from tests.cast import DEE
from tests.moderation.reporting import as_, rows, the

ASKING = timedelta(days=7)
BETTER = "Double your lines, and your fenders."


def correction(announcement: Announcement, **changes: Any) -> Correction:
    """Of its body, not material, unless something else is said."""
    why: dict[str, Any] = {"reason": "Fenders were forgotten.", "material": False}
    why |= {name: changes.pop(name) for name in (*why, "of_version") if name in changes}
    draft: Draft = announcement.draft._replace(**{"body": BETTER} | changes)
    return Correction(draft, **{"of_version": announcement.version} | why)


async def corrected(
    db: Database, id: int, *, by: int = DEE, key: str = "c1", **changes: Any
) -> int:
    """Written and handed in; answers the draft of it."""
    it = correction(await the(db, Announcement, id), **changes)
    manuscript = await as_(db, by, write_correction, id, it, key=key)
    await as_(db, by, hand_in, manuscript.id, version=1)
    return manuscript.id


async def told(db: Database, kind: NoticeKind) -> list[int]:
    return sorted(one.member_id for one in await rows(db, Notice) if one.kind == kind)


async def standing(db: Database, code: str) -> Standing:
    found = await db.look(verified, None, code)
    assert found
    return found.standing


async def waits(db: Database, member: int) -> bool:
    def look(session: Session) -> tuple[bool, bool]:
        who = session.get_one(Member, member)
        return bool(waiting_for(session, who)), bool(session.scalar(unacknowledged(who)))

    listed, counted = await db.look(look)
    assert listed == counted
    return listed


def listed_now(session: Session, member: int, id: int) -> ListedAnnouncement:
    return announcement_now(session, session.get_one(Member, member), id)
