from sqlalchemy import insert, literal

from community import audit
from community.clock import now
from community.database import Transaction
from community.members.models import Member
from community.organisations.models import Organisation
from community.search.actions import put
from forum.announcements.answers import ask_organisations
from forum.announcements.events import AnnouncementHidden, AnnouncementPublished
from forum.announcements.joining_late import look_for_late_ones
from forum.announcements.models import Announcement, Draft, Receipt
from forum.announcements.queries import targeted_by
from forum.announcements.reminding import plan_reminders
from forum.announcements.telling import begin_to_tell
from forum.announcements.versions import add_version, new_code
from forum.discussions import close_doors


def put_up(
    tx: Transaction, organisation: Organisation, author: Member, draft: Draft, *, key: str,
    approver_id: int | None = None,
) -> Announcement:  # fmt: skip
    """Called where it was written and approved (forum/manuscripts), which holds it. Its audience is
    who belongs to it at this moment."""
    announcement = Announcement(
        organisation=organisation, author=author, key=key, published_at=now(tx), version=1,
        code=new_code(tx),
    )  # fmt: skip
    announcement.take(draft)
    tx.add(announcement)
    tx.flush()
    add_version(tx, announcement, author.id, approver_id)
    put(tx, [announcement.thing])
    _tell(tx, announcement)
    audit.record(tx, author, "announcement.published", announcement.address)
    return announcement


def hide_announcement(tx: Transaction, announcement: Announcement) -> None:
    """Called by moderation, which holds the row and writes down why. Its banners go at once, and
    nobody is asked to acknowledge it any more."""
    announcement.hidden_at = now(tx)
    close_doors(tx, announcement)
    tx.publish(AnnouncementHidden.of(announcement))


def restore_announcement(tx: Transaction, announcement: Announcement) -> None:
    """Who was told before, is told again by their lists alone."""
    announcement.hidden_at = None
    close_doors(tx, announcement)


def _tell(tx: Transaction, announcement: Announcement) -> None:
    # A few statements whether ten members are told or a hundred thousand.
    members = targeted_by(announcement.audience, announcement.author)
    told = members.add_columns(literal(announcement.id))
    tx.execute(insert(Receipt).from_select([Receipt.member_id, Receipt.announcement_id], told))
    if announcement.acknowledge_by:
        plan_reminders(tx, announcement)
        if announcement.by_organisation:
            ask_organisations(tx, announcement)
    if announcement.late_joiners:
        look_for_late_ones(tx, announcement)
    tx.publish(AnnouncementPublished.of(announcement))
    begin_to_tell(tx, announcement)
