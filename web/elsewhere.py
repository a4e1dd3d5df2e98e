"""Signing in with an account one has elsewhere, where the community has such a provider.

What a browser takes along stands in a sealed cookie: on the way out what makes the answer its own,
on the way back who came. Coming back changes nothing yet; the button on that page does.
"""

from secrets import compare_digest, token_urlsafe
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from msgspec import Meta, Struct, json
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community import elsewhere
from community.clock import now
from community.database import Transaction
from community.elsewhere import UNFIT, Arrival, holder_of, namesake_of
from community.errors import Denied, HalfSignedIn, NotFound, Refusal, Suspended, TooFast
from community.factors.actions import challenge, take_challenge
from community.members.actions import sign_in
from community.members.models import Member
from community.passwords import LONGEST
from community.seals import seal, unsealed
from community.words import _
from web import suspended
from web.attempts import challenging_by, not_too_often, step_by
from web.doors import cookie_name, database_of, settings_of, visiting
from web.errors import refused
from web.forms import Form, Next, asked, filled_in, inside
from web.half_way import half_way
from web.looks import keep_secret
from web.pages import page, why
from web.sign_ins import browser, matches, welcome

if TYPE_CHECKING:
    from web.oidc import Provider

COOKIE = "elsewhere"
LASTS = 600  # seconds

T = TypeVar("T", bound=Struct)


class Leaving(Struct, frozen=True, kw_only=True):
    state: str
    nonce: str
    verifier: str
    next: str
    at: float


class Arrived(Struct, frozen=True, kw_only=True):
    arrival: Arrival
    once: str  # the challenge that is taken with it
    next: str
    at: float


class Proof(Form, frozen=True, kw_only=True):
    """That an account here is theirs; nothing where it is linked already."""

    password: Annotated[str, Meta(max_length=LONGEST)] = ""
    code: Annotated[str, Meta(max_length=64)] = ""


async def leave(request: Request) -> Response:
    """To the provider. A link and no form, as those lead nowhere else (CSP, form-action)."""
    await not_too_often(request, challenging_by(request))
    going = Leaving(
        state=token_urlsafe(32), nonce=token_urlsafe(32), verifier=token_urlsafe(48),
        next=inside(asked(request, Next).next), at=await _now(request),
    )  # fmt: skip
    ours = {"state": going.state, "nonce": going.nonce, "verifier": going.verifier}
    return _with(request, going, RedirectResponse(await _provider(request).door(**ours), 303))


async def come_back(request: Request) -> Response:
    """With what the provider gave the browser; who that is, we ask the provider itself."""
    provider, going = _provider(request), await _carried(request, Leaving)
    query = request.query_params
    if not compare_digest(query.get("state", "").encode(), going.state.encode()):
        raise Denied(UNFIT)
    came = await provider.arrival(query.get("code", ""), nonce=going.nonce, verifier=going.verifier)
    once = await database_of(request).act(challenge)
    arrived = Arrived(arrival=came, once=once, next=going.next, at=await _now(request))
    response = RedirectResponse(request.app.url_path_for("arrival"), 303)
    return _with(request, arrived, response)


async def arrive(request: Request) -> Response:
    return await _page(request, await _carried(request, Arrived))


async def enter(request: Request) -> Response:
    given, arrived = await filled_in(request, Proof), await _carried(request, Arrived)
    arrival, db = arrived.arrival, database_of(request)
    response = RedirectResponse(inside(arrived.next), 303)
    try:
        if member := await db.look(holder_of, arrival):
            token = await db.act(_enter, request, arrived)
        else:
            member = await _proven(request, given, arrival)
            token = await db.act(_link, request, arrived, member, given.code)
    except HalfSignedIn:
        assert member
        return _left(request, await half_way(request, member, arrived.next))
    except Suspended as refusal:
        await db.act(take_challenge, arrived.once)  # the next at this computer did not arrive
        return _left(request, await suspended.show(request, refusal))
    except (Denied, TooFast) as refusal:
        return await _page(request, arrived, refusal)
    return welcome(request, member, token, _left(request, response))


