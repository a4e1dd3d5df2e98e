"""One browser tab as the hub sees it."""

import asyncio
from typing import Any

from web import frames
from web.frames import Frame
from web.standing import Standing
from web.streams import KINDS
from web.wire import HELD, Line, Packet

NOTHING: frozenset[str] = frozenset()


class Pile:
    """What came while a stream was being read. Too much is dropped, and the stream read again."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self._size = 0
        self._dropped = True  # nothing was read yet

    def carry(self, packet: Packet) -> None:
        self._size += len(packet)
        self.packets.append(packet)
        if self._dropped or self._size > HELD:
            self.drop()

    def drop(self) -> None:
        self.packets.clear()
        self._size, self._dropped = 0, True

    @property
    def is_behind(self) -> bool:
        """Something has changed since the stream was read."""
        return bool(self.packets) or self._dropped

    def must_read(self) -> bool:
        """Asked right before each reading."""
        must, self._dropped = self._dropped, False
        return must


Way = Line | Pile  # where a tab hears of a stream


class Tab:
    """There is one for every open page, so it is kept small."""

    __slots__ = (
        "held", "line", "locale", "name", "read", "saying", "sign_in", "standing", "streams"
    )  # fmt: skip

    def __init__(self, line: Line, locale: str) -> None:
        self.line = line
        self.locale = locale
        self.sign_in = ""  # the hash of its token
        self.name = ""
        self.standing: Standing | None = None  # not known before hello
        self.streams: set[str] = set()
        self.held: dict[str, Pile] = {}  # streams being caught up on
        self.read: frozenset[str] = NOTHING  # streams of which it has told how far they are read
        self.saying: asyncio.Future[Any] | None = None  # the last it said; done when all before are

    @property
    def member(self) -> int:
        return self.standing.member_id if self.standing else 0

    @property
    def is_shown(self) -> bool:
        """Whether others are told that its member is here and writes."""
        return self.standing is not None and self.standing.shown_here

    @property
    def watching(self) -> list[tuple[int, str]]:
        """What a lost right would end; a stream being read is checked by the reading."""
        watched = (name for name in self.streams if name.partition(":")[0] in KINDS)
        return [(self.member, stream) for stream in watched if stream not in self.held]

    def send(self, frame: Frame) -> None:
        self.line.carry(frames.packed(frame))
