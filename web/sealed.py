"""What was sealed of somebody's words, as pages show it: beside them stand facts of ours, in a form
that no Markdown of a member takes (community/text.py), among them addresses that are opened."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

FACTS = re.compile(r'<dl class="facts">.*?</dl>', re.DOTALL)
FILE = re.compile(r"<dt>📎 (/files/[\w-]+)</dt><dd>(.*?)</dd>")
RULE = re.compile(r"<dt>(/rules#[a-z_]+)</dt><dd>[a-z_]*</dd>")
NOTHING = '<dl class="facts"></dl>'


class Sealed(NamedTuple):
    words: Markup
    rules: Sequence[str]  # the addresses of those that held it
    files: Sequence[tuple[str, Markup]]  # the address of each, and what is said of it


def sealed(html: str) -> Sealed:
    """Of what community/text.py made safe."""
    files = [(where, Markup(said)) for where, said in FILE.findall(html)]
    words = FILE.sub("", RULE.sub("", html)).replace(NOTHING, "")
    return Sealed(Markup(words), RULE.findall(html), files)


def excerpt(html: str) -> str:
    """The words alone, in one line; where there are none, what is said of what hangs there."""
    return _in_line(FACTS.sub("", html)) or _in_line(_without_addresses(html))


def _without_addresses(html: str) -> str:
    kept = sealed(html)
    return " ".join([str(kept.words), *(str(said) for _address, said in kept.files)])


def _in_line(html: str) -> str:
    return Markup(html.replace("><", "> <")).striptags()
