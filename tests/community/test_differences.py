"""What an edit changed: whatever the texts are, both can be read out of it."""

from random import Random

from hypothesis import given
from hypothesis import strategies as texts

from community.differences import MOST, Change, Piece, difference

SOME = texts.lists(texts.sampled_from(["ten", "metres", " ", "\n", ",", "of", "rope", "é"])).map(
    "".join
)


@given(SOME, SOME)
def test_both_texts_can_be_read_out_of_it(before: str, after: str) -> None:
    pieces = difference(before, after)
    assert _read(pieces, Change.REMOVED) == before
    assert _read(pieces, Change.ADDED) == after


def test_only_the_word_that_changed_is_marked() -> None:
    assert difference("ten metres of rope", "twelve metres of rope") == [
        Piece(Change.REMOVED, "ten"),
        Piece(Change.ADDED, "twelve"),
        Piece(Change.KEPT, " metres of rope"),
    ]


def test_what_has_too_many_words_is_marked_from_the_first_change_to_the_last() -> None:
    chance = Random(1)
    before, after = (" ".join(chance.choices("ab", k=MOST)) for _ in range(2))  # in one line
    pieces = difference(f"so {before} on", f"so {after} on")
    assert len(pieces) == 4
    assert _read(pieces, Change.ADDED) == f"so {after} on"


def test_in_a_long_text_the_words_of_the_lines_that_changed_are_marked() -> None:
    """And where they are too many for that, the lines: a page of edits is no work of minutes."""
    lines = [f"{number} metres of hemp rope, {number * 7} of jute" for number in range(500)]
    changed = [lines[0].replace("hemp", "jute"), *lines[1:-1], lines[-1].replace("hemp", "tarred")]
    pieces = difference("\n".join(lines), "\n".join(changed))
    assert [piece.text for piece in pieces if piece.change == Change.ADDED] == ["jute", "tarred"]
    pieces = difference("\n".join(lines), "\n".join(line.replace("of", "in") for line in lines))
    assert _read(pieces, Change.REMOVED) == "\n".join(lines)


def _read(pieces: list[Piece], which: Change) -> str:
    return "".join(piece.text for piece in pieces if piece.change in (Change.KEPT, which))
