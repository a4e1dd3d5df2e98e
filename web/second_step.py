"""The second step of signing in, and signing in by a passkey alone."""

from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.database import Transaction
from community.errors import Denied, Refusal, SignedOut, TooFast
from community.factors.actions import sign_in_by_code, sign_in_by_passkey
from community.factors.queries import Factors, factors_of
from community.members.models import Member
from community.passkeys import LONGEST
from web.attempts import not_too_often, step_by
from web.doors import database_of, nothing_more, settings_of, visiting
from web.errors import refused
from web.forms import Next, asked, filled_in, inside
from web.half_way import forget_half, half_of, who_is_half_way
from web.pages import page, why
from web.passkeys import checked
from web.sign_ins import browser, welcome

Code = Annotated[str, Meta(max_length=64)]
Answer = Annotated[str, Meta(max_length=LONGEST)]
Half = tuple[Member, Factors]


class SecondStep(Next, frozen=True, kw_only=True):
    code: Code


class ByPasskey(Next, frozen=True, kw_only=True):
    credential: Answer


async def enter(request: Request) -> Response:
    """Of a code, or of a passkey where they have one."""
    try:
        return await _form(request, asked(request, Next).next)
    except SignedOut:
        return RedirectResponse(request.app.url_path_for("sign_in"), 303)


async def take(request: Request) -> Response:
    given = await filled_in(request, SecondStep)
    key, db = settings_of(request).secret(), database_of(request)
    member = await db.look(who_is_half_way, key, half_of(request))
    try:
        await not_too_often(request, step_by(request, member, given.code))
        token = await db.act(_by_code, request, member, given.code)
    except (Denied, TooFast) as refusal:
        return await _form(request, given.next, refusal)
    return _in(request, member, token, given.next)


async def take_passkey(request: Request) -> Response:
    """Whoever they are, if they are signing in with it, or whose password was given before."""
    given = await filled_in(request, ByPasskey)
    try:
        passkey, count = await checked(request, given.credential)
        token = await database_of(request).act(_by_passkey, request, passkey.id, count)
    except Denied as refusal:
        return await _again(request, given.next, refusal)
    member = await database_of(request).look(lambda s: s.get_one(Member, passkey.member_id))
    return _in(request, member, token, given.next)


def _by_code(tx: Transaction, request: Request, member: Member, code: str) -> str:
    key = settings_of(request).secret()
    return sign_in_by_code(tx, member.id, member.password_hash, key, code, **browser(request))


def _by_passkey(tx: Transaction, request: Request, passkey_id: int, count: int) -> str:
    return sign_in_by_passkey(tx, passkey_id, count, **browser(request))


def _in(request: Request, member: Member, token: str, after: str) -> Response:
    response = welcome(request, member, token, RedirectResponse(inside(after), 303))
    forget_half(request, response)
    return response


async def _again(request: Request, after: str, refusal: Refusal) -> Response:
    """To where they came from: the second step, or the first."""
    try:
        return await _form(request, after, refusal)
    except SignedOut:
        seen = await visiting(request, nothing_more)
        fields: dict[str, Any] = {
            "back": after,
            "wrong": why(request, seen, refusal),
            "email": "",
        }
        return refused(page(request, "community/sign_in.html", seen, **fields), refusal)


async def _form(request: Request, after: str, refusal: Refusal | None = None) -> Response:
    """Raises SignedOut for whoever is not half-way in."""
    key, half = settings_of(request).secret(), half_of(request)

    def found(session: Session, _reader: Member | None) -> Half:
        member = who_is_half_way(session, key, half)
        return member, factors_of(session, member)

    seen = await visiting(request, found)
    error = why(request, seen, refusal)
    shown = page(request, "community/second_step.html", seen, back=inside(after), error=error)
    return refused(shown, refusal)


routes = [
    Route("/sign-in/second", enter, methods=["GET"], name="second_step"),
    Route("/sign-in/second", take, methods=["POST"]),
    Route("/sign-in/passkey", take_passkey, methods=["POST"], name="sign_in_by_passkey"),
]
