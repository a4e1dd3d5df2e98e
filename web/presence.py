"""Who is here: which members have a channel open, across processes. Ephemeral; may be late.

Each process tells the others what its own tabs watch: at most once a second per channel when that
changes, and every BEAT so that one that died is forgotten after FORGOTTEN.
"""

import asyncio
import itertools
import time
from collections import Counter
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

    @property
    def stream(self) -> str:
        return self.address


class Presence:
    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._process = token_hex(4)
        self._here: dict[str, Counter[tuple[int, str]]] = {}  # by channel: this process's tabs
        self._told: dict[str, dict[str, tuple[float, PresenceTold]]] = {}  # by channel and process
        self._news: set[str] = set()

    def arrive(self, address: str, member: tuple[int, str]) -> None:
        self._here.setdefault(address, Counter())[member] += 1
        self._news.add(address)

    def leave(self, address: str, member: tuple[int, str]) -> None:
        here = self._here.get(address)
        if not here or not here[member]:
            return
        here[member] -= 1
        if not here[member]:
            del here[member]
        if not here:
            del self._here[address]
        self._news.add(address)

    def typing(self, event: Typing) -> None:
        self._bus.publish(event)

    def gathered(self, event: PresenceTold) -> PresenceTold:
        """What all processes have told of that channel, this one's news included."""
        self._hear(event)
        names, count = self.who(event.address)
        return PresenceTold(address=event.address, process="", names=names, count=count)

    def _hear(self, event: PresenceTold) -> None:
        processes = self._told.setdefault(event.address, {})
        processes[event.process] = time.monotonic() + FORGOTTEN, event
        if not event.count:
            del processes[event.process]
        if not processes:
            del self._told[event.address]

    def who(self, address: str) -> tuple[dict[int, str], int]:
        """Names by id of some, and how many in all: exact while all of them can be named."""
        fresh = [
            told for until, told in self._told.get(address, {}).values() if until > time.monotonic()
        ]
        names = {id: name for told in fresh for id, name in told.names.items()}
        exact = all(len(told.names) == told.count for told in fresh)
        return names, len(names) if exact else sum(told.count for told in fresh)

    async def tell(self) -> None:
        """Until cancelled: what changed, each second; all of it, each BEAT."""
        for second in itertools.count(1):
            await asyncio.sleep(PACE)
            news, self._news = self._news, set()
            if second % BEAT == 0:
                news |= set(self._here)
            for address in news:
                self._bus.publish(self._told_of(address))

    def _told_of(self, address: str) -> PresenceTold:
        here = list(self._here.get(address, ()))
        return PresenceTold(
            address=address, process=self._process, names=dict(here[:NAMED]), count=len(here)
        )
