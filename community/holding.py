"""What members write and a moderator sees before others do, on whichever floor they write it: the
first things of who is new, and what has words that are looked at. It waits beside its stream, with
no number, shown to nobody but its author.

A pass without new members, and without such words, asks nothing of this.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, relationship

from community.attachments import Attached
from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, Denied, Refusal, TooFast
from community.members.models import Member
from community.site import held_first
from community.together import Key
from community.words import _

MOST = 10  # that wait, of one member on one floor
LATER = 60  # seconds until whoever has so many may ask again
SHOWN = 20  # to their author, the newest
REFUSED = _("A moderator looked at this and did not let it through.")
H = TypeVar("H", bound="HeldWords")


class HeldState(StrEnum):
    WAITING = "waiting"
    RELEASED = "released"
    REFUSED = "refused"


class HeldWords(Base):
    """Until a moderator has looked at them: then they are an entry with this key, or none."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    mandate_id: Mapped[int | None] = mapped_column(ForeignKey("mandates.id"))
    key: Mapped[str]
    sent: Mapped[str]  # the hash of what was sent with the key
    body: Mapped[str]
    html: Mapped[str]
    attachments: Mapped[list[Attached]] = mapped_column(JSON, default=list)
    said_at: Mapped[datetime]
    state: Mapped[str]
    settled_at: Mapped[datetime | None]
    blanked_at: Mapped[datetime | None]  # the entry has its words, or they were kept long enough

    @declared_attr
    @classmethod
    def author(cls) -> Mapped[Member]:
        return relationship(lazy="joined")

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        return (UniqueConstraint("author_id", "key"),)

    def blank(self, at: datetime) -> None:
        self.body, self.html, self.attachments = "", "", []
        self.blanked_at = at


class Held(NamedTuple):
    """Something that waits, or did: by its key."""

    id: int
    state: str
    sent: str


class Waiting:
    """What is known of those in a pass of whom something waits or may: two looks, whatever they
    write."""

    def __init__(self, tx: Transaction, kind: type[HeldWords], members: Collection[Member]) -> None:
        self._by_key: dict[Key, Held] = {}
        theirs = {one.id for one in members if is_looked_at(one)}
        self._first = held_first(tx) if any(one.observed for one in members) else 0
        if not theirs:
            return
        known = select(kind.author_id, kind.key, kind.id, kind.state, kind.sent)
        for author, key, id, state, sent in tx.execute(known.where(kind.author_id.in_(theirs))):
            self._by_key[author, key] = Held(id, state, sent)

    def known(self, key: Key, sent: str) -> Held | Refusal | None:
        """What is answered to what was sent before, and did not become an entry."""
        held = self._by_key.get(key)
        if held is None:
            return None
        if held.sent != sent:
            return Conflict(_("This key was used for something else."))
        return Denied(REFUSED) if held.state == HeldState.REFUSED else held

    def takes_first(self, member: Member) -> bool:
        return member.observed and member.let_through < self._first

    def must_be_few(self, member: Member) -> None:
        """Raises TooFast where nobody would look at more."""
        theirs = (one for (who, _key), one in self._by_key.items() if who == member.id)
        if sum(one.state == HeldState.WAITING for one in theirs) >= MOST:
            raise TooFast(_("What you wrote waits for a moderator."), retry_after=LATER)

    def take(self, held: HeldWords) -> Held:
        """It is stored, and known in this pass."""
        held.author.withheld = True
        known = self._by_key[held.author_id, held.key] = Held(held.id, held.state, held.sent)
        return known


def is_looked_at(member: Member) -> bool:
    """Whether something of theirs may be found by its key here."""
    return member.observed or member.withheld


def stays_as_looked_at(session: Session, member: Member) -> bool:
    """Whether what was let through may not be edited: the next things they write are looked at,
    too."""
    return member.observed and member.let_through < held_first(session)


def let_through(tx: Transaction, held: HeldWords) -> None:
    """It is said; the entry has its words. Its author is held."""
    held.blank(now(tx))
    held.state, held.settled_at = HeldState.RELEASED, now(tx)
    held.author.let_through += 1
    if held.author.let_through >= held_first(tx):
        held.author.observed = False
    tx.flush()


def turn_down(tx: Transaction, held: HeldWords) -> None:
    held.state, held.settled_at = HeldState.REFUSED, now(tx)
    tx.flush()


def is_left(tx: Transaction, kind: type[HeldWords], member: Member) -> bool:
    """Whether something of theirs there waits, or was refused: its key is looked for."""
    left = select(kind.id).where(kind.author_id == member.id, kind.state != HeldState.RELEASED)
    return tx.scalar(left.limit(1)) is not None


def blank_some(tx: Transaction, kind: type[H], member: Member, most: int) -> Sequence[H]:
    """What of theirs has words yet, the oldest first: they go. The caller tells of it."""
    left = select(kind).where(kind.author_id == member.id, kind.body != "")
    held = tx.scalars(left.order_by(kind.id).limit(most)).all()
    for one in held:
        tx.forget_turns()
        tx.lock(*one.chain)
        one.blank(now(tx))
    return held
