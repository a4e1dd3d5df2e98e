"""In which order tests run where several processes share them."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def dealt(slow: Sequence[T], rest: Sequence[T], hands: int) -> Iterator[T]:
    """Each process begins with a stretch of this, as long as the others', and each stretch with as
    much of what takes long: so in the end none waits for one that still has all of that before it.
    """
    left, others = len(slow) + len(rest), iter(rest)
    for n in range(hands):
        size = left // (hands - n)  # as pytest-xdist cuts it
        first = slow[n::hands]
        yield from first
        yield from islice(others, max(size - len(first), 0))
        left -= size
    yield from others
