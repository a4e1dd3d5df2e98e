"""The doors to speaking for an organisation: offering it, accepting it, ending it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.database import Transaction
from community.errors import Conflict, Denied, Invalid, Refusal
from community.members.models import Member
from community.members.policies import may_administer
from community.members.queries import members_called
from community.organisations import closing, extending, granting
from community.organisations.models import ROLE_NAMES, Mandate, MandateRole, Organisation
from community.organisations.policies import may_be_without, may_lead
from community.organisations.queries import (
    mandate_given,
    mandate_in,
    organisation_for,
    owners_of,
    people_of,
)
from community.policies import Verdict, require
from web.doors import acting_alone, looking, proving
from web.errors import refused
from web.forms import Form, asked, back, filled_in, saved
from web.ids import Id, MaybeDay, MaybeLine
from web.pages import page, why
from web.words import end_of

Verb = Callable[[Transaction, Member, int], Mandate]

REFUSED = (Denied, Invalid, Conflict)  # what a page explains


class Search(Form, frozen=True, kw_only=True):
    words: MaybeLine = ""


class Offered(Form, frozen=True, kw_only=True):
    member: Id
    role: MandateRole = MandateRole.SPEAKER
    until: MaybeDay = ""


class Recovered(Form, frozen=True, kw_only=True):
    member: Id


class Ranked(Form, frozen=True, kw_only=True):
    role: MandateRole


class Extended(Form, frozen=True, kw_only=True):
    until: MaybeDay = ""


class Candidates(NamedTuple):
    """Whom a mandate can be offered to."""

    organisation: Organisation
    members: Sequence[Member]
    people: set[int]  # who speaks for it already
    recovering: bool  # an administrator looks for a new owner


class Paper(NamedTuple):
    """A mandate, for who has it and for the owners."""

    mandate: Mandate
    leads: bool
    may_end: Verdict  # or have another role


async def choose(request: Request) -> Response:
    return await _choice(request)


async def offer(request: Request) -> Response:
    given, id = await filled_in(request, Offered), request.path_params["organisation"]
    try:
        await proving(request, _offer, id, given)
    except REFUSED as refusal:
        return await _choice(request, refusal)
    return back(request, "organisation", "offer", organisation=id)


async def recover(request: Request) -> Response:
    return await _with_an_owner(request, granting.recover)


async def reopen(request: Request) -> Response:
    return await _with_an_owner(request, closing.reopen)


async def show(request: Request) -> Response:
    return await _paper(request)


async def accept(request: Request) -> Response:
    return await _changed(request, granting.accept_mandate)


async def lay_down(request: Request) -> Response:
    return await _changed(request, granting.lay_down)


async def withdraw(request: Request) -> Response:
    """Somebody else's: with a mandate goes a voice."""
    id = request.path_params["mandate"]
    try:
        await proving(request, granting.withdraw_mandate, id)
    except REFUSED as refusal:
        return await _paper(request, refusal)
    return back(request, "mandate", mandate=id)


async def rank(request: Request) -> Response:
    given, id = await filled_in(request, Ranked), request.path_params["mandate"]
    try:
        await proving(request, granting.change_role, id, given.role)
    except REFUSED as refusal:
        return await _paper(request, refusal)
    return back(request, "mandate", mandate=id)


async def extend(request: Request) -> Response:
    given, id = await filled_in(request, Extended), request.path_params["mandate"]
    try:
        await proving(request, _extend, id, given.until)
    except REFUSED as refusal:
        return await _paper(request, refusal)
    return back(request, "mandate", mandate=id)


def candidates_for(session: Session, member: Member, id: int, words: str) -> Candidates:
    """For owners, and for administrators who look for another one."""
    organisation = organisation_for(session, member, id)
    leads = may_lead(member, mandate_in(session, member, id))
    if not may_administer(member):
        require(leads)
    people = {mandate.member_id for mandate in people_of(session, organisation)}
    found = members_called(session, words) if words.strip() else []
    return Candidates(organisation, found, people, recovering=not leads)


def paper_for(session: Session, member: Member, id: int) -> Paper:
    mandate = mandate_given(session, member, id)
    owners = owners_of(session, mandate.organisation)
    return Paper(
        mandate,
        member.id in {one.member_id for one in owners},
        may_be_without(mandate, owners),
    )


def _offer(tx: Transaction, owner: Member, organisation_id: int, given: Offered) -> None:
    ends_at = end_of(given.until, owner.zone) if given.until else None
    granting.offer_mandate(tx, owner, organisation_id, given.member, given.role, ends_at=ends_at)


def _extend(tx: Transaction, owner: Member, mandate_id: int, until: str) -> Mandate:
    return extending.extend_mandate(tx, owner, mandate_id, end_of(until, owner.zone))


async def _changed(request: Request, action: Verb) -> Response:
    id = request.path_params["mandate"]
    try:
        await acting_alone(request, action, id)
    except REFUSED as refusal:
        return await _paper(request, refusal)
    return back(request, "mandate", mandate=id)


async def _with_an_owner(
    request: Request, action: Callable[[Transaction, Member, int, int], Organisation | Mandate]
) -> Response:
    given, id = await filled_in(request, Recovered), request.path_params["organisation"]
    try:
        await proving(request, action, id, given.member)
    except REFUSED as refusal:
        return await _choice(request, refusal)
    return back(request, "organisation", "offer", organisation=id)


async def _choice(request: Request, refusal: Refusal | None = None) -> Response:
    words = asked(request, Search).words if request.method == "GET" else ""
    seen = await looking(request, candidates_for, request.path_params["organisation"], words)
    shown = page(
        request,
        "community/mandate_offer.html",
        seen,
        words=words,
        roles=ROLE_NAMES,
        error=why(request, seen, refusal),
    )
    return refused(shown, refusal)


async def _paper(request: Request, refusal: Refusal | None = None) -> Response:
    seen = await looking(request, paper_for, request.path_params["mandate"])
    shown = page(
        request,
        "community/mandate.html",
        seen,
        roles=ROLE_NAMES,
        error=why(request, seen, refusal),
        saved=saved(request),
    )
    return refused(shown, refusal)


routes = [
    Route("/organisations/{organisation:id}/mandates/new", choose, name="new_mandate"),
    Route("/organisations/{organisation:id}/mandates", offer, methods=["POST"],
          name="offer_mandate"),
    Route("/organisations/{organisation:id}/recovery", recover, methods=["POST"],
          name="recover_organisation"),
    Route("/organisations/{organisation:id}/opening", reopen, methods=["POST"],
          name="reopen_organisation"),
    Route("/mandates/{mandate:id}", show, name="mandate"),
    Route("/mandates/{mandate:id}/acceptance", accept, methods=["POST"], name="accept_mandate"),
    Route("/mandates/{mandate:id}/ending", lay_down, methods=["POST"], name="lay_down"),
    Route("/mandates/{mandate:id}/withdrawal", withdraw, methods=["POST"],
          name="withdraw_mandate"),
    Route("/mandates/{mandate:id}/role", rank, methods=["POST"], name="rank_mandate"),
    Route("/mandates/{mandate:id}/term", extend, methods=["POST"], name="extend_mandate"),
]  # fmt: skip
