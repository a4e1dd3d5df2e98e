"""Texts as search sees them: both databases are given these tokens, so they find the same."""

import re
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple
from unicodedata import combining, normalize

from community.stemming import stem

LONGEST = 64  # letters of one token
AROUND = 220  # letters of what is shown around a hit
WORD = re.compile(r"[^\W_]+(?:['’ʼ-][^\W_]+)*")
APOSTROPHE = re.compile(r"(?<=\w)['’ʼ](?=\w)")  # Jum'at, Nur'aini
TOKEN = re.compile(r"[^\W\d_]+|\d+")  # of SNI-7763 both parts, and of sni7763


class Phrase(NamedTuple):
    """Tokens one after the other; `open`: the last may go on."""

    tokens: tuple[str, ...]
    open: bool = False


Term = tuple[Phrase, ...]  # one of them is enough


class Marked(NamedTuple):
    text: str
    hit: bool = False


def tokens(text: str) -> list[str]:
    """In the order they stand in, in small letters without accents."""
    if text.isascii():
        folded = text.lower()
    else:
        apart = normalize("NFKD", text.casefold())
        folded = "".join(sign for sign in apart if not combining(sign))
    return [token[:LONGEST] for token in TOKEN.findall(APOSTROPHE.sub("", folded))]


def indexed(text: str) -> str:
    """What is stored: the tokens as they stand, then the stems that are none of them."""
    standing = tokens(text)
    different = set(standing)
    return " ".join([*standing, *sorted({stem(token) for token in different} - different)])


def exactly(words: str, *, open: bool = False) -> Term:
    """These tokens, one after the other; no term where there are none."""
    found = tuple(tokens(words))
    return (Phrase(found, open),) if found else ()


def term(word: str, *, open: bool = False) -> Term:
    """What its stem finds and, of one that may go on, what its letters begin. A code is looked for
    as it stands: the parts of SNI-7763 next to each other."""
    found = tokens(word)
    if len(found) != 1:
        return exactly(word, open=open)
    stemmed = Phrase((stem(found[0]),))
    return (stemmed, Phrase((found[0],), open=True)) if open else (stemmed,)


def marked(text: str, terms: Sequence[Term], most: int = AROUND) -> list[Marked]:
    """The piece of a text around its first hit, with all hits in it."""
    hits = list(_hits(text, terms, most))
    start, end = _window(text, hits[0][0] if hits else 0, most)
    parts, at = [Marked("… " if start else "")], start
    for begin, stop in hits:
        if at <= begin and stop <= end:
            parts += [Marked(text[at:begin]), Marked(text[begin:stop], hit=True)]
            at = stop
    parts += [Marked(text[at:end]), Marked(" …" if end < len(text) else "")]
    return [part for part in parts if part.text]


def _hits(text: str, terms: Sequence[Term], most: int) -> Iterator[tuple[int, int]]:
    """Where they begin and end, as far as they can be in one piece with the first."""
    phrases = [phrase for one in terms for phrase in one]
    sought = frozenset(token for phrase in phrases for token in phrase.tokens)
    beginnings = tuple(phrase.tokens[-1] for phrase in phrases if phrase.open)
    last = len(text)
    for word in WORD.finditer(text):
        if word.start() > last:
            return
        if any(_is_of(token, sought, beginnings) for token in tokens(word[0])):
            last = min(last, word.start() + most)
            yield word.span()


def _is_of(token: str, sought: Set[str], beginnings: tuple[str, ...]) -> bool:
    return token in sought or token.startswith(beginnings) or stem(token) in sought


def _window(text: str, hit: int, most: int) -> tuple[int, int]:
    """From one space to another, a little before the hit."""
    if len(text) <= most:
        return 0, len(text)
    start = max(0, min(hit - most // 4, len(text) - most))
    start = text.find(" ", start, hit) + 1 if start else 0
    end = start + most
    return start, len(text) if end >= len(text) else max(text.rfind(" ", start, end), hit + 1)