async def confirmed_elsewhere(request: Request) -> str:
    """The address of whoever came from there to join, which needs no letter any more."""
    try:
        return (await _carried(request, Arrived)).arrival.email
    except (Denied, NotFound):
        return ""


async def _proven(request: Request, given: Proof, arrival: Arrival) -> Member:
    member = await database_of(request).look(namesake_of, arrival)
    if member is None:
        raise Denied(UNFIT)
    if member.protected:
        await not_too_often(request, step_by(request, member, given.code))
    if not await matches(request, member.email, given.password, member):
        raise Denied(_("This is not your password."))
    return member


def _left(request: Request, response: Response) -> Response:
    response.delete_cookie(cookie_name(request, COOKIE), secure=settings_of(request).under_tls)
    return response


def _enter(tx: Transaction, request: Request, arrived: Arrived) -> str:
    _take(tx, arrived)
    return elsewhere.sign_in_from(tx, arrived.arrival, **browser(request))


def _take(tx: Transaction, arrived: Arrived) -> None:
    """Whoever comes with a copy of the cookie finds it gone."""
    if take_challenge(tx, arrived.once) is None:
        raise Denied(UNFIT)


def _link(tx: Transaction, request: Request, arrived: Arrived, member: Member, code: str) -> str:
    _take(tx, arrived)
    key = settings_of(request).secret()
    elsewhere.link(tx, arrived.arrival, member.id, member.password_hash, key, code)
    return sign_in(tx, member.id, **browser(request))


async def _page(request: Request, arrived: Arrived, refusal: Refusal | None = None) -> Response:
    """Known, to be linked, new, or without an address that we could know them by."""

    def found(session: Session, _reader: Member | None) -> tuple[Member | None, Member | None]:
        return holder_of(session, arrived.arrival), namesake_of(session, arrived.arrival)

    seen = await visiting(request, found)
    fields: dict[str, Any] = {
        "arrival": arrived.arrival,
        "provider": settings_of(request).oidc_name,
        "error": why(request, seen, refusal),
    }
    return refused(page(request, "community/arrival.html", seen, **fields), refusal)


def _provider(request: Request) -> "Provider":
    """What it takes is loaded where there is one: the start of all others is shorter for it."""
    settings = settings_of(request)
    if not settings.oidc_issuer:
        raise NotFound
    from web.oidc import Provider

    return Provider(settings, settings.public_url + request.app.url_path_for("come_back"))


def _with(request: Request, carried: Struct, response: Response) -> Response:
    text = json.encode(carried).decode()
    sealed = seal(settings_of(request).secret(), type(carried).__name__, text)
    keep_secret(request, response, COOKIE, sealed, LASTS)
    return response


async def _carried(request: Request, kind: type[T]) -> T:
    """Raises NotFound without a provider, Denied where it is too old or another's."""
    settings = settings_of(request)
    if not settings.oidc_issuer:
        raise NotFound
    sealed = request.cookies.get(cookie_name(request, COOKIE), "")
    text = unsealed(settings.secret(), kind.__name__, sealed)
    carried: Any = json.decode(text, type=kind) if text else None
    if carried is None or await _now(request) - carried.at > LASTS:
        raise Denied(UNFIT)
    found: T = carried
    return found


async def _now(request: Request) -> float:
    return (await database_of(request).look(now)).timestamp()


routes = [
    Route("/sign-in/elsewhere", leave, name="elsewhere"),
    Route("/sign-in/elsewhere/return", come_back, name="come_back"),
    Route("/sign-in/elsewhere/arrival", arrive, methods=["GET"], name="arrival"),
    Route("/sign-in/elsewhere/arrival", enter, methods=["POST"]),
]
