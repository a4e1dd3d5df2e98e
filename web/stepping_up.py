"""What matters most takes a fresh proof of who sits there (S25). Where theirs is too old a page
asks for one, keeps what they had filled in, and sends it again with one click."""

from typing import Annotated, Any

from msgspec import DecodeError, Meta, json
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.database import Transaction
from community.errors import Denied, Invalid, Refusal, TooFast, Unproven
from community.factors.actions import use_code, use_passkey
from community.factors.models import Passkey
from community.factors.queries import factors_of
from community.lists import MOST_BYTES
from community.members.actions import renew
from community.members.models import Member
from community.passkeys import LONGEST as ANSWER
from community.passkeys import USELESS
from community.passwords import LONGEST
from community.words import _
from web.attempts import not_too_often, step_by
from web.doors import acting_alone, glancing, goes_on, looking, nothing_more, settings_of, token_of
from web.errors import refused
from web.forms import MOST_FIELDS, Form, filled_in, inside
from web.guards import LONGEST as BODY
from web.pages import page, why
from web.passkeys import checked
from web.sign_ins import matches
from web.steps import stays

WRONG = _("This is not your password.")


class Proof(Form, frozen=True, kw_only=True):
    """One of the three, and what is to be done afterwards."""

    to: Annotated[str, Meta(max_length=2_000)]
    form: str = "[]"  # names and values, as JSON
    password: Annotated[str, Meta(max_length=LONGEST)] = ""
    code: Annotated[str, Meta(max_length=64)] = ""
    credential: Annotated[str, Meta(max_length=ANSWER)] = ""


async def ask(request: Request, refusal: Exception) -> Response:
    """In place of what they wanted to do, for whoever has to prove first who they are."""
    assert isinstance(refusal, Unproven)
    given = await request.form(max_files=0, max_fields=MOST_FIELDS)
    kept = json.encode(given.multi_items()).decode()
    return await _form(request, request.scope["path"], kept, refusal)


async def prove(request: Request) -> Response:
    await glancing(request, nothing_more)  # of strangers only what every form may have
    request.scope[BODY] = 8 * MOST_BYTES  # the largest form that asks for it, written out twice
    given = await filled_in(request, Proof)
    fields = _unpacked(given.form)
    try:
        goes_on(request, await _renewed(request, given))
    except (Denied, TooFast) as refusal:
        return await _form(request, given.to, given.form, refusal)
    seen = await looking(request, nothing_more)
    shown = page(request, "community/proven.html", seen, to=inside(given.to), fields=fields)
    return stays(request, shown)


def _unpacked(form: str) -> list[tuple[str, str]]:
    try:
        return json.decode(form, type=list[tuple[str, str]])
    except DecodeError as error:
        raise Invalid(_("Something in the form is not right.")) from error


async def _renewed(request: Request, given: Proof) -> str:
    """The token they go on with. Who has a second step shows that one. Raises Denied."""
    seen = await looking(request, nothing_more)
    assert seen.member
    if given.credential:
        used = await checked(request, given.credential)
        return await acting_alone(request, _by_passkey, *used, token_of(request))
    if seen.member.protected:
        await not_too_often(request, step_by(request, seen.member, given.code))
        key = settings_of(request).secret()
        return await acting_alone(request, _by_code, key, given.code, token_of(request))
    if not await matches(request, seen.member.email, given.password, seen.member):
        raise Denied(WRONG)
    return await acting_alone(request, _by_password, token_of(request))


def _by_passkey(
    tx: Transaction, member: Member, passkey: Passkey, sign_count: int, token: str
) -> str:
    mine = tx.get(Passkey, passkey.id)
    if mine is None or mine.member_id != member.id:
        raise Denied(USELESS)
    use_passkey(tx, mine, sign_count)
    return renew(tx, token)


def _by_code(tx: Transaction, member: Member, key: bytes, code: str, token: str) -> str:
    use_code(tx, member, key, code)
    return renew(tx, token)


def _by_password(tx: Transaction, member: Member, token: str) -> str:
    if member.protected:
        raise Denied(WRONG)  # by now they have a second step
    return renew(tx, token)


async def _form(request: Request, to: str, kept: str, refusal: Refusal) -> Response:
    seen = await looking(request, factors_of)
    said = why(request, seen, refusal)
    first = isinstance(refusal, Unproven)
    fields: dict[str, Any] = {"to": inside(to), "carried": kept, "error": "" if first else said}
    return refused(page(request, "community/prove.html", seen, **fields), refusal)


handlers = {Unproven: ask}
routes = [Route("/settings/account/proof", prove, methods=["POST"], name="prove")]
