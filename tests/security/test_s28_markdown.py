"""What members write becomes HTML from a short list, whatever they write."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from community.errors import Invalid
from community.text import ATTRIBUTES, LONGEST, SCHEMES, TAGS, _clean, written

EVIL = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>*{display:none}</style>",
    "<form action=//evil.example><input name=password>",
    "<base href=//evil.example>",
    "<b id=bell name=getElementById>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:x)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "<javascript:alert(1)>",
    '[x](http://a.example "onmouseover=alert(1)")',
    "[x](http://a.example/'onmouseover='alert(1))",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "[![x](https://evil.example/p)](https://evil.example)",
    "[x]: javascript:alert(1)\n\n[x]",
    "```<script>\nalert(1)\n```",
    "`<script>alert(1)</script>`",
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "@<script>alert(1)</script>",
    "@Bo<img src=x onerror=alert(1)>",
    "https://a.example/<script>",
    'https://a.example/"onmouseover=alert(1)//',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u003cscript\u003e",
    "<<script>script>alert(1)<</script>/script>",
]


class Seen(HTMLParser):
    """What a browser would find in it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_comment(self, data: str) -> None:
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        self.other.append(data)


def harmless(html: str) -> None:
    seen = Seen(html)
    assert not seen.other
    for tag, attributes in seen.tags:
        allowed = ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set())
        assert tag in TAGS and set(attributes) <= allowed, (tag, attributes)
        if "href" in attributes:
            scheme = urlsplit(attributes["href"].strip().lower()).scheme
            assert scheme in {"", *SCHEMES}, attributes
            assert {"nofollow", "ugc", "noopener", "noreferrer"} <= set(attributes["rel"].split())


@pytest.mark.parametrize("text", EVIL)
def test_nothing_evil_comes_through(text: str) -> None:
    harmless(written(text).html)
    harmless(written(f"> - {text}\n\n{text}").html)


PIECES = ["<", ">", '"', "'", "[", "]", "(", ")", "!", "`", "*", "_", "|", "-", "\n", " ", "@", "&"]
PIECES += ["script", "img src=x", "onerror=", "javascript:", "https://a.example", "&#x3c;", "\\"]
PIECES += ["a", "style=", "href=", "#", "~~", "<!--", "]]>", "</", "svg", "\t", "\u2028", "é"]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=200))
@example('<a href="javascript:alert(1)">')
def test_any_text_is_harmless_and_cleaning_it_again_changes_nothing(text: str) -> None:
    try:
        html = written(text).html
    except Invalid:
        return
    harmless(html)
    assert _clean(html) == html


@pytest.mark.parametrize(
    "text",
    [
        "x" * (LONGEST + 1),
        "a\0b",
        "https://a.example " * 60,
        "[" * 8_000,
        "![" * 8_000,
        "*a_ " * 4_000,
        "a\n" * 8_000,
        "|" * 4_000 + "\n" + "|-" * 4_000,
        f"|{'a|' * 300}\n|{'-|' * 300}\n" + "a\n" * 900,  # a short text, a huge table
        " ".join(f"@member{n}" for n in range(100)),
    ],
    ids=lambda text: repr(text[:12]),
)
def test_what_costs_too_much_is_refused_before_it_does(text: str) -> None:
    with pytest.raises(Invalid):
        written(text)


def test_no_picture_of_elsewhere_is_ever_loaded() -> None:
    """It would tell a stranger who reads, and when."""
    assert "img" not in TAGS and "<img" not in written("![x](https://evil.example/p.png)").html


def test_a_link_is_only_shown_never_fetched() -> None:
    """S31: no previews, so nothing of ours asks an address that a member wrote."""
    assert written("https://169.254.169.254/latest/meta-data").html.count("169.254.169.254") == 2
