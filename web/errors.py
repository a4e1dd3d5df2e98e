"""The only translator of refusals into pages; web/live.py does it for tabs."""

import logging
from http import HTTPStatus
from urllib.parse import urlencode

from msgspec import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from community.errors import Busy, Conflict, Denied, Invalid, NotFound, Refusal, SignedOut
from community.words import _
from web import words
from web.pages import bare

log = logging.getLogger(__name__)

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    SignedOut: 401,
    Denied: 403,
    Conflict: 409,
    Invalid: 422,
    Busy: 503,
}
SENTENCES = {
    404: _("This page is not here, or not for you."),
    405: _("This page does not take that."),
    413: _("This is too large."),
    400: _("This could not be understood."),
    422: _("Something in the form is not right."),
    500: _("Something went wrong on our side. What you wrote was not stored."),
}


async def refuse(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    if isinstance(refusal, SignedOut) and request.method == "GET":
        return RedirectResponse(f"/sign-in?{urlencode({'next': _asked_for(request)})}", 303)
    status = status_of(refusal)
    response = explain(request, status, refusal.sentence, refusal.values)
    if status == 503:
        response.headers["retry-after"] = "5"
    return response


def _asked_for(request: Request) -> str:
    """From what was routed, not from request.url: that one is put together from the Host header."""
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.scope['path']}{'?' if query else ''}{query}"


def status_of(refusal: Refusal) -> int:
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
    """The server logs the traceback; the page says nothing of it."""
    return explain(request, 500)


def explain(
    request: Request, status: int, sentence: str = "", values: dict[str, object] | None = None
) -> HTMLResponse:
    locale = words.locale_of(request)
    sentence = sentence or SENTENCES.get(status, HTTPStatus(status).phrase)
    said = words.said_in(locale, sentence, values)
    return HTMLResponse(bare(request, "error.html", status=status, sentence=said), status)


handlers = {
    Refusal: refuse,
    ValidationError: misfilled,
    HTTPException: http_error,
    Exception: failed,
}
