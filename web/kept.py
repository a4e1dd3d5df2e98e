"""What was drawn once and is kept: the least used goes first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from sys import getsizeof
from typing import Generic, TypeVar

V = TypeVar("V")


PLACE = 400  # bytes of a key and of where it stands


def weight(value: object) -> int:
    return getsizeof(value) + PLACE


class Kept(Generic[V]):
    """Asked by the thread that reads, too, while the loop puts and drops.

    Bounded in bytes: how long a page is, those who write it decide."""

    def __init__(self, most: int, size_of: Callable[[V], int] = weight) -> None:
        self._most = most
        self._size_of = size_of
        self._size = 0
        self._values: OrderedDict[Hashable, V] = OrderedDict()

    def get(self, key: Hashable) -> V | None:
        value = self._values.get(key)
        with suppress(KeyError):  # dropped a moment ago: what we have is still true
            self._values.move_to_end(key)
        return value

    def put(self, key: Hashable, value: V) -> V:
        if (earlier := self._values.pop(key, None)) is not None:
            self._size -= self._size_of(earlier)
        self._values[key] = value
        self._size += self._size_of(value)
        while self._size > self._most:
            self._size -= self._size_of(self._values.popitem(last=False)[1])
        return value

    def clear(self) -> None:
        self._values.clear()
        self._size = 0
