"""Passkeys: asked of a browser, looked at when it answers, and a member's own ones."""

from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import urlsplit

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community import passkeys
from community.database import Transaction
from community.errors import Denied, Invalid, SignedOut
from community.factors import actions
from community.factors.models import Passkey
from community.factors.queries import passkey_with, passkeys_of
from community.members.models import Member
from community.members.queries import sign_in_by
from community.passkeys import LONGEST, USELESS, Here, NewKey
from web.attempts import Challenging, challenging_by, not_too_often, offering_by, proving_as
from web.doors import (
    acting,
    cookie_name,
    database_of,
    glancing,
    looking,
    nothing_more,
    proving_alone,
    settings_of,
)
from web.forms import Form, back, filled_in
from web.half_way import half_of, who_is_half_way
from web.ids import Name
from web.pages import page
from web.steps import changing, codes_page, stays, steps_page


class Asked(Form, frozen=True, kw_only=True):
    """Somebody is signing in, has given their password, or is inside and shows once more that it is
    them. An offer is made by the page of the door, before anybody asks."""

    where: Literal["offer", "door", "second", "inside"]


class Added(Form, frozen=True, kw_only=True):
    name: Name
    credential: Annotated[str, Meta(max_length=LONGEST)]


class Renamed(Form, frozen=True, kw_only=True):
    name: Name


async def ask(request: Request) -> Response:
    """What a browser hands to its passkeys: any, where we do not know yet who is there."""
    given = await filled_in(request, Asked)
    await not_too_often(request, await _counted(request, given))
    options = await database_of(request).act(_asked, request, given)
    return Response(options, media_type="application/json")


async def new(request: Request) -> Response:
    options = await proving_alone(request, _offered, here(request))
    seen = await looking(request, nothing_more)
    return page(request, "community/passkey.html", seen, options=options)


async def add(request: Request) -> Response:
    given, key = await filled_in(request, Added), settings_of(request).secret()
    try:
        member_id = await proving_alone(request, lambda _tx, member: member.id)
        made = await _made(request, given.credential, member_id)
        codes = await changing(request, actions.add_passkey, key, made, given.name)
    except (Denied, Invalid) as refusal:
        return await steps_page(request, refusal)
    return await codes_page(request, codes)


async def rename(request: Request) -> Response:
    given = await filled_in(request, Renamed)
    await acting(request, actions.rename_passkey, request.path_params["passkey"], given.name)
    return back(request, "steps", "renamed")


async def remove(request: Request) -> Response:
    try:
        await changing(request, actions.remove_passkey, request.path_params["passkey"])
    except Denied as refusal:
        return await steps_page(request, refusal)
    return stays(request, back(request, "steps", "removed"))


async def checked(request: Request, answer: str) -> tuple[Passkey, int]:
    """Which passkey signed what we asked for, and how often it says it was used. Raises Denied."""
    said, db = passkeys.used(answer), database_of(request)
    taken = await db.act(actions.take_challenge, said.challenge)
    passkey = await db.look(passkey_with, said.credential)
    if taken is None or passkey is None:
        raise Denied(USELESS)
    if {taken.member_id, said.holder} - {None, passkey.member_id}:
        raise Denied(USELESS)  # it was asked of somebody else, or says it is
    key = NewKey(passkey.credential, passkey.public_key, passkey.sign_count)
    return passkey, passkeys.sign_count(here(request), answer, taken.id, key)


def here(request: Request) -> Here:
    origin = settings_of(request).public_url
    return Here(host=urlsplit(origin).hostname or "", origin=origin, name="AKAR")


async def _counted(request: Request, given: Asked) -> Challenging:
    """Whoever is inside depends on no network, and on no page that others open at the door."""
    match given.where:
        case "offer":
            return offering_by(request)
        case "inside":
            return await glancing(request, lambda _s, member: proving_as(member))
        case _:
            return challenging_by(request)


async def _made(request: Request, answer: str, member_id: int) -> NewKey:
    challenge = passkeys.challenge_in(answer)
    taken = await database_of(request).act(actions.take_challenge, challenge)
    if taken is None or taken.member_id != member_id:
        raise Denied(USELESS)
    return passkeys.added(here(request), answer, taken.id)


def _asked(tx: Transaction, request: Request, given: Asked) -> str:
    member = WHO[given.where](tx, request)
    known = [one.credential for one in passkeys_of(tx, member)] if member else []
    challenge = actions.challenge(tx, member.id if member else None)
    return passkeys.to_use(here(request), challenge, known)


def _offered(tx: Transaction, member: Member, here: Here) -> str:
    known = [one.credential for one in passkeys_of(tx, member)]
    about = {"email": member.email, "name": member.name}
    challenge = actions.challenge(tx, member.id)
    return passkeys.to_add(here, challenge, known, holder=member.id, **about)


def _inside(session: Session, request: Request) -> Member:
    return sign_in_by(session, request.cookies.get(cookie_name(request), "")).member


def _half_way_in(session: Session, request: Request) -> Member | None:
    try:
        return who_is_half_way(session, settings_of(request).secret(), half_of(request))
    except SignedOut:
        return None  # the passkey says who they are


def _whoever(_session: Session, _request: Request) -> None:
    """At the door, also where somebody before them went half the way."""


WHO: dict[str, Callable[[Session, Request], Member | None]] = {
    "offer": _whoever,
    "door": _whoever,
    "second": _half_way_in,
    "inside": _inside,
}

routes = [
    Route("/passkeys/challenges", ask, methods=["POST"], name="ask_passkey"),
    Route("/settings/account/steps/passkeys/new", new, methods=["POST"], name="new_passkey"),
    Route("/settings/account/steps/passkeys", add, methods=["POST"], name="add_passkey"),
    Route("/settings/account/steps/passkeys/{passkey:id}", rename, methods=["POST"],
          name="rename_passkey"),
    Route("/settings/account/steps/passkeys/{passkey:id}/removal", remove, methods=["POST"],
          name="remove_passkey"),
]  # fmt: skip
