"""What the hub asks the database: how far the streams are, and whose right to hear has ended."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy.orm import Session

from community.members.queries import Standing, standings_of
from web.streams import current_revs, still_seen


class Asked(NamedTuple):
    streams: Collection[str]
    sign_ins: Collection[str]
    watching: Collection[tuple[int, str]]  # member, stream


class Found(NamedTuple):
    revs: dict[str, int]
    standings: dict[str, Standing]  # by sign-in; one that has ended is not here
    watching: set[tuple[int, str]]  # those who still may


def look_around(session: Session, asked: Asked) -> Found:
    return Found(
        current_revs(session, asked.streams),
        standings_of(session, asked.sign_ins),
        still_seen(session, asked.watching),
    )
