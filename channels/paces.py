"""Slow mode: so many seconds lie between two messages of one member in a channel.

Exact, as it is looked at under the lock that gives the numbers; who was quicker is told how long to
wait, and that the same message will do then.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import bindparam, func, select, tuple_

from channels.models import Channel, Message
from community.clock import now
from community.database import Moment, Transaction, batches
from community.errors import TooFast
from community.words import _

SPOKEN = (
    select(Message.author_id, Message.stream_id, func.max(Message.written_at))
    .where(
        tuple_(Message.author_id, Message.stream_id).in_(bindparam("pairs", expanding=True)),
        Message.written_at > bindparam("since", type_=Moment),
    )
    .group_by(Message.author_id, Message.stream_id)
)


class Paces:
    """Of those (member, channel) who speak in one pass; one look where one of the channels is
    slow, else none."""

    def __init__(
        self, tx: Transaction, channels: Mapping[int, Channel], speaking: Iterable[tuple[int, int]]
    ) -> None:
        slow = {id: channel.home.slow_seconds for id, channel in channels.items()}
        self._rests = {at: timedelta(seconds=slow[at[1]]) for at in speaking if slow.get(at[1])}
        self._spoken: dict[tuple[int, int], datetime] = {}
        if not self._rests:
            return
        self._now = now(tx)
        since = self._now - max(self._rests.values())
        for some in batches(self._rests):
            for member, channel, at in tx.execute(SPOKEN, {"pairs": some, "since": since}):
                self._spoken[member, channel] = at

    def refusal(self, at: tuple[int, int]) -> TooFast | None:
        if at not in self._rests or at not in self._spoken:
            return None
        left = self._spoken[at] + self._rests[at] - self._now
        if left <= timedelta():
            return None
        seconds = ceil(left.total_seconds())
        sentence = _("Slow mode: you can write again in %(retry_after)s seconds.")
        return TooFast(sentence, retry_after=seconds)

    def spoken(self, at: tuple[int, int]) -> None:
        if at in self._rests:
            self._spoken[at] = self._now
