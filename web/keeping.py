"""Keeps the tabs of this process right: by the bus while it rings, by the database all the time.

Even a bus that seems well may have dropped something; a lost one drops everything (D8).
"""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from time import monotonic
from typing import NamedTuple

from msgspec.structs import replace

from community.bus import BusLost, Event
from community.database import Database
from community.errors import Busy
from community.site import SiteChanged, found, touch
from web.frames import SIGN_IN, STANDING_CHANGED, Refresh, Revoked, Tick
from web.hub import Hub
from web.standing import Asked, Found, look_around
from web.tabs import Tab

log = logging.getLogger(__name__)


class Rhythm(NamedTuple):
    """In seconds."""

    check: float = 5  # between two looks at the database while all seems well
    retry: float = 1  # the same while the bus is lost or the database stumbles
    grace: float = 1  # an event may be under way before we say it was lost
    tick: float = 20  # between two signs of life to every tab
    gather: float = 0.004  # the first change goes out at once, those right behind it in one write
    chores: float = 2  # between two rounds of them: what ends by time ends this late at the latest
    mail: float = 2  # between two looks for letters
    stampede: int = 10  # over which tabs fetch what they may have missed


ORDINARY = Rhythm()
FOR_THE_DATABASE = 30  # times it is tried again


class Keeper:
    def __init__(self, db: Database, hub: Hub, rhythm: Rhythm) -> None:
        self._db = db
        self._hub = hub
        self._rhythm = rhythm
        self._lost = asyncio.Event()
        self._lost.set()  # until we listen
        self._closed = False  # the community is read-only

    async def listen(self) -> None:
        """Until cancelled: what the bus says goes to the tabs."""
        while True:
            try:
                async with self._db.bus.listen() as batches:
                    await self.compare()  # of what was said before, nothing will be heard
                    self._found_again()
                    async for events in batches:
                        next_write = monotonic() + self._rhythm.gather
                        await self._hub.deliver(events)
                        self._mind_the_site(events)
                        await asyncio.sleep(next_write - monotonic())
            except BusLost as error:
                await self._miss(error)
                await asyncio.sleep(self._rhythm.retry)

    def _mind_the_site(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, SiteChanged):
                self._closed = event.read_only
                self._say_whether_writable()

    def _say_whether_writable(self) -> None:
        write = self._db.sound and not self._closed
        self._hub.is_now(replace(self._hub.status, write=write))

    async def _miss(self, error: BusLost) -> None:
        if self._lost.is_set():
            return
        log.warning("the bus is lost: %s", error.__cause__ or error)
        self._lost.set()
        self._hub.is_now(replace(self._hub.status, live=False))
        await self.compare()

    def _found_again(self) -> None:
        """Streams know what they missed by rev; the bell is fetched anew, over a while."""
        self._lost.clear()
        self._hub.is_now(replace(self._hub.status, live=True))
        self._hub.tell_everyone(Refresh(target="bell", within=self._rhythm.stampede))

    async def look_after(self) -> None:
        """Until cancelled: what the bus did not say is found, and whether rows can be written."""
        while True:
            await self._until_next()
            await self.compare(self._rhythm.grace)
            if not self._db.sound:
                await self._try_to_write()
            self._say_whether_writable()

    async def _until_next(self) -> None:
        """Sooner when something is wrong."""
        passed = 0.0
        while passed < self._rhythm.check and not (self._lost.is_set() or not self._db.sound):
            await self._unless_lost(self._rhythm.retry)
            passed += self._rhythm.retry
        if self._lost.is_set() or not self._db.sound:
            await asyncio.sleep(self._rhythm.retry)

    async def compare(self, grace: float = 0) -> None:
        """Tabs whose right ended or whose streams moved without our hearing of it are told."""
        tabs = self._hub.everyone
        asked = Asked(
            streams=self._hub.watched,
            sign_ins={tab.sign_in for tab in tabs},
            watching={pair for tab in tabs for pair in tab.watching},
        )
        try:
            found = await self._db.look(look_around, asked)
        except Busy:
            log.warning("cannot compare: the database does not answer")
            return
        self._closed = found.read_only
        self._say_whether_writable()
        self._end_what_has_ended(tabs, asked, found)
        await self._unless_lost(grace)
        await self._hub.settle(found.revs)

    def _end_what_has_ended(self, tabs: tuple[Tab, ...], asked: Asked, found: Found) -> None:
        over = set(asked.watching) - found.watching
        for tab in tabs:
            standing = found.standings.get(tab.sign_in)
            if standing is None:
                tab.line.hang_up(SIGN_IN, "signed out")
            elif standing != tab.standing:
                tab.line.hang_up(STANDING_CHANGED, "standing changed")
            for _, stream in over.intersection(tab.watching):
                self._hub.leave(tab, stream)
                tab.send(Revoked(stream=stream))

    async def _try_to_write(self) -> None:
        with suppress(Busy):
            await self._db.act(touch)
            self._db.sound = True

    async def _unless_lost(self, seconds: float) -> None:
        """Sleeps, but wakes when the bus is lost."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._lost.wait()

    async def tick(self) -> None:
        """A browser is not told when its line is dead; it notices that we are silent."""
        while True:
            await asyncio.sleep(self._rhythm.tick)
            self._hub.tell_everyone(Tick())


async def epoch_of(db: Database, rhythm: Rhythm) -> str:
    """After a power cut the database takes longer to come back than we do: it is waited for."""
    for _ in range(FOR_THE_DATABASE):
        with suppress(Busy):  # the database has said why
            return await db.act(found)
        await asyncio.sleep(rhythm.retry)
    return await db.act(found)
