from sqlalchemy import insert, literal, select

from community import audit
from community.clock import now
from community.database import Transaction
from community.errors import Conflict, Invalid
from community.members.models import Member
from community.notices.actions import notify_many, read_along
from community.notices.models import NoticeKind
from community.organisations.models import Mandate
from community.organisations.queries import mandate_for
from community.policies import require
from community.search.actions import put
from community.text import written
from community.words import _
from forum.announcements.events import (
    AnnouncementAcknowledged,
    AnnouncementHidden,
    AnnouncementPublished,
)
from forum.announcements.models import Announcement, Draft, Receipt
from forum.announcements.policies import may_publish
from forum.announcements.queries import announcement_for, receipt_for, targeted_by


def publish(
    tx: Transaction, official: Member, mandate_id: int, draft: Draft, *, key: str
) -> Announcement:
    """Its audience is who belongs to it at this moment. With the same key: the first one again."""
    if earlier := tx.scalar(select(Announcement).where(Announcement.key == key)):
        mandate = tx.get(Mandate, mandate_id)
        sent = (official.id, mandate and mandate.organisation_id, draft)
        if sent != (earlier.author_id, earlier.organisation_id, earlier.draft):
            raise Conflict(_("This key was used for something else."))
        return earlier

    mandate = tx.hold(mandate_for, official, mandate_id)
    require(may_publish(official, mandate))
    if draft.acknowledge_by and draft.acknowledge_by <= now(tx):
        raise Invalid(_("The time to acknowledge by has passed already."))
    announcement = _put_up(tx, mandate, draft, key)
    _tell(tx, announcement, draft)
    audit.record(tx, official, "announcement.published", announcement.address)
    return announcement


def acknowledge(tx: Transaction, member: Member, announcement_id: int) -> Receipt:
    """Doing it twice is doing it once."""
    announcement_for(tx, member, announcement_id)
    receipt = tx.hold(receipt_for, member, announcement_id)
    if receipt.acknowledged_at is None:
        receipt.acknowledged_at = now(tx)
        tx.publish(AnnouncementAcknowledged.of(receipt.announcement))
    read(tx, member, announcement_id)
    return receipt


def read(tx: Transaction, member: Member, announcement_id: int) -> None:
    """Who looks at it need not be told of it any more."""
    receipt = receipt_for(tx, member, announcement_id)
    read_along(tx, member, receipt.announcement.address, 1)


def hide_announcement(tx: Transaction, announcement: Announcement) -> None:
    """Called by moderation, which holds the row and writes down why. Its banners go at once, and
    nobody is asked to acknowledge it any more."""
    announcement.hidden_at = now(tx)
    tx.publish(AnnouncementHidden.of(announcement))


def restore_announcement(tx: Transaction, announcement: Announcement) -> None:
    """Who was told before, is told again by their lists alone."""
    announcement.hidden_at = None


def _put_up(tx: Transaction, mandate: Mandate, draft: Draft, key: str) -> Announcement:
    region, cluster, kind = draft.audience
    announcement = Announcement(
        organisation=mandate.organisation,
        author=mandate.member,
        key=key,
        title=draft.title,
        body=draft.body,
        html=written(draft.body).html,
        public=draft.public,
        published_at=now(tx),
        acknowledge_by=draft.acknowledge_by,
        region=region,
        cluster=cluster,
        kind=kind,
        theme=draft.theme,
    )
    tx.add(announcement)
    tx.flush()
    put(tx, [announcement.thing])
    return announcement


def _tell(tx: Transaction, announcement: Announcement, draft: Draft) -> None:
    # Two statements whether ten members are told or a hundred thousand.
    members = targeted_by(draft.audience, announcement.author)
    told = members.add_columns(literal(announcement.id))
    tx.execute(insert(Receipt).from_select([Receipt.member_id, Receipt.announcement_id], told))
    event = AnnouncementPublished.of(announcement)
    tx.publish(event)
    notify_many(
        tx, members, NoticeKind.ANNOUNCEMENT, actor=announcement.organisation.name,
        title=announcement.title, link=f"/announcements/{announcement.id}",
        stream=announcement.address, audience=event.stream,
    )  # fmt: skip
