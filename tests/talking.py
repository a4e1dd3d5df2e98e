"""A member who goes on talking whatever happens to the line, as PROTOCOL.md says one should."""

import asyncio
import random
import time
from contextlib import suppress
from itertools import count
from typing import Self

from httpx2 import HTTPError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.browsing import Browser, NoPage, Tab
from tests.following import named
from tests.history import History, Sent

LOST = (OSError, TimeoutError, ConnectionClosed, InvalidHandshake, EOFError, HTTPError, NoPage)
GIVE_UP = 150.0  # seconds until a word that is neither acked nor refused is a failure
ANSWER = 20.0  # seconds to wait for an answer before trying another line
SOON, LATEST = 0.1, 30.0  # seconds within which it tries another, at first and at last (D12)

_names = count()


class Talker:
    """Watches the channel it talks in. `browsers` are doors to one community, tried in turn."""

    def __init__(
        self, history: History, member: int, *browsers: Browser, channel: int = 7, name: str = ""
    ) -> None:
        self._history = history
        self._member = member
        self._browsers = browsers
        self._channel = channel
        self._name = name or f"t{next(_names)}"
        self._said = count(1)
        self._known: list[tuple[Sent, str]] = []  # acked, with their words
        self._socket: ClientConnection | None = None
        self._tab: Tab | None = None
        self._door = 0
        self._failures = 0  # lines in a row on which it was not answered
        self.address = f"channel:{channel}"
        self.shows = history.follows(self.address, member)
        self.waits: list[float] = []  # from the first attempt to the ack
        self.refused: list[str] = []  # reasons, of what was not final

    async def say(self, body: str = "ahoy") -> Sent:
        """Until it is acked or refused for good."""
        sent = self._history.sends(self._channel, self._member, f"{self._name}-{next(self._said)}")
        await self._until_answered(sent, body)
        if sent.acks:
            self.waits.append(sent.acks[0].at - sent.began)
            self._known.append((sent, body))
        return sent

    async def _until_answered(self, sent: Sent, body: str) -> None:
        answers = len(sent.acks)
        async with asyncio.timeout(GIVE_UP):
            while len(sent.acks) == answers and not sent.final:
                await self._try_to_say(sent, body)

    async def _try_to_say(self, sent: Sent, body: str) -> None:
        try:
            tab = await self.line()
            async with asyncio.timeout(ANSWER):
                answer = await tab.say(body, sent.key, channel=self._channel)
        except LOST:
            return await self.drop()
        sent.answered(answer)
        if answer["verb"] == "refused" and not answer["final"]:
            self.refused.append(answer["reason"])
            await asyncio.sleep(answer.get("retry_after") or 0.1 + random.random() / 5)

    async def say_again(self) -> None:
        """What was acked before, perhaps long ago, at another door."""
        if self._known:
            sent, body = random.choice(self._known)
            await self._until_answered(sent, body)

    async def change_own(self, verb: str, **fields: str) -> None:
        """Edits or withdraws one that it shows. Whether that was stored, the next page tells."""
        own = [html for html in self.shows.items.values() if f'data-key="{self._name}-' in html]
        if not own:
            return
        message = int(named(random.choice(own)).removeprefix("message-"))
        try:
            tab = await self.line()
            async with asyncio.timeout(ANSWER):
                await tab.send(verb, message=message, key=f"{verb}-{next(_names)}", **fields)
                await tab.until("ack", "refused")
        except LOST:
            await self.drop()

    async def listen(self, seconds: float) -> None:
        """Reads what comes, over as many lines as it takes; nothing, where it may hear nothing."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                tab = await self.line()
                tab.heard.clear()
                async with asyncio.timeout(left):
                    await tab.until("revoked" if self.address in tab.streams else "never")
            except TimeoutError:
                if self.shows.catching_up:  # what was under way then is not waited for
                    await self.drop()
            except LOST:
                await self.drop()

    async def reach(self, rev: int) -> None:
        """Until it shows the channel as of that rev, over as many lines as it takes."""
        async with asyncio.timeout(GIVE_UP):
            while self.shows.rev < rev or self.shows.catching_up:
                try:
                    tab = await self.line()
                    if self.address not in tab.streams:
                        await self.drop()
                        continue
                    async with asyncio.timeout(ANSWER):
                        await tab.until_rev(self.address, rev)
                except LOST:
                    await self.drop()

    async def line(self) -> Tab:
        """The open one, or another that has caught up, where it may hear the channel."""
        if not (self._tab and self._socket and self._socket.close_code is None):
            await self._hang_up()
            browser = self._browsers[self._door % len(self._browsers)]
            self._socket = await connect(
                browser.live, **browser.handshake | {"open_timeout": ANSWER}
            )
            self._tab = Tab(browser, self._socket)
            async with asyncio.timeout(ANSWER):
                await self._tab.say_hello()
        if self.address not in self._tab.streams:
            self.shows.opens()
            async with asyncio.timeout(ANSWER):
                await self._tab.go_on(self.address, self.shows)
            self._failures = 0
        return self._tab

    async def drop(self) -> None:
        """The next attempt knocks at the next door, a little later; the more failed, the later."""
        await self._hang_up()
        self._door += 1
        longest = min(SOON * 2 ** min(self._failures, 16), LATEST)
        self._failures += 1
        await asyncio.sleep(random.uniform(0, longest))

    async def _hang_up(self) -> None:
        if self._socket:
            self._socket.transport.abort()
            with suppress(*LOST):
                await self._socket.wait_closed()
        self._socket = self._tab = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self._hang_up()
