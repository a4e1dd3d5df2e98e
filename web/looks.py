"""How a member likes to read, as their browser remembers it: for pages that ask no database."""

from typing import Literal, get_args

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from web.doors import settings_of
from web.words import LANGUAGE

YEAR = 365 * 24 * 3600  # seconds
THEME = "theme"

Theme = Literal["auto", "light", "dark"]


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
