"""What members say in channels waits for the next pass (channels/saying.py)."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from channels.saying import Outcome, Said, Saying, say_all
from community.database import Transaction
from community.text import Written, spoken
from web.commands import Say
from web.passes import Acting, Passes

LONG = 2_000  # characters that a thread reads, not the loop


class Heard(NamedTuple):
    command: Say
    written: Written


class Sayings(Passes[Heard, Said]):
    async def hear(self, token: str, command: Say) -> asyncio.Future[Said]:
        """Returns when its turn is fixed, as join() does."""
        return self.join(token, Heard(command, await _written(command.body)))

    def store(self, tx: Transaction, wanted: Sequence[Acting[Heard]]) -> Sequence[Outcome]:
        return say_all(tx, [_saying(acting) for acting in wanted])


async def _written(body: str) -> Written:
    """What takes long does not hold up everybody's line."""
    return await asyncio.to_thread(spoken, body) if len(body) > LONG else spoken(body)


def _saying(acting: Acting[Heard]) -> Saying:
    command, written = acting.what
    return Saying(
        member=acting.member,
        channel_id=command.channel,
        body=command.body,
        written=written,
        key=command.key,
        mandate_id=command.mandate,
        barred=acting.barred,
    )
