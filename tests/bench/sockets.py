"""Websockets to load a server with: as little work for each delivery as Python allows.

What is received is not parsed. Every message that is said holds MARK and the moment it was sent;
each occurrence of the mark in what a socket reads is one delivery.
"""

import asyncio
import base64
import os
import re
import struct
import sys
import time
from collections.abc import Callable, Sequence
from typing import cast

MARK = b"qt"  # begins no word of any tongue here, so a message that holds it is an ordinary one
STAMP = re.compile(MARK + rb"(\d{16})")
CUT = len(MARK) + 16  # bytes of the mark and its moment
PING, PINGED = b"\x89\x04", 4  # the head of a ping, in no UTF-8 text; bytes of what it asks back
AT_ONCE = 100  # handshakes under way: what one look of the server answers
HEAD_END = b"\r\n\r\n"


class Socket(asyncio.Protocol):
    """One watcher. `on_data` hears every read once it is ready."""

    def __init__(self, head: bytes, greeting: Sequence[bytes], ready: bytes) -> None:
        self._head, self._greeting, self._ready_mark = head, greeting, ready
        self._seen = bytearray()
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_data: Callable[[bytes], object] = len

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        if not self.ready.done():
            self._greet(data)
        else:
            if PING in data:
                self._answer(data)
            self.on_data(data)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(bytes(self._seen[:300])))

    def _greet(self, data: bytes) -> None:
        greeted = HEAD_END in self._seen
        self._seen += data
        if not greeted and HEAD_END in self._seen:
            for text in self._greeting:
                self.transport.write(masked(text))
        if self._ready_mark in self._seen:
            self._seen.clear()
            self.ready.set_result(None)

    def _answer(self, data: bytes) -> None:
        """Or the server takes us for dead."""
        asked = data[data.rindex(PING) + len(PING) :][:PINGED]
        self.transport.write(b"\x8a\x84\0\0\0\0" + asked)


class Counting:
    """How many marks came to all who watch."""

    def __init__(self, sockets: Sequence[Socket]) -> None:
        self.deliveries = 0
        self._awaited: tuple[int, asyncio.Event] = (sys.maxsize, asyncio.Event())
        for socket in sockets:
            self._watch(socket)

    async def reach(self, deliveries: int) -> None:
        """Returns when so many have come since it began to count."""
        self._awaited = deliveries, asyncio.Event()
        self._look()
        await self._awaited[1].wait()

    def _look(self) -> None:
        if self.deliveries >= self._awaited[0]:
            self._awaited[1].set()

    def _watch(self, socket: Socket) -> None:
        tail = b""

        def count(data: bytes) -> None:
            nonlocal tail
            # A mark may be cut in two by a read; one byte of the last read is enough to see it.
            self.deliveries += (tail + data).count(MARK)
            tail = data[-1:] if data.endswith(MARK[:1]) else b""
            self._look()

        socket.on_data = count


class Timing(Counting):
    """Also how long after it was sent each came, in milliseconds: dearer."""

    def __init__(self, sockets: Sequence[Socket]) -> None:
        super().__init__(sockets)
        self.ages: list[float] = []
        self.last: dict[int, float] = {}  # by the moment it was sent: what it took to the last

    def _watch(self, socket: Socket) -> None:
        tail = b""

        def count(data: bytes) -> None:
            nonlocal tail
            data, at = tail + data, time.monotonic_ns()
            end = 0
            for found in STAMP.finditer(data):
                sent, end = int(found[1]), found.end()
                self.ages.append((at - sent) / 1e6)
                self.last[sent] = self.ages[-1]
                self.deliveries += 1
            tail = data[end:][-CUT:]
            self._look()

        socket.on_data = count


async def connect(
    port: int, headers: Sequence[str], greeting: Sequence[bytes], ready: bytes, path: str = "/live"
) -> list[Socket]:
    """One socket for each line of headers, each greeted and ready."""
    loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)

    async def one(line: str) -> Socket:
        async with gate:
            head = _handshake(port, line, path)
            _, socket = await loop.create_connection(
                lambda: Socket(head, greeting, ready), "127.0.0.1", port
            )
            await socket.ready
            return socket

    return await asyncio.gather(*map(one, headers))


def signed_in(origin: str, tokens: Sequence[str]) -> list[str]:
    """The headers of their sockets: one line each, with tabs in between."""
    return [f"Origin: {origin}\tCookie: sid={token}" for token in tokens]


def masked(text: bytes) -> bytes:
    """A text frame from a client (RFC 6455, 5.2); the mask of zeros leaves the text as it is."""
    size = len(text)
    head = bytes([0x81, 0x80 | size]) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
    return head + b"\0\0\0\0" + text


def stamped() -> str:
    return f"{MARK.decode()}{time.monotonic_ns():016d}"


def _handshake(port: int, headers: str, path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket"]
    lines += ["Connection: Upgrade", "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}"]
    return "\r\n".join([*lines, *filter(None, headers.split("\t")), "", ""]).encode()
