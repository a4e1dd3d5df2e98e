"""Streams: a channel of messages, a topic of posts. Two numbers make catching up exact.

seq  where an entry stands: 1, 2, 3… in the order committed. It never changes.
rev  counts every visible change of the stream; an entry carries the rev of its latest change, and
     `changed_rev` is that of the stream's own: renamed, locked, archived.
Whoever has seen rev 41 misses exactly the entries with a greater rev, in their current state.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any, ClassVar, TypeVar

from sqlalchemy import ForeignKey, Index, Select, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, relationship

from community.bus import Event
from community.clock import now
from community.database import ENTRY, Base, Transaction
from community.errors import Conflict
from community.members.models import Member
from community.organisations.models import Mandate
from community.restrictions import why_gone
from community.search.actions import put, put_anew
from community.search.models import Mark, Thing, mark
from community.text import NOWHERE, TO_SOMEBODY, Ways, Written, written
from community.wanted import SIGNS
from community.words import _

PAGE = 50

E = TypeVar("E", bound="Entry")


class Stream(Base):
    __abstract__ = True
    turn = 1
    kind: ClassVar[str]

    id: Mapped[int] = mapped_column(primary_key=True)
    last_seq: Mapped[int] = mapped_column(default=0)
    rev: Mapped[int] = mapped_column(default=0)
    changed_rev: Mapped[int] = mapped_column(default=0)

    @property
    def address(self) -> str:
        return f"{self.kind}:{self.id}"


class Entry(Base):
    __abstract__ = True
    turn = ENTRY
    kind: ClassVar[str]

    id: Mapped[int] = mapped_column(primary_key=True)
    stream_id: Mapped[int]
    seq: Mapped[int]
    rev: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandates.id"))  # speaks for
    key: Mapped[str]  # chosen by the browser, so a retry is not a second entry
    first_rev: Mapped[int]  # with seq, what the retry is answered
    first_hash: Mapped[str]  # of what was first sent, so a key is not used for anything else
    body: Mapped[str]
    html: Mapped[str]  # of the body, made once
    written_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    hidden_at: Mapped[datetime | None]  # as long as a restriction of moderation's holds
    hidden_as: Mapped[str] = mapped_column(default="", server_default="")  # what `gone` says then
    label: Mapped[str] = mapped_column(default="", server_default="")  # what moderation says of it

    @declared_attr
    @classmethod
    def author(cls) -> Mapped[Member]:
        return relationship(lazy="joined")

    @declared_attr
    @classmethod
    def mandate(cls) -> Mapped[Mandate | None]:
        return relationship(lazy="joined")

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (
            UniqueConstraint("stream_id", "seq"),
            UniqueConstraint("stream_id", "rev"),
            UniqueConstraint("author_id", "key"),
        )

    @staticmethod
    def made(body: str, ways: Ways = NOWHERE) -> Written:
        """What becomes of its body."""
        return written(body, ways)

    @property
    def gone(self) -> str:
        return why_gone(self.hidden_at, self.hidden_as, self.withdrawn_at)

    @property
    def thing(self) -> Thing:
        marks = written_by(self.author_id, self.mandate_id, self.html)
        return Thing(self.kind, self.id, self.written_at, "", self.body, marks)


class Version(Base):
    """What an entry said before it was edited, and why it was."""

    __tablename__ = "versions"
    __table_args__ = (Index("ix_versions_of_entry", "kind", "entry_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # of the stream: "topic"
    entry_id: Mapped[int]
    body: Mapped[str]
    html: Mapped[str]
    replaced_at: Mapped[datetime]
    rev: Mapped[int] = mapped_column(default=0)  # that its entry got then; of old ones 0
    reason: Mapped[str] = mapped_column(default="")  # as its author gives it, if they do


class Revised(Event, frozen=True, kw_only=True):
    """A stream has reached this rev."""

    address: str
    rev: int

    @property
    def stream(self) -> str:
        return self.address


class EntryChanged(Revised, frozen=True, kw_only=True):
    """How an entry reads from now on: written, edited, withdrawn, hidden or restored.

    Also what pages draw an entry from, so that page and frame cannot differ."""

    id: int
    seq: int
    key: str
    author_id: int
    author: str
    author_picture: str = ""  # a file
    author_role: str
    author_rev: int
    organisation_id: int = 0
    organisation: str = ""
    organisation_kind: str = ""
    organisation_verified: bool = False
    organisation_closed: bool = False
    organisation_rev: int = 0
    written_at: datetime
    edited: bool
    gone: str
    label: str = ""  # of a moderator, above what is said
    html: str
    parent_id: int | None = None
    parent_seq: int = 0
    parent_author: str = ""

    @property
    def stamp(self) -> tuple[int | str, ...]:
        """Two of the same stamp look the same to everybody who reads the same language."""
        named = (self.author_rev, self.organisation_rev, self.parent_author)
        return self.address, self.id, self.rev, *named


class StreamChanged(Revised, frozen=True, kw_only=True):
    """The stream itself reads differently: renamed, locked, archived."""

    name: str


def signed(author: Member, mandate: Mandate | None) -> dict[str, Any]:
    """The fields of an EntryChanged that say who speaks, and for whom."""
    organisation = mandate.organisation if mandate else None
    return {
        "author_id": author.id,
        "author": author.name,
        "author_picture": author.picture,
        "author_role": author.role,
        "author_rev": author.rev,
        "organisation_id": organisation.id if organisation else 0,
        "organisation": organisation.name if organisation else "",
        "organisation_kind": organisation.kind if organisation else "",
        "organisation_verified": organisation.verified if organisation else False,
        "organisation_closed": bool(organisation and organisation.closed_at),
        "organisation_rev": organisation.rev if organisation else 0,
    }


def shown(stream: Stream, entry: Entry) -> dict[str, Any]:
    """The fields of an EntryChanged; a kind of entry adds its own."""
    return {
        **signed(entry.author, entry.mandate),
        "address": stream.address,
        "id": entry.id,
        "seq": entry.seq,
        "rev": entry.rev,
        "key": entry.key,
        "written_at": entry.written_at,
        "edited": entry.edited_at is not None,
        "gone": entry.gone,
        "label": "" if entry.gone else entry.label or "",
        "html": "" if entry.gone else entry.html,
    }


def written_by(author_id: int, mandate_id: int | None, html: str) -> tuple[str, ...]:
    """The marks of an entry of any stream (community/search)."""
    spoken_for = [mark(Mark.MANDATE, mandate_id)] if mandate_id else []
    html = TO_SOMEBODY.sub("", html)
    has = (mark(Mark.HAS, one) for one, sign in SIGNS.items() if sign in html)
    return mark(Mark.AUTHOR, author_id), *spoken_for, *has


def fingerprint(stream_id: int, body: str, *about: int | str | None) -> str:
    """Of all that was sent with a key; `about` is the parent, the mandate, the place."""
    return sha256(f"{stream_id} {about} {body}".encode()).hexdigest()


def earlier(tx: Transaction, kind: type[E], author: Member, key: str, sent: str) -> E | None:
    """What this author has written with this key: the first thing a write asks, before any right.

    Who repeats what was stored is told so, even if they may not write any more. Two at once both
    find nothing; the second fails on the unique key, and act() runs it again."""
    entry: E | None = tx.scalar(_sent_with(kind), {"author": author.id, "key": key})
    if entry and entry.first_hash != sent:
        raise Conflict(_("This key was used for something else."))
    return entry


@cache
def _sent_with(kind: type[E]) -> Select[Any]:
    return select(kind).where(kind.author_id == bindparam("author"), kind.key == bindparam("key"))


def append(tx: Transaction, stream: Stream, entry: Entry, ways: Ways = NOWHERE) -> None:
    """The caller holds the lock of the stream, so numbers have no holes and follow the commits.
    `ways` lead to those it mentions."""
    stream.last_seq += 1
    stream.rev += 1
    entry.stream_id, entry.seq = stream.id, stream.last_seq
    entry.rev = entry.first_rev = stream.rev
    entry.written_at = now(tx)
    entry.html = entry.made(entry.body, ways).html
    tx.add(entry)
    tx.flush()
    put(tx, [entry.thing])


def rewrite(
    tx: Transaction, stream: Stream, entry: Entry, body: str, reason: str = "", ways: Ways = NOWHERE
) -> None:
    """Edits, keeping what it said. The caller holds the lock of the stream."""
    revise(stream, entry)
    tx.add(Version(kind=stream.kind, entry_id=entry.id, body=entry.body, html=entry.html,
                   replaced_at=now(tx), rev=entry.rev, reason=reason))  # fmt: skip
    entry.body, entry.html, entry.edited_at = body, entry.made(body, ways).html, now(tx)
    put_anew(tx, entry.thing)


def revise(stream: Stream, entry: Entry) -> None:
    """One more visible change of the entry. The caller holds the lock of the stream."""
    stream.rev += 1
    entry.rev = stream.rev


def change(stream: Stream) -> None:
    """One more visible change of the stream itself. The caller holds its lock."""
    stream.rev += 1
    stream.changed_rev = stream.rev


def changed_after(
    session: Session, kind: type[E], stream: Stream, rev: int, most: int
) -> Sequence[E]:
    return session.scalars(_newer(kind), {"stream": stream.id, "rev": rev, "most": most}).all()


@cache
def _newer(kind: type[E]) -> Select[Any]:
    of = (kind.stream_id == bindparam("stream"), kind.rev > bindparam("rev"))
    return select(kind).where(*of).order_by(kind.rev).limit(bindparam("most"))


def latest(
    session: Session, kind: type[E], stream: Stream, before: int = 0, most: int = PAGE
) -> Sequence[E]:
    """The newest entries, or those just before a seq, in the order of their seq."""
    newest = select(kind).where(kind.stream_id == stream.id).order_by(kind.seq.desc()).limit(most)
    return session.scalars(newest.where(kind.seq < before) if before else newest).all()[::-1]


def versions_of(session: Session, kind: str, entry_id: int) -> Sequence[Version]:
    """What an entry said before, the oldest first."""
    of = (Version.kind == kind, Version.entry_id == entry_id)
    return session.scalars(select(Version).where(*of).order_by(Version.id)).all()
