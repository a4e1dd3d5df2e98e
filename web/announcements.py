"""The doors into forum/announcements: reading."""

from typing import Any, Literal, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.members.models import Member
from community.places import CLUSTER_NAMES, THEME_NAMES, provinces, regencies_of
from forum.announcements.correcting import announcement_now
from forum.announcements.queries import (
    PAGE,
    Board,
    ListedAnnouncement,
    announcement_for,
    board_of,
    past_announcements,
)
from forum.discussions import UnderIt, discussion_under
from forum.manuscripts.queries import publishing_mandates_of
from web.doors import Seen, visiting
from web.forms import Form, asked
from web.ids import Id, Ticked
from web.lenses import Filter, address
from web.pages import page


class Listing(Filter, frozen=True, kw_only=True):
    before: Id | None = None
    past: Ticked = ""  # what was withdrawn or has expired


class Row(Form, frozen=True, kw_only=True):
    level: Literal["h2", "h3"] = "h2"


class Listed(NamedTuple):
    board: Board
    publishes: bool  # its reader


async def index(request: Request) -> Response:
    """The newest first; above them what waits for the reader."""
    listing, path = asked(request, Listing), request.scope["path"]
    seen = await visiting(request, _listed, listing)
    listed = seen.found.board.listed
    older = {"before": listed[-1].announcement.id} if len(listed) == PAGE else {}
    past = {"past": listing.past} if listing.past else {}
    return page(
        request,
        "forum/announcements.html",
        seen,
        lens=listing.lens,
        further=listing.before is not None,
        older=address(path, listing.lens, **older, **past) if older else None,
        newest=address(path, listing.lens, **past),
        past=bool(past),
        **_places(),
    )


async def show(request: Request) -> Response:
    seen: Seen[Any] = await visiting(request, _shown, request.path_params["announcement"])
    listed, under = seen.found
    return page(request, "forum/announcement.html", seen._replace(found=listed), under=under)


async def row(request: Request) -> Response:
    """One line of a list, as it is now."""
    level = asked(request, Row).level
    seen = await visiting(request, announcement_for, request.path_params["announcement"])
    return page(request, "forum/announcement_line.html", seen, level=level)


def _listed(session: Session, reader: Member | None, listing: Listing) -> Listed:
    publishes = reader is not None and bool(publishing_mandates_of(session, reader))
    before = listing.before or 0
    if listing.past:
        board = Board([], past_announcements(session, reader, listing.lens, before))
    else:
        board = board_of(session, reader, listing.lens, before)
    return Listed(board, publishes)


def _shown(
    session: Session, reader: Member | None, announcement_id: int
) -> tuple[ListedAnnouncement, UnderIt | None]:
    listed = announcement_now(session, reader, announcement_id)
    return listed, discussion_under(session, reader, listed.announcement)


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
    Route("/announcements/{announcement:id}/row", row, name="announcement_row"),
]
