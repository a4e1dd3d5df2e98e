"""What a member can do in a test: have a browser, and open tabs in it.

Tab follows the rules of PROTOCOL.md as static/js/live.js does; keep the two alike.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect

from community.database import Database
from community.members.actions import sign_in


class Browser:
    """Signed in by its token; without one, a visitor's."""

    def __init__(self, origin: str, token: str = "", locale: str = "en") -> None:
        self.origin = origin
        self.token = token
        self.headers = {"origin": origin, "accept-language": locale}
        if token:
            self.headers["cookie"] = f"sid={token}"
        self._client = httpx2.AsyncClient(base_url=origin, headers=self.headers, trust_env=False)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self._client.get(path, headers=headers)

    async def post(self, path: str, **form: Any) -> httpx2.Response:
        return await self._client.post(path, data=form)

    async def open(self, path: str) -> str:
        """The page, which has to be there."""
        answer = await self._client.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
        return answer.text

    @asynccontextmanager
    async def tab(self, **options: Any) -> AsyncIterator["Tab"]:
        """That has said hello and was answered."""
        url = f"{self.origin.replace('http', 'ws', 1)}/live"
        headers = {name: value for name, value in self.headers.items() if name != "origin"}
        options = {"origin": self.origin, "additional_headers": headers, "proxy": None} | options
        async with connect(url, **options) as socket:
            tab = Tab(socket)
            await tab.send("hello", protocol=1)
            tab.epoch = (await tab.until("hello"))["epoch"]
            yield tab

    async def close(self) -> None:
        await self._client.aclose()


@dataclass
class Followed:
    rev: int
    target: int = 0
    catching_up: bool = False
    items: dict[str, str] = field(default_factory=dict)  # id → html
    start: int = 1  # the seq from which entries are loaded

    def put(self, html: str) -> None:
        if named(html) not in self.items and number(html, "seq") < self.start:
            return
        if number(self.items.get(named(html), ""), "rev") < number(html, "rev"):
            self.items[named(html)] = html

    @property
    def shown(self) -> list[str]:
        return sorted(self.items.values(), key=lambda html: number(html, "seq"))


class Tab:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.epoch = ""
        self.streams: dict[str, Followed] = {}
        self.heard: list[dict[str, Any]] = []

    async def watch(self, address: str, rev: int = 0, items: list[str] | None = None) -> Followed:
        """Until it has caught up."""
        known = {named(html): html for html in items or ()}
        start = number(items[0], "seq") if items else 1
        self.streams[address] = Followed(rev, items=known, start=start)
        await self._catch_up(address)
        await self.until("caught_up")
        return self.streams[address]

    async def send(self, verb: str, **fields: Any) -> None:
        await self.socket.send(json.dumps({"verb": verb, **fields}))

    async def say(self, body: str, key: str, channel: int = 7, **fields: Any) -> dict[str, Any]:
        await self.send("say", channel=channel, body=body, key=key, **fields)
        while (answer := await self.until("ack", "refused")).get("key") != key:
            pass
        return answer

    async def until(self, *verbs: str) -> dict[str, Any]:
        """Reads on, following the rules, up to the first such frame."""
        async with asyncio.timeout(10):
            while True:
                frame: dict[str, Any] = json.loads(await self.socket.recv())
                self.heard.append(frame)
                await self._follow(frame)
                if frame["verb"] in verbs:
                    return frame

    async def _follow(self, frame: dict[str, Any]) -> None:
        followed = self.streams.get(frame.get("stream") or "")
        if followed is None:
            return
        match frame["verb"]:
            case "put" if "target" in frame:
                followed.rev = max(followed.rev, frame.get("rev", 0))
            case "put" if followed.catching_up or frame["rev"] == followed.rev + 1:
                followed.put(frame["html"])
                followed.rev += 0 if followed.catching_up else 1
            case "put" if frame["rev"] > followed.rev:
                await self._catch_up(frame["stream"])
            case "caught_up":
                followed.rev, followed.catching_up = frame["rev"], False
                if followed.target > followed.rev:
                    await self._catch_up(frame["stream"])
            case "changed":
                followed.target = frame["rev"]
                if followed.target > followed.rev:
                    await self._catch_up(frame["stream"])

    async def _catch_up(self, address: str) -> None:
        followed = self.streams[address]
        if not followed.catching_up:
            followed.catching_up = True
            await self.send("watch", stream=address, rev=followed.rev, epoch=self.epoch)


async def sign_in_as(db: Database, origin: str, member: int) -> Browser:
    return Browser(origin, await db.act(sign_in, member))


def items_of(page: str) -> list[str]:
    """The entries of a stream's page, as HTML."""
    found = re.finditer(r"<(li|article) [^>]*id=\"(?:message|post)-.*?</\1>", page, re.DOTALL)
    return [item[0] for item in found]


def rev_of(page: str) -> int:
    found = re.search(r'<live-stream stream="[^"]*" rev="(\d+)"', page)
    assert found
    return int(found[1])


def named(html: str) -> str:
    found = re.search(r' id="([^"]*)"', html)
    return found[1] if found else ""


def number(html: str, name: str) -> int:
    found = re.search(rf'data-{name}="(\d+)"', html)
    return int(found[1]) if found else -1
