"""What a tab stands on, and what the hub asks the database about all of its tabs at once."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from community.database import batches
from community.members.models import Member, SignIn
from community.organisations.speaking import Spoken, spoken_for_by
from community.site import site_of
from web.streams import current_revs, still_seen


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


def standing_of(member: Member, spoken: Iterable[Spoken]) -> Standing:
    held_back = (not member.admitted, member.paused)
    return Standing(
        member.id, member.role, member.muted_until, held_back, member.shown_here,
        _mandates(spoken),
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
        spoken = spoken_for_by(session, {id for _, id, *_rest in rows})
        found |= {
            hash: Standing(id, role, muted, (not admitted, paused), shown, _mandates(spoken[id]))
            for hash, id, role, muted, admitted, paused, shown in rows
        }
    return found


def _mandates(spoken: Iterable[Spoken]) -> tuple[tuple[int, int], ...]:
    return tuple((one.mandate_id, one.level) for one in spoken)
