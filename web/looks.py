"""What a browser remembers: who signed in, and how they like to read, for pages that ask no
database."""

from typing import Literal, get_args

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from community.seals import seal, unsealed
from web.doors import cookie_name, settings_of
from web.words import LANGUAGE

YEAR = 365 * 24 * 3600  # seconds
DAY = 24 * 3600
THEME = "theme"
VIEW = "view"  # how topics are read
YOUNG = "young"  # who said they are has not grown a moment later

Theme = Literal["auto", "light", "dark"]
View = Literal["tree", "flat"]


def stay_signed_in(request: Request, response: Response, token: str) -> None:
    """Each use of it puts off its end."""
    seconds = settings_of(request).session_days * 24 * 3600
    keep_secret(request, response, "sid", token, seconds)


def keep_secret(
    request: Request, response: Response, name: str, value: str, seconds: int = YEAR
) -> None:
    """A cookie no script reads and no other site's form sends."""
    _keep(request, response, cookie_name(request, name), value, seconds, httponly=True)


def remember_young(request: Request, response: Response, born: int) -> None:
    """Whoever is too young to join, by their own word. Sealed: only we read the year."""
    sealed = seal(settings_of(request).secret(), YOUNG, str(born))
    keep_secret(request, response, YOUNG, sealed, DAY)


def young_before(request: Request) -> int:
    """The year of birth that was said in this browser then; 0 where none was."""
    shown = request.cookies.get(cookie_name(request, YOUNG), "")
    return int(unsealed(settings_of(request).secret(), YOUNG, shown) or 0) if shown else 0


def remember(request: Request, response: Response, **choices: str) -> None:
    """`language` or `theme`, which who signs in on another browser takes along; or `view`."""
    for name, choice in choices.items():
        assert name in {LANGUAGE, THEME, VIEW}, name
        _keep(request, response, name, choice, YEAR, httponly=False)


def _keep(
    request: Request, response: Response, name: str, value: str, max_age: int, *, httponly: bool
) -> None:
    response.set_cookie(
        name, value, max_age, secure=settings_of(request).under_tls, httponly=httponly,
        samesite="lax",
    )  # fmt: skip


def theme_of(connection: HTTPConnection) -> str:
    theme = connection.cookies.get(THEME, "")
    return theme if theme in get_args(Theme) else "auto"


def view_of(connection: HTTPConnection) -> View:
    return "flat" if connection.cookies.get(VIEW) == "flat" else "tree"
