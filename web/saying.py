"""What members say in channels waits for the next pass (channels/saying.py)."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from channels.mentions import NOBODY_HERE, Around
from channels.saying import Outcome, Said, Saying
from community.attachments import Along
from community.database import Database, Transaction
from community.text import Written, spoken
from moderation.before.actions import Spoken, say_all
from moderation.before.asking import prints_in
from moderation.before.heeding import Looked, looked_at
from moderation.before.repeats import Repeats
from web.commands import Say
from web.composing import along_of
from web.passes import Acting, Passes, read_through


class Heard(NamedTuple):
    command: Say
    along: Along
    around: Around
    written: Written
    looked: Looked


class Sayings(Passes[Heard, Said]):
    def __init__(self, db: Database, repeats: Repeats) -> None:
        super().__init__(db)
        self._repeats = repeats

    async def hear(
        self, token: str, command: Say, around: Around = NOBODY_HERE
    ) -> asyncio.Future[Said]:
        """Returns when its turn is fixed, as join() does."""
        along = along_of(command.file, command.words, command.version)
        written, looked = await read_through(_read, command.body)
        return self.join(token, Heard(command, along, around, written, looked))

    def store(self, tx: Transaction, wanted: Sequence[Acting[Heard]]) -> Sequence[Outcome]:
        return say_all(tx, [_spoken(acting) for acting in wanted], self._repeats)


def _read(body: str) -> tuple[Written, Looked]:
    return spoken(body), looked_at(body)


def _spoken(acting: Acting[Heard]) -> Spoken:
    command, along, around, written, looked = acting.what
    saying = Saying(
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
    return Spoken(saying, looked, prints_in(command.knowing))
