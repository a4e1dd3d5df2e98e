"""`akar audit`: whether the audit is what it was, in a sentence for each thing that is wrong."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from community.chain import Keys
from community.clock import now
from community.settings import Impossible, Settings
from community.tampering import Anchor, anchor_of, faults, waiting
from web.anchors import anchors_in, line_of
from web.migrations import NOT_MIGRATED, up_to_date

TOLD = 100  # faults in a sentence of their own; of the others, how many there are
LATE = timedelta(minutes=10)  # no worker was away so long for a new version

Say = Callable[[str], None]


def verified(connection: Connection, settings: Settings, anchor: str, say: Say) -> bool:
    """Says what is wrong, and in the end what was looked at. Raises Impossible for a bad file and
    for tables of another version."""
    if not up_to_date(connection):
        raise Impossible(NOT_MIGRATED)
    anchors = [*_anchors(settings, anchor)]
    with Session(connection) as session:
        found = 0
        for found, fault in enumerate(
            faults(session, Keys.of(settings.audit_secrets()), anchors), 1
        ):
            if found <= TOLD:
                say(fault.sentence)
        if found > TOLD:
            say(f"And {found - TOLD} more.")
        late = _tell_of_waiting(session, say)
        end = anchor_of(session)
    say(f"{end.count if end else 0} seals, {len(anchors)} anchors: " + _verdict(found, late))
    return not found and not late


def anchored(connection: Connection) -> str:
    with Session(connection) as session:
        if anchor := anchor_of(session):
            return line_of(anchor)
    raise Impossible("Nothing is sealed yet; the worker does that.")


def _anchors(settings: Settings, named: str) -> Iterator[Anchor]:
    """Of the file that was named, or of the one that is kept here, where there is one."""
    kept = Path(settings.audit_anchors)
    if named or kept.exists():
        yield from anchors_in(Path(named) if named else kept)


def _tell_of_waiting(session: Session, say: Say) -> bool:
    """Whether one waits for longer than it should."""
    found = waiting(session)
    if not found.since:
        return False
    ids = ", ".join(map(str, found.first)) + (", …" if found.number > len(found.first) else "")
    say(f"{found.number} without a seal since {found.since:%Y-%m-%d %H:%M:%S} UTC: entry {ids}.")
    return now(session) - found.since > LATE


def _verdict(found: int, late: bool) -> str:
    if not found:
        return "what has no seal is too old for that." if late else "the audit is whole."
    return "one fault." if found == 1 else f"{found} faults."
