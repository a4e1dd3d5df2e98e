"""What an edit changed, word by word."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

MOST = 4_000  # words compared one by one; of more, all between the first and the last change
WORD = re.compile(r"\w+|\s+|[^\w\s]")


class Change(StrEnum):
    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


class Piece(NamedTuple):
    change: Change
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The kept and the removed pieces make the text before, the kept and the added the text after.
    Longer than a moment for long texts: nobody should wait in a transaction for it."""
    old, new = WORD.findall(before), WORD.findall(after)
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    middle = _changed(old[head : len(old) - tail], new[head : len(new) - tail])
    ends = [(Change.KEPT, old[:head]), *middle, (Change.KEPT, old[len(old) - tail :])]
    return [Piece(change, "".join(words)) for change, words in ends if words]


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Change, Sequence[str]]]:
    if max(len(old), len(new)) > MOST:
        yield Change.REMOVED, old
        yield Change.ADDED, new
        return
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield Change.KEPT, old[i:j]
        else:
            yield Change.REMOVED, old[i:j]
            yield Change.ADDED, new[k:m]
