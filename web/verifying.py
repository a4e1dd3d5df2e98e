"""The doors for whoever holds an announcement and wants to know whether it is one."""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from forum.announcements.codes import read_code
from forum.announcements.versions import Verified, verified
from web.attempts import not_too_often, verifying_by
from web.doors import Seen, nothing_more, visiting
from web.forms import Form, asked
from web.pages import page


class Typed(Form, frozen=True, kw_only=True):
    code: Annotated[str, Meta(max_length=40)] = ""


async def ask(request: Request) -> Response:
    """The form; what was typed into it leads to its page."""
    typed = asked(request, Typed).code
    if code := read_code(typed):
        return RedirectResponse(request.app.url_path_for("verified", code=code), 303)
    return _said(request, await visiting(request, nothing_more), unknown=bool(typed.strip()))


async def show(request: Request) -> Response:
    await not_too_often(request, verifying_by(request))
    code = read_code(request.path_params["code"])
    return _said(request, await visiting(request, verified, code), unknown=True)


def _said(request: Request, seen: Seen[Verified | None], *, unknown: bool) -> Response:
    missing = seen.found is None and unknown
    answer = page(request, "forum/verifying.html", seen, missing=missing,
                  status=404 if missing else 200)  # fmt: skip
    answer.headers["x-robots-tag"] = "noindex"  # who has the code finds it
    return answer


routes = [
    Route("/v", ask, name="verify"),
    Route("/v/{code}", show, name="verified"),
]
