"""A line between a browser and the server that can be cut. Its address is the community's name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.servers import free_port

CHUNK = 64 * 1024


class Line:
    """Copies bytes both ways. What is done to it lasts until it heals."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self.sockets = 0  # websockets that were asked for so far
        self._target = target
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._socketless = False
        self._answers = asyncio.Event()
        self._answers.set()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def heal(self) -> None:
        """New connections are taken again; what an old one held back never arrives."""
        if not self._answers.is_set():
            await self._end_calls()
        self._socketless = False
        self._answers.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """Every connection ends in the middle of whatever it carried, and new ones are refused."""
        if self._server:
            self._server.close()
            self._server = None
        await self._end_calls()

    async def swallow(self) -> None:
        """What the browser says arrives; what the server says is held back. Nothing is closed."""
        self._answers.clear()

    async def refuse_sockets(self) -> None:
        """As an office proxy does: pages load, websockets do not open."""
        self._socketless = True
        await self._end_calls()

    async def _end_calls(self) -> None:
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _take(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        call = asyncio.current_task()
        assert call
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        with suppress(asyncio.CancelledError, ConnectionError):  # it was cut
            await self._carry(near, to_near)
        to_near.transport.abort()

    async def _carry(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        first = await near.read(CHUNK)
        if b"upgrade: websocket" in first.lower():
            self.sockets += 1
            if self._socketless:
                return
        far, to_far = await asyncio.open_connection("127.0.0.1", self._target)
        try:
            to_far.write(first)
            await asyncio.gather(_copy(near, to_far), _copy(far, to_near, self._answers))
        finally:
            to_far.transport.abort()


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Line]:
    """Whole until it is cut."""
    line = Line(port)
    await line.heal()
    try:
        yield line
    finally:
        await line.cut()


async def _copy(
    source: asyncio.StreamReader, sink: asyncio.StreamWriter, when: asyncio.Event | None = None
) -> None:
    with suppress(ConnectionError):
        while some := await source.read(CHUNK):
            if when:
                await when.wait()
            sink.write(some)
            await sink.drain()
    with suppress(OSError, RuntimeError):  # the other way round may have ended it already
        sink.write_eof()
