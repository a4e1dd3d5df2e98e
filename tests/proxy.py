"""The network between a browser and the town: a TCP relay that can be cut, frozen, or made deaf."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

CHUNK = 64 * 1024
LOST = (ConnectionError, OSError, asyncio.CancelledError)


class Network:
    """What it does to connections lasts until mend()."""

    def __init__(self, to_port: int) -> None:
        self.port = 0
        self.sockets = 0  # websockets that were asked for so far
        self._to_port = to_port
        self._open: set[StreamWriter] = set()
        self._down = False
        self._socketless = False
        self._flows = asyncio.Event()
        self._flows.set()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def cut(self) -> None:
        """Every connection breaks and no other is made."""
        self._down = True
        self._break_all()

    def block_sockets(self) -> None:
        """As an office proxy does: pages load, websockets do not open."""
        self._socketless = True
        self._break_all()

    def swallow(self) -> None:
        """What the town says is held back; what the browser says still arrives there."""
        self._flows.clear()

    def mend(self) -> None:
        """New connections work; of the old ones nothing held back ever arrives."""
        self._down = self._socketless = False
        if not self._flows.is_set():
            self._break_all()
        self._flows.set()

    def _break_all(self) -> None:
        for writer in self._open:
            writer.transport.abort()

    async def relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._open.add(writer)
        with suppress(*LOST):
            first = b"" if self._down else await reader.read(CHUNK)
            asks_for_socket = b"upgrade: websocket" in first.lower()
            self.sockets += asks_for_socket
            if first and not (asks_for_socket and self._socketless):
                await self._connect(first, reader, writer)
        self._open.discard(writer)
        writer.transport.abort()

    async def _connect(self, first: bytes, reader: StreamReader, writer: StreamWriter) -> None:
        there, out = await asyncio.open_connection("localhost", self._to_port)
        out.write(first)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, out))
                both.create_task(self._pump(there, writer, held=True))
        finally:
            out.transport.abort()

    async def _pump(self, reader: StreamReader, out: StreamWriter, *, held: bool = False) -> None:
        with suppress(*LOST):
            while chunk := await reader.read(CHUNK):
                if held:
                    await self._flows.wait()
                out.write(chunk)
                await out.drain()
        out.transport.abort()


@asynccontextmanager
async def network(to_port: int) -> AsyncIterator[Network]:
    between = Network(to_port)
    server = await asyncio.start_server(between.relay, "localhost", 0)
    between.port = server.sockets[0].getsockname()[1]
    try:
        yield between
    finally:
        between.cut()
        server.close()
