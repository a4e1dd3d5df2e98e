"""The short way of community/text.py writes exactly what the long one would."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from community.text import NOWHERE, PLAIN, _parsed, _talk, _whole, plain, spoken, written

SAID = st.text(
    st.sampled_from("abcABCzéñ文 0123456789.,;:!?'\"()%–—…-@/_*#>&<[]`~|+=\\\n\t\u00a0"),
    max_size=40,
)
SIGNS = (
    "www contoh.id http https: mailto: ftp: 1. 1) - ... Rp a.b 2.500 10:30 localhost id com (c) -- "
    "10.0.0.1 x.1 1.id 's @Lilis @a.b @x's @1 a@b.id @localhost @@"
)
WORDS = st.lists(st.sampled_from(SIGNS.split()), max_size=8)


@given(SAID | st.from_regex(PLAIN, fullmatch=True) | WORDS.map(" ".join) | WORDS.map("".join))
@example("Muat, Pak Oman, asal karungnya tidak lebih dari 25 kg. Sopir mampir jam 8.")
@example("http://contoh.id")
@example("@Lilis Komariah dan @Oman, kapan muat? (@Bo tahu.) @bo.id")
def test_what_is_plain_reads_as_markdown_would_have_it(text: str) -> None:
    if PLAIN.fullmatch(text):
        assert written(text) == _parsed(_whole, text, NOWHERE)
        assert spoken(text) == _parsed(_talk, text, NOWHERE)


@given(st.from_regex(re.compile(r"[a-z ]{1,80}"), fullmatch=True))
def test_words_alone_are_plain(text: str) -> None:
    assert bool(PLAIN.fullmatch(text)) == (text.strip() == text)


@pytest.mark.parametrize(
    "text",
    ["# 3", "a\n===", "---", "| a | b |\n| - | - |\n| 1 | 2 |", "    in", "[a]: /b", "![a](/b)"],
)
def test_what_a_talk_has_no_use_for_stays_as_it_was_typed(text: str) -> None:
    tags = set(re.findall(r"<(\w+)", spoken(text).html))
    assert tags <= {"p", "br", "a"}


def test_a_talk_has_the_marks_a_phone_needs() -> None:
    said = "**a** *b* ~~c~~ `d`\n\n> e\n\n- f\n\n[g](https://id.example)\n\n```\nh\n```"
    assert spoken(said) == written(said)


def test_an_address_is_not_among_the_words() -> None:
    said = "[kain](https://id.example/a_(b)) dan (https://id.example/x"
    assert plain(said) == "kain dan (https://id.example/x"
