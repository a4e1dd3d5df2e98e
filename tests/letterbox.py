"""A mail server of the tests' own: what AKAR sends arrives here, over real SMTP."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope

PATIENCE = 30.0  # seconds until a letter that does not come is a failure
LINK = re.compile(r"https?://\S+")
TAKEN = "250 taken"
DAILY = ".anchor@"  # comes by itself, whenever a day begins: nothing that a test waits for


@dataclass
class LetterBox:
    port: int = 0
    answer: str = TAKEN  # to the next letters, as a mail server says it
    polite: bool = True  # says goodbye
    letters: asyncio.Queue[EmailMessage] = field(default_factory=asyncio.Queue)
    inside: set[asyncio.Transport] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    # The names are aiosmtpd's.
    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        if DAILY not in letter["message-id"]:
            await self.letters.put(letter)
        return self.answer

    async def handle_QUIT(self, _server: SMTP, _session: Any, _envelope: Envelope) -> str:
        while not self.polite:
            await asyncio.sleep(0.01)
        return "221 Bye"

    async def next(self) -> EmailMessage:
        async with asyncio.timeout(PATIENCE):
            return await self.letters.get()


class Door(SMTP):
    """The box knows who stands in it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.event_handler.inside.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.inside.discard(self.transport)
        super().connection_lost(error)


@asynccontextmanager
async def letterbox() -> AsyncIterator[LetterBox]:
    """Nobody is left in its door when this ends: what they hold would outlive the loop."""
    box, loop = LetterBox(), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Door(box, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box
    for transport in box.inside:
        transport.abort()
    async with asyncio.timeout(PATIENCE):
        while box.inside:
            await asyncio.sleep(0.002)


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part
    text: str = part.get_content()
    return text


def path_in(letter: EmailMessage) -> str:
    """Of the address its button leads to, as its text gives it."""
    link = LINK.search(text_of(letter))
    assert link, text_of(letter)
    return "/" + link[0].split("/", 3)[3]
