"""The doors to the register of official responses: of all offices, or of one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from forum.responses.listing import SHOW_NAMES, Show, register_of
from web import records
from web.doors import visiting
from web.forms import Form, asked
from web.ids import Id
from web.pages import page


class Listing(Form, frozen=True, kw_only=True):
    show: Show = Show.OPEN
    agency: Id | None = None
    after: Id | None = None


async def index(request: Request) -> Response:
    listing = asked(request, Listing)
    seen = await visiting(request, register_of, listing.show, listing.agency, listing.after or 0)
    here = f"?agency={listing.agency}&show=" if listing.agency else "?show="
    last = seen.found.listed[-1].response.id if seen.found.more else None
    return page(
        request,
        "forum/register.html",
        seen,
        show=listing.show,
        shows=[(one, SHOW_NAMES[one], f"{request.scope['path']}{here}{one}") for one in Show],
        older=f"{request.scope['path']}{here}{listing.show}&after={last}" if last else None,
        newest=f"{request.scope['path']}{here}{listing.show}" if listing.after else None,
    )


routes = [Route("/responses", index, methods=["GET"], name="responses"), *records.routes]
