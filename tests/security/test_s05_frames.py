"""A socket cannot be used without signing in, nor be broken by what is said on it.

Discourse CVE-2023-45131, NodeBB CVE-2023-30591, Mattermost CVE-2026-2454.
"""

import json
from typing import Any

import pytest
from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from tests.browsing import Tab
from tests.conftest import Town

pytestmark = pytest.mark.parametrize("setup", ["embedded"])

NO_STREAM: list[Any] = [
    "*",
    "channel:*",
    "channel:",
    "channel",
    ":7",
    "channel:7:8",
    "channel:07",
    "channel:-7",
    "channel:7 ",
    "channel:7\n",
    "channel:\u0667",  # seven, in Arabic
    "channel:" + "9" * 5_000,
    f"channel:{2**63}",
    "__proto__",
    "constructor:1",
    "Channel:7",
    "member:2",
    "sign-in:1",
    "",
    7,
    7.5,
    True,
    None,
    ["channel:7"],
    {"toString": "channel:7"},
]
NO_VERB: list[Any] = ["", "__proto__", "constructor", "Say", "ack", "put", 7, None, [], {}, ["say"]]
UNREADABLE = [
    "",
    "{",
    "null",
    "7",
    '"say"',
    "[]",
    "{}",
    "[" * 60_000,
    '{"verb":"watch","stream":' + "[" * 60_000,
    '{"verb":' + '{"a":' * 10_000 + "1" + "}" * 10_001,
    '{"verb":"say","channel":' + "9" * 60_000 + "}",
    '{"verb":"say","channel":1e400}',
    '{"verb":"say","channel":NaN}',
    '{"verb":"read","verb":"say"}',
    '{"verb":"say","body":"\\ud800"}',
    "\ufeff{}",
    "{'verb':'tick'}",
]


async def test_ws_anonymous_and_ineligible(town: Town) -> None:
    for cookie in ("", "sid=", "sid=made-up", f"sid={'a' * 4_000}", "__Host-sid=x"):
        async with _socket(town, cookie) as socket:
            await socket.send('{"verb":"hello","protocol":1}')
            await _ends(socket, 4401)


async def test_nothing_is_obeyed_before_hello(town: Town) -> None:
    say = {"verb": "say", "channel": 7, "body": "ahoy", "key": "k1"}
    for first in (json.dumps(say), '{"verb":"hello","protocol":2}', "{}", "[" * 60_000):
        async with _socket(town, town.bo.headers["cookie"]) as socket:
            await socket.send(first)
            await _ends(socket, 4400)
    assert "ahoy" not in await town.bo.open("/channels/7")


async def test_no_address_but_a_stream_s_is_taken(
    generous: Town, caplog: pytest.LogCaptureFixture
) -> None:
    for verb in ("watch", "unwatch", "read"):
        for stream in NO_STREAM:
            async with generous.bo.tab() as bo:
                fields = {"rev": 0, "epoch": bo.epoch} if verb == "watch" else {}
                fields |= {"seq": 1} if verb == "read" else {}
                await bo.send(verb, stream=stream, key="k1", **fields)
                assert (await bo.until("refused"))["final"], (verb, stream)
    _nothing_broke(caplog)


async def test_what_is_no_command_is_refused_by_its_key_or_ends_the_line(
    generous: Town, caplog: pytest.LogCaptureFixture
) -> None:
    async with generous.bo.tab() as bo:
        for verb in NO_VERB:
            await bo.socket.send(json.dumps({"verb": verb, "key": "k1"}))
            assert (await bo.until("refused"))["final"], verb
    for text in UNREADABLE:
        async with generous.bo.tab() as bo:
            await bo.socket.send(text)
            await _ends(bo, 4400)
    async with generous.bo.tab() as bo:
        assert (await bo.say("alive", "k1"))["verb"] == "ack"
    _nothing_broke(caplog)


async def test_bytes_and_broken_utf8_end_the_line(
    generous: Town, caplog: pytest.LogCaptureFixture
) -> None:
    async with generous.bo.tab() as bo:
        await bo.socket.send(b'{"verb":"read"}')
        await _ends(bo, 4400)
    async with generous.bo.tab() as bo:
        bo.socket.transport.write(Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True))
        await _ends(bo, 1007)
    _nothing_broke(caplog)


def _nothing_broke(caplog: pytest.LogCaptureFixture) -> None:
    assert not [record for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}]


def _socket(town: Town, cookie: str) -> connect:
    url = f"{town.origin.replace('http', 'ws', 1)}/live"
    headers = {"cookie": cookie} if cookie else {}
    return connect(url, origin=Origin(town.origin), additional_headers=headers, proxy=None)


async def _ends(line: Tab | ClientConnection, code: int) -> None:
    socket = line.socket if isinstance(line, Tab) else line
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await socket.recv()
    assert closed.value.rcvd and closed.value.rcvd.code == code
