"""F21: a tab of the real program that never reads, while much is said in the channel it watches.

How fast it is said depends on the machine; that nobody waits does not: each word is heard by
somebody else before the next is said.
"""

import socket
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from community.bus import MemoryBus
from community.opening import open_database
from community.settings import Settings
from tests.browsing import Browser, Tab, signed_in
from tests.cast import ADA, BO, CY
from tests.processes import Process
from web.wire import PILE

LONG = "ꦏꦥꦭ꧀ " * 2_600  # as long as a word may be, and of three bytes a letter: soon a pile
SIZE = len(LONG.encode())  # 42 kB
WORDS = 8  # some less than what may wait
MOST = 2 * PILE // SIZE  # words until it has to be cut off; the kernel holds some of them, too
GROWTH = 2 * 1024 * 1024  # bytes a tab that never reads may cost


async def crowd(settings: Settings) -> list[Browser]:
    db = open_database(settings.database_url, MemoryBus())
    browsers = await signed_in(db, settings.public_url, (ADA, BO, CY))
    await db.close()
    return browsers


async def talk(bo: Tab, cy: Tab, name: str, words: int) -> None:
    """One word after another, each heard by Cy before the next."""
    for n in range(words):
        assert (await bo.say(f"{name} {n} {LONG}", f"{name}{n}"))["verb"] == "ack"
        await cy.until_rev("channel:7", cy.streams["channel:7"].rev + 1)


async def test_f21_who_never_reads_is_cut_off_costs_little_and_holds_up_nobody(
    alone: Settings,
) -> None:
    ada, bo, cy = await crowd(alone)
    async with Process(alone) as process, AsyncExitStack() as stack:
        speaker = await stack.enter_async_context(bo.tab())
        hearer = await stack.enter_async_context(cy.tab())
        await hearer.watch("channel:7")
        await talk(speaker, hearer, "warm", WORDS)
        before = resident(process.pid)
        await talk(speaker, hearer, "alone", WORDS)
        ordinary = resident(process.pid) - before

        ear = stack.enter_context(closing(ear_of(alone)))
        deaf = await stack.enter_async_context(ada.tab(sock=ear, max_queue=1, close_timeout=0.1))
        rev = hearer.streams["channel:7"].rev
        await deaf.send("watch", stream="channel:7", rev=rev, epoch=deaf.epoch)
        await deaf.until("caught_up")
        before = resident(process.pid)
        await talk(speaker, hearer, "deaf", WORDS)
        assert resident(process.pid) - before < max(ordinary, 0) + GROWTH
        await talk(speaker, hearer, "more", MOST - WORDS)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                await deaf.socket.recv()
        assert closed.value.rcvd and closed.value.rcvd.code == 4290
        assert "Traceback" not in process.said()


def resident(pid: int) -> int:
    """Bytes of memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096


def ear_of(settings: Settings) -> socket.socket:
    """One that holds little."""
    ear = socket.socket()
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    ear.connect(("127.0.0.1", settings.port))
    ear.setblocking(False)
    return ear
