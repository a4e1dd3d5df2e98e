"""What a member signs in with besides the password: seen, added and removed."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community import totp
from community.database import Transaction
from community.elsewhere import AccountElsewhere, forget_links, links_of
from community.errors import Denied, Refusal
from community.factors import actions
from community.factors.queries import Factors, factors_of
from community.members.actions import renew, sign_out_others
from community.members.models import Member
from community.members.queries import hash_of
from community.powers import has_powers
from web.doors import goes_on, looking, nothing_more, proving_alone, settings_of, token_of
from web.errors import refused
from web.forms import Form, back, filled_in, saved
from web.looks import stay_signed_in
from web.pages import page, why
from web.qr import qr

T = TypeVar("T")
P = ParamSpec("P")


class Steps(NamedTuple):
    factors: Factors
    needed: bool  # for what they may do here
    links: Sequence[AccountElsewhere]


class Offered(NamedTuple):
    """To an app, which makes codes of it from then on."""

    seed: str
    sealed: str  # travels along in the form


class NewApp(Form, frozen=True, kw_only=True):
    sealed: Annotated[str, Meta(max_length=500)]
    code: Annotated[str, Meta(max_length=64)]


async def index(request: Request) -> Response:
    return await steps_page(request)


async def new_app(request: Request) -> Response:
    offered = await proving_alone(request, _offered, settings_of(request).secret())
    return await _app_form(request, offered)


async def add_app(request: Request) -> Response:
    given, key = await filled_in(request, NewApp), settings_of(request).secret()
    try:
        codes = await changing(request, actions.add_authenticator, key, given.sealed, given.code)
    except Denied as refusal:
        seed = await proving_alone(request, _seed_in, key, given.sealed)
        return await _app_form(request, Offered(seed, given.sealed), refusal)
    return await codes_page(request, codes)


async def remove_app(request: Request) -> Response:
    try:
        await changing(request, actions.remove_authenticator)
    except Denied as refusal:
        return await steps_page(request, refusal)
    return stays(request, back(request, "steps", "removed"))


async def unlink(request: Request) -> Response:
    await changing(request, lambda tx, member: forget_links(tx, member))
    return stays(request, back(request, "steps", "removed"))


async def renew_codes(request: Request) -> Response:
    try:
        codes = await changing(request, actions.renew_codes, settings_of(request).secret())
    except Denied as refusal:
        return await steps_page(request, refusal)
    return await codes_page(request, codes)


async def changing(
    request: Request,
    action: Callable[Concatenate[Transaction, Member, P], T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Changes what they sign in with. All other browsers are signed out, and this one goes on with
    another token (S3, S10): stays() gives it to the answer."""
    token = token_of(request)

    def work(tx: Transaction, member: Member) -> tuple[T, str]:
        done = action(tx, member, *args, **kwargs)
        sign_out_others(tx, member, hash_of(token))
        return done, renew(tx, token)

    done, fresh = await proving_alone(request, work)
    goes_on(request, fresh)
    return done


def stays(request: Request, response: Response) -> Response:
    stay_signed_in(request, response, token_of(request))
    return response


async def codes_page(request: Request, codes: Sequence[str]) -> Response:
    """Shown this once: we keep what knows them again, not them."""
    if not codes:
        return stays(request, back(request, "steps", "added"))
    seen = await looking(request, nothing_more)
    return stays(request, page(request, "community/codes.html", seen, codes=codes))


async def steps_page(request: Request, refusal: Refusal | None = None) -> Response:
    seen = await looking(request, _steps)
    shown = page(
        request,
        "community/steps.html",
        seen,
        error=why(request, seen, refusal),
        saved=saved(request) if request.method == "GET" else "",
    )
    return refused(shown, refusal)


async def _app_form(request: Request, offered: Offered, refusal: Denied | None = None) -> Response:
    seen = await looking(request, nothing_more)
    assert seen.member
    address = totp.address(offered.seed, seen.member.email, seen.site.name)
    fields: dict[str, Any] = {
        "offered": offered,
        "address": address,
        "qr": qr(address),
        "error": why(request, seen, refusal),
    }
    return refused(page(request, "community/authenticator.html", seen, **fields), refusal)


def _steps(session: Session, member: Member) -> Steps:
    return Steps(
        factors_of(session, member), has_powers(session, member), links_of(session, member)
    )


def _offered(_tx: Transaction, member: Member, key: bytes) -> Offered:
    seed = totp.new_seed()
    return Offered(seed, actions.sealed_for(key, member, seed))


def _seed_in(_tx: Transaction, member: Member, key: bytes, sealed: str) -> str:
    return actions.seed_in(key, member, sealed)


routes = [
    Route("/settings/account/steps", index, name="steps"),
    Route("/settings/account/steps/app/new", new_app, methods=["POST"], name="new_app"),
    Route("/settings/account/steps/app", add_app, methods=["POST"], name="add_app"),
    Route("/settings/account/steps/app/removal", remove_app, methods=["POST"], name="remove_app"),
    Route("/settings/account/steps/links/removal", unlink, methods=["POST"], name="unlink"),
    Route("/settings/account/steps/codes", renew_codes, methods=["POST"], name="renew_codes"),
]
