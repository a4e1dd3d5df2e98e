"""The line that other tests cut."""

import asyncio
from contextlib import suppress

import pytest

from tests.conftest import Town
from tests.proxy import line_to


@pytest.mark.parametrize("setup", ["embedded"], indirect=True)
async def test_a_line_carries_is_cut_and_carries_again(town: Town) -> None:
    async with line_to(town.settings.port) as line:
        await _is_carried(line.port)

        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        await line.cut()
        with suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()
        with pytest.raises(OSError):
            await asyncio.open_connection("127.0.0.1", line.port)

        await line.heal()
        await _is_carried(line.port)


async def _is_carried(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
