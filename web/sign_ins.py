"""The doors to signing in and out, and to the list of browsers a member has let in."""

import logging
from typing import Annotated, Any

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.database import Transaction
from community.errors import Busy, Denied, HalfSignedIn, Refusal, TooFast
from community.members import actions
from community.members.actions import sign_in_by_password, strengthen
from community.members.models import Member
from community.members.queries import hash_of, member_with_email, sign_ins_of
from community.passwords import LONGEST, Passwords, outdated
from community.words import _
from web import ids
from web.attempts import attempt_by, know, not_too_often
from web.devices import browser_in, system_in
from web.doors import (
    cookie_name,
    database_of,
    leaving,
    looking,
    nothing_more,
    settings_of,
    token_of,
    visiting,
)
from web.errors import refused
from web.forms import Next, asked, filled_in, inside
from web.half_way import half_way
from web.looks import THEME, remember, stay_signed_in
from web.pages import page, why

assert ids  # with it routes know {…:id}
log = logging.getLogger(__name__)


class Credentials(Next, frozen=True, kw_only=True):
    email: Annotated[str, Meta(max_length=320, pattern=r"\A[^\0]+\Z")]
    password: Annotated[str, Meta(max_length=LONGEST)]


async def enter(request: Request) -> Response:
    seen = await visiting(request, nothing_more)
    back = asked(request, Next).next
    return page(request, "community/sign_in.html", seen, back=back, wrong="", email="")


async def sign_in(request: Request) -> Response:
    given = await filled_in(request, Credentials)
    try:
        member = await _recognised(request, given)
        return await let_in(request, member, RedirectResponse(inside(given.next), 303))
    except (Denied, TooFast) as refusal:
        return await _not_recognised(request, given, refusal)


async def let_in(request: Request, member: Member, response: Response) -> Response:
    """Who gave the password of the member, as that was read then, goes on with this, signed in or
    after a second step. Raises Denied where the password has changed since."""
    try:
        token = await database_of(request).act(_let_in, request, member.id, member.password_hash)
    except HalfSignedIn:
        return await half_way(request, member, response.headers["location"])
    return welcome(request, member, token, response)


def welcome(request: Request, member: Member, token: str, response: Response) -> Response:
    """Takes the cookies of a browser that the member let in."""
    stay_signed_in(request, response, token)
    know(request, response, member)
    remember(request, response, language=member.locale, theme=member.theme)
    return response


def browser(request: Request) -> dict[str, str]:
    """What a sign-in remembers of it; the token it came with opens nothing afterwards."""
    return {
        "device": request.headers.get("user-agent", ""),
        "network": request.client.host if request.client else "",
        "instead_of": request.cookies.get(cookie_name(request), ""),
    }


async def sign_out(request: Request) -> Response:
    response = RedirectResponse("/", 303)
    response.delete_cookie(cookie_name(request), secure=settings_of(request).under_tls)
    response.delete_cookie(THEME, secure=settings_of(request).under_tls)
    response.headers["clear-site-data"] = '"cache", "storage"'
    if token := request.cookies.get(cookie_name(request)):
        await database_of(request).act(actions.forget_browser, token)
    return response


async def index(request: Request) -> Response:
    seen = await looking(request, sign_ins_of)
    return page(
        request, "community/sign_ins.html", seen, browser_in=browser_in, system_in=system_in
    )


async def end(request: Request) -> Response:
    await leaving(request, actions.sign_out, request.path_params["sign_in"])
    return RedirectResponse(request.app.url_path_for("sign_ins"), 303)


async def end_others(request: Request) -> Response:
    await leaving(request, actions.sign_out_others, hash_of(token_of(request)))
    return RedirectResponse(request.app.url_path_for("sign_ins"), 303)


async def _recognised(request: Request, given: Credentials) -> Member:
    """Whose password this is. Refused with the same words whatever was wrong, and in the same time
    (S21)."""
    member = await database_of(request).look(member_with_email, given.email)
    if await matches(request, given.email, given.password, member) and member:
        return await _strengthened(request, member, given.password)
    raise Denied(_("The address or the password is not right. Please look at both again."))


async def _strengthened(request: Request, member: Member, password: str) -> Member:
    """Now that we know it once more, it is hashed as we do today."""
    if not outdated(member.password_hash):
        return member
    passwords: Passwords = request.state.passwords
    try:
        hash = await passwords.hash(password)
        return await database_of(request).act(strengthen, member.id, member.password_hash, hash)
    except Busy as busy:
        log.warning("a password is hashed anew another time: %s", busy)  # signing in matters
        return member
    except Denied:  # another browser of theirs did this meanwhile, or it is another password
        now = await database_of(request).look(lambda session: session.get_one(Member, member.id))
        if await passwords.match(password, now.password_hash):
            return now
        raise


async def matches(request: Request, account: str, password: str, member: Member | None) -> bool:
    """Raises TooFast when one was said too often."""
    passwords: Passwords = request.state.passwords
    await not_too_often(request, attempt_by(request, account, member))
    return await passwords.match(password, member.password_hash if member else None)


async def _not_recognised(request: Request, given: Credentials, refusal: Refusal) -> Response:
    seen = await visiting(request, nothing_more)
    wrong = why(request, seen, refusal)
    fields: dict[str, Any] = {"back": given.next, "wrong": wrong, "email": given.email}
    return refused(page(request, "community/sign_in.html", seen, **fields), refusal)


def _let_in(tx: Transaction, request: Request, member_id: int, proven: str) -> str:
    return sign_in_by_password(tx, member_id, proven, **browser(request))


routes = [
    Route("/sign-in", enter, methods=["GET"], name="sign_in"),
    Route("/sign-in", sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"], name="sign_out"),
    Route("/settings/sign-ins", index, name="sign_ins"),
    Route("/settings/sign-ins/others/ending", end_others, methods=["POST"], name="end_others"),
    Route("/settings/sign-ins/{sign_in:id}/ending", end, methods=["POST"], name="end_sign_in"),
]
