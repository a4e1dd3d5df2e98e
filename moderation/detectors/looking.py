"""All detectors over one text: what its author is asked about."""

from collections.abc import Container, Sequence

from moderation.detectors.claims import claims
from moderation.detectors.findings import MOST, Finding, Kind
from moderation.detectors.personal import personal

NO_KINDS: frozenset[Kind] = frozenset()


def found_in(text: str) -> Sequence[Finding]:
    """From its beginning, each part of the text once: as what stands first in Kind."""
    order = {kind: place for place, kind in enumerate(Kind)}
    found = sorted([*personal(text), *claims(text)], key=lambda one: (order[one.kind], one.start))
    apart: list[Finding] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in apart):
            apart.append(one)
    return sorted(apart, key=lambda one: one.start)[:MOST]


def new_in(text: str, before: str, knowing: Container[str]) -> Sequence[Finding]:
    """What stands in it that did not stand there before, and that nobody said knowingly."""
    found = found_in(text)
    if not found:
        return ()
    old = {one.print for one in found_in(before)} if before else set()
    return [one for one in found if one.print not in old and one.print not in knowing]
