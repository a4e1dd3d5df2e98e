"""A queue of a hundred thousand cases: what its pages cost whoever moderates everywhere, in a
province or in a regency.

Asked one after another over one connection; the time is that of the answer as the client has it.
Beside it, in milliseconds, what the processors did for one: of the web process and the database.
"""

import re
from collections.abc import Iterator

import httpx2
from sqlalchemy import text

from community.bus import MemoryBus
from community.database import Transaction
from community.members.actions import appoint_at_first, sign_in
from community.members.models import Member, Role, Scope
from community.migrating import on_connection
from community.opening import open_database
from tests.bench.many_cases import Size, Writer
from tests.bench.one_by_one import one_by_one
from tests.bench.reporting import Result
from tests.bench.setups import SETUPS
from tests.cast import move_in
from web.migrations import migrate

FAR = 50  # pages from the first
WHERE = {"everywhere": "", "province": "32", "regency": "32.05"}
WHOLE = Size()
CASES = f"{WHOLE.cases:,} cases, {WHOLE.waiting:,} of them open"
NEXT = re.compile(r'rel="next" href="([^"]+)"')
CASE = re.compile(r'id="case-(\d+)"')


def queue() -> Iterator[Result]:
    for setup, place in SETUPS.items():
        with place(_written) as there:
            for where, token in there.written.items():
                how = f"{setup}, moderating {where}, {CASES}"
                yield from one_by_one(there, token, "queue", _pages, how)


def _pages(client: httpx2.Client) -> dict[str, str]:
    first = client.get("/moderation").text
    older = NEXT.search(first)
    listed = CASE.findall(first)
    pages = {
        "page": "/moderation",
        "reason": "/moderation?reason=spam",
        "kind": "/moderation?kind=message",
        "late": "/moderation?age=late",
        "urgent": "/moderation?priority=1",
        "lens": "/moderation?region=32&cluster=food",
        "appeals": "/moderation?kind=appeal",
        "mine": "/moderation?show=mine",
        "decided": "/moderation?show=decided",
        "decided_reason": "/moderation?show=decided&reason=spam",
        "decided_lens": "/moderation?show=decided&region=32.05",
        "decided_kind": "/moderation?show=decided&kind=message",
        "decided_orders": "/moderation?show=decided&kind=order",
        "decided_far": _page(client, "/moderation?show=decided", FAR),
        "numbers": "/moderation/numbers?days=90",
        "row": f"/cases/{listed[-1]}/row",
        "case": f"/cases/{listed[-1]}",
    }
    return pages | ({"second": f"/moderation{older[1]}".replace("&amp;", "&")} if older else {})


def _page(client: httpx2.Client, address: str, number: int) -> str:
    """As one gets there: page after page, or the last there is."""
    for _turned in range(number - 1):
        if not (older := NEXT.search(client.get(address).text)):
            break
        address = f"/moderation{older[1]}".replace("&amp;", "&")
    return address


async def _written(url: str) -> dict[str, str]:
    """The sign-ins of those who moderate, by where."""
    await on_connection(url, migrate)
    db = open_database(url, MemoryBus())
    await db.act(move_in)
    writer = Writer(db, WHOLE)
    await writer.write()
    who = zip(WHERE.items(), writer.moderators, strict=False)
    tokens = {where: await db.act(_appointed, id, region) for (where, region), id in who}
    await db.act(_analysed)
    await db.close()
    return tokens


def _appointed(tx: Transaction, member_id: int, region: str) -> str:
    member = tx.get_one(Member, member_id)
    appoint_at_first(tx, member, Role.MODERATOR, Scope(region=region))
    return sign_in(tx, member_id)


def _analysed(tx: Transaction) -> None:
    """As PostgreSQL does by itself after a while, and `PRAGMA optimize` on SQLite."""
    tx.execute(text("ANALYZE"))
