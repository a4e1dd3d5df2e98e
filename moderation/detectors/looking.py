"""All detectors over one text: what its author is asked about."""

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
    apart: list[Finding] = []
    for one in sorted(found, key=lambda one: (ORDER[one.kind], one.start)):
        if all(one.end <= other.start or other.end <= one.start for other in apart):
            apart.append(one)
    return sorted(apart, key=lambda one: one.start)[:MOST]
