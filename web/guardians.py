"""The door for guardians: by the link of their letter they consent that a child joins, and take
that back. They need no account."""

from typing import Annotated, Literal

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community import terms
from community.errors import Conflict
from community.guardians import Guardianship, guardianship_for, withdraw
from community.tickets import id_in
from web.crossings import consent_to
from web.doors import Seen, asking, nothing_more, settings_of, visiting
from web.forms import Form, filled_in, saved
from web.ids import Name
from web.joining import over
from web.pages import page


class Consented(Form, frozen=True, kw_only=True):
    name: Name
    terms: Annotated[str, Meta(max_length=40)]
    agreed: Literal["yes"]


async def show(request: Request) -> Response:
    try:
        seen = await _asked(request)
    except Conflict as refusal:
        return await over(request, refusal, "join")
    shown = page(
        request,
        "community/guardian.html",
        seen,
        terms=terms.TERMS,
        link=request.path_params["guardianship"],
        saved=saved(request),
    )
    shown.headers["cache-control"] = "private, no-store"  # it holds a child's name
    return shown


async def consent(request: Request) -> Response:
    given = await filled_in(request, Consented)
    try:
        asked = (await _asked(request)).found
        await asking(request, consent_to, asked.id, given.name.strip(), given.terms)
    except Conflict as refusal:
        return await over(request, refusal, "join")
    return _back(request, "given")


async def take_back(request: Request) -> Response:
    try:
        asked = (await _asked(request)).found
        await asking(request, withdraw, asked.id)
    except Conflict as refusal:
        return await over(request, refusal, "join")
    return _back(request, "withdrawn")


async def waiting(request: Request) -> Response:
    """For the child, who has done their part."""
    seen = await visiting(request, nothing_more)
    return page(request, "community/guardian_asked.html", seen)


async def _asked(request: Request) -> Seen[Guardianship]:
    id = id_in(settings_of(request).secret(), request.path_params["guardianship"])
    return await visiting(request, lambda session, _reader: guardianship_for(session, id))


def _back(request: Request, part: str) -> Response:
    path = request.app.url_path_for("guardian", guardianship=request.path_params["guardianship"])
    return RedirectResponse(f"{path}?saved={part}", 303)


routes = [
    Route("/guardian", waiting, name="guardian_asked"),
    Route("/guardian/{guardianship}", show, methods=["GET"], name="guardian"),
    Route("/guardian/{guardianship}", consent, methods=["POST"]),
    Route(
        "/guardian/{guardianship}/withdrawal", take_back, methods=["POST"], name="withdraw_consent"
    ),
]
