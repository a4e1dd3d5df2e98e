"""Hashing takes long on purpose, and thousands of tests sign in or join: in their process it is
cheap, but for tests that are about it. Processes that tests start hash as ever.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from community import passwords
from community.passwords import hash_password

__all__ = ["AS_EVER", "Cost", "cost", "hash_password"]


class Cost(NamedTuple):
    memory_kib: int
    passes: int
    nobody: str  # compared where there is no such member: made as all are


def _ask_for(cost: Cost) -> None:
    passwords.MEMORY_KIB, passwords.PASSES, passwords.NOBODY = cost


AS_EVER = Cost(passwords.MEMORY_KIB, passwords.PASSES, passwords.NOBODY)
_ask_for(Cost(8, 1, ""))
CHEAP = Cost(8, 1, hash_password("a password nobody has"))
_ask_for(CHEAP)


@contextmanager
def cost(asked: Cost) -> Iterator[None]:
    _ask_for(asked)
    try:
        yield
    finally:
        _ask_for(CHEAP)
