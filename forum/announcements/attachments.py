"""Files at announcements (community/attachments.py): whoever reads one sees them.

They belong to it, not to who sent them: neither their quota nor their farewell touches what an
office has published.
"""

from sqlalchemy import update
from sqlalchemy.orm import Session

from community import attachments
from community.attachments import Attached
from community.database import Transaction
from community.errors import NotFound
from community.files import File
from community.members.models import Member
from forum.announcements.models import Announcement
from forum.announcements.queries import announcement_for

# Queries


def reads_announcement(session: Session, reader: Member | None, announcement_id: int) -> bool:
    try:
        announcement_for(session, reader, announcement_id)
    except NotFound:
        return False
    return True


# Actions


def hang_over(
    tx: Transaction, address: str, attached: list[Attached], announcement: Announcement
) -> None:
    """What hung at this address hangs at the announcement from now on, and stays there."""
    if not attached:
        return
    attachments.hang_anew(tx, {address: announcement.address})
    theirs = update(File).where(File.belongs_to == announcement.address)
    tx.execute(theirs.values(kept_for=announcement.address))
    announcement.attachments = list(attached)
