"""The harbour in any order that Hypothesis thinks of, and at the end the eleven invariants."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.cast import ADA, BO, CY
from tests.delivery.harbour import Ear, Harbour, Word
from tests.history import Witness

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]
Deed = Callable[["Machine", "Chance"], None]

EARS = 5  # tabs of one run
STEPS = 30

nth = st.integers(0, 59)  # of those there are
bodies = st.sampled_from(["ahoy", "aye", "@Cy **rope**", "https://harbour.test"])


class Chance(NamedTuple):
    """What a deed is left to choose: of each the nth there is."""

    n: int
    to: int
    body: str

    @property
    def door(self) -> int:
        return self.to % 2

    @property
    def who(self) -> int:
        return (BO, CY, ADA)[self.to % 3]


chances = st.builds(Chance, nth, nth, bodies)


def sail(new: Callable[[], Harbour], run: Run, examples: int, *, same: bool) -> None:
    """`same`: the same runs every time."""

    class Sailing(Machine):
        def __init__(self) -> None:
            super().__init__()
            self.harbour, self.run = new(), run

    chosen = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        derandomize=same,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Sailing, settings=chosen)


class Machine(RuleBasedStateMachine):
    harbour: Harbour
    run: Run

    def do(self, deed: Coroutine[Any, Any, None]) -> None:
        self.run(self._done(deed))

    async def _done(self, deed: Coroutine[Any, Any, None]) -> None:
        await deed
        await self.harbour.read_on()

    # Who is there

    def ears(self, *, of: set[int] | None = None) -> list[Ear]:
        return [ear for ear in self.harbour.ears if ear.tab and (of is None or ear.member in of)]

    def away(self) -> list[Ear]:
        outside = self.harbour.outside
        return [e for e in self.harbour.ears if e.tab is None and e.member not in outside]

    def acked(self, *, hidden: bool | None = None) -> list[Word]:
        words = [word for word in self.harbour.words if word.sent.acks]
        return words if hidden is None else [word for word in words if word.hidden == hidden]

    def _answered(self, n: int) -> Word | None:
        return _nth(self.acked(), n) if self.acked() else None

    def _by_author(self, n: int, words: list[Word]) -> tuple[Ear, Word] | None:
        """A word, and a tab that its author has open."""
        pairs = [(e, word) for word in words for e in self.ears(of={word.sent.author})]
        return pairs[n % len(pairs)] if pairs else None

    # Lines

    @initialize()
    def opens(self) -> None:
        self.do(self.harbour.open())
        for n, who in enumerate((BO, CY)):
            self.come(who, n)
        for ear in self.ears():  # so that there is something to change from the first step on
            self.do(self.harbour.say(ear, "ahoy", self._answered(0)))

    def come(self, who: int, door: int) -> None:
        ear = Ear(who, self.harbour.history.follows(self.harbour.address, who))
        self.harbour.ears.append(ear)
        self.do(self.harbour.arrive(ear, door))

    @rule(deed=st.deferred(lambda: st.sampled_from(DEEDS)), chance=chances)
    def happens(self, deed: Deed, chance: Chance) -> None:
        """One rule, not one a deed: Hypothesis leaves some rules out of every run, and in a few of
        them most of what the harbour knows would not happen at all."""
        deed(self, chance)

    def another_tab(self, chance: Chance) -> None:
        if len(self.harbour.ears) < EARS and chance.who not in self.harbour.outside:
            self.come(chance.who, chance.door)

    def the_line_is_cut(self, chance: Chance) -> None:
        if ears := self.ears():
            self.do(self.harbour.leave(_nth(ears, chance.n)))

    def comes_back(self, chance: Chance) -> None:
        if away := self.away():
            self.do(self.harbour.arrive(_nth(away, chance.n), chance.door))

    # Words

    def says(self, chance: Chance) -> None:
        """Or answers, when there is something to answer."""
        if ears := self.ears():
            answered = self._answered(chance.to)
            self.do(self.harbour.say(_nth(ears, chance.n), chance.body, answered))

    def hears_no_ack(self, chance: Chance) -> None:
        if ears := self.ears():
            self.do(self.harbour.say_and_leave(_nth(ears, chance.n), chance.body))

    def says_it_again(self, chance: Chance) -> None:
        words = [word for word in self.harbour.words if not word.sent.final]
        if found := self._by_author(chance.n, words):
            self.do(self.harbour.say_again(*found))

    def uses_a_key_twice(self, chance: Chance) -> None:
        if found := self._by_author(chance.n, self.acked()):
            self.do(self.harbour.say_other_words(*found))

    def edits(self, chance: Chance) -> None:
        if found := self._by_author(chance.n, self.acked()):
            self.do(self.harbour.change(*found, "edit", body=f"{chance.body} {chance.to}"))

    def withdraws(self, chance: Chance) -> None:
        if found := self._by_author(chance.n, self.acked()):
            self.do(self.harbour.change(*found, "withdraw"))

    # Moderation

    def is_hidden(self, chance: Chance) -> None:
        if words := self.acked(hidden=False):
            self.do(self.harbour.hide(_nth(words, chance.n)))

    def is_restored(self, chance: Chance) -> None:
        if words := self.acked(hidden=True):
            self.do(self.harbour.restore(_nth(words, chance.n)))

    def is_muted_or_not_any_more(self, chance: Chance) -> None:
        guest = (BO, CY)[chance.n % 2]  # Ada moderates
        self.do(self.harbour.set_muted(guest, muted=guest not in self.harbour.muted))

    def is_shown_the_door_or_let_in(self, _chance: Chance) -> None:
        harbour = self.harbour
        self.do(harbour.let_in(CY) if harbour.outside else harbour.show_the_door(CY))

    # Catching up in other ways

    def comes_from_another_epoch(self, chance: Chance) -> None:
        if ears := self.ears():
            self.do(self.harbour.come_from_another_epoch(_nth(ears, chance.n)))

    def comes_from_the_future(self, chance: Chance) -> None:
        if ears := self.ears():
            self.do(self.harbour.come_from_the_future(_nth(ears, chance.n)))

    def asks_over_http(self, chance: Chance) -> None:
        self.do(self.harbour.ask_over_http(chance.door))

    def loads_a_page_beside(self, chance: Chance) -> None:
        if ears := self.ears():
            self.do(self.harbour.compare_with_a_page(_nth(ears, chance.n), chance.door))

    # The bus

    def the_bus_falls_silent_or_is_heard_again(self, _chance: Chance) -> None:
        if self.harbour.silent:
            self.harbour.be_heard_again()
        else:
            self.harbour.fall_silent()

    def teardown(self) -> None:
        found = self.run(self.harbour.judged())
        assert not found, "\n".join(found)


DEEDS: Sequence[Deed] = (
    *(Machine.says,) * 5,  # what all the others are done to
    *(Machine.edits,) * 2,
    Machine.another_tab,
    Machine.the_line_is_cut,
    Machine.comes_back,
    Machine.hears_no_ack,
    Machine.says_it_again,
    Machine.uses_a_key_twice,
    Machine.withdraws,
    Machine.is_hidden,
    Machine.is_restored,
    Machine.is_muted_or_not_any_more,
    Machine.is_shown_the_door_or_let_in,
    Machine.comes_from_another_epoch,
    Machine.comes_from_the_future,
    Machine.asks_over_http,
    Machine.loads_a_page_beside,
    Machine.the_bus_falls_silent_or_is_heard_again,
)

K = TypeVar("K", Ear, Word, Witness)


def _nth(things: list[K], n: int) -> K:
    return things[n % len(things)]
