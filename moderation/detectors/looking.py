"""All detectors over one text: what its author is asked about."""

from bisect import bisect
from collections.abc import Sequence

from moderation.detectors.claims import claims
from moderation.detectors.findings import MOST, Finding, Kind
from moderation.detectors.personal import personal

ORDER = {kind: place for place, kind in enumerate(Kind)}


def found_in(text: str) -> Sequence[Finding]:
    """From its beginning, each part of the text once: as what stands first in Kind."""
    found = [*personal(text), *claims(text)]
    if not found:
        return ()
    apart: list[Finding] = []  # by where they begin: only the neighbours can overlap
    for one in sorted(found, key=lambda one: (ORDER[one.kind], one.start)):
        place = bisect(apart, one.start, key=lambda other: other.start)
        free = not place or apart[place - 1].end <= one.start
        if free and (place == len(apart) or one.end <= apart[place].start):
            apart.insert(place, one)
    return apart[:MOST]
