"""What a member can do in a test: have a browser, and open tabs in it.

Tab follows the rules of PROTOCOL.md as static/js/live.js does; keep the two alike.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property
from typing import Any

import httpx2
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from community.database import Database
from community.members.actions import sign_in
from tests.following import GAPS, Followed, Frame, epoch_of, items_of, named, number, page_of

__all__ = [
    "Browser",
    "Followed",
    "NoPage",
    "Tab",
    "close_browsers",
    "items_of",
    "named",
    "number",
    "sign_in_as",
    "signed_in",
]

PATIENCE = 30.0  # seconds until what does not come is a failure: two cores may be busy
_open: set["Browser"] = set()  # that hold connections


class NoPage(AssertionError):
    """In most tests a failure; who talks while things break tries again."""


class Browser:
    """Signed in by its token; without one, a visitor's."""

    def __init__(self, origin: str, token: str = "", locale: str = "en") -> None:
        self.origin = origin
        self.token = token
        self.headers = {"origin": origin, "accept-language": locale}
        if token:
            self.headers["cookie"] = f"sid={token}"
        self._clients = AsyncExitStack()

    @cached_property
    def _client(self) -> httpx2.AsyncClient:
        """Made when it is first needed: of eight members, most tests send one or two out."""
        client = httpx2.AsyncClient(
            base_url=self.origin,
            headers=self.headers,
            timeout=PATIENCE,
            trust_env=False,
            verify=False,
        )
        self._clients.push_async_callback(client.aclose)
        _open.add(self)
        return client

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self._client.get(path, headers=headers)

    async def post(self, path: str, **form: Any) -> httpx2.Response:
        return await self.post_with({}, path, **form)

    async def post_with(self, headers: dict[str, str], path: str, **form: Any) -> httpx2.Response:
        return await self._client.post(path, data=form, headers=headers)

    async def send(self, path: str, *pictures: bytes, **form: Any) -> httpx2.Response:
        """As a form with pictures does."""
        files = [("picture", ("foto.jpg", one, "image/jpeg")) for one in pictures]
        return await self._client.post(path, data=form, files=files)

    async def attach(self, path: str, name: str, file: bytes, **form: Any) -> httpx2.Response:
        """As a form with one file does; with none chosen, an empty part comes along."""
        sent = {"file": (name, file, "text/csv")}
        return await self._client.post(path, data=form, files=sent)

    async def open(self, path: str, **headers: str) -> str:
        """The page, which has to be there."""
        answer = await self.get(path, **headers)
        if answer.status_code != 200:
            raise NoPage(f"{path}: {answer.status_code}, {answer.text[:500]}")
        return answer.text

    async def shown(self, address: str) -> list[str]:
        """What a fresh page shows of a stream."""
        return items_of(await self.open(page_of(address)))

    @asynccontextmanager
    async def tab(self, **options: Any) -> AsyncIterator["Tab"]:
        """That has said hello and was answered."""
        async with self.socket(**options) as socket:
            tab = Tab(self, socket)
            await tab.say_hello()
            yield tab

    @asynccontextmanager
    async def socket(self, **options: Any) -> AsyncIterator[ClientConnection]:
        """That has said nothing yet."""
        async with connect(self.live, **self.handshake | options) as socket:
            yield socket

    @property
    def live(self) -> str:
        return f"{self.origin.replace('http', 'ws', 1)}/live"

    @property
    def handshake(self) -> dict[str, Any]:
        headers = {name: value for name, value in self.headers.items() if name != "origin"}
        here = {"origin": self.origin, "additional_headers": headers, "proxy": None}
        return here | {"open_timeout": PATIENCE}

    @property
    def cookies(self) -> dict[str, str]:
        """Those it was given; the one it began with is its token."""
        return dict(self._client.cookies)

    async def close(self) -> None:
        """What it holds; it can be used again."""
        _open.discard(self)
        self.__dict__.pop("_client", None)
        await self._clients.aclose()


