"""What an announcement said from when to when. Versions are added; the database refuses to change
or delete one.

Sections in house order: models, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community.database import Base, Transaction
from community.members.models import Member
from forum.announcements.codes import drawn_code
from forum.announcements.models import Announcement, Wording
from forum.announcements.policies import VERSIONS_MOST
from forum.announcements.queries import ListedAnnouncement, announcement_for
from forum.announcements.standing import Standing, has_lapsed, standing_of

# Models


class AnnouncementVersion(Wording, Base):
    """`version` counts them; `number` is the office's own, of the letter."""

    __tablename__ = "announcement_versions"
    __table_args__ = (UniqueConstraint("announcement_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("announcements.id"))
    version: Mapped[int]
    code: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(default="")  # why it was corrected
    material: Mapped[bool] = mapped_column(default=False)  # everybody was told, and asked, again
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    published_at: Mapped[datetime] = mapped_column(index=True)

    announcement: Mapped[Announcement] = relationship(lazy="raise")
    author: Mapped[Member] = relationship(lazy="joined", foreign_keys=[author_id])
    approver: Mapped[Member | None] = relationship(lazy="joined", foreign_keys=[approver_id])


class Verified(NamedTuple):
    """What anybody is told who has the code of a version.

    Of what is not public the number of the letter, whose it is and its day: by these whoever holds
    it compares the paper with what was published, so that a code taken from another letter gives
    itself away. What it says is for those it is for. Of what moderators have hidden not even that.
    """

    version: AnnouncementVersion
    announcement: Announcement
    standing: Standing
    lapsed: bool  # the last day on which it held is over

    @property
    def is_numbered(self) -> bool:
        return bool(self.version.number) and self.standing != Standing.HIDDEN

    @property
    def is_told(self) -> bool:
        return self.announcement.public and self.standing != Standing.HIDDEN


# Queries


def verified(session: Session, _reader: Member | None, code: str) -> Verified | None:
    """The same for everybody: who holds the letter need not be anybody here."""
    found = select(AnnouncementVersion, Announcement).join(
        Announcement, Announcement.id == AnnouncementVersion.announcement_id
    )
    row = session.execute(found.where(AnnouncementVersion.code == code)).first()
    if row is None:
        return None
    version, announcement = row
    standing = standing_of(announcement, version.version)
    return Verified(version, announcement, standing, has_lapsed(session, version))


def versions_for(
    session: Session, reader: Member | None, announcement_id: int
) -> tuple[ListedAnnouncement, Sequence[AnnouncementVersion]]:
    """The last one first. Raises NotFound."""
    found = announcement_for(session, reader, announcement_id)
    theirs = select(AnnouncementVersion).where(
        AnnouncementVersion.announcement_id == announcement_id
    )
    last_first = theirs.order_by(AnnouncementVersion.version.desc()).limit(VERSIONS_MOST)
    return found, session.scalars(last_first).all()


def asked_with(session: Session, announcement_id: int) -> int:
    """The version with which everybody was last told of it, and asked."""
    asking = select(func.max(AnnouncementVersion.version)).where(
        AnnouncementVersion.announcement_id == announcement_id, AnnouncementVersion.material
    )
    return session.scalar(asking) or 1


# Actions


def add_version(
    tx: Transaction, announcement: Announcement, author_id: int, approver_id: int | None, *,
    reason: str = "", material: bool = False,
) -> AnnouncementVersion:  # fmt: skip
    """As it reads now."""
    version = AnnouncementVersion(
        announcement_id=announcement.id, version=announcement.version, code=announcement.code,
        reason=reason, material=material, author_id=author_id, approver_id=approver_id,
        published_at=announcement.corrected_at or announcement.published_at,
    )  # fmt: skip
    version.reword(announcement)
    tx.add(version)
    return version


def new_code(session: Session) -> str:
    """Of no version yet."""
    while True:
        code = drawn_code()
        of_another = select(AnnouncementVersion.id).where(AnnouncementVersion.code == code)
        if session.scalar(of_another) is None:
            return code
