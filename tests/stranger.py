"""A client of AKAR written from web/PROTOCOL.md alone: it imports nothing of ours.

It signs in, watches channels, says things, and comes back by itself when the line is cut.
"""

import asyncio
import json
import random
import re
import uuid
from html.parser import HTMLParser
from typing import Any

import httpx2
from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

SILENCE = 45.0
GAPS = (0.2, 1.0, 3.0)
HOPELESS = {1007, 1009, 4400, 4401}

Entry = dict[str, str]  # the attributes of its <li>, and "html": what stands inside


class Page(HTMLParser):
    """The entries of a page or a frame, with rev and epoch where it says them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.entries: dict[str, Entry] = {}
        self.rev = 0
        self.epoch = ""
        self._open: Entry | None = None
        self._depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = {name: value or "" for name, value in attrs}
        if tag == "body":
            self.epoch = about.get("data-epoch", "")
        elif tag == "live-stream":
            self.rev = int(about["rev"])
        elif tag == "li" and self._open is None and "data-rev" in about:
            self._open, self._depth = about | {"html": ""}, 0
            self.entries[about["id"]] = self._open
        elif self._open is not None:
            self._depth += tag == "li"
            self._open["html"] += f"<{tag} {sorted(about.items())}>"

    def handle_endtag(self, tag: str) -> None:
        if self._open is None:
            return
        if tag == "li" and self._depth == 0:
            self._open = None
        else:
            self._depth -= tag == "li"
            self._open["html"] += f"</{tag}>"

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open["html"] += " ".join(data.split())


class Stranger:
    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.entries: dict[str, Entry] = {}
        self.last = 0
        self.first_seq = 1
        self.epoch = ""
        self.outbox: dict[str, str] = {}  # key → body, oldest first
        self.acked: dict[str, int] = {}  # key → seq
        self.refused: dict[str, str] = {}  # key → reason
        self.sockets = 0
        self.code = 0  # with which the last line ended
        self._http = httpx2.AsyncClient(
            base_url=origin, headers={"origin": origin}, timeout=SILENCE, trust_env=False
        )
        self._socket: ClientConnection | None = None
        self._channel = 0
        self._asking = False  # from `watch` to `caught_up`
        self._held: dict[int, dict[str, Any]] = {}
        self._holes = 0
        self._retry_after = 1.0
        self._ask_at: float | None = None
        self._window = 5.0
        self._news = asyncio.Event()

    async def sign_in(self, email: str, password: str) -> None:
        answer = await self._http.post("/sign-in", data={"email": email, "password": password})
        assert answer.status_code == 303, answer.status_code

    def say(self, body: str) -> str:
        """Keeps it, and sends it as soon as there is a line; answers the key."""
        key = str(uuid.uuid4())
        self.outbox[key] = body
        self._news.set()
        return key

    async def live(self, channel: int) -> None:
        """Until cancelled, or until coming back would not help."""
        self._channel = channel
        await self._load()
        failures = 0
        while self.code not in HOPELESS:
            try:
                async with self._line() as self._socket:
                    self.sockets += 1
                    await self._talk(self._socket)
            except ConnectionClosed as closed:
                self.code = closed.rcvd.code if closed.rcvd else 1006
                reason = closed.rcvd.reason if closed.rcvd else ""
                failures = 0
            except (OSError, TimeoutError, InvalidHandshake, EOFError):
                self.code, reason = 1006, ""
                failures += 1
            await asyncio.sleep(self._wait(self.code, reason, failures))

    def shown(self) -> list[Entry]:
        return sorted(self.entries.values(), key=lambda entry: int(entry["data-seq"]))

    async def page(self) -> list[Entry]:
        """What a browser would show."""
        page = Page((await self._http.get(f"/channels/{self._channel}")).text)
        return sorted(page.entries.values(), key=lambda entry: int(entry["data-seq"]))

    async def close(self) -> None:
        await self._http.aclose()

    def _line(self) -> connect:
        cookies = "; ".join(f"{name}={value}" for name, value in self._http.cookies.items())
        url = f"{self.origin.replace('http', 'ws', 1)}/live"
        return connect(url, origin=Origin(self.origin), additional_headers={"cookie": cookies},
                       proxy=None, compression=None, close_timeout=1)  # fmt: skip

    def _wait(self, code: int, reason: str, failures: int) -> float:
        if code == 1012:
            return random.uniform(0, self._window)
        if code == 4429:
            found = re.search(r"\d+", reason)
            return float(found[0]) if found else 30.0
        if code == 4290:
            return 0.0
        return random.uniform(0, min(2.0**failures / 2, 60.0 if code == 1013 else 30.0))

    async def _talk(self, socket: ClientConnection) -> None:
        await self._send(verb="hello", protocol=1)
        while (await self._receive(socket))["verb"] != "hello":
            pass
        self._asking = False
        await self._watch()
        speaking = asyncio.create_task(self._speak())
        try:
            while True:
                await self._obey(await self._receive(socket))
        finally:
            speaking.cancel()

    async def _receive(self, socket: ClientConnection) -> dict[str, Any]:
        while True:
            now = asyncio.get_running_loop().time()
            until = min(self._ask_at or now + SILENCE, now + SILENCE)
            try:
                async with asyncio.timeout_at(until):
                    frame: dict[str, Any] = json.loads(await socket.recv())
                    return frame
            except TimeoutError:
                if self._ask_at is None:
                    raise
                await self._ask_about_the_hole()

    async def _speak(self) -> None:
        """One at a time, in the order they were written; again and again until answered."""
        patience = 1.0
        while True:
            self._news.clear()
            if not self.outbox:
                await self._news.wait()
                continue
            key, body = next(iter(self.outbox.items()))
            self._retry_after = patience
            await self._send(verb="say", channel=self._channel, body=body, key=key)
            await self._news.wait()
            if key in self.outbox:  # refused, but not for good
                await asyncio.sleep(self._retry_after)
                patience = min(patience * 2, 30.0)

    async def _send(self, **command: Any) -> None:
        assert self._socket
        await self._socket.send(json.dumps(command))

    async def _watch(self) -> None:
        if not self._asking:
            self._asking = True
            await self._send(
                verb="watch", stream=f"channel:{self._channel}", rev=self.last, epoch=self.epoch
            )

    async def _obey(self, frame: dict[str, Any]) -> None:
        match frame["verb"]:
            case "ack":
                self.acked[frame["key"]] = frame["seq"]
                self.outbox.pop(frame["key"], None)
                self._news.set()
            case "refused" if "key" in frame:
                if frame["final"]:
                    self.refused[frame["key"]] = frame["reason"]
                    self.outbox.pop(frame["key"], None)
                self._retry_after = frame.get("retry_after") or self._retry_after
                self._news.set()
            case "put" if "rev" in frame:
                self._put(frame)
            case "caught_up":
                self._asking = False
                self.last = max(self.last, frame["rev"])
                self._take_held()
            case "changed" if frame["rev"] > self.last:
                await self._watch()
            case "reset":
                await self._load()
                self._asking = False
                await self._watch()
            case "drain":
                self._window = float(frame["window"])

    def _put(self, frame: dict[str, Any]) -> None:
        if self._asking:
            self._take(frame)
        elif frame["rev"] == self.last + 1:
            self._take(frame)
            self.last += 1
            self._take_held()
        elif frame["rev"] > self.last:
            self._held[frame["rev"]] = frame
            if self._ask_at is None:
                self._ask_at = asyncio.get_running_loop().time() + GAPS[0]

    def _take_held(self) -> None:
        self._held = {rev: frame for rev, frame in self._held.items() if rev > self.last}
        if following := self._held.pop(self.last + 1, None):
            return self._put(following)
        if not self._held:
            self._ask_at, self._holes = None, 0

    async def _ask_about_the_hole(self) -> None:
        self._holes += 1
        if self._holes > len(GAPS):
            await self._load()
            self._asking = False
        self._ask_at = asyncio.get_running_loop().time() + GAPS[min(self._holes, 2)]
        await self._watch()

    def _take(self, frame: dict[str, Any]) -> None:
        """Unless what we have is as new, or it lies before what was loaded."""
        for name, entry in Page(frame["html"]).entries.items():
            known = self.entries.get(name)
            if known is None and int(entry["data-seq"]) < self.first_seq:
                continue
            if known is None or int(known["data-rev"]) < int(entry["data-rev"]):
                self.entries[name] = entry
        if quoted := frame.get("quoted"):
            self._quote_anew(Page(f'<li id="" data-rev="0">{quoted}</li>').entries[""]["html"])

    def _quote_anew(self, now: str) -> None:
        """In place of what answers show of that message, where that is older."""

        def newer(shown: re.Match[str]) -> str:
            same = _about(shown[0], "quotes") == _about(now, "quotes")
            return now if same and _about(shown[0], "rev") < _about(now, "rev") else shown[0]

        for entry in self.entries.values():
            entry["html"] = re.sub(r"<a [^>]*'data-quotes'.*?</a>", newer, entry["html"])

    async def _load(self) -> None:
        page = Page((await self._http.get(f"/channels/{self._channel}")).text)
        self.entries, self.last, self.epoch = page.entries, page.rev, page.epoch
        seqs = [int(entry["data-seq"]) for entry in page.entries.values()]
        self.first_seq = min(seqs, default=1)
        self._held, self._ask_at, self._holes = {}, None, 0


def _about(quote: str, name: str) -> int:
    found = re.search(rf"'data-{name}', '(\d+)'", quote)
    return int(found[1]) if found else 0
