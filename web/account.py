"""The doors to what an account is kept by: its address and its password.

Who changes them shows the password once more, and their second step where they have one: an open
browser alone is not enough (ASVS 7.5.1), nor is a browser with a password that others learned.
"""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community import accounts
from community.database import Transaction
from community.errors import Conflict, Denied, Invalid, Refusal, TooFast
from community.members.actions import sign_in
from community.members.models import Member
from community.passwords import LONGEST
from community.policies import require
from community.tickets import id_in
from community.words import _
from web.doors import (
    acting,
    acting_alone,
    goes_on,
    looking,
    nothing_more,
    proving_alone,
    settings_of,
)
from web.errors import refused
from web.forms import Form, back, filled_in, saved
from web.joining import hashed, over
from web.pages import page, why
from web.sign_ins import browser, matches
from web.steps import stays

Secret = Annotated[str, Meta(max_length=LONGEST)]
WRONG = _("This is not your password.")


class NewPassword(Form, frozen=True, kw_only=True):
    current: Secret
    password: Secret


class NewAddress(Form, frozen=True, kw_only=True):
    current: Secret
    email: Annotated[str, Meta(max_length=320)]


async def index(request: Request) -> Response:
    return await _account(request)


async def change_password(request: Request) -> Response:
    given = await filled_in(request, NewPassword)
    try:
        member = await _prove(request, given.current)
        require(accounts.may_change_to(given.password, given.current))
        hash = await hashed(request, given.password, member.email, member.name)
        token = await acting_alone(request, _changed, request, hash, member.password_hash)
        goes_on(request, token)
        return stays(request, back(request, "account", "password"))
    except (Denied, Invalid, TooFast) as refusal:
        return await _account(request, password=refusal)


async def change_address(request: Request) -> Response:
    given = await filled_in(request, NewAddress)
    try:
        await _prove(request, given.current)
        await acting(request, accounts.ask_to_move, given.email)
    except (Denied, Invalid, TooFast) as refusal:
        return await _account(request, address=refusal, email=given.email)
    return RedirectResponse(request.app.url_path_for("letter"), 303)


async def move(request: Request) -> Response:
    """The link of the letter to the new address; it takes whoever has the account to use it."""
    ticket = id_in(settings_of(request).secret(), request.path_params["ticket"])
    try:
        seen = await looking(request, accounts.moving, ticket)
        if request.method == "GET":
            return page(request, "community/move.html", seen)
        await acting_alone(request, accounts.move_by, seen.found.id)
    except Conflict as refusal:
        return await over(request, refusal, "account")
    return back(request, "account", "address")


def _changed(
    tx: Transaction, member: Member, request: Request, password_hash: str, proven: str
) -> str:
    """The token this browser goes on with: they proved enough by being here, and by the password
    they had."""
    accounts.change_password(tx, member, password_hash, proven=proven)
    return sign_in(tx, member.id, **browser(request))


async def _prove(request: Request, password: str) -> Member:
    """As they were when the password was compared. Raises Denied, and Unproven for whoever has a
    second step and did not just show it."""
    seen = await looking(request, nothing_more)
    assert seen.member
    if seen.member.protected:
        await proving_alone(request, lambda _tx, _member: None)
    if not await matches(request, seen.member.email, password, seen.member):
        raise Denied(WRONG)
    return seen.member


async def _account(
    request: Request,
    *,
    password: Refusal | None = None,
    address: Refusal | None = None,
    email: str = "",
) -> Response:
    seen = await looking(request, nothing_more)
    shown = page(
        request,
        "community/account.html",
        seen,
        password_error=why(request, seen, password),
        address_error=why(request, seen, address),
        email=email,
        saved=saved(request),
    )
    return refused(shown, password or address)


routes = [
    Route("/settings/account", index, name="account"),
    Route("/settings/account/password", change_password, methods=["POST"], name="change_password"),
    Route("/settings/account/address", change_address, methods=["POST"], name="change_address"),
    Route("/move/{ticket}", move, methods=["GET", "POST"], name="move"),
]
