"""Whom members speak for: asked about a batch of them, as whoever has open pages is."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from community.organisations.models import Mandate, Organisation


class Spoken(NamedTuple):
    """Whom a member speaks for, by a live mandate."""

    mandate_id: int
    organisation_id: int
    kind: str
    level: int
    role: str = ""


# Asked about all tabs of a process, so built only once.
SPEAKING = (
    select(Mandate.member_id, Mandate.id, Organisation.id, Organisation.kind, Organisation.level,
           Mandate.role)
    .join(Mandate.organisation)
    .where(Mandate.member_id.in_(bindparam("members", expanding=True)), Mandate.live)
    .order_by(Mandate.id)
)  # fmt: skip


def spoken_for_by(session: Session, member_ids: Collection[int]) -> dict[int, list[Spoken]]:
    """By member, the first given first; of a batch of them."""
    found: dict[int, list[Spoken]] = defaultdict(list)
    for member_id, *spoken in session.execute(SPEAKING, {"members": list(member_ids)}):
        found[member_id].append(Spoken._make(spoken))
    return found


def verified_kinds_among(spoken: Iterable[Spoken]) -> list[str]:
    """As verified_kinds_of, of what is known already."""
    return sorted({one.kind for one in spoken if one.level > 0})
