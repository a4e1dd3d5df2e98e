"""The doors into forum/announcements: what officials published."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.places import Lens
from forum.announcements.queries import announcements_listed
from web.doors import visiting
from web.pages import page


async def announcements(request: Request) -> Response:
    lens = Lens.read(request.query_params)
    seen = await visiting(request, announcements_listed, lens)
    return page(request, "forum/announcements.html", seen, lens=lens)


routes = [
    Route("/announcements", announcements, name="announcements"),
]
