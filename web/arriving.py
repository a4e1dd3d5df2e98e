"""What makes a tab somebody's, asked for all who come at the same moment (web/one_look.py)."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session

from community.errors import Refusal, SignedOut
from community.members.models import Member
from community.members.queries import clusters_by_member, members_by
from community.notices.queries import unread_by_member
from community.organisations.speaking import spoken_for_by, verified_kinds_among
from community.words import _
from forum.announcements.events import audiences_of
from forum.categories import categories_seen_by
from web.standing import Standing, standing_of


class Chair(NamedTuple):
    """Who sits there, and what the tab hears without asking."""

    standing: Standing
    name: str
    locale: str
    streams: set[str]
    unread: int  # notices


def chairs_of(session: Session, token_hashes: Sequence[str]) -> list[Chair | Refusal]:
    """As many statements for a hundred as for one, but for those who see other categories."""
    members = members_by(session, set(token_hashes))
    chairs = _chairs_by_member(session, {member.id: member for member in members.values()})
    return [
        chairs[members[one].id] if one in members else SignedOut(_("Please sign in."))
        for one in token_hashes
    ]


def _chairs_by_member(session: Session, members: dict[int, Member]) -> dict[int, Chair]:
    spoken = spoken_for_by(session, members)
    clusters = clusters_by_member(session, members)
    kinds = {id: verified_kinds_among(spoken[id]) for id in members}
    categories = categories_seen_by(session, members.values(), kinds)
    unread = unread_by_member(session, list(members))
    chairs = {}
    for id, member in members.items():
        streams = {
            *audiences_of(member, clusters[id], spoken[id]),
            *(f"category:{category}" for category in categories[id]),
            *(f"organisation:{one.organisation_id}" for one in spoken[id]),
        }
        standing = standing_of(member, spoken[id])
        chairs[id] = Chair(standing, member.name, member.locale, streams, unread.get(id, 0))
    return chairs
