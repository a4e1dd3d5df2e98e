"""What the worker's chores share: each row that is due is a deed of its own."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from sqlalchemy import Select, inspect

from community.database import Base, Transaction

SOME = 100  # rows one round of a chore takes; the next round takes the rest

B = TypeVar("B", bound=Base)


def each_due(
    tx: Transaction,
    due: Select[B],
    hold: Callable[[Transaction, B], None] | None = None,
    *,
    most: int = SOME,
) -> Iterator[B]:
    """Each is held with its chain, or by `hold`, and left out where it is not due any more then:
    while we waited somebody was quicker, or one of those before it settled it, too. Where one takes
    long, `most` are fewer: who writes waits for the whole round.

    Locks of different rows may be in any order, as those of different transactions may."""
    for row in tx.scalars(due.limit(most)).all():
        tx.forget_turns()
        hold(tx, row) if hold else tx.lock(*row.chain)
        if tx.scalar(_only(due, row)) is not None:
            yield row


def _only(due: Select[B], row: B) -> Select[B]:
    state = inspect(row)
    key = zip(state.mapper.primary_key, state.identity or (), strict=True)
    return due.where(*(column == value for column, value in key))
