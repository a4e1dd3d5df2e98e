"""The servers the other tests stand on."""

import asyncio
import socket

import asyncpg
import pytest

from tests import servers

pytestmark = pytest.mark.scaled_out


@pytest.mark.fault
async def test_what_was_committed_survives_a_crash_and_what_was_not_does_not() -> None:
    with servers.postgres(durable=True) as server:
        door = await _door(await server.create("kept"))
        await door.execute("CREATE TABLE words (word text)")
        await door.execute("INSERT INTO words VALUES ('committed')")
        await door.execute("BEGIN; INSERT INTO words VALUES ('uncommitted')")
        server.crash()
        server.start()
        door.terminate()
        door = await _door(server.url("kept"))
        assert [row["word"] for row in await door.fetch("SELECT word FROM words")] == ["committed"]
        await door.close()
        server.restart()


async def test_a_copy_has_the_rows_of_its_template() -> None:
    with servers.postgres() as server:
        door = await _door(await server.create("first"))
        await door.execute("CREATE TABLE words AS SELECT 'ahoy' AS word")
        await door.close()
        door = await _door(await server.create("second", "first"))
        assert await door.fetchval("SELECT word FROM words") == "ahoy"
        await door.close()


def test_valkey_keeps_its_port_and_holds_still_when_paused() -> None:
    with servers.valkey() as server:
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), 1)
        server.start()
        server.pause()
        with socket.create_connection(("127.0.0.1", server.port), 0.05) as door:
            door.sendall(b"PING\r\n")
            with pytest.raises(TimeoutError):
                door.recv(16)
            server.resume()
            door.settimeout(servers.PATIENCE)
            assert door.recv(16) == b"+PONG\r\n"


async def _door(url: str) -> asyncpg.Connection:
    name, _, host = url.removeprefix("postgresql+asyncpg://app@/").partition("?host=")
    async with asyncio.timeout(servers.PATIENCE):
        return await asyncpg.connect(user="app", database=name, host=host)
