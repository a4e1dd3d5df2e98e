"""What `akar check` finds: whether what the settings name is there and answers."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from redis import RedisError
from redis import asyncio as redis
from sqlalchemy.exc import SQLAlchemyError

from community.migrating import beside
from community.settings import Settings
from web.migrations import NOT_MIGRATED, up_to_date
from web.post import Refused, ToServer, mail_folder

PATIENCE = 3  # seconds


class Finding(NamedTuple):
    what: str
    good: bool
    sentence: str


async def findings(settings: Settings) -> list[Finding]:
    looks: list[tuple[str, Callable[[Settings], Awaitable[tuple[bool, str]]]]] = [
        ("address", _address),
        ("database", _database),
        ("bus", _bus),
        ("mail", _mail),
        ("data folder", _folder),
        ("secret", _secret),
    ]
    return [Finding(what, *await look(settings)) for what, look in looks]


async def _address(settings: Settings) -> tuple[bool, str]:
    return True, f"{settings.public_url}, served on {settings.host}:{settings.port}."


async def _database(settings: Settings) -> tuple[bool, str]:
    try:
        good = await beside(settings.database_url, up_to_date)
    except FileNotFoundError:
        return False, "there is none yet. Run `akar migrate`."
    except (SQLAlchemyError, OSError) as error:
        return False, f"it does not answer ({_first_line(error)})."
    return good, "it answers; the tables are up to date." if good else NOT_MIGRATED


async def _bus(settings: Settings) -> tuple[bool, str]:
    if settings.bus_url.startswith("memory"):
        return True, "inside the one process."
    client = redis.from_url(
        settings.bus_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
    )
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        return False, f"it does not answer ({_first_line(error)})."
    finally:
        await client.aclose()
    return True, "it answers."


async def _mail(settings: Settings) -> tuple[bool, str]:
    if not settings.smtp_url:
        return True, f"AKAR_SMTP_URL is not set; letters become files in {mail_folder(settings)}."
    try:
        await ToServer(settings.smtp_url, patience=PATIENCE).greet()
    except Refused as refused:
        return False, f"the mail server does not take our letters ({_first_line(refused)})."
    return True, f"it answers; letters come from {settings.mail_from}."


async def _folder(settings: Settings) -> tuple[bool, str]:
    there = _nearest(settings.folder.absolute())
    if not os.access(there, os.W_OK | os.X_OK):
        return False, f"{there} may not be written to."
    return True, f"{settings.folder} can be written to."


async def _secret(settings: Settings) -> tuple[bool, str]:
    kept = settings.folder / "secret"
    if settings.secret_key:
        return True, "it comes from AKAR_SECRET_KEY."
    if not kept.exists():
        return True, f"it will be made in {kept}."
    if kept.stat().st_mode & 0o077:
        return False, f"others may read {kept}. Run `chmod 600 {kept}`."
    return True, f"it is kept in {kept}."


def _nearest(folder: Path) -> Path:
    """The folder itself, or the one in which it would be made."""
    return folder if folder.exists() else _nearest(folder.parent)


def _first_line(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
