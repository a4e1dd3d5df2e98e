"""HTTP without a client's good manners: any method, any target, any header, any bytes."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple
from urllib.parse import urlsplit

PATIENCE = 30.0  # seconds until an answer that does not come is a failure


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")


class Raw:
    """One connection, opened anew when the server has closed it."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._host, self._port = "127.0.0.1", urlsplit(origin).port or 80
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self,
        method: str,
        target: str | bytes,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        host: str | None = None,
    ) -> Answer:
        """The headers are sent as they are; Host and Content-Length are added."""
        target = target.encode("latin-1") if isinstance(target, str) else target
        lines = [method.encode() + b" " + target + b" HTTP/1.1"]
        lines.append(b"host: " + (urlsplit(self.origin).netloc if host is None else host).encode())
        lines += [f"{name}: {value}".encode("latin-1") for name, value in headers]
        if body or method not in {"GET", "HEAD"}:
            lines.append(f"content-length: {len(body)}".encode())
        return await self.say(b"\r\n".join(lines) + b"\r\n\r\n" + body, head=method == "HEAD")

    async def say(self, request: bytes, *, head: bool = False) -> Answer:
        async with asyncio.timeout(PATIENCE):
            for fresh in (False, True):
                reader, writer = await self._open(fresh)
                try:
                    writer.write(request)
                    return await self._read(reader, head)
                except (asyncio.IncompleteReadError, ConnectionError):
                    if fresh:
                        raise
        raise AssertionError

    async def close(self) -> None:
        if self._line:
            self._line[1].close()
        self._line = None

    async def _open(self, fresh: bool) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if fresh:
            await self.close()
        if self._line is None:
            self._line = await asyncio.open_connection(self._host, self._port, limit=1 << 22)
        return self._line

    async def _read(self, reader: asyncio.StreamReader, head: bool) -> Answer:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        headers: dict[str, str] = {}
        for line in filter(None, lines):
            name, _, value = line.partition(": ")
            headers[name.lower()] = (
                f"{headers[name.lower()]}, {value}" if name in headers else value
            )
        status = int(first.split()[1])
        if head or status in {101, 204, 304}:
            body = b""
        elif "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
        elif "transfer-encoding" in headers:
            body = b"".join([chunk async for chunk in _chunks(reader)])
        else:
            body = await reader.read()
        if headers.get("connection") == "close":
            await self.close()
        return Answer(status, headers, body)


@asynccontextmanager
async def raw(origin: str) -> AsyncIterator[Raw]:
    line = Raw(origin)
    try:
        yield line
    finally:
        await line.close()


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int((await reader.readline()).strip(), 16):
        yield await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
