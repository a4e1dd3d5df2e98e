"""A line between a browser and the server that can be cut. Its address is the community's name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.servers import free_port

CHUNK = 64 * 1024


class Line:
    """Copies bytes both ways."""

    def __init__(self, target: int) -> None:
        self.port = free_port()
        self._target = target
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    async def heal(self) -> None:
        """New connections are taken again."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)

    async def cut(self) -> None:
        """Every connection ends in the middle of whatever it carried, and new ones are refused."""
        if self._server:
            self._server.close()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _take(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        call = asyncio.current_task()
        assert call
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)
        try:
            far, to_far = await asyncio.open_connection("127.0.0.1", self._target)
            try:
                await asyncio.gather(_copy(near, to_far), _copy(far, to_near))
            finally:
                to_far.transport.abort()
        finally:
            to_near.transport.abort()


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Line]:
    """Whole until it is cut."""
    line = Line(port)
    await line.heal()
    try:
        yield line
    finally:
        await line.cut()


async def _copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while some := await source.read(CHUNK):
            sink.write(some)
            await sink.drain()
    with suppress(OSError, RuntimeError):  # the other way round may have ended it already
        sink.write_eof()
