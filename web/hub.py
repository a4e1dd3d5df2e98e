"""Which tabs of this process hear of which stream, and whether they have heard everything."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

from community.bus import BusLost, Event
from community.database import Database
from community.errors import Busy
from community.streams import Revised
from web import frames
from web.drawing import draw
from web.frames import (
    SIGN_IN,
    STANDING_CHANGED,
    Changed,
    Frame,
    HangUp,
    Refresh,
    Revoked,
    Status,
    Tick,
)
from web.presence import Presence, PresenceTold
from web.standing import Asked, Found, look_around
from web.tabs import Pile, Tab
from web.wire import joined

log = logging.getLogger(__name__)

RETRY = 1  # seconds between two looks at the database while the bus is lost
CHECK = 5  # seconds between two looks while it seems well
GRACE = 1  # seconds an event may be under way before we say it was lost
TICK = 20  # seconds between two signs of life to every tab
GATHER = 0.005  # seconds: the first change goes out at once, those right behind it in one write
STAMPEDE = 10  # seconds over which tabs fetch what they may have missed


class Hub:
    def __init__(self, db: Database, epoch: str) -> None:
        self._db = db
        self.epoch = epoch
        self.presence = Presence(db.bus)
        self._lost = asyncio.Event()
        self._lost.set()  # until we listen
        self._writable = True
        self._everyone: set[Tab] = set()
        self._tabs: dict[str, dict[str, set[Tab]]] = {}  # stream → language → tabs
        self._revs: dict[str, int] = {}  # of watched streams: how far we have heard

    @property
    def lost(self) -> bool:
        """Whether the bus is, and the database is asked instead."""
        return self._lost.is_set()

    @property
    def status(self) -> Status:
        return Status(write=self._writable, live=not self.lost)

    @property
    def everyone(self) -> tuple[Tab, ...]:
        return tuple(self._everyone)

    def join(self, tab: Tab, streams: Iterable[str]) -> None:
        self._everyone.add(tab)
        for stream in streams:
            self._tabs.setdefault(stream, {}).setdefault(tab.locale, set()).add(tab)
            if stream not in tab.streams and stream.startswith("channel:"):
                self.presence.arrive(stream, (tab.member, tab.name))
            tab.streams.add(stream)

    def leave(self, tab: Tab, stream: str) -> None:
        if stream not in tab.streams:
            return
        tab.streams.discard(stream)
        tab.held.pop(stream, None)
        self.presence.leave(stream, (tab.member, tab.name))
        by_locale = self._tabs.get(stream, {})
        by_locale.get(tab.locale, set()).discard(tab)
        if not any(by_locale.values()):
            self._tabs.pop(stream, None)
            self._revs.pop(stream, None)

    def forget(self, tab: Tab) -> None:
        self._everyone.discard(tab)
        for stream in tuple(tab.streams):
            self.leave(tab, stream)

    def sockets_of(self, member_id: int) -> int:
        by_locale = self._tabs.get(f"member:{member_id}", {})
        return sum(len(tabs) for tabs in by_locale.values())

    @contextmanager
    def catching_up(self, tab: Tab, stream: str) -> Iterator[Pile]:
        """The tab is on the stream at once; what happens meanwhile reaches it afterwards."""
        self.join(tab, [stream])
        tab.held[stream] = pile = Pile()
        try:
            yield pile
        except BaseException:
            self.leave(tab, stream)
            raise
        if tab.held.pop(stream, None):
            for packet in pile.packets:
                tab.line.carry(packet)

    def starts_at(self, stream: str, rev: int) -> None:
        """The first tab to watch a stream says from where we listen."""
        self._revs.setdefault(stream, rev)

    # What arrives

    async def listen(self) -> None:
        while True:
            try:
                async with self._db.bus.listen() as batches:
                    await self.compare(grace=0)
                    self._found_again()
                    async for events in batches:
                        self.deliver(events)
                        await asyncio.sleep(GATHER)
            except BusLost as error:
                if not self.lost:
                    log.warning("the bus is lost: %s", error.__cause__ or error)
                    self._lost.set()
                    self.tell_everyone(self.status)
                    await self.compare(grace=0)
                await asyncio.sleep(RETRY)

    def deliver(self, events: Sequence[Event]) -> None:
        """In order; what goes to the same tabs goes in one write."""
        streams: dict[str, list[Event]] = {}
        for event in events:
            if isinstance(event, PresenceTold):
                event = self.presence.gathered(event)
            if event.stream in self._tabs:
                streams.setdefault(event.stream, []).append(event)
        for stream, its_events in streams.items():
            self._advance(stream, its_events)
            for locale, tabs in list(self._tabs.get(stream, {}).items()):
                self._tell(tabs, stream, self._drawn(its_events, locale))

    def _advance(self, stream: str, events: Iterable[Event]) -> None:
        revs = [e.rev for e in events if isinstance(e, Revised)]
        if revs:
            self._revs[stream] = max(*revs, self._revs.get(stream, 0))

    def _drawn(self, events: Iterable[Event], locale: str) -> list[Frame]:
        shown: list[Frame] = []
        for event in events:
            try:
                shown.append(draw(event, locale))
            except Exception:
                log.exception("no frame for %s", event)  # one bad event must not silence the rest
        return shown

    def _tell(self, tabs: set[Tab], stream: str, shown: Sequence[Frame]) -> None:
        carried = [frame for frame in shown if not isinstance(frame, HangUp)]
        if carried:
            packet = joined(frames.packed(frame) for frame in carried)
            for tab in tuple(tabs):
                tab.carry(packet, stream)
        for frame in shown:
            self._carry_out(tuple(tabs), frame)

    def _carry_out(self, tabs: Iterable[Tab], frame: Frame) -> None:
        """What a frame does here, beside being shown there."""
        match frame:
            case HangUp(code=code, reason=reason):
                for tab in tabs:
                    tab.line.hang_up(code, reason)
            case Revoked(stream=stream):
                for tab in tabs:
                    self.leave(tab, stream)

    # What did not arrive

    async def look_after(self) -> None:
        """Even a bus that seems well may have dropped something; a lost one drops everything."""
        while True:
            await self._unless_lost(CHECK)
            if self.lost:
                await asyncio.sleep(RETRY)
            await self.compare(grace=GRACE)

    async def compare(self, grace: float) -> None:
        """Tabs whose right ended or whose streams moved without our hearing of it are told."""
        tabs = [tab for tab in self._everyone if tab.standing]
        asked = Asked(
            streams=tuple(self._revs),
            sign_ins={tab.sign_in for tab in tabs},
            watching={pair for tab in tabs for pair in tab.watching},
        )
        try:
            found = await self._db.look(look_around, asked)
        except Busy:
            log.warning("cannot compare: the database does not answer")
            self._writes(False)
            return
        self._writes(True)
        self._end_what_has_ended(tabs, asked, found)
        await self._unless_lost(grace)
        self._tell_who_is_behind(found.revs)

    def _end_what_has_ended(self, tabs: list[Tab], asked: Asked, found: Found) -> None:
        over = set(asked.watching) - found.watching
        for tab in tabs:
            standing = found.standings.get(tab.sign_in)
            if standing is None:
                tab.line.hang_up(SIGN_IN, "signed out")
            elif standing != tab.standing:
                tab.line.hang_up(STANDING_CHANGED, "standing changed")
            for _, stream in over.intersection(tab.watching):
                self.leave(tab, stream)
                tab.send(Revoked(stream=stream))

    def _tell_who_is_behind(self, revs: dict[str, int]) -> None:
        for stream, rev in revs.items():
            if rev > self._revs.get(stream, rev):
                self._revs[stream] = rev
                for tabs in self._tabs[stream].values():
                    self._tell(tabs, stream, [Changed(stream=stream, rev=rev)])

    def _found_again(self) -> None:
        """Streams know what they missed by rev; the bell is fetched anew, over a while."""
        self._lost.clear()
        self.tell_everyone(self.status)
        self.tell_everyone(Refresh(target="bell", within=STAMPEDE))

    def _writes(self, writable: bool) -> None:
        if writable != self._writable:
            self._writable = writable
            self.tell_everyone(self.status)

    async def _unless_lost(self, seconds: float) -> None:
        """Sleeps, but wakes when the bus is lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._lost.wait()

    def tell_everyone(self, frame: Frame) -> None:
        packet = frames.packed(frame)
        for tab in self.everyone:
            tab.line.carry(packet)

    async def tick(self) -> None:
        """A browser is not told when its line is dead; it notices that we are silent."""
        while True:
            await asyncio.sleep(TICK)
            self.tell_everyone(Tick())
