"""The end of joining: whoever the address belongs to looks at what was said in their name, says it
anew, and chooses a password."""

from typing import Annotated, Any, Literal

from msgspec import Meta
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community import joining, terms
from community.errors import Conflict, Refusal
from community.joining import Confirmation, Joining
from community.passwords import LONGEST
from community.tickets import id_in
from web import crossings
from web.doors import Seen, asking, settings_of, visiting
from web.errors import refused
from web.forms import filled_in
from web.ids import Name
from web.joining import REFUSED, Described, choices, hashed, over
from web.pages import page, why
from web.sign_ins import let_in

SHOWN = ("name", "about", "region", "clusters")


class Confirmed(Described, frozen=True, kw_only=True):
    name: Name
    password: Annotated[str, Meta(max_length=LONGEST)]
    terms: Annotated[str, Meta(max_length=40)]
    agreed: Literal["yes"]

    def confirmation(self, password_hash: str) -> Confirmation:
        return Confirmation(
            self.name, self.place, self.kinds, self.about, password_hash, self.terms
        )


async def show(request: Request) -> Response:
    try:
        return _form(request, await _opened(request))
    except Conflict as refusal:
        return await over(request, refusal, "join")


async def confirm(request: Request) -> Response:
    try:
        seen = await _opened(request)
        given = await filled_in(request, Confirmed)
        ticket = seen.found.ticket
        try:
            hash = await hashed(request, given.password, ticket.address, given.name)
            confirmation = given.confirmation(hash)
            member = await asking(request, crossings.join_by, ticket.id, confirmation)
        except REFUSED as refusal:
            return _form(request, seen, given, refusal)
    except Conflict as refusal:
        return await over(request, refusal, "join")
    if member is None:
        return RedirectResponse(request.app.url_path_for("guardian_asked"), 303)
    return await let_in(request, member, RedirectResponse("/", 303))


async def _opened(request: Request) -> Seen[Joining]:
    """Raises Conflict where the link is not good any more."""
    id = id_in(settings_of(request).secret(), request.path_params["ticket"])
    return await visiting(request, lambda session, _reader: joining.joining_shown(session, id))


def _form(
    request: Request,
    seen: Seen[Joining],
    given: Confirmed | None = None,
    refusal: Refusal | None = None,
) -> Response:
    said: dict[str, Any] = asdict(given) if given else seen.found.ticket.about
    shown = page(
        request,
        "community/confirm.html",
        seen,
        given={name: said[name] for name in SHOWN},
        terms=terms.TERMS,
        error=why(request, seen, refusal),
        **choices(),
    )
    shown.headers["cache-control"] = "private, no-store"  # it holds an address
    return refused(shown, refusal)


routes = [
    Route("/join/{ticket}", show, methods=["GET"], name="confirm"),
    Route("/join/{ticket}", confirm, methods=["POST"]),
]
