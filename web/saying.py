"""What members say in channels waits for the next pass (channels/saying.py)."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from channels.mentions import NOBODY_HERE, Around
from channels.saying import Outcome, Said, Saying
from community.attachments import Along
from community.database import Transaction
from community.text import Written, spoken
from moderation.holding import say_all
from web.commands import Say
from web.composing import along_of
from web.passes import Acting, Passes, read_through


class Heard(NamedTuple):
    command: Say
    along: Along
    around: Around
    written: Written


class Sayings(Passes[Heard, Said]):
    async def hear(
        self, token: str, command: Say, around: Around = NOBODY_HERE
    ) -> asyncio.Future[Said]:
        """Returns when its turn is fixed, as join() does."""
        along = along_of(command.file, command.words, command.version)
        written = await read_through(spoken, command.body)
        return self.join(token, Heard(command, along, around, written))

    def store(self, tx: Transaction, wanted: Sequence[Acting[Heard]]) -> Sequence[Outcome]:
        return say_all(tx, [_saying(acting) for acting in wanted])


def _saying(acting: Acting[Heard]) -> Saying:
    command, along, around, written = acting.what
    return Saying(
        member=acting.member,
        channel_id=command.channel,
        body=command.body,
        written=written,
        key=command.key,
        mandate_id=command.mandate,
        files=along.files,
        draft=along.version,
        around=around,
        parent_id=command.parent,
        barred=acting.barred,
    )
