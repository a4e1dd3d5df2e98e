"""Pictures that members gave us, as the darkroom made them anew, and documents as they came.

They are rows, not files beside them: stored and dropped in the transaction of what they belong
to, in one backup with it, read by every process. A picture has some ten kilobytes, evidence some
hundred.

Sections in house order: models, queries, actions.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from typing import NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, delete, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from community.chores import each_due
from community.clock import now
from community.database import Base, Transaction
from community.errors import Invalid, NotFound
from community.members.models import Member
from community.pictures import Cut, Print
from community.words import _

QUOTA = 20 * 1024**2  # bytes of one member's files
# A PDF begins so, and ends so in its last kilobyte (ISO 32000-2, annex I).
BEGINNING, END, AROUND_END = b"%PDF-", b"%%EOF", 1024
UNUSED = timedelta(days=1)  # how long a file that belongs to nothing is kept

# Models


class FileKind(StrEnum):
    PICTURE = "picture"  # of a member: for everybody
    EVIDENCE = "evidence"  # for its owner and for those who look into it
    ATTACHMENT = "attachment"  # of a post: for those who read it
    DOCUMENT = "document"  # the same, and no picture: a PDF


class Shape(NamedTuple):
    """What is made of a picture: how it is cut, and the longer side of both prints in points."""

    cut: Cut
    large: int
    small: int


SHAPES = {
    FileKind.PICTURE: Shape(Cut.SQUARE, 256, 64),
    FileKind.EVIDENCE: Shape(Cut.WHOLE, 2_000, 320),
    FileKind.ATTACHMENT: Shape(Cut.WHOLE, 2_000, 320),
}


class File(Base):
    """`belongs_to` is what it was given for ("member:5"); empty where that came to nothing, and of
    what waits with a draft of its owner. `place` says of which one."""

    __tablename__ = "files"
    __table_args__ = (
        Index("ix_files_unused", "made_at", sqlite_where=text("belongs_to = ''"),
              postgresql_where=text("belongs_to = ''")),
        Index("ix_files_of_owner", "owner_id", "place"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(primary_key=True)  # 128 random bits
    owner_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    kind: Mapped[str]
    belongs_to: Mapped[str] = mapped_column(index=True)
    sha256: Mapped[str]
    size: Mapped[int]  # bytes of both
    width: Mapped[int]
    height: Mapped[int]
    large: Mapped[bytes] = mapped_column(deferred=True)
    small: Mapped[bytes] = mapped_column(deferred=True)
    made_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")  # what its owner says is to be seen on it
    # Where it goes when it is taken away ("case:4"); empty: nowhere.
    kept_for: Mapped[str] = mapped_column(default="", server_default="")


_THEIRS = or_(File.kept_for == "", File.belongs_to != File.kept_for)  # not a case's by now


# Queries


def file_for(session: Session, file_id: str) -> File:
    """Whoever shows it asks first who may see its kind."""
    file = session.get(File, file_id)
    if file is None:
        raise NotFound
    return file


NOTHINGS = select(File).where(File.belongs_to == "").order_by(File.made_at)


def files_of(session: Session, belongs_to: str) -> Sequence[File]:
    """In the order in which they came; without what they show."""
    theirs = select(File).where(File.belongs_to == belongs_to)
    return session.scalars(theirs.order_by(File.made_at, File.id)).all()


# Actions


def keep(
    tx: Transaction,
    owner: Member,
    kind: FileKind,
    prints: Sequence[Print],
    belongs_to: str,
    *,
    key: str = "",
) -> File:
    """Of the large and the small print of one picture. The quota is exact where the owner is held
    alone; what comes again with a key is what came before. Raises Invalid beyond the quota."""
    large, small = prints
    file = File( owner_id=owner.id, kind=kind, belongs_to=belongs_to,
                sha256=sha256(large.webp).hexdigest(), size=len(large.webp) + len(small.webp),
                width=large.width, height=large.height, large=large.webp, small=small.webp,
                made_at=now(tx))  # fmt: skip
    return _kept(tx, owner, file, key)


def keep_document(
    tx: Transaction, owner: Member, pdf: bytes, belongs_to: str, *, key: str = ""
) -> File:
    """As it came: what can be in it is not looked at, so it is never shown inside a page. Raises
    Invalid for what is no PDF and beyond the quota."""
    if not pdf.startswith(BEGINNING) or END not in pdf[-AROUND_END:]:
        raise Invalid(_("This is no PDF we can take. Perhaps it did not arrive whole."))
    file = File(owner_id=owner.id, kind=FileKind.DOCUMENT, belongs_to=belongs_to,
                sha256=sha256(pdf).hexdigest(), size=len(pdf), width=0, height=0,
                large=pdf, small=b"", made_at=now(tx))  # fmt: skip
    return _kept(tx, owner, file, key)


def drop_one(tx: Transaction, file_id: str, belongs_to: str) -> None:
    """If it belongs there."""
    _away(tx, File.id == file_id, File.belongs_to == belongs_to)


def drop(tx: Transaction, belongs_to: str) -> None:
    """What this was given for is over; nothing shows them any more."""
    _away(tx, File.belongs_to == belongs_to)


def drop_all_of(tx: Transaction, owner: Member) -> None:
    """Who is not known here any more. What is kept for a case is there as long as that is."""
    _away(tx, File.owner_id == owner.id, _THEIRS)


def belong(tx: Transaction, before: str, now: str) -> None:
    """What belonged to the one belongs to the other."""
    tx.execute(update(File).where(File.belongs_to == before).values(belongs_to=now))


def keep_for(tx: Transaction, address: str, file_ids: Sequence[str]) -> None:
    """These stay with this, whoever takes them away. Called by moderation, which says who sees
    them then."""
    if file_ids:
        tx.execute(update(File).where(File.id.in_(file_ids)).values(kept_for=address))


def forget_unused_files(tx: Transaction) -> None:
    """The worker's."""
    for file in each_due(tx, NOTHINGS.where(File.made_at < now(tx) - UNUSED)):
        tx.delete(file)


def _away(tx: Transaction, *which: ColumnElement[bool]) -> None:
    """What is kept for something goes there; dropped from there, it is gone as the others are."""
    kept = update(File).where(*which, File.kept_for != "")
    tx.execute(kept.values(belongs_to=File.kept_for, place=""))
    tx.execute(delete(File).where(*which))


def _kept(tx: Transaction, owner: Member, file: File, key: str) -> File:
    file.id = _id_by(owner, key, file.sha256) if key else token_urlsafe(16)
    if key and (there := tx.get(File, file.id)):
        return there
    if _bytes_of(tx, owner) + file.size > QUOTA:
        raise Invalid(_("You have stored as many pictures as there is room for."))
    tx.add(file)
    tx.flush()
    return file


def _id_by(owner: Member, key: str, shown: str) -> str:
    """128 bits, as random as the key."""
    told = sha256(f"{owner.id} {key} {shown}".encode()).digest()
    return urlsafe_b64encode(told[:16]).decode().rstrip("=")


def _bytes_of(session: Session, owner: Member) -> int:
    """Without what they have taken away."""
    used = select(func.coalesce(func.sum(File.size), 0)).where(File.owner_id == owner.id, _THEIRS)
    return int(session.scalars(used).one())
