"""D4 and D9 with a full room: who says much at once is heard by all, in few writes."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest

from community.database import Database
from community.members.queries import hash_of
from community.settings import Settings
from tests.bench.sockets import Socket, connect, masked, signed_in
from tests.conftest import PLENTY, Town, running
from web.obeying import _send
from web.streams import Missed, Wanted, missed_together
from web.tabs import Pile, Tab
from web.wire import Packet

TABS, SPEAKING, EACH = 300, 10, 12
PATIENCE = 60.0
SEQ = re.compile(rb'data-seq=\\"(\d+)\\"')


@pytest.fixture
async def crowded(db: Database, settings: Settings) -> AsyncIterator[Town]:
    roomy = replace(
        settings,
        public_url=f"http://127.0.0.1:{settings.port}",  # what our sockets name as their host
        sockets_per_member=TABS,
        frames_per_second=PLENTY,
        frames_burst=PLENTY,
        sends_per_second=PLENTY,
        sends_burst=PLENTY,
        sends_per_minute=PLENTY,
    )
    async with running(db, roomy) as town:
        yield town


class Ear:
    """What one tab hears, as it comes."""

    def __init__(self, socket: Socket) -> None:
        self._heard = bytearray()
        self.socket = socket
        socket.on_data = self._heard.extend

    @property
    def seqs(self) -> list[int]:
        return [int(seq) for seq in SEQ.findall(self._heard)]

    def say(self, n: int) -> None:
        command = {"verb": "say", "channel": 7, "body": f"ahoy {n}", "key": f"k{n}"}
        self.socket.transport.write(masked(json.dumps(command).encode()))


async def test_a_full_room_hears_each_of_many_messages_once_and_in_order(crowded: Town) -> None:
    ears = await _room(crowded, TABS)
    for n in range(SPEAKING * EACH):
        ears[n % SPEAKING].say(n)
    expected = list(range(1, SPEAKING * EACH + 1))
    async with asyncio.timeout(PATIENCE):
        while any(len(ear.seqs) < len(expected) for ear in ears):
            await asyncio.sleep(0.05)
    assert [ear.seqs for ear in ears] == [expected] * TABS
    await _leave(crowded, ears)


async def test_what_is_said_at_once_is_written_together_and_stays_apart_for_the_browser(
    crowded: Town,
) -> None:
    (speaker,) = await _room(crowded, 1)
    written = Written()
    listening = Tab(written, "en")
    crowded.hub.join(listening, ["channel:7"])
    for n in range(EACH * 2):
        speaker.say(n)
    async with asyncio.timeout(PATIENCE):
        while len(written.seqs) < EACH * 2:
            await asyncio.sleep(0.01)
    assert written.seqs == list(range(1, EACH * 2 + 1))
    assert len(written.packets) < EACH
    assert sum(packet.count(b'{"verb":"put"') for packet in written.packets) == EACH * 2
    crowded.hub.forget(listening)
    await _leave(crowded, [speaker])


async def test_who_missed_much_together_is_told_in_turns(crowded: Town) -> None:
    """One look answers a hundred of them; whoever speaks meanwhile waits for none."""
    (speaker,) = await _room(crowded, 1)
    for n in range(EACH * 4):
        speaker.say(n)
    async with asyncio.timeout(PATIENCE):
        while len(speaker.seqs) < EACH * 4:
            await asyncio.sleep(0.01)
    wanted = Wanted(hash_of(crowded.bo.token), "channel:7", 0)
    (missed,) = await crowded.db.look(missed_together, [wanted])
    assert isinstance(missed, Missed) and missed.changes
    lines = [Written(), Written()]
    tabs = [Tab(line, "en") for line in lines]
    async with asyncio.TaskGroup() as telling:
        for tab in tabs:
            tab.streams.add("channel:7")
            telling.create_task(_send(tab, wanted, missed, Pile()))
        while not lines[1].seqs:
            await asyncio.sleep(0)
        assert 0 < len(lines[0].seqs) < EACH * 4
    assert lines[0].seqs == lines[1].seqs == speaker.seqs
    await _leave(crowded, [speaker])


class Written:
    """A line that keeps what it is to carry: each packet is one write."""

    def __init__(self) -> None:
        self.packets: list[Packet] = []

    @property
    def seqs(self) -> list[int]:
        return [int(seq) for packet in self.packets for seq in SEQ.findall(packet)]

    def carry(self, packet: Packet) -> None:
        if SEQ.search(packet):
            self.packets.append(packet)

    def hang_up(self, code: int, reason: str) -> None:
        raise AssertionError(reason)

    async def has_room(self) -> None:
        return


async def _room(town: Town, tabs: int) -> list[Ear]:
    watch = {"verb": "watch", "stream": "channel:7", "rev": 0, "epoch": town.hub.epoch}
    greeting = [json.dumps(each).encode() for each in ({"verb": "hello", "protocol": 1}, watch)]
    tokens = [browser.token for browser in (town.ada, town.bo, town.cy)]
    headers = signed_in(town.origin, [tokens[n % len(tokens)] for n in range(tabs)])
    async with asyncio.timeout(PATIENCE):
        sockets = await connect(town.settings.port, headers, greeting, b"caught_up")
    return [Ear(socket) for socket in sockets]


async def _leave(town: Town, ears: list[Ear]) -> None:
    for ear in ears:
        ear.socket.transport.abort()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while town.hub.everyone:
                await asyncio.sleep(0.01)
