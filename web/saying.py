"""Where what members say waits for the next pass: one queue a process (channels/saying.py)."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from channels.saying import Outcome, Said, Saying, say_all
from community.database import Database, Transaction
from community.errors import Busy, Invalid, Refusal, SignedOut
from community.members.queries import actings_by
from community.site import paused, site_of
from community.text import Written, written
from community.words import _
from web.commands import Say

TOGETHER = 500  # messages of one pass
WAITING = 5_000  # messages that may wait; the next is told to come back


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

    async def say(self, token: str, command: Say) -> Said:
        """After the commit. Raises what the member is to be told."""
        if self.closed:
            raise Busy(_("This server is being restarted; please wait a moment."))
        if len(self._waiting) >= WAITING:
            raise Busy(_("Too many people are writing at once. Please try again."))
        answer: asyncio.Future[Said] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(token, command, written(command.body), answer))
        if self._passing is None:
            self._passing = asyncio.create_task(self._pass_all())
        return await answer

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
        except Exception as error:  # one of them is poison: each alone finds out which (D15)
            if len(some) > 1:
                for one in some:
                    await self._pass([one])
                return
            outcomes = [
                error if isinstance(error, Refusal) else Invalid(_("This cannot be stored."))
            ]
        for waiting, outcome in zip(some, outcomes, strict=True):
            _tell(waiting, outcome)


def _say_all(tx: Transaction, some: Sequence[Waiting]) -> list[Outcome]:
    members = actings_by(tx, {waiting.token for waiting in some})
    closed = site_of(tx).read_only
    outcomes: dict[int, Outcome] = {}
    sayings: dict[int, Saying] = {}
    for n, (token, command, html, *_rest) in enumerate(some):
        member = members.get(token)
        if member is None:
            outcomes[n] = SignedOut(_("Please sign in."))
        elif closed and not member.administers:
            outcomes[n] = paused()
        else:
            sayings[n] = Saying(
                member=member,
                channel_id=command.channel,
                body=command.body,
                written=html,
                key=command.key,
                mandate_id=command.mandate,
            )
    outcomes |= zip(sayings, say_all(tx, list(sayings.values())), strict=True)
    return [outcomes[n] for n in range(len(some))]


def _tell(waiting: Waiting, outcome: Outcome) -> None:
    if waiting.answer.done():
        return  # the tab went away
    if isinstance(outcome, Said):
        waiting.answer.set_result(outcome)
    else:
        waiting.answer.set_exception(outcome)
