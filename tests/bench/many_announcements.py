"""A country of members and what its offices announced to them over the years; and a manuscript for
all of them that only has to be handed in. The rows go past the actions, as those of large.py do."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

from sqlalchemy import func, select, text

from community.bus import MemoryBus
from community.clock import now
from community.database import Database, Transaction
from community.members.actions import sign_in
from community.members.models import Member
from community.migrating import on_connection
from community.opening import open_database
from community.places import Cluster, Theme, provinces, regencies
from community.site import Seconding, found, site_of
from forum.announcements.models import Announcement, Draft, Receipt
from forum.manuscripts.actions import write
from tests.bench import large
from tests.cast import CY, DEE, DEE_FOR_OFFICE, HARBOUR_OFFICE, move_in
from web.migrations import migrate

MEMBERS = 100_000
WHOLE = 10_000  # announcements
FEW = 50  # of their receipts for each of the first members
READERS = 5_000  # members who are signed in, and acknowledge
DAYS = 700
ASKS = 10  # the tenth of them asks to be acknowledged


class Kept(NamedTuple):
    url: str
    epoch: str
    official: str  # sign-ins
    speaker: str
    members: list[str]
    manuscript: int
    told: int  # whom it is for


async def written(url: str) -> Kept:
    await on_connection(url, migrate)
    db = open_database(url, MemoryBus())
    await db.act(move_in)
    writer = _Writer(db)
    await writer.write()
    members = [
        token
        for n in range(0, READERS, 500)
        for token in await db.act(_signed_in, writer.first_member + n, 500)
    ]
    manuscript = await db.act(_manuscript)
    told = await db.look(lambda session: session.scalars(select(func.count(Member.id))).one() - 1)
    official, speaker = await db.act(sign_in, DEE), await db.act(sign_in, CY)
    kept = Kept(url, await db.act(found), official, speaker, members, manuscript, told)
    await db.act(lambda tx: tx.execute(text("ANALYZE")) and None)
    await db.close()
    return kept


class _Writer(large.Writer):
    def __init__(self, db: Database) -> None:
        super().__init__(db, large.Size(topics=1, posts=1, members=MEMBERS))
        self.chance = Random(large.SEED)

    async def write(self) -> None:
        self.first_member = await self.next_id(Member)
        self.at = await self.db.look(now)
        self.began = self.at - timedelta(days=DAYS)
        self.texts = large._texts(self.chance)
        await self.put("members", Member, self._members(), MEMBERS)
        await self.put("announced", Announcement, self._announcements(), WHOLE)
        await self.put("receipts", Receipt, self._receipts(), READERS * FEW)

    def _members(self) -> Iterator[dict[str, Any]]:
        places = list(regencies())
        for row in super()._members():
            yield row | {"region": self.chance.choice(places)}

    def _announcements(self) -> Iterator[dict[str, Any]]:
        """Half of them for a regency or a province, a third not for visitors."""
        regions = ["", *provinces(), *regencies()]
        for n in range(WHOLE):
            body, html = self.chance.choice(self.texts)
            at = self.began + n * timedelta(days=DAYS) / WHOLE
            yield {
                "organisation_id": HARBOUR_OFFICE, "author_id": DEE, "key": f"bench-{n}",
                "published_at": at, "title": " ".join(body.split()[:8])[:100], "body": body,
                "html": html, "region": self.chance.choice(regions) if n % 2 else "",
                "cluster": self.chance.choice(["", *Cluster]),
                "theme": self.chance.choice(["", *Theme]), "public": n % 3 > 0,
                "acknowledge_by": at + timedelta(days=7) if n % ASKS == 0 else None,
            }  # fmt: skip

    def _receipts(self) -> Iterator[dict[str, Any]]:
        """Of the first members, for any of them; all acknowledged what asked for it."""
        for member in range(READERS):
            for n in self.chance.sample(range(WHOLE), FEW):
                yield {"announcement_id": n + 1, "member_id": self.first_member + member,
                       "acknowledged_at": self.at}  # fmt: skip


def _signed_in(tx: Transaction, first: int, many: int) -> list[str]:
    return [sign_in(tx, first + n) for n in range(many)]


def _manuscript(tx: Transaction) -> int:
    site_of(tx).seconding = Seconding.NEVER
    draft = Draft("Panggilan untuk semua", "Mohon **dibaca** dan dikonfirmasi.",
                  acknowledge_by=now(tx) + timedelta(days=7))  # fmt: skip
    return write(tx, tx.get_one(Member, DEE), DEE_FOR_OFFICE, draft, key="bench").id
