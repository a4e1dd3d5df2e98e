"""One name, routed by path alone; who is behind a proxy says only the proxy (CVE-2026-48710)."""

import ast
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community.database import Database
from community.members.models import SignIn
from community.settings import Settings
from tests.cast import BO, PASSWORD, email
from tests.conftest import Town, running
from tests.doors import FORM
from tests.raw import raw

EMBEDDED = pytest.mark.parametrize("setup", ["embedded"])

NOT_OURS = [
    "",
    "evil.example",
    "localhost",
    "localhost:1",
    "localhost:{port}/channels/8?",
    "localhost:{port}#",
    "localhost:{port}?a",
    "localhost:{port}@evil.example",
    "evil.example@localhost:{port}",
    "localhost:{port}\\@evil.example",
    "localhost.:{port}",
    "localhost:{port},evil.example",
    "[::1",
    "[",
    "xn--",
]
TARGETS = ["/topics?lens=1", "//evil.example", "/%0d%0aset-cookie:a=b"]
STRANGE = ["*", "http://evil.example/", "@evil.example/", "evil.example:80"]
LOOPBACK = ["127.0.0.1:{port}", "127.0.0.1", "[::1]:{port}"]


@EMBEDDED
async def test_host_header_cannot_change_authz_path(town: Town) -> None:
    async with raw(town.origin) as line:
        for pattern in NOT_OURS:
            host = pattern.format(port=town.settings.port)
            for target in ("/channels/8", "/topics", "/static/x"):
                answer = await line.ask("GET", target, host=host)
                assert answer.status in {307, 400}, (host, target)
                if answer.status == 307:
                    assert answer.headers["location"] == f"{town.origin}{target}"


@EMBEDDED
async def test_two_host_headers_are_not_understood(town: Town) -> None:
    async with raw(town.origin) as line:
        answer = await line.ask("GET", "/topics", [("host", "evil.example")])
        assert answer.status == 400


@EMBEDDED
async def test_other_loopback_names_lead_to_ours(town: Town) -> None:
    async with raw(town.origin) as line:
        for pattern, target in product(LOOPBACK, TARGETS):
            answer = await line.ask("GET", target, host=pattern.format(port=town.settings.port))
            assert answer.status == 307
            assert answer.headers["location"].startswith(f"{town.origin}/")
            assert "set-cookie" not in answer.headers


@EMBEDDED
async def test_other_names_change_nothing(town: Town) -> None:
    async with raw(town.origin) as line:
        sent = [("origin", town.origin), ("cookie", town.bo.headers["cookie"]), FORM]
        body = b"body=ahoy&key=k1"
        answer = await line.ask("POST", "/channels/7/messages", sent, body, host="127.0.0.1")
    assert answer.status == 400


@EMBEDDED
async def test_strange_targets_lead_nowhere_else(town: Town) -> None:
    hosts = (None, f"127.0.0.1:{town.settings.port}")
    async with raw(town.origin) as line:
        for method, target, host in product(("GET", "OPTIONS", "HEAD"), STRANGE, hosts):
            answer = await line.ask(method, target, host=host)
            assert answer.status < 500
            location = answer.headers.get("location", f"{town.origin}/")
            assert location.startswith((f"{town.origin}/", "/")), location


def test_nothing_is_decided_by_an_address_made_from_the_host_header() -> None:
    """scope["path"] is what was routed; request.url, .base_url and .url_for ask the Host header."""
    for path in Path("web").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            assert not _asks_the_host(node), f"{path}: {ast.unparse(node)}"


@pytest.fixture
async def behind_a_proxy(db: Database, settings: Settings) -> AsyncIterator[Town]:
    async with running(db, replace(settings, trusted_proxies="127.0.0.1")) as town:
        yield town


@EMBEDDED
async def test_nobody_else_says_where_they_are(town: Town) -> None:
    assert await _network(town) == "127.0.0.1"


@EMBEDDED
async def test_a_trusted_proxy_says_it_and_only_its_own_word_counts(behind_a_proxy: Town) -> None:
    assert await _network(behind_a_proxy) == "7.7.7.7"


async def _network(town: Town) -> str:
    async with raw(town.origin) as line:
        sent = [("origin", town.origin), ("x-forwarded-for", "6.6.6.6, 7.7.7.7"), FORM]
        sent += [("x-real-ip", "6.6.6.6"), ("forwarded", "for=6.6.6.6")]
        body = f"email={email(BO)}&password={PASSWORD}".encode()
        assert (await line.ask("POST", "/sign-in", sent, body)).status == 303
    return await town.db.look(_last_network)


def _last_network(session: Session) -> str:
    return session.scalars(select(SignIn.network).order_by(SignIn.id.desc())).first() or ""


def _asks_the_host(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr not in {"url", "base_url", "url_for"}:
        return False
    return ast.unparse(node.value) in {"request", "websocket", "connection"}
