"""One browser tab as the hub sees it."""

from community.members.queries import Standing
from web import frames
from web.frames import Frame
from web.limits import Bucket
from web.streams import KINDS
from web.wire import PACKETS, Line, Packet


class Pile:
    """What came while a stream was being read. Too much is dropped, and the stream read again."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []
        self._dropped = True  # nothing was read yet

    def add(self, packet: Packet) -> None:
        if len(self.packets) < PACKETS and not self._dropped:
            self.packets.append(packet)
        else:
            self.packets.clear()
            self._dropped = True

    def must_read(self) -> bool:
        """Asked right before each reading."""
        must, self._dropped = self._dropped, False
        return must


class Tab:
    def __init__(self, line: Line, locale: str, frames_allowed: Bucket) -> None:
        self.line = line
        self.locale = locale
        self.frames_allowed = frames_allowed
        self.sign_in = ""  # the hash of its token
        self.name = ""
        self.standing: Standing | None = None  # not known before hello
        self.streams: set[str] = set()
        self.held: dict[str, Pile] = {}  # streams being caught up on

    @property
    def member(self) -> int:
        return self.standing.member_id if self.standing else 0

    @property
    def watching(self) -> list[tuple[int, str]]:
        """What a lost right would end; a stream being read is checked by the reading."""
        watched = (name for name in self.streams if name.partition(":")[0] in KINDS)
        return [(self.member, stream) for stream in watched if stream not in self.held]

    def send(self, frame: Frame) -> None:
        self.line.carry(frames.packed(frame))

    def carry(self, packet: Packet, stream: str) -> None:
        if self.held and stream in self.held:
            self.held[stream].add(packet)
        else:
            self.line.carry(packet)
