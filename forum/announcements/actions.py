from datetime import datetime

from sqlalchemy import insert, literal, select

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict
from community.members.models import Member
from community.organisations.queries import mandate_for
from community.policies import require
from community.text import written
from community.words import _
from forum.announcements.events import AnnouncementAcknowledged, AnnouncementPublished
from forum.announcements.models import Announcement, Receipt
from forum.announcements.policies import may_publish
from forum.announcements.queries import Audience, receipt_for, targeted_by


def publish(
    tx: Transaction,
    official: Member,
    mandate_id: int,
    audience: Audience,
    title: str,
    body: str,
    *,
    key: str,
    public: bool,
    acknowledge_by: datetime | None = None,
) -> Announcement:
    """Its audience is who belongs to it at this moment. With the same key: the first one again."""
    if earlier := tx.scalar(select(Announcement).where(Announcement.key == key)):
        if (earlier.author_id, earlier.title, earlier.body) != (official.id, title, body):
            raise Conflict(_("This key was used for something else."))
        return earlier

    mandate = mandate_for(tx, official, mandate_id)
    require(may_publish(official, mandate))
    announcement = Announcement(
        organisation=mandate.organisation,
        author=official,
        key=key,
        title=title,
        body=body,
        html=written(body).html,
        public=public,
        published_at=now(tx),
        acknowledge_by=acknowledge_by,
        region=audience.region,
        cluster=audience.cluster,
        kind=audience.kind,
    )
    tx.add(announcement)
    tx.flush()
    _tell(tx, announcement, audience)
    audit.record(tx, official, "announcement.published", f"announcement:{announcement.id}")
    return announcement


def acknowledge(tx: Transaction, member: Member, announcement_id: int) -> Receipt:
    """Doing it twice is doing it once."""
    receipt = tx.hold(receipt_for, member, announcement_id)
    if receipt.acknowledged_at is None:
        receipt.acknowledged_at = now(tx)
        tx.publish(AnnouncementAcknowledged(announcement_id=announcement_id))
    return receipt


def _tell(tx: Transaction, announcement: Announcement, audience: Audience) -> None:
    # One statement whether ten members are told or a hundred thousand.
    told = targeted_by(audience).add_columns(literal(announcement.id))
    tx.execute(insert(Receipt).from_select(["member_id", "announcement_id"], told))
    tx.publish(AnnouncementPublished.of(announcement))
