"""A moderator in a process of their own: what they did is part of the history."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import TypeVar

from sqlalchemy import select

from channels.actions import hide_message, restore_message
from channels.joining import invite, remove
from channels.models import Message
from community.database import Database, Transaction
from community.errors import Busy, NotFound
from community.members.models import Member
from tests.cast import ADA, FAY
from tests.history import Hidden, History, Revoked

T = TypeVar("T")

HELD = 4.0  # seconds something stays hidden, or somebody outside
PAUSE = 0.5  # seconds until the next, or until another try
LATEST = 20  # messages of a channel, of which one is hidden


async def hide_and_restore(
    history: History, db: Database, channels: Sequence[int], until: float
) -> None:
    while time.monotonic() < until:
        channel = random.choice(channels)
        if found := await _done(db, partial(_hide_one, channel=channel)):
            id, rev = found
            hidden = Hidden(f"channel:{channel}", f"message-{id}", rev, time.monotonic())
            history.hidden.append(hidden)
            await asyncio.sleep(HELD)
            history.hidden[-1] = hidden = hidden._replace(until=time.monotonic())
            restored = await _restored(db, id)
            history.hidden[-1] = hidden._replace(until_rev=restored or rev + 1)
        await asyncio.sleep(PAUSE)


async def remove_and_admit(
    history: History, db: Database, channel: int, member: int, until: float
) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(HELD)
        await _done(db, lambda tx: _remove(tx, channel, member))
        ended = Revoked(member, f"channel:{channel}", time.monotonic())
        history.revoked.append(ended)
        await asyncio.sleep(HELD)
        history.revoked[-1] = ended._replace(until=time.monotonic())
        await _done(db, lambda tx: invite(tx, tx.get_one(Member, FAY), channel, member))


async def _done(db: Database, deed: Callable[[Transaction], T]) -> T:
    """As often as it takes; a deed that was done already is done."""
    while True:
        with suppress(Busy):  # the database is away just now
            return await db.act(deed)
        await asyncio.sleep(PAUSE)


async def _restored(db: Database, id: int) -> int | None:
    """The rev it was restored with; None where an earlier try may have done it, too."""
    with suppress(Busy):
        return await db.act(_restore, id)
    await _done(db, lambda tx: _restore(tx, id))
    return None


def _hide_one(tx: Transaction, channel: int) -> tuple[int, int] | None:
    """Its id, and the rev since which it is hidden or an earlier one."""
    of = select(Message).where(Message.stream_id == channel, Message.withdrawn_at.is_(None))
    latest = tx.scalars(of.order_by(Message.seq.desc()).limit(LATEST)).all()
    hidden = [message for message in latest if message.hidden_at]  # by a try we do not know of
    if not latest:
        return None
    message = random.choice(hidden or latest)
    if not hidden:
        hide_message(tx, message)
    return message.id, message.rev


def _restore(tx: Transaction, id: int) -> int:
    message = tx.get_one(Message, id)
    restore_message(tx, message)
    return message.rev


def _remove(tx: Transaction, channel: int, member: int) -> None:
    with suppress(NotFound):  # by a try before
        remove(tx, tx.get_one(Member, ADA), channel, member)
