"""The doors into forum/announcements: reading."""

from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.members.models import Member
from community.places import CLUSTER_NAMES, THEME_NAMES, Lens, provinces, regencies_of
from forum.announcements.queries import (
    PAGE,
    Board,
    ListedAnnouncement,
    announcement_for,
    board_of,
)
from forum.discussions import UnderIt, discussion_under
from forum.manuscripts.queries import publishing_mandates_of
from web.doors import Seen, visiting
from web.forms import asked
from web.ids import Id
from web.lenses import Filter, address
from web.pages import page


class Listing(Filter, frozen=True, kw_only=True):
    before: Id | None = None


class Listed(NamedTuple):
    board: Board
    publishes: bool  # its reader


async def index(request: Request) -> Response:
    """The newest first; above them what waits for the reader."""
    listing, path = asked(request, Listing), request.scope["path"]
    seen = await visiting(request, _listed, listing.lens, listing.before or 0)
    listed = seen.found.board.listed
    more = len(listed) == PAGE
    return page(
        request,
        "forum/announcements.html",
        seen,
        lens=listing.lens,
        further=listing.before is not None,
        older=address(path, listing.lens, before=listed[-1].announcement.id) if more else None,
        newest=address(path, listing.lens),
        **_places(),
    )


async def show(request: Request) -> Response:
    seen: Seen[Any] = await visiting(request, _shown, request.path_params["announcement"])
    listed, under = seen.found
    return page(request, "forum/announcement.html", seen._replace(found=listed), under=under)


def _listed(session: Session, reader: Member | None, lens: Lens, before: int) -> Listed:
    publishes = reader is not None and bool(publishing_mandates_of(session, reader))
    return Listed(board_of(session, reader, lens, before), publishes)


def _shown(
    session: Session, reader: Member | None, announcement_id: int
) -> tuple[ListedAnnouncement, UnderIt | None]:
    listed = announcement_for(session, reader, announcement_id)
    return listed, discussion_under(session, listed.announcement)


def _places() -> dict[str, Any]:
    return {
        "provinces": provinces(),
        "regencies_of": regencies_of,
        "clusters": CLUSTER_NAMES,
        "themes": THEME_NAMES,
    }


routes = [
    Route("/announcements", index, methods=["GET"], name="announcements"),
    Route("/announcements/{announcement:id}", show, name="announcement"),
]
