"""How words are compared with rules, whatever is done to hide them: capitals, accents and letters
of other scripts, signs nobody sees, digits in place of letters, letters apart.

Indonesian words are compared by what they come down to, too: "perjudian" is "judi".
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from community.stemming import stem

LONGEST_WORD = 64  # characters; what is longer is no word anybody reads
# Letters of other scripts that look like ours (Unicode TS 39, the common ones).
ALIKE = str.maketrans("аеорсухіјѕԁһӏкмтвнαεοικνρτυχ", "aeopcyxijsdhlkmtbhaeoiknptux")
DIGITS = str.maketrans("0345789@$+", "oeastbgast")
WHOLE_SENTENCES = str.maketrans(dict.fromkeys("\ufdfa\ufdfb", " "))  # in one sign, and no words
ONE = re.compile(r"[1!|]")  # an i or an l
# What stands in words, and what people put in place of letters.
TOKEN = re.compile(r"[\w@$!|+]+")
LETTER = re.compile(r"[^\W\d_]")
APART = re.compile(r"\b[^\W\d_](?:[ .*_/·-][^\W\d_]\b){2,}")  # "j u d i", "j.u.d.i"
BETWEEN = re.compile(r"[ .*_/·-]")
THRICE = re.compile(r"([^\W\d_])\1{2,}")


class Folded(NamedTuple):
    """Words with a space before and after each; and what each comes down to."""

    words: str
    stems: str


NOTHING = Folded(" ", " ")


def folded(text: str) -> Folded:
    """Where a 1 may be an i or an l, it is read both ways, one after the other."""
    plain = _plain(text)
    tokens = [token.rstrip("!|+")[:LONGEST_WORD] for token in TOKEN.findall(plain)]
    if not tokens:
        return NOTHING
    words = [*_words(tokens, "i")]
    if ONE.search(plain) and any(ONE.search(one) and LETTER.search(one) for one in tokens):
        words += ["", *_words(tokens, "l")]
    return Folded(f" {' '.join(words)} ", f" {' '.join(map(stem, words))} ")


def _plain(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(WHOLE_SENTENCES))
        text = "".join(one for one in text if unicodedata.category(one) not in ("Mn", "Cf"))
    text = text.casefold().translate(ALIKE) if not text.isascii() else text.lower()
    return APART.sub(lambda found: BETWEEN.sub("", found[0]), text)


def _words(tokens: list[str], one: str) -> Iterator[str]:
    for token in tokens:
        if LETTER.search(token) and not token.isalpha():
            token = ONE.sub(one, token).translate(DIGITS)
        word = THRICE.sub(r"\1", token.strip("_@$!|+"))
        if word:
            yield word
