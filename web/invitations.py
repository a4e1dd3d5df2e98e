"""The pages of those who invite: administrators, and owners of organisations for their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, NamedTuple

from msgspec import Meta
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.addresses import canonical
from community.clock import now
from community.errors import Denied, Invalid, Refusal, TooFast
from community.invitations import actions
from community.invitations.models import (
    MOST_USES,
    Invitation,
    InvitationUse,
    Lasts,
    Wanted,
    link_for,
)
from community.invitations.queries import PAGE, invitation_for, invitations_listed, uses_of
from community.members.models import Member
from community.organisations.models import MandateRole, Organisation
from web.doors import Seen, acting, looking, proving, settings_of
from web.errors import refused
from web.forms import Form, asked, back, filled_in, saved
from web.ids import Id, Rev
from web.pages import page, why
from web.qr import qr


class Listing(Form, frozen=True, kw_only=True):
    organisation: Id | None = None
    before: Rev = 0


class Inviting(Form, frozen=True, kw_only=True):
    organisation: Id | None = None
    role: MandateRole = MandateRole.SPEAKER
    email: Annotated[str, Meta(max_length=320)] = ""
    most: Annotated[int, Meta(ge=1, le=MOST_USES)] = 1
    lasts: Lasts = Lasts.WEEK

    def wanted(self) -> Wanted:
        email = canonical(self.email) if self.email else ""
        return Wanted(self.organisation, self.role, email, most=self.most, lasts=self.lasts)


class Listed(NamedTuple):
    invitations: Sequence[Invitation]
    organisation: Organisation | None  # theirs alone
    organisations: Sequence[Organisation]  # to choose from
    now: datetime


class Shown(NamedTuple):
    invitation: Invitation
    uses: Sequence[InvitationUse]
    now: datetime


async def index(request: Request) -> Response:
    return await _listed(request, asked(request, Listing))


async def invite(request: Request) -> Response:
    given = await filled_in(request, Inviting)
    try:
        a_day = settings_of(request).invitation_letters_per_day
        made = await proving(request, actions.invite, given.wanted(), a_day=a_day)
    except (Denied, Invalid, TooFast) as refusal:
        return await _listed(request, Listing(organisation=given.organisation), given, refusal)
    return back(request, "invitation", "made", invitation=made.id)


async def show(request: Request) -> Response:
    seen = await looking(request, _shown, request.path_params["invitation"])
    settings = settings_of(request)
    link = link_for(settings.secret(), seen.found.invitation)
    path = request.app.url_path_for("invited", link=link)
    address = settings.public_url + path
    fields = {"address": address, "code": qr(address), "saved": saved(request)}
    shown = page(request, "community/invitation.html", seen, **fields)
    shown.headers["cache-control"] = "private, no-store"  # it holds what opens
    return shown


async def take_back(request: Request) -> Response:
    id = request.path_params["invitation"]
    await acting(request, actions.take_back, id)
    return back(request, "invitation", "ended", invitation=id)


async def _listed(
    request: Request,
    listing: Listing,
    given: Inviting | None = None,
    refusal: Refusal | None = None,
) -> Response:
    seen: Seen[Listed] = await looking(request, _look, listing)
    shown = page(
        request,
        "community/invitations.html",
        seen,
        given=given or Inviting(organisation=listing.organisation),
        error=why(request, seen, refusal),
        older=seen.found.invitations[-1].id if len(seen.found.invitations) == PAGE else None,
    )
    return refused(shown, refusal)


def _look(session: Session, member: Member, listing: Listing) -> Listed:
    found = invitations_listed(session, member, listing.organisation, listing.before)
    one = session.get(Organisation, listing.organisation) if listing.organisation else None
    all_there_are = select(Organisation).order_by(Organisation.name)
    every = session.scalars(all_there_are).all() if member.administers and not one else []
    return Listed(found, one, every, now(session))


def _shown(session: Session, member: Member, invitation_id: int) -> Shown:
    invitation = invitation_for(session, member, invitation_id)
    return Shown(invitation, uses_of(session, invitation), now(session))


routes = [
    Route("/invitations", index, methods=["GET"], name="invitations"),
    Route("/invitations", invite, methods=["POST"]),
    Route("/invitations/{invitation:id}", show, name="invitation"),
    Route("/invitations/{invitation:id}/ending", take_back, methods=["POST"],
          name="end_invitation"),
]  # fmt: skip
