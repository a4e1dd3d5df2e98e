"""What members reply waits for the next pass (forum/replying.py)."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from community.attachments import Along
from community.database import Database, Transaction
from community.text import Written, written
from forum.replying import Outcome, Replied, Replying
from moderation.before.actions import Answered, reply_all
from moderation.before.asking import NONE, Prints
from moderation.before.heeding import Looked, looked_at
from moderation.before.repeats import Repeats
from web.doors import held_back
from web.passes import Acting, Passes, read_through


class Reply(NamedTuple):
    """To the topic, or without one to the parent, wherever that stands."""

    topic_id: int | None
    parent_id: int | None
    body: str
    key: str
    mandate_id: int | None
    along: Along
    knowing: Prints = NONE


class Read(NamedTuple):
    reply: Reply
    written: Written
    looked: Looked


class Replies(Passes[Read, Replied]):
    def __init__(self, db: Database, repeats: Repeats) -> None:
        super().__init__(db)
        self._repeats = repeats

    async def take(self, token: str, reply: Reply) -> asyncio.Future[Replied]:
        """Returns when its turn is fixed, as join() does."""
        html, looked = await read_through(_read, reply.body)
        return self.join(token, Read(reply, html, looked))

    def store(self, tx: Transaction, wanted: Sequence[Acting[Read]]) -> Sequence[Outcome]:
        return reply_all(tx, [_answered(acting) for acting in wanted], self._repeats)


def _read(body: str) -> tuple[Written, Looked]:
    return written(body), looked_at(body)


def _answered(acting: Acting[Read]) -> Answered:
    reply, html, looked = acting.what
    barred = acting.barred or held_back(acting.member)
    replying = Replying(
        member=acting.member,
        written=html,
        topic_id=reply.topic_id,
        parent_id=reply.parent_id,
        body=reply.body,
        key=reply.key,
        mandate_id=reply.mandate_id,
        along=reply.along,
        barred=barred,
    )
    return Answered(replying, looked, reply.knowing)
