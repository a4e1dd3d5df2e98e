"""What a tab stands on, and what the hub asks the database about all of its tabs at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from community.database import batches
from community.members.models import Member, SignIn
from community.organisations.models import Mandate, Organisation
from community.site import site_of
from web.streams import current_revs, still_seen

# Asked twice for every tab that comes, so built only once.
LIVE = (
    select(Mandate.member_id, Mandate.id, Organisation.level)
    .join(Mandate.organisation)
    .where(Mandate.member_id.in_(bindparam("members", expanding=True)), Mandate.live)
    .order_by(Mandate.id)
)


class Standing(NamedTuple):
    """Where it changes, the tab is closed and the page read again."""

    member_id: int
    role: str
    muted_until: datetime | None
    held_back: tuple[bool, bool]  # not let in yet, paused by a guardian
    shown_here: bool  # others see that they are here
    mandates: tuple[tuple[int, int], ...]  # the live ones, with the level of the organisation


class Asked(NamedTuple):
    streams: Collection[str]
    sign_ins: Collection[str]
    watching: Collection[tuple[int, str]]  # member, stream


class Found(NamedTuple):
    revs: dict[str, int]
    standings: dict[str, Standing]  # by sign-in; one that has ended is not here
    watching: set[tuple[int, str]]  # those who still may
    read_only: bool


def look_around(session: Session, asked: Asked) -> Found:
    return Found(
        current_revs(session, asked.streams),
        standings_of(session, asked.sign_ins),
        still_seen(session, asked.watching),
        site_of(session).read_only,
    )


def standing_of(session: Session, member: Member) -> Standing:
    mandates = _mandates_of(session, [member.id])
    held_back = (not member.admitted, member.paused)
    return Standing(
        member.id, member.role, member.muted_until, held_back, member.shown_here,
        mandates[member.id],
    )  # fmt: skip


def standings_of(session: Session, token_hashes: Iterable[str]) -> dict[str, Standing]:
    """By sign-in, of those that have not ended."""
    states = (Member.admitted, Member.paused, Member.shown_here)
    columns = (Member.id, Member.role, Member.muted_until, *states)
    open_ones = select(SignIn.token_hash, *columns).join(SignIn.member)
    found: dict[str, Standing] = {}
    for some in batches(token_hashes):
        asked = open_ones.where(SignIn.token_hash.in_(some), SignIn.ended_at.is_(None))
        rows = session.execute(asked).all()
        mandates = _mandates_of(session, {id for _, id, *_rest in rows})
        found |= {
            hash: Standing(id, role, muted, (not admitted, paused), shown, mandates[id])
            for hash, id, role, muted, admitted, paused, shown in rows
        }
    return found


def _mandates_of(
    session: Session, member_ids: Collection[int]
) -> dict[int, tuple[tuple[int, int], ...]]:
    found: dict[int, tuple[tuple[int, int], ...]] = defaultdict(tuple)
    for member_id, mandate_id, level in session.execute(LIVE, {"members": list(member_ids)}):
        found[member_id] += ((mandate_id, level),)
    return found
