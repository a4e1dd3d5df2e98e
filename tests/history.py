"""What clients did and saw, to be held against what is stored (tests/invariants.py)."""

import time
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.models import Message
from tests.following import Followed, Frame, named

MOST = 300  # entries a client keeps, as a page does


class Row(NamedTuple):
    id: int
    channel: int
    seq: int
    author: int
    key: str


class Ack(NamedTuple):
    at: float
    seq: int
    rev: int


class Heard(NamedTuple):
    """A change as it came over the line."""

    at: float
    opened: float  # when that line was
    rev: int
    id: str  # of the entry; nothing where the stream itself has changed
    said: bool  # it came with its words, and not as what is gone


class Revoked(NamedTuple):
    """From the commit on. Of one stream, or, without an address, of every line open by then."""

    member: int
    address: str
    since: float
    until: float = float("inf")


class Hidden(NamedTuple):
    """An entry from the commit on, until somebody began to restore it."""

    address: str
    id: str
    rev: int
    since: float
    until: float = float("inf")
    until_rev: float = float("inf")


class Picture(NamedTuple):
    """What a tab made of a page and the frames after it, beside a fresh page of the same rev."""

    address: str
    began: int
    rev: int
    shown: object
    page: object


@dataclass
class Sent:
    channel: int
    author: int
    key: str
    began: float = field(default_factory=time.monotonic)
    acks: list[Ack] = field(default_factory=list)
    final: bool = False

    def answered(self, frame: Frame) -> None:
        if frame["verb"] == "ack":
            self.acks.append(Ack(time.monotonic(), frame["seq"], frame["rev"]))
        elif frame["final"]:
            self.final = True


@dataclass
class Witness(Followed):
    """Follows a stream as a tab does, and remembers what came, line by line."""

    address: str = ""
    member: int = 0
    opened: float = 0.0
    heard: list[Heard] = field(default_factory=list)
    runs: list[list[int]] = field(default_factory=lambda: [[]])  # taken one by one, page by page
    readings: list[list[int]] = field(default_factory=list)  # the first of each line
    reading: bool = False  # the first of this line is not over

    def opens(self) -> None:
        """Another line, on which it will catch up."""
        self.opened = time.monotonic()
        self.readings.append([])
        self.reading = True

    def caught_up(self, rev: int) -> None:
        self.reading = False
        super().caught_up(rev)

    def begin(self, page: str) -> None:
        super().begin(page)
        self.runs.append([])

    def put(self, frame: Frame) -> bool:
        if self.reading:
            self.readings[-1].append(frame["rev"])
        html = "" if "target" in frame else frame["html"]
        said = 'class="gone"' not in html
        now = time.monotonic()
        self.heard.append(Heard(now, self.opened, frame["rev"], named(html), said))
        hole = super().put(frame)
        while len(self.items) > MOST:
            oldest = min(self.places)
            self.items.pop(self.places.pop(oldest), None)
            self.start = oldest + 1
        return hole

    def _apply(self, frame: Frame) -> None:
        self.runs[-1].append(frame["rev"])
        super()._apply(frame)


@dataclass
class History:
    late: float = 1.0  # seconds a change may take to where it is no longer wanted (I7, I10)
    lag: float = 0.0  # seconds the clients themselves may have read later than it came
    sent: list[Sent] = field(default_factory=list)
    followed: list[Witness] = field(default_factory=list)
    revoked: list[Revoked] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    def sends(self, channel: int, author: int, key: str) -> Sent:
        self.sent.append(Sent(channel, author, key))
        return self.sent[-1]

    def follows(self, address: str, member: int) -> Witness:
        self.followed.append(Witness(0, address=address, member=member))
        return self.followed[-1]


def rows_of(session: Session) -> list[Row]:
    columns = (Message.id, Message.stream_id, Message.seq, Message.author_id, Message.key)
    found = session.execute(select(*columns).order_by(Message.stream_id, Message.seq))
    return [Row(*row) for row in found]
