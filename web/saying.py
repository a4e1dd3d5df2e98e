"""Where what members say waits for the next pass: one queue a process (channels/saying.py)."""

import asyncio
import logging
from collections.abc import Sequence
from typing import NamedTuple

from channels.saying import Outcome, Said, Saying, say_all
from community.database import Database, Transaction
from community.errors import Busy, Refusal, SignedOut
from community.members.models import Member
from community.members.policies import may_administer
from community.members.queries import actings_by
from community.site import is_read_only, paused
from community.text import Written, spoken
from community.words import _
from web.commands import Say

log = logging.getLogger(__name__)

TOGETHER = 500  # messages of one pass
WAITING = 5_000  # messages that may wait; the next is told to come back
LONG = 2_000  # characters that a thread reads, not the loop


class Waiting(NamedTuple):
    token: str
    command: Say
    written: Written
    answer: asyncio.Future[Said]


class Sayings:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[Waiting] = []
        self._passing: asyncio.Task[None] | None = None
        self.closed = False

    async def hear(self, token: str, command: Say) -> asyncio.Future[Said]:
        """Returns when its turn is fixed; the future is done after the commit. Of what the member
        is to be told the one or the other is raised."""
        html = await _written(command.body)
        if self.closed:
            raise Busy(_("This server is being restarted; please wait a moment."))
        if len(self._waiting) >= WAITING:
            raise Busy(_("Too many people are writing at once. Please try again."))
        answer: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(token, command, html, answer))
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

    async def _pass(self, some: Sequence[Waiting]) -> None:
        try:
            outcomes = await self._db.act(_say_all, some)
        except Busy as busy:
            outcomes = [busy] * len(some)
        except Exception as error:  # one of them is poison; halving finds out which (D15)
            if half := len(some) // 2:
                await self._pass(some[:half])
                return await self._pass(some[half:])
            outcomes = [_refusal_for(error)]
        for waiting, outcome in zip(some, outcomes, strict=True):
            _tell(waiting, outcome)


async def _written(body: str) -> Written:
    """What takes long does not hold up everybody's line."""
    return await asyncio.to_thread(spoken, body) if len(body) > LONG else spoken(body)


def _refusal_for(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    # Unforeseen, so perhaps undone: the tab may try again, as after no answer at all (D2).
    log.error("could not store what was said", exc_info=error)
    return Busy(_("Something went wrong here. Please try again."))


def _say_all(tx: Transaction, some: Sequence[Waiting]) -> list[Outcome]:
    members = actings_by(tx, {waiting.token for waiting in some})
    closed = is_read_only(tx)
    sayings = {
        n: _saying(members[waiting.token], waiting, closed)
        for n, waiting in enumerate(some)
        if waiting.token in members
    }
    outcomes = dict(zip(sayings, say_all(tx, list(sayings.values())), strict=True))
    return [outcomes.get(n) or SignedOut(_("Please sign in.")) for n in range(len(some))]


def _saying(member: Member, waiting: Waiting, closed: bool) -> Saying:
    command = waiting.command
    return Saying(
        member=member,
        channel_id=command.channel,
        body=command.body,
        written=waiting.written,
        key=command.key,
        mandate_id=command.mandate,
        barred=paused() if closed and not may_administer(member) else None,
    )


def _tell(waiting: Waiting, outcome: Outcome) -> None:
    if waiting.answer.done():
        return  # the tab went away
    if isinstance(outcome, Said):
        waiting.answer.set_result(outcome)
    else:
        waiting.answer.set_exception(outcome)
