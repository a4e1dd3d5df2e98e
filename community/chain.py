"""The chain over the audit: each seal is an HMAC over its entry and the seal before it.

A deed does not wait for its seal. One chain has one end, so to seal in the deed's transaction would
let deeds that have nothing to do with each other happen one by one, under a lock that stands in no
order. The worker seals what is unsealed a moment later, in the order in which it finds it: seals
are numbered without a gap, whatever the ids of entries are and whenever their transactions commit.

What that is worth. Past the triggers, an entry can be changed unseen while it has no seal: one
round of the worker. What is changed, removed or moved after that is found by whoever has the key
(tampering.py); what was cut off the end, by whoever kept an anchor elsewhere. Who reads the key and
writes to the database can make the chain anew from any seal on: an anchor from behind it finds
that. An entry that somebody adds by hand is sealed as any other.

`hash` is HMAC-SHA256, in hex, over the JSON array (RFC 8259; ASCII, no blanks, keys in order) of
number, key id, hash of the seal before (64 zeros for the first), time of the seal, and of the
entry's id, actor id, verb, subject, details and time; times are ISO 8601 in UTC. A key is made of a
secret by HKDF-SHA256 (RFC 5869) and known by the beginning of its SHA-256.
"""

import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from community.audit import AuditEntry, Seal, Unsealed
from community.clock import now
from community.database import Transaction

START = "0" * 64  # what the first seal has in place of a hash before it
SOME = 500  # entries one round seals; the next round takes the rest


class Keys(NamedTuple):
    """One seals; the others know again what they sealed when it was their turn."""

    current: str
    known: dict[str, bytes]  # by id

    @classmethod
    def of(cls, secrets: Iterable[bytes]) -> Self:
        """The first of them seals."""
        known = {sha256(key).hexdigest()[:16]: key for key in map(_made_of, secrets)}
        return cls(next(iter(known)), known)


class Link(NamedTuple):
    """All that a seal is over, in this order."""

    number: int
    key_id: str
    previous: str
    sealed_at: datetime
    entry_id: int
    actor_id: int | None
    verb: str
    subject: str
    details: dict[str, Any]
    done_at: datetime

    def hash(self, key: bytes) -> str:
        told = json.dumps(self, sort_keys=True, separators=(",", ":"), default=_plain)
        return hmac.digest(key, told.encode(), "sha256").hex()


def last_seal(session: Session) -> Seal | None:
    return session.scalar(select(Seal).order_by(Seal.number.desc()).limit(1))


def seal_entries(tx: Transaction, keys: Keys) -> None:
    """The worker's chore. Where two are at it, the number lets one of them begin again."""
    found = tx.execute(_ENTRIES).all()
    last = last_seal(tx) if found else None
    end, previous = (last.number, last.hash) if last else (0, START)
    seals = []
    for number, entry in enumerate(found, end + 1):
        link = Link(number, keys.current, previous, now(tx), *entry)
        seals.append(_row(link, previous := link.hash(keys.known[keys.current])))
    if seals:
        tx.execute(insert(Seal), seals)
        sealed = [seal["entry_id"] for seal in seals]
        tx.execute(delete(Unsealed).where(Unsealed.entry_id.in_(sealed)))


_ENTRIES = (
    select(
        AuditEntry.id,
        AuditEntry.actor_id,
        AuditEntry.verb,
        AuditEntry.subject,
        AuditEntry.details,
        AuditEntry.done_at,
    )
    .join(Unsealed, Unsealed.entry_id == AuditEntry.id)
    .order_by(AuditEntry.id)
    .limit(SOME)
)


def _row(link: Link, hash: str) -> dict[str, Any]:
    return {name: getattr(link, name) for name in _KEPT} | {"hash": hash}


_KEPT = ("number", "key_id", "previous", "sealed_at", "entry_id")


def _made_of(secret: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"audit").derive(secret)


def _plain(value: object) -> str:
    """A time; and whatever else somebody put into a column, which is not what was sealed."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else repr(value)
