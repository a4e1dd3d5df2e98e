"""Slow on purpose (argon2id, RFC 9106), so in threads of their own and never in a transaction."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHash

from community.errors import Busy
from community.words import _

P = ParamSpec("P")
T = TypeVar("T")

LONGEST = 1_024  # characters; nothing is cut off or trimmed
MEMORY_KIB = 65_536
PASSES = 3
AT_ONCE = 2  # each holds MEMORY_KIB while it works
MOST_WAITING = 40  # about four seconds of work; whoever comes later is asked to try again

# Made as all are, of a password nobody has: what is compared where there is no such member.
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=1$I67kvY9Nw6WGqn4+CsGnYA$"
    "nRX9ueZUSU/svuGTYbMbgL33yiNbHmcOPEWC8YWGt/o"
)


def hash_password(password: str) -> str:
    """Says itself what it was made with, so that what we ask for can change."""
    return _hasher().hash(password)


def outdated(password_hash: str) -> bool:
    """Whether it was made with less work than we ask for now."""
    return _hasher().check_needs_rehash(password_hash)


class Passwords:
    """Where passwords wait to be compared: one queue a process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "passwords")
        self._inside = 0

    async def match(self, password: str, password_hash: str | None) -> bool:
        """Takes as long when there is no such member, so that nobody can tell.

        Raises Busy when too many wait already."""
        return await self._in_turn(_match, password, password_hash or NOBODY)

    async def hash(self, password: str) -> str:
        """Raises Busy as match() does."""
        return await self._in_turn(hash_password, password)

    async def _in_turn(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._inside >= AT_ONCE + MOST_WAITING:
            raise Busy(_("Too many people are signing in at once. Please try again."))
        self._inside += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, partial(work, *args, **kwargs))
        finally:
            self._inside -= 1


def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)


def _match(password: str, password_hash: str) -> bool:
    try:
        return PasswordHasher().verify(password_hash, password) and password_hash != NOBODY
    except (Argon2Error, InvalidHash):
        return False
