"""The doors to what anybody may know of moderation: the rules."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from moderation.reasons import all_reasons
from web.doors import visiting
from web.pages import page


async def rules(request: Request) -> Response:
    """With the deadlines and the words that administrators have set."""
    seen = await visiting(request, lambda session, _reader: all_reasons(session))
    return page(request, "moderation/rules.html", seen)


routes = [
    Route("/rules", rules, name="rules"),
]
