"""Many who ask the same at once are answered by one look at the database, those who come meanwhile
by the next: after a restart hundreds of tabs are back in a second.

Such looks take one connection of the pool, however many ask; the others stay for pages, and for
whoever wants to know whether this process is ready. A database that restarts is waited for: sent
away, all would be back somewhat later, and one by one.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy.orm import Session

from community.database import Database
from community.errors import Busy, Refusal
from community.words import _

Asked = TypeVar("Asked")
Found = TypeVar("Found")

TOGETHER = 100  # answered by one look
WAITING = 10_000  # that may wait; the next is told to come back
PATIENCE = 5.0  # seconds until who waits for a database that does not answer is told so
AGAIN = 0.25  # seconds until it is asked again


class Waiting(NamedTuple, Generic[Asked, Found]):
    asked: Asked
    answer: asyncio.Future[Found]
    until: float


class OneLook(Generic[Asked, Found]):
    def __init__(
        self,
        db: Database,
        find: Callable[[Session, Sequence[Asked]], Sequence[Found | Refusal]],
        together: int = TOGETHER,
    ) -> None:
        """`find` answers or refuses each, in the order asked; `together` are fewer where each takes
        statements of its own."""
        self._db = db
        self._find = find
        self._together = together
        self._waiting: list[Waiting[Asked, Found]] = []
        self._looking: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Found:
        """By a look that begins after this; what it refuses is raised."""
        if len(self._waiting) >= WAITING:
            raise Busy(_("Too many people are coming at once. Please try again."))
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()
        self._waiting.append(Waiting(asked, answer, loop.time() + PATIENCE))
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_for_all())
        return await answer

    async def _look_for_all(self) -> None:
        try:
            while self._waiting:
                some = self._waiting[: self._together]
                del self._waiting[: self._together]
                await self._look(some)
        finally:
            self._looking = None

    async def _look(self, some: Sequence[Waiting[Asked, Found]]) -> None:
        some = [waiting for waiting in some if not waiting.answer.done()]  # the others went away
        if not some:
            return
        outcomes: Sequence[Found | BaseException]
        try:
            outcomes = await self._db.look(self._find, [waiting.asked for waiting in some])
        except Busy as busy:
            self._waiting[:0] = some
            return await self._wait_on(busy)
        except Exception as error:  # one of them is odd; halving finds out which
            if half := len(some) // 2:
                await self._look(some[:half])
                return await self._look(some[half:])
            outcomes = [error] * len(some)
        for waiting, outcome in zip(some, outcomes, strict=True):
            _tell(waiting.answer, outcome)

    async def _wait_on(self, busy: Busy) -> None:
        """Who has waited for long is told; the others are looked for again."""
        now = asyncio.get_running_loop().time()
        for waiting in self._waiting:
            if waiting.until <= now:
                _tell(waiting.answer, busy)
        self._waiting = [waiting for waiting in self._waiting if waiting.until > now]
        if self._waiting:
            await asyncio.sleep(AGAIN)


def _tell(answer: asyncio.Future[Found], outcome: Found | BaseException) -> None:
    if answer.done():
        return  # whoever asked went away
    if isinstance(outcome, BaseException):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
