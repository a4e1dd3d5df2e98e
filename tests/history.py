"""What clients saw, held against what is stored: the invariants of the delivery contract.

I1  what was acked exists, exactly once      I5  revs strictly increase, doubles dropped
I2  all acks of a key say the same           I6  in the end every tab shows what the page shows
I3  seqs are 1..n without a hole             I8  acked before another was sent: a smaller seq
I4  what was delivered exists                I11 what exists was not refused for good
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.models import Message
from tests.following import Followed, Frame, named, number


class Row(NamedTuple):
    id: int
    channel: int
    seq: int
    author: int
    key: str


@dataclass
class Sent:
    channel: int
    author: int
    key: str
    began: float = field(default_factory=time.monotonic)
    acks: list[tuple[float, int]] = field(default_factory=list)  # when, seq
    final: bool = False

    def answered(self, frame: Frame) -> None:
        if frame["verb"] == "ack":
            self.acks.append((time.monotonic(), frame["seq"]))
        elif frame["final"]:
            self.final = True


@dataclass
class History:
    sent: list[Sent] = field(default_factory=list)
    followed: list[tuple[str, Followed]] = field(default_factory=list)

    def sends(self, channel: int, author: int, key: str) -> Sent:
        self.sent.append(Sent(channel, author, key))
        return self.sent[-1]

    def follows(self, address: str, followed: Followed) -> None:
        self.followed.append((address, followed))

    def faults(self, rows: Sequence[Row], pages: dict[str, list[str]]) -> list[str]:
        """In words, one a fault; `pages` are fresh ones, by address."""
        return [
            *_lost_or_double(self.sent, rows),
            *_holes(rows),
            *_never_said(self.followed, rows),
            *_backwards(self.followed),
            *_other_than(self.followed, pages),
            *_overtaken(self.sent),
        ]


def rows_of(session: Session) -> list[Row]:
    columns = (Message.id, Message.stream_id, Message.seq, Message.author_id, Message.key)
    found = session.execute(select(*columns).order_by(Message.stream_id, Message.seq))
    return [Row(*row) for row in found]


def _lost_or_double(sent: Iterable[Sent], rows: Sequence[Row]) -> Iterable[str]:
    stored: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in rows:
        stored[row.author, row.key].append(row)
    for one in sent:
        there, seqs = stored[one.author, one.key], {seq for _, seq in one.acks}
        if seqs and [row.seq for row in there] != sorted(seqs):
            yield f"I1, I2: {one.key} was acked as {seqs} and is stored as {there}"
        if len(there) > 1:
            yield f"I1: {one.key} is there {len(there)} times"
        if there and one.final:
            yield f"I11: {one.key} was refused for good and exists"


def _holes(rows: Sequence[Row]) -> Iterable[str]:
    channels: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        channels[row.channel].append(row.seq)
    for channel, seqs in channels.items():
        if seqs != list(range(1, len(seqs) + 1)):
            yield f"I3: the seqs of channel {channel} are {seqs}"


def _never_said(followed: Iterable[tuple[str, Followed]], rows: Sequence[Row]) -> Iterable[str]:
    stored = {(f"message-{row.id}", row.seq) for row in rows}
    for address, one in followed:
        for html in one.items.values():
            if (named(html), number(html, "seq")) not in stored:
                yield f"I4: {address} was shown {named(html)}, which is not there"


def _backwards(followed: Iterable[tuple[str, Followed]]) -> Iterable[str]:
    for address, one in followed:
        if any(later < earlier for earlier, later in pairwise(one.revs)):
            yield f"I5: the revs of {address} went backwards: {one.revs}"


def _other_than(
    followed: Iterable[tuple[str, Followed]], pages: dict[str, list[str]]
) -> Iterable[str]:
    for address, one in followed:
        fresh = pages.get(address, [])
        if fresh and one.shown[-len(fresh) :] != fresh:
            yield f"I6: a tab shows {address} other than a fresh page does"


def _overtaken(sent: Iterable[Sent]) -> Iterable[str]:
    """Those acked are looked at in the order they were begun; the greatest seq acked by then."""
    channels: dict[int, list[Sent]] = defaultdict(list)
    for one in sent:
        if one.acks:
            channels[one.channel].append(one)
    for ones in channels.values():
        acked = sorted((min(one.acks), one.key) for one in ones)
        before, greatest = 0, 0
        for one in sorted(ones, key=lambda one: one.began):
            while before < len(acked) and acked[before][0][0] < one.began:
                greatest = max(greatest, acked[before][0][1])
                before += 1
            if one.acks[0][1] < greatest:
                yield f"I8: {one.key} was sent after {greatest} was acked and stands before it"
