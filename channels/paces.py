"""Slow mode: so many seconds lie between two messages of one member in a channel and the threads
beside it.

Exact, as it is looked at under the lock that gives the numbers; who was quicker is told how long to
wait, and that the same message will do then.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import bindparam, func, select

from channels.models import Channel, Message
from channels.queries import HOME
from community.clock import now
from community.database import Moment, Transaction
from community.errors import TooFast
from community.keyed import found, keyed
from community.words import _

# Asked with every pass where somebody must wait, so built only once.
SPOKEN = keyed(
    select(Message.author_id, HOME, func.max(Message.written_at))
    .join(Channel, Channel.id == Message.stream_id)
    .where(Message.written_at > bindparam("since", type_=Moment))
    .group_by(Message.author_id, HOME),
    Message.author_id, HOME,
)  # fmt: skip


class Paces:
    """Of those (member, channel) who speak in one pass; one look where one of the channels is
    slow, else none. A thread has the pace of its home, and whoever spoke there spoke at home."""

    def __init__(
        self, tx: Transaction, channels: Mapping[int, Channel], speaking: Iterable[tuple[int, int]]
    ) -> None:
        self._homes = {id: channel.home_id for id, channel in channels.items()}
        slow = {id: channel.home.slow_seconds for id, channel in channels.items()}
        self._rests = {
            self._at_home(at): timedelta(seconds=slow[at[1]]) for at in speaking if slow.get(at[1])
        }
        self._spoken: dict[tuple[int, int], datetime] = {}
        if not self._rests:
            return
        self._now = now(tx)
        since = self._now - max(self._rests.values())
        for member, home, at in found(tx, SPOKEN, self._rests, since=since):
            self._spoken[member, home] = at

    def _at_home(self, at: tuple[int, int]) -> tuple[int, int]:
        member, channel = at
        return member, self._homes.get(channel, channel)

    def refusal(self, at: tuple[int, int]) -> TooFast | None:
        at = self._at_home(at)
        if at not in self._rests or at not in self._spoken:
            return None
        left = self._spoken[at] + self._rests[at] - self._now
        if left <= timedelta():
            return None
        seconds = ceil(left.total_seconds())
        sentence = _("Slow mode: you can write again in %(retry_after)s seconds.")
        return TooFast(sentence, retry_after=seconds)

    def spoken(self, at: tuple[int, int]) -> None:
        if (home := self._at_home(at)) in self._rests:
            self._spoken[home] = self._now
