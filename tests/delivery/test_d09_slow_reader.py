"""D9: who does not read is cut off with 4290 and catches up; nobody waits for them."""

import asyncio
import random
import socket
from contextlib import closing

import pytest
from websockets.exceptions import ConnectionClosed

from channels.actions import hide_message
from channels.models import Message
from channels.saying import Saying, say_all
from community.database import Transaction
from community.members.models import Member
from community.text import Written
from tests.browsing import PATIENCE, Tab
from tests.cast import BO, QUAY
from tests.conftest import Town
from tests.delivery.conftest import GOODBYE, wire_in
from tests.following import Followed
from web import frames, obeying, wire
from web.frames import Append
from web.tabs import Pile
from web.wire import HELD, PILE, pack

MANY = 480  # missed messages of 4 kB: four times what may wait


def ear_of(town: Town) -> socket.socket:
    """One that holds little."""
    ear = socket.socket()
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    ear.connect(("127.0.0.1", town.settings.port))
    ear.setblocking(False)
    return ear


def a_long_night(tx: Transaction, channel: int) -> None:
    bo, html = tx.get_one(Member, BO), Written(f"<p>{'rope ' * 800}</p>", frozenset())
    say_all(tx, [
        Saying(member=bo, channel_id=channel, body="rope", written=html, key=f"k{n}")
        for n in range(MANY)
    ])  # fmt: skip


async def test_who_does_not_read_is_cut_off_and_nobody_waits(town: Town) -> None:
    with closing(ear_of(town)) as ear:
        async with town.bo.tab(sock=ear, max_queue=1) as bo, town.cy.tab() as cy:
            noise = frames.packed(Append(target="toasts", html=random.randbytes(20_000).hex()))
            lines = [tab.line for tab in town.hub.everyone]
            carried = 0
            async with asyncio.timeout(PATIENCE):
                while len(town.hub.everyone) == 2:
                    for line in lines:
                        line.carry(noise)
                    carried += len(noise)
                    await cy.until("append")
            assert PILE <= carried < 5 * PILE  # the rest is the kernel's, and bounded
            assert await _close_code(bo) == 4290


async def test_who_falls_behind_less_than_that_and_reads_again_hears_all_of_it(town: Town) -> None:
    with closing(ear_of(town)) as ear:
        async with town.bo.tab(sock=ear, max_queue=1) as bo:
            line = wire_in(town)
            sent = [random.randbytes(20_000).hex() for _ in range(12)]
            bo.socket.transport.pause_reading()
            for html in sent:
                line.carry(frames.packed(Append(target="toasts", html=html)))
            assert not line.writable.is_set() and line.carry != line.transport.write
            bo.socket.transport.resume_reading()
            assert [(await bo.until("append"))["html"] for _ in sent] == sent
            await line.has_room()
            assert line.carry == line.transport.write
            line.hang_up(frames.RESTARTING, "restarting")
            line.carry(frames.packed(Append(target="toasts", html="after the end")))
            assert (await bo.closed())[0] == frames.RESTARTING
            assert "after the end" not in str(bo.heard)


async def test_who_says_goodbye_and_reads_no_more_is_not_waited_for(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "GOODBYE", 0.01)
    with closing(ear_of(town)) as ear:
        async with town.bo.tab(sock=ear, max_queue=1, close_timeout=0.01):
            line = wire_in(town)
            line.transport.write(random.randbytes(PILE))
            line.data_received(GOODBYE)
            line.shutdown()
            assert line.transport.get_write_buffer_size()
            async with asyncio.timeout(PATIENCE):
                while line in town.serving.server_state.connections:
                    await asyncio.sleep(0)


async def test_who_missed_much_reads_it_at_their_own_pace(town: Town) -> None:
    """It would fill the pile several times; the tab is not closed, least of all in a loop."""
    await town.db.act(a_long_night, QUAY)
    with closing(ear_of(town)) as ear:
        async with town.cy.tab(sock=ear) as cy:
            quay = await cy.watch("channel:7")
            assert quay.seqs == list(range(1, MANY + 1))
            assert [f["verb"] for f in cy.heard if f["verb"] == "reset"] == []


async def test_what_is_hidden_while_a_slow_tab_catches_up_is_not_told_any_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I10: it was read before, and is still to be sent."""
    monkeypatch.setattr(obeying, "GOOD_FOR", 0)
    await town.db.act(a_long_night, QUAY)
    with closing(ear_of(town)) as ear:
        async with town.cy.tab(sock=ear, max_queue=1) as cy:
            cy.socket.transport.pause_reading()
            line = wire_in(town)
            quay = cy.streams["channel:7"] = Followed(0, catching_up=True)
            await cy.send("watch", stream="channel:7", rev=0, epoch=cy.epoch)
            async with asyncio.timeout(PATIENCE):
                while line.writable.is_set():
                    await asyncio.sleep(0.01)
            await town.db.act(lambda tx: hide_message(tx, tx.get_one(Message, MANY)))
            async with asyncio.timeout(PATIENCE):
                while town.hub._revs["channel:7"] == MANY:
                    await asyncio.sleep(0.01)
            cy.socket.transport.resume_reading()
            await cy.until("caught_up")
            assert quay.seqs == list(range(1, MANY + 1)) and quay.rev == MANY + 1
            last = [frame["html"] for frame in cy.heard if f'id="message-{MANY}"' in str(frame)]
            assert last and not any("rope" in html for html in last)


def test_a_pile_too_high_is_dropped_and_the_stream_read_again() -> None:
    pile, packet = Pile(), pack(b"x" * 50_000)
    assert pile.must_read()
    for _ in range(HELD // 50_000):
        pile.carry(packet)
    assert pile.packets and not pile.must_read()
    pile.carry(packet)
    assert not pile.packets and pile.must_read()
    pile.carry(packet)
    assert pile.packets


async def _close_code(tab: Tab) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await tab.socket.recv()
    assert closed.value.rcvd
    return closed.value.rcvd.code
