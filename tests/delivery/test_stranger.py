"""The wire can be spoken from its description: a client that knows nothing else survives a cut."""

import ast
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from channels.actions import edit, hide_message
from channels.models import Message
from community.database import Transaction
from community.members.models import Member
from community.opening import open_bus, open_database
from community.settings import Settings
from tests import stranger
from tests.cast import BO, CY, PASSWORD, QUAY, email
from tests.conftest import Town, running
from tests.proxy import Line, line_to
from tests.stranger import Stranger


@pytest.fixture
async def line(settings: Settings) -> AsyncIterator[Line]:
    async with line_to(settings.port) as line:
        yield line


@pytest.fixture
async def harbour(settings: Settings, line: Line) -> AsyncIterator[Town]:
    """Known by the name of a line that can be cut."""
    settings = replace(settings, public_url=line.url)
    db = open_database(settings.database_url, open_bus(settings.bus_url))
    async with running(db, settings) as town:
        yield town


def test_it_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(stranger.__file__).read_text())
    imported = {
        (alias.name if isinstance(node, ast.Import) else node.module or "").split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert not imported & {"community", "forum", "channels", "moderation", "web", "tests"}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


def meanwhile(tx: Transaction) -> None:
    """What happens while the line is cut."""
    edit(tx, tx.get_one(Member, BO), 1, "aye, *edited*")
    hide_message(tx, tx.get_one(Message, 2))


async def test_a_stranger_signs_in_speaks_survives_a_cut_and_shows_what_the_page_shows(
    harbour: Town, line: Line
) -> None:
    async with harbour.bo.tab() as bo:
        for n in (1, 2, 3):
            await bo.say(f"before {n}", f"b{n}")
        await bo.send("say", channel=QUAY, body="an answer", key="b4", parent=1)
        assert (await bo.answer("b4"))["verb"] == "ack"
    client = Stranger(line.url)
    await client.sign_in(email(CY), PASSWORD)
    living = asyncio.create_task(client.live(7))
    try:
        first = client.say("ahoy from *far away*")
        await until(lambda: first in client.acked)

        await line.cut()
        unsent = client.say("said into the dark")
        await harbour.db.act(meanwhile)
        assert unsent not in client.acked
        await line.heal()

        await until(lambda: unsent in client.acked and client.last == 8)
        assert client.sockets >= 2 and client.acked == {first: 5, unsent: 6}
        assert client.shown() == await client.page() and len(client.shown()) == 6
        assert "edited" in client.shown()[3]["html"]
    finally:
        living.cancel()
        with suppress(asyncio.CancelledError):
            await living
        await client.close()
