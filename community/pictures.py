"""Pictures as members send them, made anew by another process (community/darkroom.py): what comes
out is pixels alone. Takes a second, so never in a transaction."""

import asyncio
import json
import logging
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from weakref import WeakValueDictionary

from community.errors import Busy, Invalid, TooFast
from community.words import _

log = logging.getLogger(__name__)

DARKROOM = Path(__file__).with_name("darkroom.py")
MOST = 8 * 1024**2  # bytes of a picture as it is sent
AT_ONCE = 2
MOST_WAITING = 20
PATIENCE = 20  # seconds; by then a darkroom has long used up its own
A_MOMENT = 3  # seconds; by then what a second click has ended is cleared away

REFUSALS = {
    "unknown": _("This is no picture we can take. Choose a JPEG, PNG or WebP file."),
    "large": _("This picture has more than 40 million pixels. Please choose a smaller one."),
    "moving": _("Moving pictures cannot be used here. Please choose one that stands still."),
}
BROKEN = _("This picture cannot be read. Perhaps it did not arrive whole.")


Picture = Callable[[], Awaitable[bytes]]  # reads it, once


class Cut(StrEnum):
    SQUARE = "square"  # the middle of it
    WHOLE = "whole"


class Print(NamedTuple):
    """A picture that is only pixels, as WebP."""

    width: int
    height: int
    webp: bytes


class Darkroom:
    """Where pictures wait to be made anew: one a process."""

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(AT_ONCE)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()  # of members
        self.inside = 0  # orders that wait or are worked on

    async def develop(
        self, whose: int, pictures: Sequence[Picture], cut: Cut, sizes: Sequence[int]
    ) -> list[list[Print]]:
        """Of each picture a print of each size, in pixels of its longer side; none is larger than
        the picture was. Whoever stops waiting is cancelled, and so is the work.

        Raises Invalid with a reason, TooFast for a member who is inside for longer already, so that
        nobody fills it alone, and Busy when too many wait."""
        async with self._turn_of(whose):
            if self.inside >= AT_ONCE + MOST_WAITING:
                raise Busy(_("Too many pictures are sent at once. Please try again."))
            self.inside += 1
            try:
                return [await self._in_turn(picture, cut, sizes) for picture in pictures]
            finally:
                self.inside -= 1

    @asynccontextmanager
    async def _turn_of(self, whose: int) -> AsyncIterator[None]:
        turn = self._turns.setdefault(whose, asyncio.Lock())
        try:
            async with asyncio.timeout(A_MOMENT):
                await turn.acquire()
        except TimeoutError:
            sentence = _("Your picture before this one is not ready yet. Please wait a moment.")
            raise TooFast(sentence) from None
        try:
            yield
        finally:
            turn.release()

    async def _in_turn(self, picture: Picture, cut: Cut, sizes: Sequence[int]) -> list[Print]:
        async with self._room:
            data = await picture()  # those who wait are on the disk
            if len(data) > MOST:
                raise Invalid(_("A picture has at most 8 MB. Please choose a smaller one."))
            return await _developed(data, cut, sizes)


async def _developed(data: bytes, cut: Cut, sizes: Sequence[int]) -> list[Print]:
    """Alone (-I) and without our environment: it has neither our settings nor our database."""
    command = (sys.executable, "-I", str(DARKROOM), cut, *map(str, sizes))
    darkroom = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, env={}, cwd="/"
    )
    try:
        async with asyncio.timeout(PATIENCE):
            answer, trouble = await darkroom.communicate(data)
    except TimeoutError:
        raise Invalid(BROKEN) from None
    finally:
        with suppress(ProcessLookupError):
            darkroom.kill()
        await darkroom.wait()  # its memory is free before another one takes its place
    if darkroom.returncode != 0:
        raise Invalid(_why(darkroom.returncode, trouble))
    return _prints(answer)


def _why(code: int | None, trouble: bytes) -> str:
    last = trouble.decode(errors="replace").strip().rpartition("\n")[2]
    if last not in REFUSALS:
        log.warning("a picture could not be read (%s): %s", code, last)
    return REFUSALS.get(last, BROKEN)


def _prints(answer: bytes) -> list[Print]:
    line, _break, rest = answer.partition(b"\n")
    prints = []
    for width, height, length in json.loads(line):
        prints.append(Print(width, height, rest[:length]))
        rest = rest[length:]
    return prints
