"""The doors to what an announcement says on paper, and to what it said before."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.differences import Piece, difference
from forum.announcements.queries import announcement_for
from forum.announcements.versions import AnnouncementVersion, versions_for
from web.doors import settings_of, visiting
from web.pages import page
from web.qr import qr


async def letter(request: Request) -> Response:
    seen = await visiting(request, announcement_for, request.path_params["announcement"])
    where = request.app.url_path_for("verified", code=seen.found.announcement.code)
    address = f"{settings_of(request).public_url}{where}"
    shown = page(request, "forum/announcement_letter.html", seen, address=address, code=qr(address))
    shown.headers["x-robots-tag"] = "noindex"  # the announcement itself is found
    return shown


async def history(request: Request) -> Response:
    seen = await visiting(request, versions_for, request.path_params["announcement"])
    changes = await asyncio.to_thread(_differences, seen.found[1])
    return page(request, "forum/announcement_versions.html", seen, changes=changes)


def _differences(versions: Sequence[AnnouncementVersion]) -> list[list[Piece]]:
    """Of each, the last one first, from the one before it."""
    return [difference(before.text, after.text) for after, before in pairwise(versions)]


routes = [
    Route("/announcements/{announcement:id}/letter", letter, name="announcement_letter"),
    Route("/announcements/{announcement:id}/versions", history, name="announcement_versions"),
]
