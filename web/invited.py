"""The door that an invitation opens: it says who invites to what; members take it up here, others
go on to join."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Conflict
from community.invitations.actions import accept
from community.invitations.models import Held, Invitation, held_in
from community.invitations.policies import may_come
from community.invitations.queries import OVER, good_invitation
from community.members.models import Member
from community.policies import YES
from web.doors import acting, settings_of, visiting
from web.joining import over
from web.pages import page


async def show(request: Request) -> Response:
    try:
        held = held_by(request)
        seen = await visiting(request, _good, held)
    except Conflict as refusal:
        return await over(request, refusal, "join")
    return page(
        request,
        "community/invited.html",
        seen,
        may=may_come(seen.found, seen.member.email) if seen.member else YES,
        link=request.path_params["link"],
    )


async def take_up(request: Request) -> Response:
    try:
        taken = await acting(request, accept, held_by(request).id)
    except Conflict as refusal:
        return await over(request, refusal, "join")
    return RedirectResponse("/notices" if taken.organisation_id else "/", 303)  # the offer


def held_by(request: Request) -> Held:
    """Raises Conflict for a link that is none of ours."""
    held = held_in(settings_of(request).secret(), request.path_params["link"])
    if held is None:
        raise Conflict(OVER)
    return held


def _good(session: Session, _reader: Member | None, held: Held) -> Invitation:
    return good_invitation(session, held.id)


routes = [
    Route("/invited/{link}", show, methods=["GET"], name="invited"),
    Route("/invited/{link}", take_up, methods=["POST"]),
]
