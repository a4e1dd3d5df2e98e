"""An HTTP load generator of our own: as little work for a request as Python allows.

Of an answer it reads the status and where it ends, nothing else."""

import asyncio
import time
from collections.abc import Callable
from typing import cast

import httptools
import uvloop

PATIENCE = 30.0  # seconds that an answer may take


class Asking(asyncio.Protocol):
    """One connection, one request under way. `ask` makes the next one."""

    def __init__(self, ask: Callable[[], bytes], status: int, until: float) -> None:
        self._ask, self._status, self._until = ask, status, until
        self.answered = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer.feed_data(data)

    def on_message_complete(self) -> None:
        self.answered += 1
        if (status := self._answer.get_status_code()) != self._status:
            self.done.set_exception(AssertionError(f"answered with {status}"))
            self._transport.close()
        elif time.monotonic() < self._until:
            self._send()
        else:
            self.done.set_result(None)
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("closed by the server"))

    def _send(self) -> None:
        self._answer = httptools.HttpResponseParser(self)
        self._transport.write(self._ask())


def rate(
    port: int, ask: Callable[[], bytes], *, connections: int, seconds: float, status: int = 200
) -> float:
    """Answers a second, all of this status; raises where one is another."""
    return uvloop.run(_rate(port, ask, connections, seconds, status))


async def _rate(
    port: int, ask: Callable[[], bytes], connections: int, seconds: float, status: int
) -> float:
    loop, began = asyncio.get_running_loop(), time.monotonic()
    async with asyncio.timeout(seconds + PATIENCE):
        opened = [
            await loop.create_connection(
                lambda: Asking(ask, status, began + seconds), "127.0.0.1", port
            )
            for _ in range(connections)
        ]
        await asyncio.gather(*(asking.done for _transport, asking in opened))
    return sum(asking.answered for _transport, asking in opened) / (time.monotonic() - began)


def request(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """As it goes over the wire; `accept_encoding` is written Accept-Encoding."""
    said = {"host": f"127.0.0.1:{port}", **headers}
    if body:
        said |= {
            "content-type": "application/x-www-form-urlencoded",
            "content-length": str(len(body)),
        }
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in said.items() if value]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + body
