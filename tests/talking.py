"""A member who goes on talking whatever happens to the line, as PROTOCOL.md says one should."""

import asyncio
import random
from contextlib import suppress
from itertools import count
from typing import Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.browsing import Browser, Tab
from tests.history import History, Sent

LOST = (OSError, TimeoutError, ConnectionClosed, InvalidHandshake, EOFError)
GIVE_UP = 40.0  # seconds until a word that is neither acked nor refused is a failure
ANSWER = 8.0  # seconds to wait for an answer before trying another line

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
        self._socket: ClientConnection | None = None
        self._tab: Tab | None = None
        self._door = 0
        self.address = f"channel:{channel}"
        self.shows = history.follows(self.address, member)
        self.waits: list[float] = []  # from the first attempt to the ack
        self.refused: list[str] = []  # reasons, of what was not final

    async def say(self, body: str = "ahoy") -> Sent:
        """Until it is acked or refused for good."""
        sent = self._history.sends(self._channel, self._member, f"{self._name}-{next(self._said)}")
        async with asyncio.timeout(GIVE_UP):
            while not sent.acks and not sent.final:
                await self._try_to_say(sent, body)
        if sent.acks:
            self.waits.append(sent.acks[0].at - sent.began)
        return sent

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

    async def reach(self, rev: int) -> None:
        """Until it shows the channel as of that rev, over as many lines as it takes."""
        async with asyncio.timeout(GIVE_UP):
            while self.shows.rev < rev or self.shows.catching_up:
                try:
                    tab = await self.line()
                    async with asyncio.timeout(ANSWER):
                        await tab.until_rev(self.address, rev)
                except LOST:
                    await self.drop()

    async def line(self) -> Tab:
        """The open one, or another that has caught up."""
        if self._tab and self._socket and self._socket.close_code is None:
            return self._tab
        await self.drop()
        browser = self._browsers[self._door % len(self._browsers)]
        self._socket = await connect(browser.live, **browser.handshake, open_timeout=ANSWER)
        self._tab = Tab(browser, self._socket)
        self.shows.opens()
        async with asyncio.timeout(ANSWER):
            await self._tab.say_hello()
            await self._tab.go_on(self.address, self.shows)
        return self._tab

    async def drop(self) -> None:
        """The next attempt knocks at the next door, a little later."""
        if self._socket:
            self._socket.transport.abort()
            with suppress(*LOST):
                await self._socket.wait_closed()
            self._door += 1
        self._socket = self._tab = None
        await asyncio.sleep(random.random() / 10)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self.drop()
