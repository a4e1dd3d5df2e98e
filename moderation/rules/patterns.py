"""What a rule looks for: words as they are said, with their Indonesian forms; "words" in quotation
marks just as they stand; * for any letters and ? for one. No regular expressions: what is compiled
here takes a time that grows with the text and with nothing else.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from community.errors import Invalid
from community.stemming import stem
from community.words import _
from moderation.rules.folding import Folded, folded

LONGEST = 80  # characters
MOST_WORDS = 6
SHORTEST = 3  # letters that stand for themselves: fewer would be in half of all texts
WILD = re.compile(r"[*?]")
PARTS = re.compile(r"\*+|\?|[^*?]+")

Matches = Callable[[Folded], bool]


class Pattern(NamedTuple):
    text: str
    matches: Matches


def pattern(text: str) -> Pattern:
    """Raises Invalid for what is no pattern, or would match nearly everything."""
    text = " ".join(text.split())
    exact = len(text) > 2 and text[0] == text[-1] == '"'
    words = text.strip('"').split()
    if not words or len(text) > LONGEST or len(words) > MOST_WORDS:
        raise Invalid(
            _("A rule looks for one to %(words)s words, in %(most)s characters."),
            words=MOST_WORDS, most=LONGEST,
        )  # fmt: skip
    if max(len(WILD.sub("", _plainly(word))) for word in words) < SHORTEST:
        raise Invalid(_("At least one word needs %(few)s letters of its own."), few=SHORTEST)
    if any(WILD.search(word) for word in words):
        return Pattern(text, _wild(words))
    if exact:
        return Pattern(text, _exactly(" ".join(words)))
    return Pattern(text, _as_said(" ".join(words)))


def _as_said(words: str) -> Matches:
    sought = " ".join(map(stem, folded(words).words.split()))
    return lambda text: f" {sought} " in text.stems


def _exactly(words: str) -> Matches:
    sought = folded(words).words
    return lambda text: sought in text.words


def _wild(words: list[str]) -> Matches:
    """The longest part is looked for first: where it is not, nothing else is tried."""
    parts = [part for word in words for part in PARTS.findall(word) if not WILD.search(part)]
    needle = max((_plainly(part) for part in parts), key=len)
    sought = re.compile(f" {' '.join(map(_word, words))} ")
    return lambda text: needle in text.words and sought.search(text.words) is not None


def _word(word: str) -> str:
    """Each part is taken where it first fits, for good (?>…): the same words match, and no way is
    tried twice. What stands last has to end the word."""
    parts = PARTS.findall(re.sub(r"[*?]*\*[*?]*", _any, word))
    written, open = [], False
    for place, part in enumerate(parts):
        if part.startswith("*"):
            open = True
            continue
        some = "[^ ]" if part == "?" else re.escape(_plainly(part))
        last = not any(not one.startswith("*") for one in parts[place + 1 :])
        if not open:
            written.append(some)
        elif last and not parts[-1].startswith("*"):
            size = 1 if part == "?" else len(_plainly(part))
            written.append(f"(?=[^ ]{{{size}}})(?>[^ ]*)(?<={some})")
        else:
            written.append(f"(?>[^ ]*?{some})")
        open = False
    return "".join(written) + ("[^ ]*" if parts[-1].startswith("*") else "")


def _any(found: re.Match[str]) -> str:
    """ "?*?" is two letters and any more of them."""
    return "?" * found[0].count("?") + "*"


def _plainly(part: str) -> str:
    return folded(part).words.split("  ")[0].strip() or part.casefold()
