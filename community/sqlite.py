"""Rows in one file, for one process: a writer thread that shares commits, and a reader thread.

Whoever is waiting when the writer is free rides in the same transaction: each call in its own
savepoint, one commit to disk for all of them, and only then does anybody get an answer. Who comes
alone needs no savepoint.
"""

import asyncio
import fcntl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import IO, Any, Generic, TypeVar, cast

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.orm import Session

from community.bus import Bus, Event
from community.compiled import Compiled
from community.database import Database, Transaction
from community.errors import Busy
from community.failpoints import reach
from community.words import _

T = TypeVar("T")
S = TypeVar("S", bound=Session)

TOGETHER = 64  # calls that share one commit: what one of them waits for the others is bounded
WAITING = 2_000  # calls that may wait for the writer; the next is told to come back
MAPPED = (
    1024**3
)  # bytes of the file that are read where the system keeps them, not copied one by one
PATIENCE = 5.0  # seconds from being asked, until who waits for a file that is locked is told so
AT_LEAST = 0.25  # seconds for whoever has waited behind others as long: a backup may look in
COMPILED = Compiled()


class AlreadyOpen(Exception):
    """Two processes on one SQLite file would each miss what the other does."""


class SqliteDatabase(Database):
    def __init__(self, path: str, bus: Bus) -> None:
        super().__init__(bus)
        self._claim = claimed(path)
        self._writing = _engine(path, "BEGIN IMMEDIATE", "synchronous=FULL")
        self._reading = _engine(path, "BEGIN", "query_only=ON", f"mmap_size={MAPPED}")
        self._calls: SimpleQueue[Call[Any] | None] = SimpleQueue()
        self._closing = False
        self._writer = Thread(target=self._serve, name="writer", daemon=True)
        self._reader = ThreadPoolExecutor(1, "reader")
        self._writer.start()

    async def _write(self, work: Callable[[Transaction], T]) -> T:
        if self._closing:
            raise Busy(_("This server is being restarted; please wait a moment."))
        if self._calls.qsize() >= WAITING:
            raise Busy(_("Too many people are writing at once. Please try again."))
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        call = Call(work, answer)
        self._calls.put(call)
        return await answer

    async def _read(self, work: Callable[[Session], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._glance, work)

    async def close(self) -> None:
        """Whoever waits is answered; whoever comes now is told to come back."""
        self._closing = True
        self._calls.put(None)  # the last there is, so that nobody waits behind it
        await asyncio.to_thread(self._writer.join)
        self._reader.shutdown()
        self._writing.dispose()
        self._reading.dispose()
        self._claim.close()

    def _glance(self, work: Callable[[Session], T]) -> T:
        with Session(self._reading, expire_on_commit=False) as session:
            return _answerable(work, session)

    # Below here: the writer's thread.

    def _serve(self) -> None:
        while call := self._calls.get():
            calls = self._committed_with(call)
            call.answer.get_loop().call_soon_threadsafe(self._tell, calls)

    def _committed_with(self, first: "Call[Any]") -> list["Call[Any]"]:
        """All that have come by the time the file is ours."""
        calls = [first]
        try:
            with self._writing.connect() as connection, _begun(connection, first):
                calls += self._waiting(TOGETHER - 1)
                part = _savepoint if len(calls) > 1 else _whole
                for call in calls:
                    call.run(connection, part)
                reach("before commit", calls)
            reach("after commit", calls)
        except Exception as error:  # the shared commit failed: nobody's rows are there
            for call in calls:
                call.fail(error)
        return calls

    def _waiting(self, at_most: int) -> Iterator["Call[Any]"]:
        for _turn in range(at_most):
            if self._calls.empty():
                return
            if (call := self._calls.get()) is None:
                self._calls.put(None)  # to be seen when these are done
                return
            yield call

    # Back in the loop's thread.

    def _tell(self, calls: list["Call[Any]"]) -> None:
        for call in calls:
            call.settle()
            for committed in call.events:
                self.bus.publish(committed)


class Call(Generic[T]):
    """One act() on its way through the writer."""

    def __init__(self, work: Callable[[Transaction], T], answer: asyncio.Future[T]) -> None:
        self.work = work
        self.answer = answer
        self.patient_until = monotonic() + PATIENCE
        self.result: T | None = None
        self.error: Exception | None = None
        self.events: list[Event] = []

    def run(self, connection: Connection, part: Callable[[Connection], Transaction]) -> None:
        """In its part of the transaction: a failure undoes this call and no other."""
        if self.answer.cancelled():
            return
        try:
            with part(connection) as tx, tx.begin():
                self.result = _answerable(self.work, tx)
            self.events = tx.events
        except Exception as error:
            self.error = error
            of_driver: Any = connection.connection.dbapi_connection
            if not of_driver.in_transaction:
                raise  # with this call; or SQLite gave it up (disk full), the others' rows too

    def fail(self, error: Exception) -> None:
        self.error, self.events = error, []

    def settle(self) -> None:
        if self.answer.done():
            return
        if self.error:
            self.answer.set_exception(self.error)
        else:
            self.answer.set_result(cast(T, self.result))


def _answerable(work: Callable[[S], T], session: S) -> T:
    """No future takes a StopIteration: whoever waits for it would wait for ever."""
    try:
        return work(session)
    except StopIteration as error:
        raise RuntimeError("nothing is next") from error


def _begun(connection: Connection, first: Call[Any]) -> RootTransaction:
    """Waits for the file while somebody else has it, but no longer than the first has patience:
    nobody waits for the patience of all who came before them, too."""
    left = max(first.patient_until - monotonic(), AT_LEAST)
    of_driver: Any = connection.connection.dbapi_connection
    of_driver.execute(f"PRAGMA busy_timeout={left * 1000:.0f}")
    return connection.begin()


def _savepoint(connection: Connection) -> Transaction:
    return Transaction(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


def _whole(connection: Connection) -> Transaction:
    return Transaction(connection, join_transaction_mode="rollback_only", expire_on_commit=False)


def claimed(path: str) -> IO[str]:
    """The file is ours until this is closed. Raises AlreadyOpen."""
    claim = Path(f"{path}.lock").open("w")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        claim.close()
        raise AlreadyOpen(
            f"{path} is in use by another process. SQLite serves one process;"
            " for more, set AKAR_DATABASE_URL to postgresql+asyncpg://…"
        ) from None
    return claim


def _engine(path: str, begin: str, *pragmas: str) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        pool_size=1,
        max_overflow=0,
        execution_options={"compiled_cache": COMPILED},
        hide_parameters=True,  # what members wrote has no place in a log
    )

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", *pragmas):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
