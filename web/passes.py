"""Where what is written most waits for the next pass: a queue of a process for each hot verb.

Whoever waits while a pass runs rides in the next, in the order they came.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from community.database import Database, Transaction
from community.errors import Busy, Refusal, SignedOut
from community.members.models import Member
from community.members.policies import may_administer
from community.members.queries import actings_by
from community.site import is_read_only, paused
from community.words import _

log = logging.getLogger(__name__)

What = TypeVar("What")
Done = TypeVar("Done")
Read = TypeVar("Read")

TOGETHER = 500  # of one pass
WAITING = 5_000  # that may wait; the next is told to come back
LONG = 2_000  # characters that a thread reads, not the loop


class Waiting(NamedTuple, Generic[What, Done]):
    token: str
    what: What
    answer: asyncio.Future[Done]


class Acting(NamedTuple, Generic[What]):
    """Who wants what, held until the commit."""

    member: Member
    what: What
    barred: Refusal | None  # why nothing new is taken from them just now


class Passes(ABC, Generic[What, Done]):
    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[Waiting[What, Done]] = []
        self._passing: asyncio.Task[None] | None = None
        self.closed = False

    @abstractmethod
    def store(self, tx: Transaction, wanted: Sequence[Acting[What]]) -> Sequence[Done | Refusal]:
        """One outcome each, in the order given."""

    def join(self, token: str, what: What) -> asyncio.Future[Done]:
        """The turn is fixed; the future is done after the commit. Of what the member is to be told
        the one or the other is raised."""
        if self.closed:
            raise Busy(_("This server is being restarted; please wait a moment."))
        if len(self._waiting) >= WAITING:
            raise Busy(_("Too many people are writing at once. Please try again."))
        answer: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(token, what, answer))
        if self._passing is None:
            self._passing = asyncio.create_task(self._pass_all())
        return answer

    async def finish(self) -> None:
        """Takes no more, and returns when what waited is answered."""
        self.closed = True
        if self._passing:
            await self._passing

    async def _pass_all(self) -> None:
        try:
            while self._waiting:
                some = self._waiting[:TOGETHER]
                del self._waiting[:TOGETHER]
                await self._pass(some)
        finally:
            self._passing = None

    async def _pass(self, some: Sequence[Waiting[What, Done]]) -> None:
        outcomes: Sequence[Done | Refusal]
        try:
            outcomes = await self._db.act(self._store_all, some)
        except Busy as busy:
            outcomes = [busy] * len(some)
        except Exception as error:  # one of them is poison; halving finds out which (D15)
            if half := len(some) // 2:
                await self._pass(some[:half])
                return await self._pass(some[half:])
            outcomes = [_refusal_for(error)]
        for waiting, outcome in zip(some, outcomes, strict=True):
            _tell(waiting, outcome)

    def _store_all(
        self, tx: Transaction, some: Sequence[Waiting[What, Done]]
    ) -> list[Done | Refusal]:
        members = actings_by(tx, {waiting.token for waiting in some})
        closed = is_read_only(tx)
        wanted = {
            n: _acting(members[waiting.token], waiting.what, closed)
            for n, waiting in enumerate(some)
            if waiting.token in members
        }
        outcomes = dict(zip(wanted, self.store(tx, list(wanted.values())), strict=True))
        return [outcomes.get(n) or SignedOut(_("Please sign in.")) for n in range(len(some))]


async def read_through(read: Callable[[str], Read], body: str) -> Read:
    """What takes long does not hold up everybody's line."""
    return await asyncio.to_thread(read, body) if len(body) > LONG else read(body)


def _acting(member: Member, what: What, closed: bool) -> Acting[What]:
    return Acting(member, what, paused() if closed and not may_administer(member) else None)


def _refusal_for(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    # Unforeseen, so perhaps undone: the tab may try again, as after no answer at all (D2).
    log.error("could not store what was sent", exc_info=error)
    return Busy(_("Something went wrong here. Please try again."))


def _tell(waiting: Waiting[What, Done], outcome: Done | Refusal) -> None:
    if waiting.answer.done():
        return  # whoever asked went away
    if isinstance(outcome, Refusal):
        waiting.answer.set_exception(outcome)
    else:
        waiting.answer.set_result(outcome)
