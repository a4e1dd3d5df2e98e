"""What a browser remembers: who signed in, and how they like to read, for pages that ask no
database."""

from typing import Literal, get_args

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from web.doors import cookie_name, settings_of
from web.words import LANGUAGE

YEAR = 365 * 24 * 3600  # seconds
THEME = "theme"

Theme = Literal["auto", "light", "dark"]


def stay_signed_in(request: Request, response: Response, token: str) -> None:
    """A cookie no script reads and no other site's form sends; each use of it puts off its end."""
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=settings_of(request).session_days * 24 * 3600,
        secure=settings_of(request).under_tls,
        httponly=True,
        samesite="lax",
    )


def remember(request: Request, response: Response, **choices: str) -> None:
    """`language` or `theme`; who signs in on another browser takes both along."""
    for name, choice in choices.items():
        assert name in {LANGUAGE, THEME}, name
        response.set_cookie(
            name, choice, max_age=YEAR, secure=settings_of(request).under_tls, samesite="lax"
        )


def theme_of(connection: HTTPConnection) -> str:
    theme = connection.cookies.get(THEME, "")
    return theme if theme in get_args(Theme) else "auto"
