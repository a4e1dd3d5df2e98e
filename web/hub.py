"""Which tabs of this process hear of which stream. What arrives is drawn once and told to all."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from community.bus import Event
from community.streams import Revised
from web import frames
from web.drawing import draw
from web.frames import Changed, Frame, HangUp, Revoked, Status, Unseen
from web.presence import Presence, PresenceTold
from web.streams import NewsTold, is_news, news_of
from web.tabs import Pile, Tab, Way
from web.wire import Packet, joined

log = logging.getLogger(__name__)

AT_A_TIME = 250  # tabs written to before others have their turn: about a millisecond

Ways = dict[Tab, Way]


class Hub:
    def __init__(self, presence: Presence, epoch: str, tick: float) -> None:
        self.presence = presence
        self.epoch = epoch
        self.tick = tick  # seconds within which every tab hears something
        self.status = Status(write=True, live=False)  # until we listen
        self._seated: set[Tab] = set()
        self._tabs: dict[str, dict[str, Ways]] = {}  # stream → language → tab → where it hears
        self._revs: dict[str, int] = {}  # of watched streams: how far we have heard
        self._settled: dict[str, int] = {}  # how far the database has said; below, nothing is news

    @property
    def everyone(self) -> tuple[Tab, ...]:
        """Who has said hello and was answered."""
        return tuple(self._seated)

    @property
    def watched(self) -> tuple[str, ...]:
        return tuple(self._revs)

    def join(self, tab: Tab, streams: Iterable[str]) -> None:
        for stream in streams:
            self._lead(tab, stream, tab.line)
            tab.streams.add(stream)

    def _lead(self, tab: Tab, stream: str, way: Way) -> None:
        self._tabs.setdefault(stream, {}).setdefault(tab.locale, {})[tab] = way

    def seat(self, tab: Tab) -> None:
        self._seated.add(tab)

    def leave(self, tab: Tab, stream: str) -> None:
        if stream not in tab.streams:
            return
        tab.streams.discard(stream)
        tab.held.pop(stream, None)
        self.presence.leave(stream, tab)
        by_locale = self._tabs.get(stream, {})
        by_locale.get(tab.locale, {}).pop(tab, None)
        if not any(by_locale.values()):
            for kept in (self._tabs, self._revs, self._settled):
                kept.pop(stream, None)

    def forget(self, tab: Tab) -> None:
        self._seated.discard(tab)
        self.presence.forget(tab)
        for stream in tuple(tab.streams):
            self.leave(tab, stream)

    def sockets_of(self, member_id: int) -> int:
        return sum(len(tabs) for tabs in self._tabs.get(f"member:{member_id}", {}).values())

    @contextmanager
    def catching_up(self, tab: Tab, stream: str) -> Iterator[Pile]:
        """The tab is on the stream at once; what happens meanwhile reaches it afterwards."""
        self.join(tab, [stream])
        tab.held[stream] = pile = Pile()
        self._lead(tab, stream, pile)
        try:
            yield pile
        except BaseException:
            self.leave(tab, stream)
            raise
        if tab.held.pop(stream, None):
            self._lead(tab, stream, tab.line)
            for packet in pile.packets:
                tab.line.carry(packet)

    def admit(self, tab: Tab, stream: str, rev: int, *, apart: bool = False) -> None:
        """It may see the stream. The first tab to watch one says from where we listen."""
        self._revs.setdefault(stream, rev)
        if apart:
            self.presence.leave(stream, tab)
        elif stream.startswith("channel:") and tab.is_shown:
            self.presence.arrive(stream, tab, tab.member, tab.name)

    def listen(self, tab: Tab, revs: Mapping[int, int]) -> None:
        """To these channels, in place of those before: what changes there is rung once."""
        for stream in [one for one in tab.streams if is_news(one)]:
            self.leave(tab, stream)
        for id, rev in revs.items():
            stream = news_of(f"channel:{id}")
            self.join(tab, [stream])
            self.admit(tab, stream, rev)

    def ring(self, tab: Tab, address: str, rev: int) -> None:
        """Unless it has rung already."""
        if (stream := news_of(address)) in tab.streams:
            tab.send(Changed(stream=stream, rev=rev))
            self.leave(tab, stream)

    # What arrives

    async def deliver(self, events: Sequence[Event]) -> None:
        """In order; what goes to the same tabs goes in one write. For one caller at a time."""
        streams: dict[str, list[Event]] = {}
        for event in events:
            if isinstance(event, PresenceTold):
                gathered = self.presence.gathered(event)
                if gathered is None:
                    continue
                event = gathered
            if event.stream in self._tabs and self._is_news(event):
                streams.setdefault(event.stream, []).append(event)
            if isinstance(event, Revised) and news_of(event.stream) in self._tabs:
                streams[news_of(event.stream)] = [NewsTold.of(event)]  # the last says it all
        for stream, its_events in streams.items():
            for locale, ways in list(self._tabs.get(stream, {}).items()):
                await self._tell(ways, _drawn(its_events, locale))

    def _is_news(self, event: Event) -> bool:
        """What comes out of a bus that had stopped may be long past: hidden since, for one."""
        if not isinstance(event, Revised):
            return True
        if event.rev <= self._settled.get(event.stream, 0):
            return False
        self._revs[event.stream] = max(event.rev, self._revs.get(event.stream, 0))
        return True

    async def settle(self, revs: Mapping[str, int]) -> None:
        """How far the database has said the streams are: tabs hear of what we did not hear of."""
        for stream, rev in revs.items():
            if stream not in self._revs:
                continue  # left meanwhile
            self._settled[stream] = max(rev, self._settled.get(stream, 0))
            if rev > self._revs[stream]:
                self._revs[stream] = rev
                for ways in list(self._tabs[stream].values()):
                    await self._tell(ways, [Changed(stream=stream, rev=rev)])

    async def _tell(self, ways: Ways, shown: Sequence[Frame]) -> None:
        """Who comes meanwhile asks the database afterwards, and was not told."""
        tabs = tuple(ways)
        carried = [frame for frame in shown if not isinstance(frame, HangUp | Unseen)]
        if carried:
            await _carry(joined(frames.packed(frame) for frame in carried), tabs, ways)
        for frame in shown:
            self._carry_out(tabs, frame)

    def _carry_out(self, tabs: Sequence[Tab], frame: Frame) -> None:
        """What a frame does here, beside being shown there."""
        match frame:
            case HangUp(code=code, reason=reason):
                for tab in tabs:
                    tab.line.hang_up(code, reason)
            case Revoked(stream=stream):
                for tab in tabs:
                    self.leave(tab, stream)
                    self.leave(tab, news_of(stream))
            case Changed(stream=stream) if is_news(stream):
                for tab in tabs:
                    self.leave(tab, stream)
            case Unseen(stream=stream):
                for tab in tabs:
                    self.presence.leave(stream, tab)
                    if pile := tab.held.get(stream):
                        pile.drop()  # what it reads just now may be older

    # To everybody

    def tell_everyone(self, frame: Frame) -> None:
        packet = frames.packed(frame)
        for tab in self.everyone:
            tab.line.carry(packet)

    def is_now(self, status: Status) -> None:
        if status != self.status:
            self.status = status
            self.tell_everyone(status)


async def _carry(packet: Packet, tabs: Sequence[Tab], ways: Ways) -> None:
    """To some at a time: a full room holds up nobody's ack. Who left meanwhile hears no more."""
    for start in range(0, len(tabs), AT_A_TIME):
        if start:
            await asyncio.sleep(0)
        for tab in tabs[start : start + AT_A_TIME]:
            if way := ways.get(tab):
                way.carry(packet)


def _drawn(events: Iterable[Event], locale: str) -> list[Frame]:
    shown: list[Frame] = []
    for event in events:
        try:
            shown.append(draw(event, locale))
        except Exception:
            log.exception("no frame for %s", event)  # one bad event must not silence the rest
    return shown
