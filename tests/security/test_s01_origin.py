"""A socket opens for our own pages only (CSWSH; NodeBB CVE-2023-2850)."""

import pytest

from tests.conftest import Town
from tests.raw import raw

pytestmark = pytest.mark.parametrize("setup", ["embedded"])

UPGRADE = [
    ("connection", "upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="),
]

ELSEWHERE = [
    None,
    "null",
    "",
    "https://evil.example",
    "http://evil.example:{port}",
    "http://localhost.evil.example:{port}",
    "http://evil-localhost:{port}",
    "https://localhost:{port}",
    "http://localhost",
    "http://localhost:1",
    "http://localhost.:{port}",
    "HTTP://LOCALHOST:{port}",
    "http://127.0.0.1:{port}",
    "http://user@localhost:{port}",
    "http://localhost:{port}@evil.example",
    "http://loc\u0430lhost:{port}",  # a Cyrillic а
    "http://xn--loclhost-2fg:{port}",
    "http://localhost:{port}/",
    "http://localhost:{port} http://evil.example",
    "file://",
]


async def test_ws_origin_matrix(town: Town) -> None:
    for pattern in ELSEWHERE:
        origin = pattern and pattern.format(port=town.settings.port)
        assert await _status(town, origin) == 403, origin


async def test_our_own_pages_open_one(town: Town) -> None:
    assert await _status(town, town.origin) == 101


async def test_a_socket_has_to_be_asked_for_by_our_name(town: Town) -> None:
    """DNS rebinding: the right Origin of a page that reached us under another name."""
    for pattern in ("evil.example", "127.0.0.1:{port}", "localhost", ""):
        host = pattern.format(port=town.settings.port)
        assert await _status(town, town.origin, host=host) == 403, host


async def _status(town: Town, origin: str | None, host: str | None = None) -> int:
    headers = [*UPGRADE, ("cookie", town.bo.headers["cookie"])]
    if origin is not None:
        headers.append(("origin", origin.encode().decode("latin-1")))
    async with raw(town.origin) as line:
        return (await line.ask("GET", "/live", headers, host=host)).status
