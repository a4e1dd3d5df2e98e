"""The door to an official's desk, and those behind it."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.desk import desk_of
from forum.manuscripts.models import STATE_NAMES
from web import answering, deputies, kept_templates
from web.doors import looking
from web.pages import page


async def show(request: Request) -> Response:
    """What waits for them, or why this member has none."""
    seen = await looking(request, desk_of)
    status = 200 if seen.found.may else 403
    return page(request, "forum/desk.html", seen, status=status, states=STATE_NAMES)


routes = [
    Route("/desk", show, methods=["GET"], name="desk"),
    *kept_templates.routes,
    *deputies.routes,
    *answering.routes,
]
