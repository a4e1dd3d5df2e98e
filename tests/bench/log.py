"""A log of a million lines: what it costs to seal them, to look through all of them for what was
changed, and what its pages cost whoever administers, moderates everywhere or in a regency.

The pages are asked for one after another over one connection; beside the time of the answer, in
milliseconds, what the processors did for one. Of `akar audit verify` beside its time, in MB, what
it held in memory at most.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any, NamedTuple

import httpx2
from sqlalchemy import text
from sqlalchemy.orm import Session

from community.audit import AuditEntry, fingerprint
from community.bus import MemoryBus
from community.chain import SOME, Keys, seal_entries
from community.database import Database, Transaction
from community.members.actions import appoint_at_first, sign_in
from community.members.models import Member, Role, Scope
from community.migrating import on_connection
from community.opening import open_database
from community.tampering import anchor_of
from tests.bench.large import SEED
from tests.bench.many_cases import Size, Writer
from tests.bench.one_by_one import one_by_one
from tests.bench.reporting import Result
from tests.bench.setups import SETUPS
from tests.cast import FAY, move_in
from web.cli import progress
from web.migrations import migrate

LINES = 1_000_000
WHOLE = Size()
KEY = "a-key-of-the-bench-and-of-nothing-else"
NEXT = re.compile(r'rel="next" href="([^"]+)"')
EVIDENCE = fingerprint("a text that was reported")
OF_A_CASE = ("opened", "flagged", "claimed", "released", "claimed", "taken_over", "decided")


class Kept(NamedTuple):
    tokens: dict[str, str]  # by who looks
    sealed: float  # lines a second
    verified: float  # seconds
    memory: float  # MB


def large_log() -> Iterator[Result]:
    for setup, place in SETUPS.items():
        how = f"{setup}, {LINES:,} lines, {WHOLE.cases:,} cases"
        with place(_written) as there:
            yield Result("log_sealed", there.written.sealed, "lines/s", how)
            beside = {"mb": there.written.memory}
            yield Result("log_verified", there.written.verified, "s", how, beside)
            for who, token in there.written.tokens.items():
                yield from one_by_one(there, token, "log", _pages, f"{how}, {who}")


def _verified(url: str) -> tuple[float, float]:
    """Before it is served, for who serves seals with a key of their own."""
    env = {**os.environ, "AKAR_DATABASE_URL": url, "AKAR_AUDIT_KEYS": KEY}
    began = time.perf_counter()
    verify = [sys.executable, "-m", "web.cli", "audit", "verify"]
    process = subprocess.Popen(verify, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    said = process.stdout.read()
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - began
    assert process.returncode == 0, said
    return took, used.ru_maxrss / 1024


def _pages(client: httpx2.Client) -> dict[str, str]:
    older = NEXT.search(client.get("/moderation/log").text)
    queries = {
        "page": "",
        "second": older[1].lstrip("?").replace("&amp;", "&") if older else "",
        "deep": f"before={LINES // 2}",
        "actor": "actor=Warga%201",
        "verb": "verb=member.appointed",
        "seldom": "verb=topic.locked&actor=Warga%2011",
        "case": "subject=Case%2077",
        "subject": "subject=kirim",
        "channel": "subject=Kanal%2012",
        "nothing": "subject=tidak-ada-yang-begini",
        "days": "since=2026-01-01&until=2026-01-31&verb=case.decided",
        "long_ago": "until=2025-12-31",
    }
    return {name: f"/moderation/log?{query}" for name, query in queries.items()}


async def _written(url: str) -> Kept:
    await on_connection(url, migrate)
    db = open_database(url, MemoryBus())
    await db.act(move_in)
    writer = Writer(db, WHOLE)
    await writer.write()
    await writer.forum.put("log", AuditEntry, _entries(writer), LINES)
    sealed = await _sealed(db)
    everywhere, regency, *_others = writer.moderators
    tokens = {
        "administering": await db.act(sign_in, FAY),
        "moderating everywhere": await db.act(_appointed, everywhere, ""),
        "moderating a regency": await db.act(_appointed, regency, "32.05"),
    }
    await db.act(lambda tx: tx.execute(text("ANALYZE")) and None)
    await db.close()
    return Kept(tokens, sealed, *_verified(url))


def _entries(writer: Writer) -> Iterator[dict[str, Any]]:
    """Nine of ten are about cases, as they came; the others about whatever there is."""
    chance = Random(SEED)
    step = timedelta(days=400) / LINES
    of_cases = len(OF_A_CASE)
    for n in range(LINES):
        done_at = writer.at - step * (LINES - n)
        moderator = chance.choice(writer.moderators)
        if n % 10:
            case, deed = divmod(n, of_cases)
            yield _entry(
                moderator
                if deed > 1
                else (writer.forum.first_member + case % 500 if deed else None),
                f"case.{OF_A_CASE[deed]}",
                f"case:{writer.first_case + case % WHOLE.cases}",
                done_at,
                {"evidence": EVIDENCE, "reason": "spam", "ruling": "act", "decision": case},
            )
        else:
            verb, subject = chance.choice(_OTHERS)
            number = chance.randrange(*_RANGES[subject])
            yield _entry(moderator, verb, f"{subject}:{number}", done_at, {})


def _entry(
    actor: int | None, verb: str, subject: str, done_at: Any, details: dict[str, Any]
) -> dict[str, Any]:
    return {"actor_id": actor, "verb": verb, "subject": subject, "done_at": done_at,
            "details": details}  # fmt: skip


_RANGES = {"topic": (5, 10_000), "post": (1, 100_000), "message": (1, 30_000),
           "member": (8, 2_000), "channel": (9, 38)}  # fmt: skip
_OTHERS = (
    ("topic.locked", "topic"), ("topic.pinned", "topic"), ("restriction.ended", "post"),
    ("restriction.ended", "message"), ("member.appointed", "member"),
    ("channel.removed", "channel"),
)  # fmt: skip


async def _sealed(db: Database) -> float:
    keys, rounds = Keys.of([KEY.encode()]), -(-LINES // SOME)
    began = time.perf_counter()
    with progress(f"{'seals':>10}") as told:
        for n in range(rounds):
            await db.act(seal_entries, keys)
            told(n + 1, rounds)
    took = time.perf_counter() - began
    assert await db.look(_count) == LINES
    return LINES / took


def _count(session: Session) -> int:
    anchor = anchor_of(session)
    return anchor.count if anchor else 0


def _appointed(tx: Transaction, member_id: int, region: str) -> str:
    appoint_at_first(tx, tx.get_one(Member, member_id), Role.MODERATOR, Scope(region=region))
    return sign_in(tx, member_id)
