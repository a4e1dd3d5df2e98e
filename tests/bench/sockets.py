"""A websocket load generator of our own: as little work per delivery as Python allows.

It does not parse what it receives. Every message that is said holds MARK and the moment it was
sent; each occurrence of the mark in what a socket reads is one delivery.
"""

import asyncio
import base64
import os
import re
import struct
import time
from collections.abc import Callable, Sequence
from typing import cast

MARK = b"@t"
AT_ONCE = 100  # handshakes under way
HEAD_END = b"\r\n\r\n"


class Socket(asyncio.Protocol):
    """One watcher. `on_delivery` hears how many marks came; `on_data` sees every read."""

    def __init__(self, head: bytes, greeting: Sequence[bytes], ready: bytes) -> None:
        self._head, self._greeting, self._ready_mark = head, greeting, ready
        self._seen = bytearray()
        self._tail = b""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.on_delivery: Callable[[int], None] | None = None
        self.on_data: Callable[[bytes], None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        if not self.ready.done():
            return self._greet(data)
        if self.on_delivery:
            # A mark may be cut in two by a read; one byte of the last read is enough to see it.
            self.on_delivery((self._tail + data).count(MARK))
            self._tail = data[-1:] if data.endswith(MARK[:1]) else b""
        if self.on_data:
            self.on_data(data)
        return None

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
            self.ready.set_result(None)


async def connect(
    port: int, tokens: Sequence[str], greeting: Sequence[bytes], ready: bytes, path: str = "/live"
) -> list[Socket]:
    """One socket per token, each greeted and ready."""
    loop, gate = asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE)

    async def one(token: str) -> Socket:
        async with gate:
            head = _handshake(port, token, path)
            _, socket = await loop.create_connection(
                lambda: Socket(head, greeting, ready), "127.0.0.1", port
            )
            await socket.ready
            return socket

    return await asyncio.gather(*map(one, tokens))


def masked(text: bytes) -> bytes:
    """A text frame from a client (RFC 6455, 5.2); the mask of zeros leaves the text as it is."""
    size = len(text)
    head = bytes([0x81, 0x80 | size]) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
    return head + b"\0\0\0\0" + text


def stamped() -> str:
    return f"{MARK.decode()}{time.monotonic_ns()}"


def ages(data: bytes) -> list[float]:
    """How long ago each message in the data was sent, in milliseconds."""
    at = time.monotonic_ns()
    return [(at - int(sent)) / 1e6 for sent in re.findall(rb"@t(\d+)", data)]


def _handshake(port: int, token: str, path: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        f"Sec-WebSocket-Key: {key}\r\nCookie: sid={token}\r\n\r\n"
    ).encode()
