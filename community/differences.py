"""What an edit changed, word by word."""

import re
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import chain, pairwise
from typing import NamedTuple, TypeVar

# Words compared one by one: the time it takes grows with the cube of them. Of more, those between
# the first and the last change are compared line by line, and some of the lines word by word.
MOST = 500
T = TypeVar("T", bound=Hashable)
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
    if max(len(old), len(new)) <= MOST:
        for alike, before, after in _compared(old, new):
            yield from _said(alike, before, after)
        return
    left = MOST
    for alike, some, others in _compared(_lines(old), _lines(new)):
        before, after = [*chain(*some)], [*chain(*others)]
        size = max(len(before), len(after))
        if alike or size > left:
            yield from _said(alike, before, after)
        else:
            left -= size
            yield from _changed(before, after)


def _said(
    alike: bool, before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[Change, Sequence[str]]]:
    if alike:
        yield Change.KEPT, before
    else:
        yield Change.REMOVED, before
        yield Change.ADDED, after


def _compared(
    old: Sequence[T], new: Sequence[T]
) -> Iterator[tuple[bool, Sequence[T], Sequence[T]]]:
    """What of the one became what of the other, and whether that is the same."""
    if max(len(old), len(new)) > MOST:
        yield False, old, new
        return
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        yield tag == "equal", old[i:j], new[k:m]


def _lines(words: Sequence[str]) -> list[tuple[str, ...]]:
    ends = [0, *(n for n, word in enumerate(words, 1) if "\n" in word), len(words)]
    return [tuple(words[start:end]) for start, end in pairwise(ends) if start < end]
