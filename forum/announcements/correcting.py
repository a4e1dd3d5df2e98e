"""What changes an announcement after its publication: a correction, and its withdrawal. Whom it is
for never changes.

Sections in house order: models, queries, actions.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, func, insert, literal, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community import audit
from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.members.models import Member
from community.notices.models import NoticeKind
from community.search.actions import put_anew
from forum.announcements.answers import Answer
from forum.announcements.events import AnnouncementHidden, changed
from forum.announcements.joining_late import LateLook, look_for_late_ones
from forum.announcements.models import Announcement, Content, Purpose, Receipt
from forum.announcements.queries import ListedAnnouncement, announcement_for
from forum.announcements.reminding import plan_anew
from forum.announcements.telling import tell_anew
from forum.announcements.versions import add_version, new_code

# Models


class EarlierAcknowledgement(Base):
    """Of a version that was corrected since, in a way that asked everybody again."""

    __tablename__ = "earlier_acknowledgements"

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), primary_key=True, index=True)
    version: Mapped[int] = mapped_column(primary_key=True)  # that they had before them
    acknowledged_at: Mapped[datetime]


class EarlierAnswer(Base):
    """The same of an organisation."""

    __tablename__ = "earlier_answers"

    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    mandate_id: Mapped[int] = mapped_column(ForeignKey("mandates.id"))
    acknowledged_at: Mapped[datetime]


# Queries


def announcement_now(
    session: Session, reader: Member | None, announcement_id: int
) -> ListedAnnouncement:
    """With when the reader acknowledged what it said before. Raises NotFound."""
    found = announcement_for(session, reader, announcement_id)
    if reader is None or found.announcement.version == 1:
        return found
    earlier = EarlierAcknowledgement
    theirs = select(func.max(earlier.acknowledged_at)).where(
        earlier.announcement_id == announcement_id, earlier.member_id == reader.id
    )
    return found._replace(done_before=session.scalar(theirs))


# Actions


def correct(
    tx: Transaction, announcement: Announcement, now_reads: Content, author: Member,
    approver_id: int | None, *, reason: str, material: bool,
) -> None:  # fmt: skip
    """Called where it was written and approved (forum/manuscripts), which holds the announcement.
    Where it is material, everybody it is for is told and asked again; else nobody."""
    before = announcement.version
    announcement.reword(now_reads)
    announcement.version, announcement.code = before + 1, new_code(tx)
    announcement.corrected_at = now(tx)
    add_version(tx, announcement, author.id, approver_id, reason=reason, material=material)
    put_anew(tx, announcement.thing)
    if material:
        announcement.acknowledge_by = now_reads.acknowledge_by
        _ask_again(tx, announcement, before)
    _show(tx, announcement)
    audit.record(
        tx, author, "announcement.corrected", announcement.address,
        version=announcement.version, material=material,
    )  # fmt: skip


def retract(tx: Transaction, announcement: Announcement, official: Member, because: str) -> None:
    """Called where it was found that they may (forum/manuscripts), which holds it. It stays to be
    read, as withdrawn; whoever was told of it is told of that, unless it had expired."""
    announcement.withdrawn_at, announcement.withdrawn_because = now(tx), because
    tx.flush()
    if announcement.expires_at is None or announcement.expires_at > now(tx):
        tell_anew(tx, announcement, NoticeKind.WITHDRAWN)
    tx.publish(AnnouncementHidden.of(announcement))  # its banner
    _show(tx, announcement)
    audit.record(tx, official, "announcement.withdrawn", announcement.address)


def end_expired(tx: Transaction) -> None:
    """The worker's: what has expired is out of lists and banners, and nobody is asked for it."""
    over = select(Announcement).where(
        Announcement.expires_at <= now(tx), Announcement.expired_at.is_(None)
    )
    for announcement in each_due(tx, over.order_by(Announcement.expires_at)):
        announcement.expired_at = now(tx)
        tx.publish(AnnouncementHidden.of(announcement))  # its banner
        _show(tx, announcement)


def _ask_again(tx: Transaction, announcement: Announcement, version: int) -> None:
    """Whoever had acknowledged it has acknowledged that version. A few statements, however many."""
    tx.flush()
    _begin_anew(tx, announcement, version, EarlierAcknowledgement, Receipt, "member_id")
    _begin_anew(tx, announcement, version, EarlierAnswer, Answer,
                "organisation_id", "member_id", "mandate_id")  # fmt: skip
    if announcement.acknowledge_by:
        plan_anew(tx, announcement)
    elif announcement.purpose == Purpose.URGENT:
        _pin_anew(tx, announcement)
    if announcement.late_joiners and tx.get(LateLook, announcement.id) is None:
        look_for_late_ones(tx, announcement)
    tell_anew(tx, announcement, NoticeKind.CORRECTED)


def _begin_anew(
    tx: Transaction, announcement: Announcement, version: int, earlier: type[Base],
    there: type[Answer | Receipt], whose: str, *by: str,
) -> None:  # fmt: skip
    done = (there.announcement_id == announcement.id, there.acknowledged_at.is_not(None))
    kept = ["announcement_id", "acknowledged_at", whose, *by]
    rows = select(literal(version), *(getattr(there, name) for name in kept)).where(*done)
    tx.execute(insert(earlier).from_select(["version", *kept], rows))
    tx.execute(update(there).where(*done).values(dict.fromkeys(["acknowledged_at", *by])))


def _pin_anew(tx: Transaction, announcement: Announcement) -> None:
    """What stood above every page until it was seen stands there again."""
    theirs = update(Receipt).where(Receipt.announcement_id == announcement.id)
    tx.execute(theirs.where(Receipt.seen_at.is_not(None)).values(seen_at=None))


def _show(tx: Transaction, announcement: Announcement) -> None:
    for event in changed(announcement):
        tx.publish(event)
