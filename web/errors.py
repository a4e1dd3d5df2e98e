"""The only translator of refusals into pages; web/live.py does it for tabs."""

import logging
import re
from http import HTTPStatus
from math import ceil
from urllib.parse import urlencode

from msgspec import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from community.errors import (
    Busy,
    Conflict,
    Denied,
    HeldBack,
    Invalid,
    NotFound,
    Refusal,
    SignedOut,
    Suspended,
    TooFast,
    Unproven,
)
from community.words import _
from web import words
from web.access import number_of
from web.doors import settings_of
from web.pages import bare

Way = tuple[str, str]  # the words of a link, and where it leads

log = logging.getLogger(__name__)

GONE = 499  # whoever asked did not wait for the answer; no standard's, but everybody's
SOON = 5  # seconds, where nothing says how long it takes

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    SignedOut: 401,
    Denied: 403,
    Suspended: 403,
    Unproven: 403,
    Conflict: 409,
    Invalid: 422,
    TooFast: 429,
    Busy: 503,
}
TITLES = {
    400: _("Not understood"),
    401: _("You are not signed in"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("Not possible here"),
    409: _("Somebody was first"),
    413: _("Too large"),
    422: _("Something is not right"),
    429: _("A little slower, please"),
    500: _("Our mistake"),
    503: _("Not just now"),
}
SENTENCES = {
    400: _("This could not be understood."),
    404: _("This page is not here, or not for you."),
    405: _("This page does not take that."),
    413: _("This is more than one form can carry."),
    422: _("Something in the form is not right."),
    500: _("Something went wrong on our side. What you sent was not stored."),
}
STILL_THERE = _("Go back with your browser: what you wrote is still there.")
ADVICE = {
    401: _("What you wrote is still there: go back with your browser, or sign in first."),
    409: STILL_THERE,
    413: STILL_THERE,
    422: STILL_THERE,
    429: STILL_THERE,
    503: _("Nothing was lost. Please try again in a moment."),
}
WHY = _("What you can do")
THING = re.compile(r"(?P<page>/(?P<kind>[a-z]+)/[0-9]+)(?P<more>/.+)?")
BACK = {  # to what was refused something, by the first part of its address
    "announcements": _("Back to the announcement"),
    "cases": _("Back to the case"),
    "channels": _("Back to the channel"),
    "messages": _("Back to the message"),
    "posts": _("Back to the post"),
    "topics": _("Back to the topic"),
}


async def refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    if isinstance(refusal, SignedOut) and request.method == "GET":
        return RedirectResponse(f"/sign-in?{urlencode({'next': _asked_for(request)})}", 303)
    way = _to_reason(request) if isinstance(refusal, HeldBack) else None
    if isinstance(refusal, SignedOut):
        way = _to_form(request)
    page = explain(request, _status_of(refusal), refusal.sentence, refusal.values, way)
    return refused(page, refusal)


def refused(response: Response, refusal: Refusal | None) -> Response:
    """With the status, and when to come back where that may help (RFC 9110, 10.2.3)."""
    if refusal:
        response.status_code = _status_of(refusal)
    if isinstance(refusal, Busy):
        response.headers["retry-after"] = str(ceil(refusal.values.get("retry_after", SOON)))
    return response


def _asked_for(request: Request) -> str:
    """From what was routed, not from request.url: that one is put together from the Host header."""
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.scope['path']}{'?' if query else ''}{query}"


def _status_of(refusal: Refusal) -> int:
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


async def misfilled(request: Request, error: Exception) -> Response:
    log.info("misfilled: %s", error)
    return explain(request, 422, _("Something in the form is not right."))


async def http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = explain(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def failed(request: Request, error: Exception) -> Response:
    """web/access.py logs the traceback under the number the page shows; it says nothing else."""
    return explain(request, 500)


async def gone(request: Request, error: Exception) -> Response:
    """Nobody reads this; the log has the number that servers use for it."""
    return Response(status_code=GONE)


def explain(
    request: Request,
    status: int,
    sentence: str = "",
    values: dict[str, object] | None = None,
    way: Way | None = None,
) -> HTMLResponse:
    """`way` leads on; where none is given, back to what was asked."""
    locale = words.locale_of(request)
    sentence = sentence or SENTENCES.get(status, "")
    html = bare(
        request,
        "error.html",
        status=status,
        title=TITLES.get(status, HTTPStatus(status).phrase),
        sentence=words.said_in(locale, sentence, values),
        advice=ADVICE.get(status, ""),
        number=number_of(request.scope),
        back=None if status == 404 else way or _way_back(request),
        asking=request.method == "GET",
    )
    return HTMLResponse(html, status)


def _to_reason(request: Request) -> Way:
    """Why somebody may only read, and from there back to what they were at."""
    _words, back = _way_back(request) or ("", "/")
    return WHY, f"/taking-part?{urlencode({'next': back})}"


def _to_form(request: Request) -> Way | None:
    """Where what was sent was written; whoever signed in goes on there."""
    home, form = settings_of(request).public_url, request.headers.get("referer", "")
    return (_("Back"), form.removeprefix(home)) if form.startswith(f"{home}/") else None


def _way_back(request: Request) -> Way | None:
    """To the page of what an act or a form was about."""
    thing = THING.fullmatch(request.scope["path"])
    if not thing or thing["kind"] not in BACK:
        return None
    itself = request.method == "GET" and not thing["more"]  # was refused: leading there is no help
    return None if itself else (BACK[thing["kind"]], thing["page"])


handlers = {
    Refusal: refuse,
    ValidationError: misfilled,
    HTTPException: http_error,
    ClientDisconnect: gone,
    Exception: failed,
}
