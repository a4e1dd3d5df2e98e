"""The postman: carries letters to the mail server.

Without a mail server (AKAR_SMTP_URL) letters become files one can open, in AKAR_DATA_DIR/mail.
"""

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import closing, suppress
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from community.database import Database, Transaction
from community.errors import Busy
from community.outbox import Letter, returned, sent, take
from community.settings import Settings, make_private
from forum.announcements.delivery import mailed, refused
from web.letters import written_out
from web.news import still_news

log = logging.getLogger(__name__)

PATIENCE = 30  # seconds for the mail server to take one
GOODBYE = 1  # second for it to say goodbye


class Refused(Exception):
    """The mail server will not take this one: not now, or for good."""

    def __init__(self, trouble: str, *, for_good: bool) -> None:
        super().__init__(trouble)
        self.for_good = for_good


class Carrier(Protocol):
    async def carry(self, message: EmailMessage) -> None:
        """Returns when somebody else answers for it. Raises Refused."""


class ToServer:
    """By SMTP (RFC 5321): smtp:// with STARTTLS where there is a password, smtps://."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self._patience = patience
        at = urlsplit(url)
        tls, known = at.scheme == "smtps", at.username is not None
        self._options: dict[str, Any] = {
            "hostname": at.hostname,
            "port": at.port or (465 if tls else 587),
            "username": unquote(at.username) if at.username else None,
            "password": unquote(at.password) if at.password else None,
            "use_tls": tls,
            "start_tls": None if tls or not known else True,  # no password in the open
            "timeout": None,  # theirs can lose a cancellation (Python 3.11, wait_for); ours below
        }

    async def carry(self, message: EmailMessage) -> None:
        await self._explained(self._hand_over(message))

    async def greet(self) -> None:
        """Whether it would take letters of ours. Raises Refused."""
        await self._explained(self._hand_over(None))

    async def _explained(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await work
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            raise Refused(str(error), for_good=min(codes) >= 500) from error
        except aiosmtplib.SMTPDataError as error:
            raise Refused(str(error), for_good=error.code >= 500) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Refused(str(error) or type(error).__name__, for_good=False) from error

    async def _hand_over(self, message: EmailMessage | None) -> None:
        with closing(aiosmtplib.SMTP(**self._options)) as server:
            await server.connect()
            if message:
                await server.send_message(message)
            with suppress(aiosmtplib.SMTPException, OSError):  # it has the letter, whatever comes
                async with asyncio.timeout(GOODBYE):
                    await server.quit()


class ToFolder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def carry(self, message: EmailMessage) -> None:
        try:
            await asyncio.to_thread(self._put, message)
        except OSError as error:
            raise Refused(str(error), for_good=False) from error

    def _put(self, message: EmailMessage) -> None:
        """Whole or not at all; they hold what opens accounts, so they are for our eyes only."""
        make_private(self._folder)
        name = message["message-id"].strip("<>").partition("@")[0]
        unfinished = self._folder / f".{name}"
        unfinished.touch(0o600)
        unfinished.write_bytes(message.as_bytes(policy=SMTP))
        unfinished.rename(self._folder / f"{name}.eml")


def carrier_for(settings: Settings) -> Carrier:
    return ToServer(settings.smtp_url) if settings.smtp_url else ToFolder(mail_folder(settings))


def mail_folder(settings: Settings) -> Path:
    return (settings.folder / "mail").absolute()


class Postman:
    def __init__(self, db: Database, settings: Settings, carrier: Carrier, every: float) -> None:
        self._db = db
        self._settings = settings
        self._carrier = carrier
        self._every = every

    async def work(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.round()
            except Busy as busy:
                log.warning("letters wait: %s", busy)
            except Exception:
                log.exception("letters wait")  # the next round tries again
            await asyncio.sleep(self._every)

    async def round(self) -> None:
        """All that are due. That of one that died with it in hand is, after its lease."""
        while letter := await self._db.act(take, still_news):
            await self._carry(letter)

    async def _carry(self, letter: Letter) -> None:
        try:
            await self._carrier.carry(written_out(letter, self._settings))
        except Refused as no:
            again = await self._db.act(_returned, letter, str(no), for_good=no.for_good)
            log.warning("letter %s: %s; %s", letter.id, no, "later" if again else "given up")
        except Exception as error:  # this one alone: the others go on
            log.exception("letter %s could not be written out or carried", letter.id)
            await self._db.act(_returned, letter, repr(error))
        else:
            await self._db.act(_sent, letter)


def _sent(tx: Transaction, letter: Letter) -> None:
    sent(tx, letter)
    mailed(tx, *_told(letter))


def _returned(tx: Transaction, letter: Letter, trouble: str, *, for_good: bool = False) -> bool:
    """Whether it is tried again."""
    again = returned(tx, letter, trouble, for_good=for_good)
    if not again:
        refused(tx, *_told(letter))
    return again


def _told(letter: Letter) -> tuple[int, list[str]]:
    """Whom of which streams."""
    return letter.about.get("member", 0), [one["stream"] for one in letter.about.get("news", ())]
