"""What members reply waits for the next pass (forum/replying.py)."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from community.attachments import Along
from community.database import Transaction
from community.text import Written, written
from forum.replying import Outcome, Replied, Replying, reply_all
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


class Read(NamedTuple):
    reply: Reply
    written: Written


class Replies(Passes[Read, Replied]):
    async def take(self, token: str, reply: Reply) -> asyncio.Future[Replied]:
        """Returns when its turn is fixed, as join() does."""
        return self.join(token, Read(reply, await read_through(written, reply.body)))

    def store(self, tx: Transaction, wanted: Sequence[Acting[Read]]) -> Sequence[Outcome]:
        return reply_all(tx, [_replying(acting) for acting in wanted])


def _replying(acting: Acting[Read]) -> Replying:
    reply, html = acting.what
    barred = acting.barred or held_back(acting.member)
    return Replying(member=acting.member, written=html, barred=barred, **reply._asdict())
