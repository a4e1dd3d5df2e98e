"""The doors into community/: the first page, the language, the standing pages."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.database import Transaction
from community.errors import Denied, SignedOut
from community.members.models import Member
from community.words import _
from web.doors import acting_alone, cookie_name, nothing_more, settings_of, visiting
from web.forms import Next, filled_in, inside
from web.looks import remember
from web.pages import page
from web.words import LOCALES

TEXTS = ("help", "about", "privacy", "terms")


class Language(Next, frozen=True, kw_only=True):
    locale: str


async def language(request: Request) -> Response:
    """A visitor's choice lives in their browser, a member's with them."""
    chosen = await filled_in(request, Language)
    if chosen.locale not in LOCALES:
        raise Denied(_("There is no such language."))
    response = RedirectResponse(inside(chosen.next), 303)
    remember(request, response, language=chosen.locale)
    if cookie_name(request) in request.cookies:
        with suppress(SignedOut):  # a visitor who once was signed in
            await acting_alone(request, _speaks, chosen.locale)
    return response


def standing(name: str) -> Route:
    """A page that shows nothing but its own words, written once for each language."""

    async def show(request: Request) -> Response:
        seen = await visiting(request, nothing_more)
        days = settings_of(request).evidence_days
        return page(request, "community/text.html", seen, name=name, evidence_days=days)

    return Route(f"/{name}", show, name=name)


async def more(request: Request) -> Response:
    """What has no place of its own in the bar."""
    return page(request, "community/more.html", await visiting(request, nothing_more))


async def keyboard(request: Request) -> Response:
    """Scripts show it in a dialog: static/js/keys.js does what it says."""
    return page(request, "community/keyboard.html", await visiting(request, nothing_more))


def _speaks(tx: Transaction, member: Member, locale: str) -> None:
    member.locale = locale


routes = [
    Route("/language", language, methods=["POST"], name="language"),
    Route("/more", more, name="more"),
    Route("/keyboard", keyboard, name="keyboard"),
    *(standing(name) for name in TEXTS),
]
