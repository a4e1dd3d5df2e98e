"""The harbour in any order that Hypothesis thinks of, and at the end the eleven invariants."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.cast import ADA, BO, CY
from tests.delivery.harbour import Ear, Harbour, Word
from tests.history import Witness

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, Any]], Any]

EARS = 5  # tabs of one run
STEPS = 30

nth = st.integers(0, 59)  # of those there are
door = st.integers(0, 1)
member = st.sampled_from([ADA, BO, CY])
guest = st.sampled_from([BO, CY])  # Ada moderates
bodies = st.sampled_from(["ahoy", "aye", "@Cy **rope**", "https://harbour.test"])


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

    @precondition(lambda self: len(self.harbour.ears) < EARS)
    @rule(who=member, door=door)
    def another_tab(self, who: int, door: int) -> None:
        if who not in self.harbour.outside:
            self.come(who, door)

    def come(self, who: int, door: int) -> None:
        ear = Ear(who, self.harbour.history.follows(self.harbour.address, who))
        self.harbour.ears.append(ear)
        self.do(self.harbour.arrive(ear, door))

    @precondition(lambda self: self.ears())
    @rule(n=nth)
    def the_line_is_cut(self, n: int) -> None:
        self.do(self.harbour.leave(_nth(self.ears(), n)))

    @precondition(lambda self: self.away())
    @rule(n=nth, door=door)
    def comes_back(self, n: int, door: int) -> None:
        self.do(self.harbour.arrive(_nth(self.away(), n), door))

    # Words

    @precondition(lambda self: self.ears())
    @rule(n=nth, body=bodies, to=nth)
    def says(self, n: int, body: str, to: int) -> None:
        """Or answers, when there is something to answer."""
        self.do(self.harbour.say(_nth(self.ears(), n), body, self._answered(to)))

    @precondition(lambda self: self.ears())
    @rule(n=nth, body=bodies)
    def hears_no_ack(self, n: int, body: str) -> None:
        self.do(self.harbour.say_and_leave(_nth(self.ears(), n), body))

    @rule(n=nth)
    def says_it_again(self, n: int) -> None:
        words = [word for word in self.harbour.words if not word.sent.final]
        if found := self._by_author(n, words):
            self.do(self.harbour.say_again(*found))

    @rule(n=nth)
    def uses_a_key_twice(self, n: int) -> None:
        if found := self._by_author(n, self.acked()):
            self.do(self.harbour.say_other_words(*found))

    @rule(n=nth, body=bodies)
    def edits(self, n: int, body: str) -> None:
        if found := self._by_author(n, self.acked()):
            self.do(self.harbour.change(*found, "edit", body=f"{body} {n}"))

    @rule(n=nth)
    def withdraws(self, n: int) -> None:
        if found := self._by_author(n, self.acked()):
            self.do(self.harbour.change(*found, "withdraw"))

    # Moderation

    @precondition(lambda self: self.acked(hidden=False))
    @rule(n=nth)
    def is_hidden(self, n: int) -> None:
        self.do(self.harbour.hide(_nth(self.acked(hidden=False), n)))

    @precondition(lambda self: self.acked(hidden=True))
    @rule(n=nth)
    def is_restored(self, n: int) -> None:
        self.do(self.harbour.restore(_nth(self.acked(hidden=True), n)))

    @rule(who=guest)
    def is_muted_or_not_any_more(self, who: int) -> None:
        self.do(self.harbour.set_muted(who, muted=who not in self.harbour.muted))

    @rule()
    def is_shown_the_door_or_let_in(self) -> None:
        harbour = self.harbour
        self.do(harbour.let_in(CY) if harbour.outside else harbour.show_the_door(CY))

    # Catching up in other ways

    @precondition(lambda self: self.ears())
    @rule(n=nth)
    def comes_from_another_epoch(self, n: int) -> None:
        self.do(self.harbour.come_from_another_epoch(_nth(self.ears(), n)))

    @precondition(lambda self: self.ears())
    @rule(n=nth)
    def comes_from_the_future(self, n: int) -> None:
        self.do(self.harbour.come_from_the_future(_nth(self.ears(), n)))

    @rule(door=door)
    def asks_over_http(self, door: int) -> None:
        self.do(self.harbour.ask_over_http(door))

    @precondition(lambda self: self.ears())
    @rule(n=nth, door=door)
    def loads_a_page_beside(self, n: int, door: int) -> None:
        self.do(self.harbour.compare_with_a_page(_nth(self.ears(), n), door))

    # The bus

    @rule()
    def the_bus_falls_silent_or_is_heard_again(self) -> None:
        if self.harbour.silent:
            self.harbour.be_heard_again()
        else:
            self.harbour.fall_silent()

    def teardown(self) -> None:
        found = self.run(self.harbour.judged())
        assert not found, "\n".join(found)


K = TypeVar("K", Ear, Word, Witness)


def _nth(things: list[K], n: int) -> K:
    return things[n % len(things)]
