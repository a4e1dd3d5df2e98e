"""Where rows live. act() changes them, look() reads them; the work itself is synchronous.

The same work runs on SQLite (sqlite.py) and on PostgreSQL (postgres.py).
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any, ClassVar, Concatenate, ParamSpec, TypeVar

from sqlalchemy import BigInteger, DateTime, Integer, MetaData, TypeDecorator, inspect
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session

from community.bus import Bus, Event
from community.errors import Busy, Conflict, Invalid
from community.words import _

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

BATCH = 1_000  # values in one IN (…)
REPEATS = 2  # times we run the work again when somebody was in our way
IN_THE_WAY = {"40P01", "40001", "23505"}  # deadlock, serialization failure, the same key at once

Turn = tuple[int, str, tuple[Any, ...]]
ENTRY = 2


class OutOfTurn(Exception):
    """Our own mistake: this lock comes before one that is held, so two of us could deadlock."""


class Moment(TypeDecorator[datetime]):
    """A point in time, always UTC, in both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.astimezone(UTC) if value else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Elsewhere(Busy):
    """It stands in another stream than was locked with it. act() does the work again."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this at the same moment. Please try again."))


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment, int: BigInteger().with_variant(Integer(), "sqlite")}

    # Where its lock stands: members 0, streams 1, entries 2 (ENTRY), everything else 3.
    turn: ClassVar[int] = 3

    @property
    def rank(self) -> tuple[Any, ...]:
        """And among those of its table."""
        return inspect(self).identity or ()

    @property
    def chain(self) -> tuple["Base", ...]:
        """What is locked with it."""
        return (self,)


B = TypeVar("B", bound=Base)


class Transaction(Session):
    """A session that remembers what to announce once it has committed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.events: list[Event] = []
        self._held: set[Turn] = set()

    def publish(self, event: Event) -> None:
        self.events.append(event)

    def hold(self, find: Callable[Concatenate[Session, P], B], *args: P.args, **kw: P.kwargs) -> B:
        """Find, lock, and find again: while we waited for the lock the right may have ended."""
        found = find(self, *args, **kw)
        self.lock(*found.chain)
        return found if self.alone else find(self, *args, **kw)

    def lock(self, *rows: Base) -> None:
        """Until we commit nobody else changes these rows; they are read again, in house order.
        Raises Elsewhere where an entry was moved to a stream that is not locked with it."""
        for turn, row in sorted(((_turn_of(row), row) for row in rows), key=lambda pair: pair[0]):
            if turn in self._held:
                continue
            if self._held and turn < max(self._held):
                raise OutOfTurn(f"{turn} after {max(self._held)}")
            self._held.add(turn)
            if not self.alone:
                self.flush()  # what we have written to it must not be read over
                self.refresh(row, with_for_update={"of": type(row), "key_share": True})
        if not self.alone and any(map(self._left_its_stream, rows)):
            raise Elsewhere

    def _left_its_stream(self, row: Base) -> bool:
        return row.turn == ENTRY and not self._held.issuperset(map(_turn_of, row.chain))

    def forget_turns(self) -> None:
        """What follows is a deed of its own, in a transaction of many: locks may be in any order.

        Two such could deadlock; PostgreSQL ends one of them, and act() does its work again."""
        self._held.clear()

    @property
    def alone(self) -> bool:
        """SQLite has one writer at a time, and every transaction reads afresh."""
        return self.get_bind().dialect.name == "sqlite"


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """Few enough for the parameters of one statement."""
    left = iter(items)
    while batch := list(islice(left, BATCH)):
        yield batch


class Database(ABC):
    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        # False when storage failed, until somebody has seen it take something: much that succeeds
        # found nothing to write.
        self.sound = True

    async def act(
        self, work: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """All of it happens or none of it. Its events go out after the commit, never before.

        Raises Busy where the outcome of the commit is unknown: whoever has a key asks again."""
        with self._storage_trouble_explained():
            return await self._try_thrice(lambda tx: work(tx, *args, **kwargs))

    async def look(
        self, work: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """One consistent picture. Takes no lock and cannot write."""
        with self._storage_trouble_explained():
            return await self._look_twice(lambda session: work(session, *args, **kwargs))

    async def _look_twice(self, work: Callable[[Session], T]) -> T:
        """A connection may have died since it was last used; to look again does no harm."""
        try:
            return await self._read(work)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return await self._read(work)

    async def _try_thrice(self, work: Callable[[Transaction], T]) -> T:
        for _run in range(REPEATS):
            with suppress(_InTheWay):
                return await self._try(work)
        return await self._write(work)

    async def _try(self, work: Callable[[Transaction], T]) -> T:
        try:
            return await self._write(work)
        except Elsewhere as error:
            raise _InTheWay from error
        except DBAPIError as error:
            raise _InTheWay if _state_of(error) in IN_THE_WAY else error from error

    @contextmanager
    def _storage_trouble_explained(self) -> Iterator[None]:
        try:
            yield
        except (OverflowError, UnicodeError) as error:
            raise _unfit(error) from error
        except IntegrityError as error:
            log.warning("does not fit: %s", error.orig)
            raise Conflict(_("This does not fit with what is already there.")) from error
        except ProgrammingError:
            raise  # our own mistake; trying again would not help
        except (DBAPIError, PoolTimeout, OSError) as error:
            if isinstance(error, DBAPIError) and _cannot_be_stored(error):
                raise _unfit(error.orig) from error
            log.warning("the database does not answer: %s", error)
            self.sound = False
            raise Busy(_("The database does not answer. Please try again.")) from error

    @abstractmethod
    async def _write(self, work: Callable[[Transaction], T]) -> T: ...

    @abstractmethod
    async def _read(self, work: Callable[[Session], T]) -> T: ...

    @abstractmethod
    async def close(self) -> None: ...


class _InTheWay(Exception):
    """Nothing was committed; running the work again may go well."""


def _unfit(error: BaseException | None) -> Invalid:
    log.warning("cannot be stored: %s", error)
    return Invalid(_("This cannot be stored."))


def _turn_of(row: Base) -> Turn:
    return row.turn, row.__tablename__, row.rank


def _state_of(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _cannot_be_stored(error: DBAPIError) -> bool:
    """Out of range, not in the character set…: said by the server (class 22) or by the driver."""
    return _state_of(error).startswith("22") or "invalid input for query" in str(error.orig)
