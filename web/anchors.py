"""The end of the audit's chain, written down every hour where the database is not.

A file of lines, one JSON object each; a line is added and nothing else. What is kept beside the
database goes with it: AKAR_AUDIT_ANCHORS names a file on another disk, `akar audit anchor` prints a
line to be kept by somebody else, and a letter brings one each day.
"""

import asyncio
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import DecodeError, json
from sqlalchemy import select

from community.clock import now
from community.database import Database, Transaction
from community.errors import Busy
from community.letters import MailKind
from community.members.models import Member, Role
from community.outbox import Mail, post, post_to
from community.settings import Impossible, Settings, make_private
from community.tampering import Anchor, anchor_of

log = logging.getLogger(__name__)

EVERY = 3600  # seconds
LOCALE = "id"  # of a letter to an address of which we know no more
ADMINISTRATORS = (
    select(Member)
    .where(Member.role == Role.ADMINISTRATOR, Member.suspended_until.is_(None))
    .order_by(Member.id)
)


class Anchors:
    def __init__(self, db: Database, settings: Settings, every: float = EVERY) -> None:
        self._db = db
        self._path = Path(settings.audit_anchors)
        self._every = every

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.round()
            except (Busy, OSError) as trouble:
                log.warning("the audit is not anchored: %s", trouble)
            await asyncio.sleep(self._every)

    async def round(self) -> None:
        """Adds a line, where the chain has grown since the last one."""
        if anchor := await self._db.look(anchor_of):
            await asyncio.to_thread(_add, self._path, line_of(anchor))


def mail_anchor(tx: Transaction, address: str) -> None:
    """The worker's: once a day, as UTC counts them, which is in the morning for our people."""
    if (anchor := anchor_of(tx)) is None or _is_mailed(tx):
        return
    line = line_of(anchor)
    if address:
        post(tx, MailKind.ANCHOR, address, LOCALE, count=anchor.count, anchor=line)
        return
    for administrator in tx.scalars(ADMINISTRATORS):
        post_to(tx, administrator, MailKind.ANCHOR, count=anchor.count, anchor=line)


def _is_mailed(tx: Transaction) -> bool:
    """Today. It is among the first of a day, so that few are looked at."""
    today = now(tx).replace(hour=0, minute=0, second=0, microsecond=0)
    mailed = select(Mail.id).where(Mail.kind == MailKind.ANCHOR, Mail.made_at >= today)
    return tx.scalar(mailed.limit(1)) is not None


def line_of(anchor: Anchor) -> str:
    return json.encode(anchor).decode()


def anchors_in(path: Path) -> Iterator[Anchor]:
    """Raises Impossible for a line that is none, and where there is no such file."""
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                yield _read(line, f"{path}, line {number}")
    except OSError as error:
        raise Impossible(f"{path} cannot be read: {error.strerror}.") from error


def _read(line: bytes, where: str) -> Anchor:
    try:
        return json.decode(line, type=Anchor)
    except (DecodeError, UnicodeDecodeError) as error:
        raise Impossible(f"{where} is no anchor: {error}.") from error


def _add(path: Path, line: str) -> None:
    """On the disk when it returns."""
    make_private(path.parent)
    door = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with open(door, "rb+", buffering=0) as file:
        file.seek(-min(len(line) + 1, file.seek(0, os.SEEK_END)), os.SEEK_END)
        if file.read() != f"{line}\n".encode():
            file.write(f"{line}\n".encode())
            os.fsync(door)
