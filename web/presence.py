"""Who is here: which members have a channel open, across processes. Ephemeral; may be late.

Each process tells the others what its own tabs watch: at most once a second per channel when that
changes, and every BEAT so that one that died is forgotten after FORGOTTEN. What a tab is told grows
with who is here only up to NAMED: beyond, it is two numbers, every BEAT, so that a channel of
thousands costs each of them a few bytes and not a list of all the others.
"""

import asyncio
import itertools
import time
from collections.abc import Hashable, Iterable
from secrets import token_hex
from typing import Self

from msgspec.structs import replace

from community.bus import Bus, Event

PACE = 1  # seconds between two tellings of one channel
BEAT = 10  # of those after which a process repeats what it told
FORGOTTEN = 25  # seconds after which what a silent process told no longer counts
NAMED = 50  # members named; where there are more, there are only numbers
AWAY = 5 * 60  # seconds that nobody has looked at a tab, and its member is away
WRITERS = 4  # members told to be writing in a channel at once, by each process
WRITING = 2.5  # seconds for which that is told; a tab says it again every three


class PresenceTold(Event, frozen=True, kw_only=True):
    """By one process of its own tabs; gathered, by all of them."""

    address: str
    process: str
    here: frozenset[int] = frozenset()  # members
    away: frozenset[int] = frozenset()  # with tabs that nobody has looked at for long
    names: dict[int, str] = {}  # of both, by id; none where there are more than NAMED

    @property
    def stream(self) -> str:
        return self.address

    @property
    def many(self) -> bool:
        return len(self.here) + len(self.away) > NAMED

    def joined_by(self, member_id: int, name: str) -> Self:
        here = self.here | {member_id}
        told = replace(self, here=here, away=self.away - here)
        return replace(told, names={} if told.many else self.names | {member_id: name})


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
        self._hidden: dict[Hashable, float] = {}  # tabs nobody looks at, and since when
        self._away: set[Hashable] = set()  # those for which that is long
        self._told: dict[str, dict[str, tuple[float, PresenceTold]]] = {}  # by channel and process
        self._shown: dict[str, tuple[float, PresenceTold | None]] = {}  # to the tabs of ours
        self._writing: dict[str, dict[int, float]] = {}  # by channel and member, since when
        self._news: set[str] = set()

    def arrive(self, address: str, tab: Hashable, member_id: int, name: str) -> None:
        """Arriving twice is arriving once. Who has just come is shown what others know."""
        here = self._here.setdefault(address, {})
        if tab not in here:
            here[tab] = member_id, name
            self._news.add(address)
            self._shown[address] = self._shown.get(address, (0, None))[0], None

    def leave(self, address: str, tab: Hashable) -> None:
        here = self._here.get(address, {})
        if here.pop(tab, None):
            self._news.add(address)
        if not here:
            for kept in (self._here, self._shown, self._writing):
                kept.pop(address, None)

    def attend(self, tab: Hashable, hidden_for: float | None) -> None:
        """Somebody looks at it, or nobody has for so many seconds."""
        if hidden_for is not None:
            self._hidden[tab] = time.monotonic() - hidden_for
            return
        if tab in self._away:
            self._mark([tab])
        self.forget(tab)

    def forget(self, tab: Hashable) -> None:
        self._hidden.pop(tab, None)
        self._away.discard(tab)

    def typing(self, event: Typing) -> None:
        """Told, unless enough others are: of many who write, nobody reads the names."""
        now = time.monotonic()
        writing = self._writing.get(event.address, {})
        writing = {who: at for who, at in writing.items() if at > now - WRITING}
        self._writing[event.address] = writing
        if event.member_id not in writing and len(writing) < WRITERS:
            writing[event.member_id] = now
            self._bus.publish(event)

    def gathered(self, event: PresenceTold) -> PresenceTold | None:
        """What all processes have told of that channel, this one's news included. None where that
        was shown already, or of many people a moment ago."""
        self._hear(event)
        now, gathered = time.monotonic(), self.who(event.address)
        at, shown = self._shown.get(event.address, (0, None))
        if gathered == shown or (gathered.many and now < at + (BEAT - 1) * self._pace):
            return None
        if event.address in self._here:
            self._shown[event.address] = now, gathered
        return gathered

    def who(self, address: str) -> PresenceTold:
        """A member with several tabs is here once, and away when nobody looks at any of them."""
        now = time.monotonic()
        told = [event for until, event in self._told.get(address, {}).values() if until > now]
        here = frozenset(id for event in told for id in event.here)
        away = frozenset(id for event in told for id in event.away) - here
        names = {id: name for event in told for id, name in event.names.items()}
        all_named = len(names) == len(here) + len(away) <= NAMED
        return PresenceTold(
            address=address, process="", here=here, away=away, names=names if all_named else {}
        )

    def _hear(self, event: PresenceTold) -> None:
        at = time.monotonic()
        told = {
            process: (until, earlier)
            for process, (until, earlier) in self._told.pop(event.address, {}).items()
            if until > at and process != event.process
        }
        if event.here or event.away:
            told[event.process] = at + FORGOTTEN, event
        if told:
            self._told[event.address] = told

    async def tell(self) -> None:
        """Until cancelled: what changed, each second; all of it, each BEAT."""
        for second in itertools.count(1):
            await asyncio.sleep(self._pace)
            self._mark_who_went_away()
            news, self._news = self._news, set()
            if second % BEAT == 0:
                news |= set(self._here)
            for address in news:
                self._bus.publish(self._told_of(address))

    def _mark_who_went_away(self) -> None:
        long = time.monotonic() - AWAY
        gone = {tab for tab, since in self._hidden.items() if since <= long} - self._away
        self._away |= gone
        self._mark(gone)

    def _mark(self, tabs: Iterable[Hashable]) -> None:
        """Where they are, something is to be told."""
        for tab in tabs:
            self._news |= {address for address, here in self._here.items() if tab in here}

    def _told_of(self, address: str) -> PresenceTold:
        tabs = self._here.get(address, {})
        names = dict(tabs.values())
        here = frozenset(member for tab, (member, _) in tabs.items() if tab not in self._away)
        away = frozenset(names) - here
        told = PresenceTold(address=address, process=self._process, here=here, away=away)
        return told if told.many else replace(told, names=names)
