"""Markdown a member wrote -> HTML that is safe in every place, made once, when it is stored.

The allow-list follows reference points of OWASP ASVS 5.0 (1.3.1, 1.3.5): no images, no raw HTML, no
attributes but those named here; links carry rel="nofollow ugc noopener noreferrer".
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from community.errors import Invalid
from community.words import _

LONGEST = 16_000  # characters of one text
DEEPEST = 12  # nested quotes and lists
MOST_LINKS = 50
MOST_MENTIONS = 20  # each of them may be a notice
MOST_MARKS = 3_000  # signs and line ends: each costs the parser 10 µs, and everybody waits for it
MOST_CELLS = 5_000  # a table fills up every row to the width of its head

TAGS = set(
    "p br hr h2 h3 h4 strong em s del code pre a "
    "blockquote ul ol li table thead tbody tr th td".split()
)
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"https", "http", "mailto"}
REL = "nofollow ugc noopener noreferrer"
# "@Lilis Komariah": a name is up to four words that begin with a letter, longest match first.
MARK = re.compile(r"[^\w ]|_")
TABLE_HEAD = re.compile(r"[|:\- ]{3,}")
# Brackets in an address, but no more of them: or each that is never closed is sought to the end.
ADDRESS = r"\(https?:[^()]*(?:\([^()]*\)[^()]*)?\)"
MARKS = re.compile(rf"[*_`>#|~\[\]]+|{ADDRESS}")
# A link to somebody: it is no sign that a text has links.
TO_SOMEBODY = re.compile(r'<a href="/(?:members|organisations)/')
MENTION = re.compile(r"@(\w[\w.'-]*(?: \w[\w.'-]*){0,3})")
# One line that Markdown and the linkifier leave as it is: most of what is said in channels.
PLAIN = re.compile(
    r"""(?=@?[^\W\d_])(?:[^\W_]|[ ,;:!?'"()%–—…-]|\.(?=[ \d]|\Z)|(?<!\S)@(?=[^\W_]))*(?<! )"""
)


class Written(NamedTuple):
    html: str
    mentioned: frozenset[str]  # what follows each @, in lower case: a name begins it


# Where those are found who bear a name (in lower case); empty where they are found nowhere.
Ways = Mapping[str, str]
NOWHERE: Ways = {}


def written(text: str, ways: Ways = NOWHERE) -> Written:
    """As in posts. Where one is mentioned to whom there is a way, that is a link. Raises Invalid
    for what is too long, too deep, too intricate, or has a NUL."""
    return _made(_whole, text, ways)


def spoken(text: str, ways: Ways = NOWHERE) -> Written:
    """As in talk: bold, italic, struck out, code, quotes, lists and links. Headings, rules and
    tables are the signs they are written with: "# 3" is what somebody said on a phone, and a table
    does not fit on one. Raises as written() does."""
    return _made(_talk, text, ways)


def _made(rules: MarkdownIt, text: str, ways: Ways) -> Written:
    _must_be_cheap(text)
    if not text:
        return Written("", frozenset())
    if PLAIN.fullmatch(text) and not ways:
        return Written(f"<p>{text}</p>", _mentioned(MENTION.findall(text)))
    return _parsed(rules, text, ways)


def beginnings(mention: str) -> list[str]:
    """What may be the name in it, the longest first."""
    words = mention.split(" ")
    begun = (" ".join(words[:number]).rstrip(".,;:!?") for number in range(len(words), 0, -1))
    return list(dict.fromkeys(begun))


def named(mention: str, names: Container[str]) -> str:
    """The longest name that it begins with; empty where it is none of them. So "@Siti Aminah" is
    never Siti."""
    return next((begun for begun in beginnings(mention) if begun.lower() in names), "")


def _parsed(rules: MarkdownIt, text: str, ways: Ways) -> Written:
    tokens = rules.parse(text)
    if any(token.level > DEEPEST * 2 for token in tokens):
        raise Invalid(_("Quotes and lists are nested too deeply."))
    if sum(child.type == "link_open" for t in tokens for child in t.children or ()) > MOST_LINKS:
        raise Invalid(_("This has too many links: at most %(most)s."), most=MOST_LINKS)
    html = rules.renderer.render(tokens, rules.options, {"ways": ways})
    return Written(_clean(html), _mentioned(_called(tokens)))


def _called(tokens: Iterable[Token]) -> Iterator[str]:
    """What follows each @, but for those in a quote: whoever is called there was called before."""
    quotes = 0
    for token in tokens:
        quotes += token.nesting if token.type.startswith("blockquote") else 0
        if not quotes:
            yield from (child.content for child in token.children or () if child.type == "mention")


def _must_be_cheap(text: str) -> None:
    """Before it is parsed: what a text may cost."""
    if "\0" in text:
        raise Invalid(_("This text has a character that cannot be stored."))
    if len(text) > LONGEST:
        raise Invalid(_("This is too long: at most %(most)s characters."), most=LONGEST)
    widest = max((head.count("|") for head in TABLE_HEAD.findall(text)), default=0)
    if widest * text.count("\n") > MOST_CELLS:
        raise Invalid(_("This table is too large."))
    if len(MARK.findall(text)) > MOST_MARKS:
        raise Invalid(_("This has too many special characters and lines."))


def facts(items: Iterable[tuple[str, str]]) -> str:
    """What we say ourselves beside the words of a member, in a form their Markdown cannot take."""
    lines = "".join(
        f"<dt>{escapeHtml(name)}</dt><dd>{escapeHtml(said)}</dd>" for name, said in items
    )
    return f'<dl class="facts">{lines}</dl>' if lines else ""


def paragraphs(text: str) -> str:
    """What was written in a field without Markdown, as HTML."""
    return "".join(f"<p>{escapeHtml(line)}</p>" for line in text.splitlines() if line.strip())


def plain(text: str, most: int = 160) -> str:
    """The beginning of a text without its marks, for lists and notices; at most that long."""
    words = " ".join(MARKS.sub(" ", text).split())
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0] + "…"


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=REL,
        strip_comments=True,
    ).strip()


def _mentioned(marks: Iterable[str]) -> frozenset[str]:
    different = set(marks)
    if len(different) > MOST_MENTIONS:
        raise Invalid(_("This mentions too many people: at most %(most)s."), most=MOST_MENTIONS)
    return frozenset(mark.lower() for mark in different)


def _mention(state: StateInline, silent: bool) -> bool:
    before = state.src[state.pos - 1 : state.pos]
    match = MENTION.match(state.src, state.pos)
    if match is None or state.linkLevel > 0 or before.isalnum():
        return False
    if not silent:
        state.push("mention", "", 0).content = match[1]
    state.pos = match.end()
    return True


def _render_mention(
    self: object, tokens: Sequence[Token], index: int, options: object, env: Mapping[str, Ways]
) -> str:
    mention, ways = tokens[index].content, env["ways"]
    name = named(mention, ways)
    way = ways.get(name.lower())
    if not way:
        return escapeHtml(f"@{mention}")
    rest = escapeHtml(mention.removeprefix(name))
    return f'<a href="{escapeHtml(way)}">{escapeHtml(f"@{name}")}</a>{rest}'


def _rules(*without: str) -> MarkdownIt:
    rules = MarkdownIt("commonmark", {"linkify": True, "html": False, "breaks": True})
    rules.enable(["table", "strikethrough", "linkify"]).disable(["image", *without])
    rules.inline.ruler.push("mention", _mention)
    rules.add_render_rule("mention", _render_mention)
    return rules


_whole = _rules()
_talk = _rules("heading", "lheading", "hr", "table", "reference", "code")
