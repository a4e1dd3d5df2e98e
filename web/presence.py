"""Who is here: which members have a channel open, across processes. Ephemeral; may be late.

Each process tells the others what its own tabs watch: at most once a second per channel when that
changes, and every BEAT so that one that died is forgotten after FORGOTTEN.
"""

import asyncio
import itertools
import time
from collections.abc import Hashable
from secrets import token_hex

from community.bus import Bus, Event

PACE = 1  # seconds between two tellings of one channel
BEAT = 10  # seconds after which a process repeats what it told
FORGOTTEN = 25  # seconds after which what a silent process told no longer counts
NAMED = 30  # members named; of more there is only the number


class PresenceTold(Event, frozen=True, kw_only=True):
    address: str
    process: str
    names: dict[int, str]  # of members, by id; not all of them when there are many
    count: int

    @property
    def stream(self) -> str:
        return self.address


class Typing(Event, frozen=True, kw_only=True):
    address: str
    member_id: int
    name: str
    staff: bool = False

    @property
    def stream(self) -> str:
        return self.address


class Presence:
    def __init__(self, bus: Bus, pace: float = PACE) -> None:
        self._bus = bus
        self._pace = pace
        self._process = token_hex(4)
        self._here: dict[str, dict[Hashable, tuple[int, str]]] = {}  # by channel and tab of ours
        self._told: dict[str, dict[str, tuple[float, PresenceTold]]] = {}  # by channel and process
        self._news: set[str] = set()

    def arrive(self, address: str, tab: Hashable, member_id: int, name: str) -> None:
        """Arriving twice is arriving once."""
        here = self._here.setdefault(address, {})
        if tab not in here:
            here[tab] = member_id, name
            self._news.add(address)

    def leave(self, address: str, tab: Hashable) -> None:
        here = self._here.get(address, {})
        if here.pop(tab, None):
            self._news.add(address)
        if not here:
            self._here.pop(address, None)

    def typing(self, event: Typing) -> None:
        self._bus.publish(event)

    def gathered(self, event: PresenceTold) -> PresenceTold:
        """What all processes have told of that channel, this one's news included."""
        self._hear(event)
        names, count = self.who(event.address)
        return PresenceTold(address=event.address, process="", names=names, count=count)

    def who(self, address: str) -> tuple[dict[int, str], int]:
        """Names by id of some, and how many in all: exact while all of them can be named."""
        told = [event for _, event in self._told.get(address, {}).values()]
        names = {id: name for event in told for id, name in event.names.items()}
        exact = all(len(event.names) == event.count for event in told)
        return names, len(names) if exact else sum(event.count for event in told)

    def _hear(self, event: PresenceTold) -> None:
        at = time.monotonic()
        told = {
            process: (until, earlier)
            for process, (until, earlier) in self._told.pop(event.address, {}).items()
            if until > at and process != event.process
        }
        if event.count:
            told[event.process] = at + FORGOTTEN, event
        if told:
            self._told[event.address] = told

    async def tell(self) -> None:
        """Until cancelled: what changed, each second; all of it, each BEAT."""
        for second in itertools.count(1):
            await asyncio.sleep(self._pace)
            news, self._news = self._news, set()
            if second % BEAT == 0:
                news |= set(self._here)
            for address in news:
                self._bus.publish(self._told_of(address))

    def _told_of(self, address: str) -> PresenceTold:
        here = dict(self._here.get(address, {}).values())  # a member with two tabs is here once
        names = dict(itertools.islice(here.items(), NAMED))
        return PresenceTold(address=address, process=self._process, names=names, count=len(here))
