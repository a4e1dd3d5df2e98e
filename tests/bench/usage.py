"""Processor time and memory, as Linux counts them: of a process with its children, of the rest."""

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
GONE = (FileNotFoundError, ProcessLookupError)


class Usage(NamedTuple):
    """Seconds of a processor since something began."""

    ours: float  # of the processes asked about, their children included
    all: float  # of everything on this machine

    def __sub__(self, before: "Usage") -> "Usage":
        return Usage(self.ours - before.ours, self.all - before.all)


def usage_of(pids: Iterable[int]) -> Usage:
    """Of those that live now; 0 where the system does not count like Linux."""
    return Usage(sum(map(_seconds, _families(pids))), _busy())


def memory_of(pid: int) -> int:
    """Bytes that this process holds in memory."""
    with suppress(*GONE):
        return int((PROC / f"{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def _families(pids: Iterable[int]) -> set[int]:
    found: set[int] = set()
    waiting = list(pids)
    while waiting:
        if (pid := waiting.pop()) not in found:
            found.add(pid)
            waiting += _children(pid)
    return found


def _children(pid: int) -> list[int]:
    lists = PROC.glob(f"{pid}/task/*/children")
    return [int(child) for each in lists for child in _read(each).split()]


def _seconds(pid: int) -> float:
    """Threads that have ended are not in it; a server's stay."""
    ran = (_read(each).split() for each in PROC.glob(f"{pid}/task/*/schedstat"))
    return sum(int(fields[0]) for fields in ran if fields) / 1e9


def _busy() -> float:
    """All but idle and waiting for the disk; the time of guests is in that of users already."""
    user, nice, system, _idle, _waiting, *rest = map(int, _first_line().split()[1:9])
    return (user + nice + system + sum(rest)) / TICK


def _first_line() -> str:
    return _read(PROC / "stat").partition("\n")[0] or "cpu 0 0 0 0 0 0 0 0"


def _read(file: Path) -> str:
    with suppress(*GONE):
        return file.read_text()
    return ""
