"""Whether the audit is what it was: every seal, in order, from the first to the last."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import Select, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from community.audit import AuditEntry, Seal
from community.chain import START, Keys, Link, last_seal

SOME = 2_000  # seals that are read at a time
# What a column can hold that nobody could have written there through us.
UNREADABLE = (ArithmeticError, ValueError, TypeError, RecursionError, DBAPIError)


class Anchor(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The end of the chain at some time, kept where nobody who writes to the database writes."""

    count: int  # of seals
    hash: str  # of the last of them
    key: str  # its id
    at: datetime


class Tampering(StrEnum):
    EDITED = "edited"
    REMOVED = "removed"
    MOVED = "moved"
    CUT_OFF = "cut off"
    MADE_ANEW = "made anew"
    UNKNOWN_KEY = "unknown key"
    UNREADABLE = "unreadable"


class Fault(NamedTuple):
    what: Tampering
    number: int  # of the seal
    sentence: str


class Waiting(NamedTuple):
    """Entries without a seal."""

    number: int
    since: datetime | None
    first: list[int]  # of their ids


def anchor_of(session: Session) -> Anchor | None:
    last = last_seal(session)
    if last is None:
        return None
    return Anchor(count=last.number, hash=last.hash, key=last.key_id, at=last.sealed_at)


def faults(session: Session, keys: Keys, anchors: Iterable[Anchor]) -> Iterator[Fault]:
    """Each as it is found; of a chain of any length a few seals are in memory."""
    anchored = _by_count(anchors)
    number, hash = 0, START
    for seal in _seals(session):
        if seal.number > number + 1:
            yield _gap(number + 1, seal.number - 1)
        elif _UNKNOWN not in (hash, seal.previous) and seal.previous != hash:
            yield _fault(Tampering.MOVED, seal, "does not follow the seal before it.")
        yield from _broken(seal, keys)
        for anchor in anchored.pop(seal.number, ()):
            yield from _made_anew(seal, anchor)
        number, hash = seal.number, seal.hash
    for _count, (anchor, *_others) in sorted(anchored.items()):
        yield _not_there(anchor, number)


def waiting(session: Session, some: int = 10) -> Waiting:
    """For their seal. The worker's next round is when they get it."""
    sealed = select(Seal.number).where(Seal.entry_id == AuditEntry.id).exists()
    number, since = session.execute(
        select(func.count(), func.min(AuditEntry.done_at)).where(~sealed)
    ).one()
    first = select(AuditEntry.id).where(~sealed).order_by(AuditEntry.id).limit(some)
    return Waiting(number, since, [*session.scalars(first)] if number else [])


def _broken(seal: Any, keys: Keys) -> Iterator[Fault]:
    if seal.hash == _UNKNOWN:
        yield _fault(Tampering.UNREADABLE, seal, "or its entry holds what cannot be read.")
    elif seal.found is None:
        yield _fault(Tampering.REMOVED, seal, f"is of entry {seal.entry_id}, which is gone.")
    elif (key := keys.known.get(seal.key_id)) is None:
        unknown = f"was made with the key {seal.key_id}, which is none of ours."
        yield _fault(Tampering.UNKNOWN_KEY, seal, unknown)
    elif Link(*seal[: len(Link._fields)]).hash(key) != seal.hash:
        edited = f"and its entry {seal.entry_id} are not what was sealed."
        yield _fault(Tampering.EDITED, seal, edited)


def _made_anew(seal: Any, anchor: Anchor) -> Iterator[Fault]:
    if seal.hash != anchor.hash:
        yield _fault(Tampering.MADE_ANEW, seal, f"is not the one that was anchored at {anchor.at}.")


def _gap(first: int, last: int) -> Fault:
    gone = f"Seal {first} is gone." if first == last else f"Seals {first} to {last} are gone."
    return Fault(Tampering.REMOVED, first, gone)


def _not_there(anchor: Anchor, last: int) -> Fault:
    if anchor.count < last:
        sentence = f"Seal {anchor.count}, anchored at {anchor.at}, is not there."
        return Fault(Tampering.REMOVED, anchor.count, sentence)
    sentence = f"The chain ends at {last}; at {anchor.at} it had {anchor.count} seals."
    return Fault(Tampering.CUT_OFF, anchor.count, sentence)


def _fault(what: Tampering, seal: Any, sentence: str) -> Fault:
    return Fault(what, seal.number, f"Seal {seal.number} {sentence}")


_UNKNOWN = ""  # the hash of a seal that cannot be read


class _Unread(NamedTuple):
    number: int
    previous: str = _UNKNOWN
    hash: str = _UNKNOWN


def _seals(session: Session) -> Iterator[Any]:
    """Each with its entry, by number."""
    last = None
    while rows := _read(session, _after(last)):
        yield from rows
        last = rows[-1].number


def _read(session: Session, seals: Select[Any]) -> list[Any]:
    """One by one where they cannot be read together: the one that cannot be has a number."""
    try:
        with session.begin_nested():
            return [*session.execute(seals)]
    except UNREADABLE:
        numbers = session.scalars(seals.with_only_columns(Seal.number))
        return [_read_alone(session, number) for number in numbers.all()]


def _read_alone(session: Session, number: int) -> Any:
    try:
        with session.begin_nested():
            return session.execute(_SEALS.where(Seal.number == number)).one()
    except UNREADABLE:
        return _Unread(number)


def _after(number: int | None) -> Select[Any]:
    seals = _SEALS.order_by(Seal.number).limit(SOME)
    return seals if number is None else seals.where(Seal.number > number)


_SEALS = select(
    Seal.number,
    Seal.key_id,
    Seal.previous,
    Seal.sealed_at,
    Seal.entry_id,
    AuditEntry.actor_id,
    AuditEntry.verb,
    AuditEntry.subject,
    AuditEntry.details,
    AuditEntry.done_at,
    Seal.hash,
    AuditEntry.id.label("found"),
).outerjoin(AuditEntry, AuditEntry.id == Seal.entry_id)


def _by_count(anchors: Iterable[Anchor]) -> dict[int, list[Anchor]]:
    found: dict[int, list[Anchor]] = defaultdict(list)
    for anchor in anchors:
        found[anchor.count].append(anchor)
    return found
