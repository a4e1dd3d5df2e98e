"""Slow on purpose (argon2id, RFC 9106), so in threads of their own and never in a transaction."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHash

from community.errors import Busy
from community.words import _

LONGEST = 1_024  # characters; nothing is cut off or trimmed
MEMORY_KIB = 65_536
PASSES = 3
AT_ONCE = 2  # each holds MEMORY_KIB while it works
MOST_WAITING = 50  # about three seconds' worth; the next is told to come back

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=1)
_threads = ThreadPoolExecutor(AT_ONCE, "passwords")
_nobody = _hasher.hash("nobody")
_waiting: set[asyncio.Future[bool]] = set()


def hash_password(password: str, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> str:
    """Less memory and fewer passes are for tests; a hash says itself what it was made with."""
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1).hash(password)


async def matches(password: str, password_hash: str | None) -> bool:
    """Takes as long when there is no such member, so that nobody can tell. Raises Busy."""
    if len(_waiting) >= MOST_WAITING:
        raise Busy(_("Too many people are signing in at once. Please try again."))
    loop = asyncio.get_running_loop()
    answer = loop.run_in_executor(_threads, _matches, password, password_hash or _nobody)
    _waiting.add(answer)
    answer.add_done_callback(_waiting.discard)
    return await answer


def _matches(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password) and password_hash != _nobody
    except (Argon2Error, InvalidHash):
        return False
