"""The doors into community/: signing in and out, settings, notices, the standing pages."""

import re
from typing import Annotated
from urllib.parse import urlsplit, urlunsplit

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.database import Transaction
from community.errors import Denied
from community.members import actions
from community.members.models import Member
from community.members.queries import hash_of, member_with_email, sign_ins_of
from community.notices.queries import notices_page
from community.passwords import matches
from community.words import _
from web.doors import (
    acting_alone,
    cookie_name,
    database_of,
    looking,
    nothing_more,
    settings_of,
    token_of,
    visiting,
)
from web.forms import Form, asked, filled_in
from web.pages import page
from web.words import LANGUAGE, LOCALES

YEAR = 365 * 24 * 3600
OURS = re.compile(r"/(?![/\\])[^\\]*")  # browsers read // and \\ as the start of a host


class Next(Form, frozen=True, kw_only=True):
    next: Annotated[str, Meta(max_length=2_000)] = "/"


class Credentials(Next, frozen=True, kw_only=True):
    email: Annotated[str, Meta(max_length=320, pattern=r"\A[^\0]+\Z")]
    password: Annotated[str, Meta(max_length=1_024)]


class Language(Next, frozen=True, kw_only=True):
    locale: str


async def home(request: Request) -> Response:
    return page(request, "community/home.html", await visiting(request, nothing_more))


async def sign_in_page(request: Request) -> Response:
    back = asked(request, Next).next
    seen = await visiting(request, nothing_more)
    return page(request, "community/sign_in.html", seen, back=back, wrong=False, email="")


async def sign_in(request: Request) -> Response:
    given = await filled_in(request, Credentials)
    db = database_of(request)
    member = await db.look(member_with_email, given.email)
    if not await matches(given.password, member.password_hash if member else None) or not member:
        seen = await visiting(request, nothing_more)
        return page(
            request,
            "community/sign_in.html",
            seen,
            status=403,
            back=given.next,
            wrong=True,
            email=given.email,
        )
    token = await db.act(_signed_in, request, member.id)
    response = RedirectResponse(inside(given.next), 303)
    keep(request, response, cookie_name(request), token)
    return response


async def sign_out(request: Request) -> Response:
    await acting_alone(request, _signed_out, hash_of(token_of(request)))
    response = RedirectResponse("/", 303)
    response.delete_cookie(cookie_name(request), secure=settings_of(request).under_tls)
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


async def sign_out_others(request: Request) -> Response:
    await acting_alone(request, actions.sign_out_others, hash_of(token_of(request)))
    return RedirectResponse("/settings/sign-ins", 303)


async def sign_ins(request: Request) -> Response:
    return page(request, "community/sign_ins.html", await looking(request, sign_ins_of))


async def language(request: Request) -> Response:
    """A visitor's choice lives in their browser, a member's with them."""
    chosen = await filled_in(request, Language)
    if chosen.locale not in LOCALES:
        raise Denied(_("There is no such language."))
    response = RedirectResponse(inside(chosen.next), 303)
    response.set_cookie(
        LANGUAGE, chosen.locale, max_age=YEAR, secure=settings_of(request).under_tls, samesite="lax"
    )
    if cookie_name(request) in request.cookies:
        await acting_alone(request, _speaks, chosen.locale)
    return response


def keep(request: Request, response: Response, name: str, token: str) -> None:
    """A cookie no script reads and no other site's form sends."""
    response.set_cookie(
        name,
        token,
        max_age=settings_of(request).session_days * 24 * 3600,
        secure=settings_of(request).under_tls,
        httponly=True,
        samesite="lax",
    )


def inside(address: str) -> str:
    """An address of ours, whatever was asked for: a path, never another site."""
    if not OURS.fullmatch(address) or not address.isprintable():
        return "/"
    parts = urlsplit(address)
    return urlunsplit(("", "", parts.path, parts.query, ""))


def standing(name: str) -> Route:
    """A page that shows nothing but its own words."""

    async def show(request: Request) -> Response:
        return page(request, f"community/{name}.html", await visiting(request, nothing_more))

    return Route(f"/{name}", show, name=name)


def _signed_in(tx: Transaction, request: Request, member_id: int) -> str:
    """Whatever this browser was signed in with before opens nothing any more."""
    actions.forget_browser(tx, request.cookies.get(cookie_name(request), ""))
    network = request.client.host if request.client else ""
    device = request.headers.get("user-agent", "")
    return actions.sign_in(tx, member_id, device=device, network=network)


def _signed_out(tx: Transaction, member: Member, token_hash: str) -> None:
    for sign_in in sign_ins_of(tx, member):
        if sign_in.token_hash == token_hash:
            actions.sign_out(tx, member, sign_in.id)


def _speaks(tx: Transaction, member: Member, locale: str) -> None:
    member.locale = locale


async def notices(request: Request) -> Response:
    return page(request, "community/notices.html", await looking(request, notices_page))


routes = [
    Route("/notices", notices, name="notices"),
    Route("/", home, name="home"),
    Route("/sign-in", sign_in_page, methods=["GET"], name="sign_in"),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"], name="sign_out"),
    Route("/settings/sign-ins", sign_ins, name="sign_ins"),
    Route("/settings/sign-ins/others", sign_out_others, methods=["POST"], name="sign_out_others"),
    Route("/language", language, methods=["POST"], name="language"),
    *(standing(name) for name in ("help", "rules", "about", "privacy", "terms", "more")),
]