class Tab:
    def __init__(self, browser: Browser, socket: ClientConnection) -> None:
        self.browser = browser
        self.socket = socket
        self.epoch = ""
        self.streams: dict[str, Followed] = {}
        self.heard: list[Frame] = []  # every frame, in order
        self.gaps: Sequence[float] = GAPS
        self._ask_at: dict[str, float] = {}  # when a hole is asked about again

    async def say_hello(self) -> Frame:
        await self.send("hello", protocol=1)
        hello = await self.until("hello")
        self.epoch = hello["epoch"]
        return hello

    async def watch(self, address: str, rev: int = 0, items: list[str] | None = None) -> Followed:
        """From nothing, or from what a page had shown, until it has caught up."""
        known = {named(html): html for html in items or ()}
        start = number(items[0], "seq") if items else 1
        return await self.go_on(address, Followed(rev, known, start, revs=[rev]))

    async def go_on(self, address: str, followed: Followed) -> Followed:
        """From where an earlier tab was cut, until it has caught up or may not hear it."""
        followed.catching_up = False
        self.streams[address] = followed
        await self._catch_up(address)
        while self.streams.get(address) is followed:  # else it is refused or revoked for good
            frame = await self.until("caught_up", "refused", "revoked")
            if frame["verb"] == "caught_up" and not followed.catching_up:
                break
        return followed

    async def follow(self, address: str) -> Followed:
        """As a page does: from what the server drew."""
        followed = Followed(0)
        followed.begin(await self.browser.open(page_of(address)))
        return await self.go_on(address, followed)

    async def send(self, verb: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"verb": verb, **fields}))

    async def say(self, body: str, key: str, channel: int = 7, **fields: Any) -> Frame:
        await self.send("say", channel=channel, body=body, key=key, **fields)
        return await self.answer(key)

    async def answer(self, key: str) -> Frame:
        while (answer := await self.until("ack", "refused")).get("key") != key:
            pass
        return answer

    async def until(self, *verbs: str) -> Frame:
        """Reads on, following the rules, up to the first such frame."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self._receive()
                if frame["verb"] in verbs:
                    return frame

    async def until_rev(self, address: str, rev: int) -> Followed:
        """Reads on until the stream is shown as of that rev or a later one."""
        followed = self.streams[address]
        async with asyncio.timeout(PATIENCE):
            while followed.rev < rev or followed.catching_up:
                await self._receive()
        return followed

    async def until_told(self, **how: bool) -> None:
        """Until the last it heard of how we are is this; that may have come before an answer."""
        while not how.items() <= self._status.items():
            await self.until("status")

    @property
    def _status(self) -> Frame:
        told = (frame for frame in reversed(self.heard) if frame["verb"] == "status")
        return next(told, {})

    async def closed(self) -> tuple[int, str]:
        """Reads on until the server closes the line: with which code, and in which words."""
        with pytest.raises(ConnectionClosed) as closed:
            await self.until("never")
        assert closed.value.rcvd
        return closed.value.rcvd.code, closed.value.rcvd.reason

    async def _receive(self) -> Frame:
        while True:
            try:
                async with asyncio.timeout_at(min(self._ask_at.values(), default=None)):
                    frame: Frame = json.loads(await self.socket.recv())
            except TimeoutError:
                await self._ask_again()
                continue
            self.heard.append(frame)
            await self._obey(frame)
            return frame

    async def _obey(self, frame: Frame) -> None:
        address = frame.get("stream") or ""
        followed = self.streams.get(address)
        if followed is None:
            return
        match frame["verb"]:
            case "put":
                if followed.put(frame) and address not in self._ask_at:
                    self._ask_later(address, followed)
            case "caught_up":
                followed.caught_up(frame["rev"])
            case "changed" if frame["rev"] > followed.rev:
                await self._catch_up(address)
            case "reset":
                await self._load(address)
            case "refused" if not frame["final"]:
                followed.catching_up = False
                return self._ask_later(address, followed)
            case "revoked" | "refused":
                followed.catching_up = False
                followed.held.clear()
                del self.streams[address]
        if not followed.held:
            self._ask_at.pop(address, None)

    def _ask_later(self, address: str, followed: Followed) -> None:
        now = asyncio.get_running_loop().time()
        self._ask_at[address] = now + self.gaps[min(followed.tries, len(self.gaps) - 1)]
        followed.tries += 1

    async def _ask_again(self) -> None:
        address = min(self._ask_at, key=lambda name: self._ask_at[name])
        followed = self.streams[address]
        del self._ask_at[address]
        if followed.tries > len(self.gaps):
            return await self._load(address)
        self._ask_later(address, followed)
        await self._catch_up(address)

    async def _catch_up(self, address: str) -> None:
        followed = self.streams[address]
        if not followed.catching_up:
            followed.catching_up = True
            await self.send("watch", stream=address, rev=followed.rev, epoch=self.epoch)

    async def _load(self, address: str) -> None:
        page = await self.browser.open(page_of(address))
        followed = self.streams[address]
        followed.begin(page)
        self.epoch = epoch_of(page)
        followed.catching_up = False
        await self._catch_up(address)


async def close_browsers(origin: str) -> None:
    """All that are open there, also those that a test made on its way and forgot: what they hold
    would outlive the loop."""
    for browser in [one for one in _open if one.origin == origin]:
        await browser.close()


async def sign_in_as(db: Database, origin: str, member: int) -> Browser:
    return (await signed_in(db, origin, [member]))[0]


async def signed_in(db: Database, origin: str, members: Sequence[int]) -> list[Browser]:
    tokens = await db.act(lambda tx: [sign_in(tx, member) for member in members])
    return [Browser(origin, token) for token in tokens]
