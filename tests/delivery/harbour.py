"""Members in one community in this process, at one door or two: what each deed does and is told.

The rules of when (tests/delivery/machine.py) are apart from the deeds. After each deed every tab
reads on, so that nothing is read much later than it came.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.browsing import Browser, Tab
from tests.cast import ADA, BO, CY
from tests.conftest import PLENTY, Town
from tests.delivery import deeds
from tests.following import Frame, items_of, rev_of
from tests.history import Hidden, History, Picture, Revoked, Sent, Witness, rows_of
from tests.invariants import faults
from tests.servers import Valkey

FREELY: dict[str, Any] = {
    "frames_per_second": PLENTY,
    "frames_burst": PLENTY,
    "sends_per_second": PLENTY,
    "sends_burst": PLENTY,
    "sends_per_minute": PLENTY,
    "sockets_per_member": 50,
}
LATE = 2.0  # seconds: the bus may be away (I7, I10)
NEVER, NOWHERE = "an epoch that never was", 2**40  # a channel nobody has seen

_channels, _keys = count(100), count(1)


@contextmanager
def standing_still(valkey: Valkey) -> Iterator[None]:
    valkey.pause()
    try:
        yield
    finally:
        valkey.resume()


@dataclass
class Ear:
    """A tab and what it shows; without a line while it is away."""

    member: int
    shows: Witness
    tab: Tab | None = None
    socket: ClientConnection | None = None


@dataclass
class Word:
    sent: Sent
    body: str
    parent: int | None = None  # it answers
    number: int = 0  # of the message, once it is known
    hidden: bool = False


@dataclass
class Harbour:
    """A private channel with Ada, Bo and Cy in it."""

    towns: list[Town]
    silencing: Callable[[], AbstractContextManager[Any]]
    history: History = field(default_factory=lambda: History(late=LATE))
    ears: list[Ear] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    muted: set[int] = field(default_factory=set)
    outside: set[int] = field(default_factory=set)
    channel: int = field(default_factory=lambda: next(_channels))
    _silence: ExitStack = field(default_factory=ExitStack)
    silent: bool = False
    _read_at: float = field(default_factory=time.monotonic)

    @property
    def address(self) -> str:
        return f"channel:{self.channel}"

    async def open(self) -> None:
        await self.towns[0].db.act(deeds.furnish, self.channel)
        self.quiet = self.history.follows(self.address, ADA)

    def browser(self, member: int, door: int) -> Browser:
        town = self.towns[door % len(self.towns)]
        return {ADA: town.ada, BO: town.bo, CY: town.cy}[member]

    # Lines

    async def arrive(self, ear: Ear, door: int) -> None:
        browser = self.browser(ear.member, door)
        ear.socket = await connect(browser.live, **browser.handshake)
        ear.tab = Tab(browser, ear.socket)
        await ear.tab.say_hello()
        ear.shows.opens()
        await ear.tab.go_on(self.address, ear.shows)

    async def leave(self, ear: Ear) -> None:
        """Without a word."""
        if ear.socket:
            ear.socket.transport.abort()
            await ear.socket.wait_closed()
        ear.tab = ear.socket = None

    async def read_on(self) -> None:
        """What was under way has come once a later question is answered."""
        for ear in self.ears:
            if ear.tab:
                await ear.tab.send("typing", channel=NOWHERE, key="t")
                await ear.tab.answer("t")
        self.history.lag = max(self.history.lag, time.monotonic() - self._read_at)
        self._read_at = time.monotonic()

    # Words

    async def say(self, ear: Ear, body: str, to: Word | None = None) -> None:
        word = self._new_word(ear, body)
        word.parent = await self._number(to) if to else None
        answer = await self._ask(ear, word)
        may = ear.member not in self.muted | self.outside
        assert answer["verb"] == ("ack" if may else "refused"), answer

    async def say_and_leave(self, ear: Ear, body: str) -> None:
        """What becomes of it nobody knows, until it is said again."""
        word = self._new_word(ear, body)
        assert ear.tab
        await ear.tab.send("say", channel=self.channel, body=body, key=word.sent.key)
        await self.leave(ear)

    async def say_again(self, ear: Ear, word: Word) -> None:
        acked, answer = bool(word.sent.acks), await self._ask(ear, word)
        assert answer["verb"] == "ack" or not acked, "the first answer, for ever"

    async def say_other_words(self, ear: Ear, word: Word) -> None:
        """With a key that is taken."""
        assert ear.tab
        answer = await ear.tab.say(f"not {word.body}", word.sent.key, channel=self.channel)
        assert answer["verb"] == "refused" and answer["final"]

    async def change(self, ear: Ear, word: Word, verb: str, **fields: str) -> None:
        """Edits or withdraws; who may not is told so for good."""
        assert ear.tab
        key = f"{verb}{next(_keys)}"
        await ear.tab.send(verb, message=await self._number(word), key=key, **fields)
        answer = await ear.tab.answer(key)
        assert answer["verb"] == "ack" or answer["final"]

    def _new_word(self, ear: Ear, body: str) -> Word:
        sent = self.history.sends(self.channel, ear.member, f"key{next(_keys)}")
        self.words.append(Word(sent, body))
        return self.words[-1]

    async def _ask(self, ear: Ear, word: Word) -> Frame:
        assert ear.tab
        answers = {"parent": word.parent} if word.parent else {}
        answer = await ear.tab.say(word.body, word.sent.key, channel=self.channel, **answers)
        word.sent.answered(answer)
        return answer

    async def _number(self, word: Word) -> int:
        if not word.number:
            rows = await self.towns[0].db.look(rows_of)
            (word.number,) = (row.id for row in rows if row.key == word.sent.key)
        return word.number

    # Moderation

    async def hide(self, word: Word) -> None:
        id = await self._number(word)
        rev = await self.towns[0].db.act(deeds.hide, id)
        hidden = Hidden(self.address, f"message-{id}", rev, time.monotonic())
        self.history.hidden.append(hidden)
        word.hidden = True

    async def restore(self, word: Word) -> None:
        id = await self._number(word)
        [*_, n] = (n for n, each in enumerate(self.history.hidden) if each.id == f"message-{id}")
        until = time.monotonic()
        rev = await self.towns[0].db.act(deeds.restore, id)
        self.history.hidden[n] = self.history.hidden[n]._replace(until=until, until_rev=rev)
        word.hidden = False

    async def set_muted(self, member: int, *, muted: bool) -> None:
        """Every line the member has is ended."""
        await self.towns[0].db.act(deeds.set_muted, member, muted)
        (self.muted.add if muted else self.muted.discard)(member)
        self.history.revoked.append(Revoked(member, "", time.monotonic()))
        for ear in self.ears:
            if ear.tab and ear.member == member:
                assert (await ear.tab.closed())[0] == 4403
                await self.leave(ear)

    async def show_the_door(self, member: int) -> None:
        await self.towns[0].db.act(deeds.show_out, self.channel, member)
        self.history.revoked.append(Revoked(member, self.address, time.monotonic()))
        self.outside.add(member)
        for ear in self.ears:
            if ear.tab and ear.member == member:
                while self.address in ear.tab.streams:  # or refused, where it just asked anew
                    await ear.tab.until("revoked", "refused")
                await self.leave(ear)

    async def let_in(self, member: int) -> None:
        ends = self.history.revoked
        for n, ended in enumerate(ends):
            if (ended.member, ended.address, ended.until) == (member, self.address, float("inf")):
                ends[n] = ended._replace(until=time.monotonic())
        await self.towns[0].db.act(deeds.let_in, self.channel, member)
        self.outside.discard(member)

    # Catching up in other ways

    async def come_from_another_epoch(self, ear: Ear) -> None:
        assert ear.tab
        ear.tab.epoch = NEVER
        await ear.tab._catch_up(self.address)
        while ear.shows.catching_up or ear.tab.epoch == NEVER:
            await ear.tab.until("caught_up", "reset")

    async def come_from_the_future(self, ear: Ear) -> None:
        """From a rev the stream never had."""
        assert ear.tab
        ahead = {"stream": self.address, "rev": ear.shows.rev + 1_000, "epoch": ear.tab.epoch}
        await ear.tab.send("watch", **ahead)
        await ear.tab.until("reset")
        while ear.shows.catching_up:
            await ear.tab.until("caught_up")

    async def ask_over_http(self, door: int) -> None:
        """As a page does whose network lets no websocket through."""
        browser, town = self.browser(ADA, door), self.towns[door % len(self.towns)]
        query = f"stream={self.address}&rev={self.quiet.rev}&epoch={town.hub.epoch}"
        answer = await browser.get(f"/catch-up?{query}")
        self.quiet.catching_up = True
        for frame in answer.json():
            if frame["verb"] == "put":
                self.quiet.put(frame)
            else:
                self.quiet.caught_up(frame["rev"])

    async def compare_with_a_page(self, ear: Ear, door: int) -> None:
        """What the tab makes of the frames since its own page is what a page shows now (I9)."""
        assert ear.tab
        page = await self.browser(ADA, door).open(f"/channels/{self.channel}")
        await ear.tab.until_rev(self.address, rev_of(page))
        assert ear.shows.rev == rev_of(page)
        self.history.pictures.append(_picture(self.address, ear.shows, items_of(page)))

    # The bus

    def fall_silent(self) -> None:
        self._silence.enter_context(self.silencing())
        self.silent = True

    def be_heard_again(self) -> None:
        self._silence.close()
        self.silent = False

    async def judged(self) -> list[str]:
        """Once all is well again and everybody is back."""
        self.be_heard_again()
        for member in tuple(self.muted):
            await self.set_muted(member, muted=False)
        for member in tuple(self.outside):
            await self.let_in(member)
        for n, ear in enumerate(self.ears):
            if ear.tab is None:
                await self.arrive(ear, n)
        page = await self._page_of_all()
        rows = [r for r in await self.towns[0].db.look(rows_of) if r.channel == self.channel]
        found = faults(self.history, rows, {self.address: items_of(page)})
        for ear in self.ears:
            await self.leave(ear)
        return found

    async def _page_of_all(self) -> str:
        """Which every tab has reached and none is ahead of: a word whose tab left at once may be
        stored only now."""
        while True:
            page = await self.browser(ADA, 0).open(f"/channels/{self.channel}")
            for ear in self.ears:
                assert ear.tab
                await ear.tab.until_rev(self.address, rev_of(page))
            await self.ask_over_http(0)
            shown = (self.quiet, *(ear.shows for ear in self.ears))
            if all(one.rev == rev_of(page) for one in shown):
                return page


def _picture(address: str, shows: Witness, fresh: list[str]) -> Picture:
    return Picture(address, shows.runs[-1][0] if shows.runs[-1] else 0, shows.rev,
                   shows.shown[-len(fresh) :], fresh)  # fmt: skip
