"""Lines that can be cut: from a browser to the server, whose name it bears, and from the server to
PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum
from typing import Self

from tests.servers import free_port

CHUNK = 64 * 1024
DOOR = ".s.PGSQL.5432"  # of a PostgreSQL, in its folder


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


class Gap(Enum):
    """What becomes of a line on which an answer got lost."""

    CLOSED = "closed"
    SILENT = "silent"


class CommitLine:
    """Stands between us and PostgreSQL. The answer to the next COMMIT can get lost, and then
    nothing more comes on that connection; others are whole."""

    def __init__(self, target: str, folder: str) -> None:
        self.folder = folder  # what stands for `target` in the URL
        self._target = f"{target}/{DOOR}"
        self._lost = asyncio.Event()
        self._next: Gap | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_unix_server(self._take, f"{self.folder}/{DOOR}")
        return self

    async def __aexit__(self, *_failure: object) -> None:
        self._server.close()

    def lose_the_next_answer(self, gap: Gap) -> None:
        self._next = gap
        self._lost.clear()

    async def lost(self) -> None:
        """Returns when PostgreSQL has given the answer that nobody hears."""
        await self._lost.wait()

    async def _take(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        far, to_far = await asyncio.open_unix_connection(self._target)
        loses = asyncio.Future[Gap]()
        with suppress(ConnectionError):
            await asyncio.gather(self._ask(near, to_far, loses), self._answer(far, to_near, loses))
        to_near.transport.abort()
        to_far.transport.abort()

    async def _ask(
        self, near: asyncio.StreamReader, to_far: asyncio.StreamWriter, loses: asyncio.Future[Gap]
    ) -> None:
        while some := await near.read(CHUNK):
            if self._next and b"COMMIT" in some:
                loses.set_result(self._next)
                self._next = None
            to_far.write(some)
            await to_far.drain()
        to_far.write_eof()

    async def _answer(
        self, far: asyncio.StreamReader, to_near: asyncio.StreamWriter, loses: asyncio.Future[Gap]
    ) -> None:
        while some := await far.read(CHUNK):
            if loses.done():
                self._lost.set()
                if loses.result() is Gap.CLOSED:
                    break
            else:
                to_near.write(some)
                await to_near.drain()
        to_near.close()
