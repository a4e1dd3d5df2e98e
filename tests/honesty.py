"""What every answer is held to: nothing breaks, and what was refused left nothing behind."""

import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing
from typing import NamedTuple

import asyncpg
import pytest
from sqlalchemy import make_url

from community.database import Base, Transaction
from community.members import actions as members
from community.settings import Settings
from community.site import site_of
from tests.cast import ADA, BO, DEE, FAY
from tests.conftest import Town
from tests.junk import Request
from tests.raw import Answer, Raw, raw
from web.worker import Worker, chores

Numbers = Callable[[str], Awaitable[list[int]]]  # what a question in SQL is answered with

ASKING = (0, BO, DEE, ADA, FAY)  # nobody, a member, an official, a moderator, an administrator


class Counts(NamedTuple):
    """How many rows each table has, but for the sign-ins we open ourselves."""

    written: int  # another one whenever anything was committed since
    rows: tuple[int, ...]


class Judge:
    def __init__(
        self, town: Town, line: Raw, numbers: Numbers, log: pytest.LogCaptureFixture
    ) -> None:
        self._town, self._line, self._numbers, self._log = town, line, numbers, log
        self._tokens: dict[int, str] = {}
        self._counts: Counts | None = None

    async def ask(self, request: Request) -> None:
        before = self._counts or await self.counts()
        who = ASKING[request.who]
        answer = await self._line.ask(
            request.method, request.target, [*await self._signed_in(who), *request.headers],
            request.body,
        )  # fmt: skip
        await self._must_be_honest(request, answer, before)
        if answer.status in {401, 503} or "clear-site-data" in answer.headers:
            self._tokens.pop(who, None)
            await self._town.db.act(_open_again)

    async def _must_be_honest(self, request: Request, answer: Answer, before: Counts) -> None:
        sound = answer.status < 500 or "retry-after" in answer.headers
        assert sound, f"{request} {answer.text[:500]}"
        self.nothing_broke()
        if request.method not in {"GET", "HEAD"}:
            after = await self.counts()
            assert answer.status < 400 or after.rows == before.rows, f"stored: {request} {answer}"

    @classmethod
    @asynccontextmanager
    async def judging(cls, town: Town, log: pytest.LogCaptureFixture) -> AsyncIterator["Judge"]:
        async with raw(town.origin) as line, asked(town.settings) as numbers:
            judge = cls(town, line, numbers, log)
            await judge.a_round_is_worked()  # the app's own first round finds nothing left to do
            yield judge
            await judge.a_round_is_worked()

    async def a_round_is_worked(self) -> None:
        """Not meanwhile: what is stored beside a refused request has come with it."""
        await Worker(self._town.db, chores(self._town.settings)).round()
        self._counts = None
        self.nothing_broke()

    def nothing_broke(self) -> None:
        errors = (r for r in self._log.records if r.levelno >= logging.ERROR)
        # What an earlier test's browser left undone is found whenever rubbish is looked for.
        broken = [r for r in errors if "playwright" not in r.getMessage()]
        assert not broken, [f"{r.getMessage()} {r.exc_info}" for r in broken]

    async def counts(self) -> Counts:
        """Most of what is refused writes nothing at all, which is known without counting."""
        (written,) = await self._numbers(WRITTEN[self._town.settings.embedded])
        if self._counts is None or self._counts.written != written:
            self._counts = Counts(written, tuple(await self._numbers(COUNT_ALL)))
        return self._counts

    async def _signed_in(self, who: int) -> Sequence[tuple[str, str]]:
        if who and who not in self._tokens:
            self._tokens[who] = await self._town.db.act(members.sign_in, who)
        cookie = [("cookie", f"sid={self._tokens[who]}")] if who else []
        return [("origin", self._town.origin), *cookie]


WRITTEN = {
    True: "PRAGMA data_version",
    False: "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
}

COUNT_ALL = " UNION ALL ".join(
    f"SELECT count(*) FROM {table.name}"
    for table in Base.metadata.sorted_tables
    if table.name != "sign_ins"
)


@asynccontextmanager
async def asked(settings: Settings) -> AsyncIterator[Numbers]:
    """The database, by a line of our own: it is asked before and after each of many thousands."""
    url = make_url(settings.database_url)
    if settings.embedded:
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as file:

            async def read(question: str) -> list[int]:
                return [row[0] for row in file.execute(question)]

            yield read
    else:
        door = await asyncpg.connect(
            user=url.username, database=url.database, host=url.query["host"]
        )

        async def ask(question: str) -> list[int]:
            return [row[0] for row in await door.fetch(question)]

        yield ask
        await door.close()


def _open_again(tx: Transaction) -> None:
    """An administrator may have closed it for maintenance, which is an answer we understand."""
    site_of(tx).read_only = False
