"""The checker itself: a sound history passes, and of each invariant a broken one is seen."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.cast import BO, CY, QUAY
from tests.following import Frame
from tests.history import Ack, Hidden, History, Picture, Revoked, Row, Sent, Witness
from tests.invariants import Pages, faults

ADDRESS = f"channel:{QUAY}"


@dataclass
class Case:
    """Bo says three words, the second is hidden; Cy hears it all and is sent away then."""

    history: History = field(default_factory=History)
    rows: list[Row] = field(default_factory=list)
    pages: Pages = field(default_factory=dict)

    @property
    def cy(self) -> Witness:
        return self.history.followed[0]

    @property
    def first(self) -> Sent:
        return self.history.sent[0]

    def hears(self, rev: int, html: str, at: float) -> None:
        self.cy.put(put(rev, html))
        self.cy.heard[-1] = self.cy.heard[-1]._replace(at=at, opened=0)

    def says(self, seq: int, at: float) -> None:
        sent = self.history.sends(QUAY, BO, f"k{seq}")
        sent.began, sent.acks = at, [Ack(at + 0.1, seq, seq)]
        self.rows.append(Row(seq, QUAY, seq, BO, sent.key))
        self.hears(seq, entry(seq, seq), at + 0.2)


def entry(seq: int, rev: int, words: str = "ahoy") -> str:
    return f'<li id="message-{seq}" data-seq="{seq}" data-rev="{rev}"><p>{words}</p></li>'


def gone(seq: int, rev: int) -> str:
    return f'<li id="message-{seq}" data-seq="{seq}" data-rev="{rev}"><p class="gone">hidden</p>'


def put(rev: int, html: str) -> Frame:
    return {"verb": "put", "stream": ADDRESS, "rev": rev, "html": html}


@pytest.fixture
def sound() -> Case:
    case = Case()
    case.history.follows(ADDRESS, CY)
    case.cy.opens()
    case.cy.caught_up(0)
    for seq in (1, 2, 3):
        case.says(seq, float(seq))
    case.hears(4, gone(2, 4), 4)
    case.history.hidden.append(Hidden(ADDRESS, "message-2", 4, since=4))
    case.pages[ADDRESS] = list(case.cy.shown)
    case.history.revoked.append(Revoked(CY, ADDRESS, since=9, until=99))
    case.history.pictures.append(Picture(ADDRESS, 1, 4, case.cy.shown, list(case.cy.shown)))
    return case


def test_a_sound_history_has_no_fault(sound: Case) -> None:
    assert faults(sound.history, sound.rows, sound.pages) == []


def acked_and_lost(case: Case) -> None:
    case.rows.pop()


def stored_twice(case: Case) -> None:
    case.rows.append(case.rows[0]._replace(id=4, seq=4))


def acked_elsewhere(case: Case) -> None:
    case.rows[0] = case.rows[0]._replace(channel=8)


def acked_as_another(case: Case) -> None:
    case.first.acks.append(Ack(2, seq=3, rev=3))


def acked_again_as_another(case: Case) -> None:
    case.history.sent.append(replace(case.first, acks=[Ack(2, seq=1, rev=4)]))


def a_hole(case: Case) -> None:
    case.rows[1] = case.rows[1]._replace(seq=4)


def one_place_for_two(case: Case) -> None:
    case.rows[1] = case.rows[1]._replace(seq=1)


def heard_and_not_there(case: Case) -> None:
    case.hears(5, entry(4, 5), 5)


def heard_as_another(case: Case) -> None:
    case.rows[0] = case.rows[0]._replace(id=9)


def taken_twice(case: Case) -> None:
    case.cy.rev = 3
    case.hears(4, gone(2, 4), 5)


def read_backwards(case: Case) -> None:
    case.cy.opens()
    case.cy.catching_up = True
    case.hears(4, gone(2, 4), 5)
    case.hears(3, entry(3, 3), 5)


def a_word_missed(case: Case) -> None:
    del case.cy.items["message-3"]


def an_older_state(case: Case) -> None:
    case.cy.items["message-2"] = entry(2, 2)


def shown_on_no_page(case: Case) -> None:
    case.pages[ADDRESS] = []


def heard_long_after(case: Case) -> None:
    case.hears(4, gone(2, 4), 10.5)


def begun_after_the_end(case: Case) -> None:
    """However slowly the client has read: this was not under way when the right ended."""
    case.history.lag = 50
    case.says(4, 10.5)


def heard_on_a_line_that_should_be_closed(case: Case) -> None:
    case.history.revoked.append(Revoked(CY, "", since=9))
    case.hears(4, gone(2, 4), 100)


def overtaken(case: Case) -> None:
    case.first.began, case.first.acks = 5, [Ack(5.1, seq=1, rev=1)]


def drawn_otherwise(case: Case) -> None:
    case.history.pictures.append(Picture(ADDRESS, 1, 4, ["ahoy"], ["aye"]))


def told_again_after_the_hiding(case: Case) -> None:
    case.hears(2, entry(2, 2), 5.5)


def drawn_with_its_words(case: Case) -> None:
    case.hears(5, entry(2, 5), 4.1)


def refused_and_there(case: Case) -> None:
    case.first.acks, case.first.final = [], True


BROKEN: list[tuple[str, Callable[[Case], None]]] = [
    ("I1", acked_and_lost),
    ("I1", stored_twice),
    ("I1", acked_elsewhere),
    ("I2", acked_as_another),
    ("I2", acked_again_as_another),
    ("I3", a_hole),
    ("I3", one_place_for_two),
    ("I4", heard_and_not_there),
    ("I4", heard_as_another),
    ("I5", taken_twice),
    ("I5", read_backwards),
    ("I6", a_word_missed),
    ("I6", an_older_state),
    ("I6", shown_on_no_page),
    ("I7", heard_long_after),
    ("I7", begun_after_the_end),
    ("I7", heard_on_a_line_that_should_be_closed),
    ("I8", overtaken),
    ("I9", drawn_otherwise),
    ("I10", told_again_after_the_hiding),
    ("I10", drawn_with_its_words),
    ("I11", refused_and_there),
]


@pytest.mark.parametrize(("name", "broken"), BROKEN)
def test_a_broken_one_is_seen(sound: Case, name: str, broken: Callable[[Case], None]) -> None:
    broken(sound)
    found = {fault.split(":")[0] for fault in faults(sound.history, sound.rows, sound.pages)}
    assert name in found


def test_what_may_have_been_under_way_is_no_fault(sound: Case) -> None:
    """A word that crosses with its hiding, a change that crosses with the end of a right."""
    sound.hears(2, entry(2, 2), 4.9)
    sound.hears(4, gone(2, 4), 9.9)
    assert faults(sound.history, sound.rows, sound.pages) == []


def test_what_was_restored_is_heard_again(sound: Case) -> None:
    sound.history.hidden[0] = sound.history.hidden[0]._replace(until=5, until_rev=5)
    sound.hears(5, entry(2, 5), 5.5)
    sound.pages[ADDRESS] = list(sound.cy.shown)
    assert faults(sound.history, sound.rows, sound.pages) == []
