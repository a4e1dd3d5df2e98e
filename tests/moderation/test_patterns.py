"""What rules look for is found however it is written, and nothing else is; no text takes long."""

from fnmatch import fnmatchcase
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.errors import Invalid
from community.text import LONGEST
from moderation.rules.folding import folded
from moderation.rules.patterns import pattern

FOUND = {
    "judi": ("Situs JUDI!", "perjudian", "berjudi", "j u d i", "J.u.d.i", "ju\u200bdi", "jüdi",
             "jud1", "juuuudi", "ｊｕｄｉ", "judі"),
    "slot": ("s10t gacor", "SLOT", "5lot", "s l o t"),
    "pinjaman ilegal": ("Ada pinjaman ilegal di sini", "pinjaman  ILEGAL"),
    '"mie"': ("mie ayam",),
    "gacor*": ("gacor", "gacor88"),
    "*toto*": ("totokita", "situstoto", "toto"),
    "ju?i": ("judi", "jufi"),
    "jud* online": ("judol judi online",),
}  # fmt: skip
NOT_FOUND = {
    "judi": ("judul buku", "jadi", "menjadi dia", "ju di sini"),
    "slot": ("lot 10", "slogan"),
    "pinjaman ilegal": ("pinjaman yang ilegal", "ilegal pinjaman"),
    '"mie"': ("miekita", "mi e"),
    "gacor*": ("ngacor",),
    "ju?i": ("jui", "juddi"),
    "jud* online": ("judi di online",),
}
LETTERS = st.text("abc", max_size=12)


@pytest.mark.parametrize("rule", FOUND)
def test_it_is_found_however_it_is_written(rule: str) -> None:
    sought = pattern(rule)
    assert [one for one in FOUND[rule] if not sought.matches(folded(one))] == []


@pytest.mark.parametrize("rule", NOT_FOUND)
def test_other_words_are_not(rule: str) -> None:
    sought = pattern(rule)
    assert [one for one in NOT_FOUND[rule] if sought.matches(folded(one))] == []


@pytest.mark.parametrize("rule", ["", '""', "* *", "a?", "ab", "x" * 81, "a b c d e f g", "???"])
def test_what_would_match_everything_is_no_rule(rule: str) -> None:
    with pytest.raises(Invalid):
        pattern(rule)


@given(st.text("abc*?", min_size=3, max_size=10).filter(lambda one: sum(map(str.isalpha, one)) > 2),
       LETTERS)  # fmt: skip
def test_stars_and_marks_mean_what_they_mean_everywhere(rule: str, word: str) -> None:
    word = folded(word).words.strip()
    sought = folded("".join(one for one in rule if one.isalpha())).words.strip()
    if len(sought) < 3 or any(one * 3 in rule for one in "abc"):
        return
    expected = "*" in rule or "?" in rule
    if expected and word:
        assert pattern(rule).matches(folded(word)) == fnmatchcase(word, rule)


@given(st.text(max_size=200))
def test_whatever_is_written_can_be_folded_and_words_are_apart(text: str) -> None:
    found = folded(text)
    assert found.words.startswith(" ") and found.words.endswith(" ")
    assert folded(text) == found


@pytest.mark.parametrize("bit", ["a", "ab", "a ", "a*", "1a ", "aaab", "i!", "а"])
def test_no_text_takes_long(bit: str) -> None:
    """As long as reading it takes, many times over; what tries ways twice would take hours."""
    text, rules = (bit * LONGEST)[:LONGEST], [pattern(f"*{'ab*' * 8}c?")] * 20
    began = process_time()
    found = folded(text)
    assert not any(rule.matches(found) for rule in rules)
    assert process_time() - began < 10
