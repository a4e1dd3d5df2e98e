"""What passes have in common, in which many write at once (channels/saying.py, forum/replying.py):
one lock of all streams, one look for keys, one for mandates, however many they carry."""

from collections.abc import Collection, Iterator
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, select

from community.database import Transaction
from community.errors import Conflict, Denied
from community.keyed import found, keyed
from community.members.models import Member
from community.organisations.models import Mandate
from community.organisations.policies import NO_MANDATE, may_speak_for
from community.policies import require
from community.streams import Entry, Stream
from community.words import _

S = TypeVar("S", bound=Stream)

Key = tuple[int, str]  # author, key


def held_together(tx: Transaction, kind: type[S], ids: Collection[int]) -> dict[int, S]:
    """By id, in house order: until we commit nobody else changes them, or anything in them."""
    return {stream.id: stream for stream in tx.scalars(_holding(kind), {"ids": list(ids)})}


@cache
def _holding(kind: type[S]) -> Select[Any]:
    asked = select(kind).where(kind.id.in_(bindparam("ids", expanding=True))).order_by(kind.id)
    return asked.with_for_update(key_share=True, of=kind)


def stored_with(kind: type[Entry], *columns: Any) -> Select[Any]:
    """What earlier() asks, built only once."""
    key = (kind.author_id, kind.key)
    return keyed(select(*key, *columns), *key)


def earlier(tx: Transaction, stored: Select[Any], keys: Collection[Key]) -> dict[Key, Any]:
    """The rows stored with these keys, each beginning with its own."""
    rows: Iterator[Any] = found(tx, stored, keys)
    return {(row[0], row[1]): row for row in rows}


def clash(before: str, sent: str) -> Conflict | None:
    """Of what was sent with the same key, then and now."""
    return None if before == sent else Conflict(_("This key was used for something else."))


def mandates_among(tx: Transaction, ids: Collection[int]) -> dict[int, Mandate]:
    if not ids:
        return {}
    return {one.id: one for one in tx.scalars(select(Mandate).where(Mandate.id.in_(ids)))}


def must_hold(member: Member, mandate_id: int | None, mandates: dict[int, Mandate]) -> None:
    """Raises Denied where the member speaks for somebody and may not."""
    if mandate_id:
        mandate = mandates.get(mandate_id)
        if mandate is None:
            raise Denied(NO_MANDATE)
        require(may_speak_for(member, mandate))
