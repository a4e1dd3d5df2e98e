"""When a request is due: here alone it is counted.

A request that came on some day, where the office is, is due when so many working days after that
day have ended. Working days that begin while it is paused are not counted. Being handed over
changes whose zone is counted in, not the day it came; an edited list of holidays counts for all
that is open.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from community.working_days import Calendar
from forum.responses.models import Stage, Step, Told

INSTANT = timedelta(microseconds=1)  # a midnight belongs to the day that ends then
EARLY = 5  # a fifth of the time before the end the office is reminded


class Pause(NamedTuple):
    begun: datetime
    ended: datetime  # or is to end


class Deadline(NamedTuple):
    due_at: datetime
    moments: tuple[tuple[datetime, Told], ...]  # at which the office is told, in their order


def deadline(
    calendar: Calendar, asked_at: datetime, term: int, pauses: Sequence[Pause]
) -> Deadline:
    days = term + stood(calendar, pauses)
    due_at = calendar.after(asked_at, days)
    soon = calendar.begun(asked_at, days - term // EARLY)
    last_day = calendar.begun(asked_at, days)
    moments = ((soon, Told.SOON), (last_day, Told.LAST_DAY), (due_at, Told.OVERDUE))
    return Deadline(due_at, moments)


def taken(
    calendar: Calendar, asked_at: datetime, answered_at: datetime, pauses: Sequence[Pause]
) -> int:
    """Working days from the day it came to that of the answer."""
    return max(calendar.between(asked_at, answered_at) - stood(calendar, pauses), 0)


def stood(calendar: Calendar, pauses: Iterable[Pause]) -> int:
    """Working days on which the clock did not run, as it did on the day a pause began."""
    return sum(calendar.between(one.begun, one.ended - INSTANT) for one in pauses)


def next_moment(deadline: Deadline, told: str) -> datetime | None:
    """When the office is told next, which was told of this last; each is told once."""
    order = list(Told)
    later = (at for at, what in deadline.moments if order.index(what) > order.index(Told(told)))
    return next(later, None)


def moment_now(deadline: Deadline, told: str, at: datetime) -> Told | None:
    """What it is to be told now: of several whose time has come the last."""
    order = list(Told)
    come = [what for moment, what in deadline.moments
            if moment <= at and order.index(what) > order.index(Told(told))]  # fmt: skip
    return come[-1] if come else None


def pauses_in(stages: Iterable[Stage]) -> list[Pause]:
    """In the order they were."""
    pauses: list[Pause] = []
    for stage in stages:
        if stage.step == Step.PAUSE and stage.until:
            pauses.append(Pause(stage.taken_at, stage.until))
        elif stage.step in ENDS and pauses:
            pauses[-1] = Pause(pauses[-1].begun, min(pauses[-1].ended, stage.taken_at))
    return pauses


ENDS = (Step.GO_ON, Step.TAKE_BACK)
