"""The doors to what authorities order: taking it in, answering it, and the proof that it was.

Each look at an order or its proof is written down.
"""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Conflict, Denied, Invalid, Refusal
from community.members.models import Member
from community.policies import require
from community.words import _
from moderation.orders import actions
from moderation.orders.actions import Intake
from moderation.orders.models import MOST, Authority
from moderation.orders.policies import may_answer, may_take_in
from moderation.orders.queries import (
    PAGE,
    Outcome,
    order_page,
    order_to_answer,
    orders_page,
)
from web.doors import acting, glancing, looking, noting, proving, settings_of
from web.errors import refused
from web.forms import Before, Form, asked, filled_in
from web.ids import Id, Key, MaybeLine, Ticked
from web.pages import page, why

REFUSED = (Conflict, Denied, Invalid)
SILENCE = _("Where the author must not be told, name the law that forbids it; and only there.")
BECAUSE = _("Say why: the authority is answered so.")

Text = Annotated[str, Meta(max_length=4_000)]
Lines = Annotated[str, Meta(max_length=20_000)]


class TakenIn(Form, frozen=True, kw_only=True):
    key: Key
    number: MaybeLine = ""
    authority: MaybeLine = ""
    ground: MaybeLine = ""
    words: Text = ""
    contact: MaybeLine = ""
    kind: Literal["ordinary", "urgent"] = "ordinary"
    from_a: Authority = Authority.OTHER
    addresses: Lines = ""
    verified: Text = ""
    silent: Ticked = ""
    silence: MaybeLine = ""

    def intake(self, home: str) -> Intake:
        if bool(self.silent) != bool(self.silence.strip()):
            raise Invalid(SILENCE)
        return Intake(
            self.number.strip(), self.authority.strip(), self.ground.strip(), self.words.strip(),
            self.contact.strip(), self.kind == "urgent", _lines(self.addresses, home),
            self.verified, self.silence.strip(), self.from_a,
        )  # fmt: skip


class Verified(Form, frozen=True, kw_only=True):
    verified: Text = ""


class Named(Form, frozen=True, kw_only=True):
    addresses: Lines = ""


class Chosen(Form, frozen=True, kw_only=True):
    target: list[Id] = []


class Refused(Chosen, frozen=True, kw_only=True):
    because: Text = ""


class Result(NamedTuple):
    """What became of one target."""

    address: str
    outcome: Outcome | None = None  # None: proposed, or refused
    refusal: Refusal | None = None


async def index(request: Request) -> Response:
    given = asked(request, Before)
    seen = await looking(request, orders_page, given.before or 0)
    done = [one for one in seen.found.answers if one.outcome != Outcome.OPEN]
    more = done[-1].order.id if len(done) == PAGE else None
    assert seen.member
    may = may_take_in(seen.member)
    return page(request, "moderation/orders.html", seen, more=more, may_take_in=may)


async def new(request: Request) -> Response:
    return await _form(request)


async def take_in(request: Request) -> Response:
    given = await filled_in(request, TakenIn)
    try:
        intake = given.intake(settings_of(request).public_url)
        order = await acting(request, actions.take_in, intake, key=given.key)
    except REFUSED as refusal:
        return await _form(request, given, refusal)
    return _to(request, order.id)


async def show(request: Request) -> Response:
    await noting(request, actions.look, request.path_params["order"])
    return await order_shown(request)


async def verify(request: Request) -> Response:
    given, order = await filled_in(request, Verified), request.path_params["order"]
    try:
        await acting(request, actions.verify, order, given.verified)
    except REFUSED as refusal:
        return await order_shown(request, refusal=refusal, typed=given)
    return _to(request, order)


async def name_more(request: Request) -> Response:
    given, order = await filled_in(request, Named), request.path_params["order"]
    lines = _lines(given.addresses, settings_of(request).public_url)
    try:
        await acting(request, actions.name_more, order, lines)
    except REFUSED as refusal:
        return await order_shown(request, refusal=refusal, typed=given)
    return _to(request, order)


async def complying(request: Request) -> Response:
    """What is about to be hidden: the first of two clicks led here."""
    seen = await looking(request, order_to_answer, request.path_params["order"])
    return page(request, "moderation/order_answer.html", seen, refusing=False, because="", error="")


async def comply(request: Request) -> Response:
    given = await filled_in(request, Chosen)
    return await _each(request, given.target, actions.comply)


async def refusing(request: Request) -> Response:
    return await _refusal(request)


async def refuse(request: Request) -> Response:
    given = await filled_in(request, Refused)
    if not given.because.strip():
        return await _refusal(request, given, Invalid(BECAUSE))
    return await _each(request, given.target, actions.refuse, given.because)


async def second(request: Request) -> Response:
    """Agrees to all that is chosen of what somebody else proposed."""
    given = await filled_in(request, Chosen)
    return await _each(request, given.target, actions.second, door=proving)


async def proof(request: Request) -> Response:
    order = request.path_params["order"]
    await noting(request, actions.look_at_proof, order)
    return page(request, "moderation/order_proof.html", await looking(request, order_page, order))


async def _each(
    request: Request, chosen: Sequence[int], action: Callable[..., Any], *given: Any,
    door: Callable[..., Any] = acting,
) -> Response:  # fmt: skip
    """One after the other, each with a result of its own: what cannot be done stops no other."""
    order = request.path_params["order"]
    answer = await glancing(request, order_to_answer, order)
    addresses = {one.target.id: one.target.address for one in answer.answered}
    results = []
    for target in (one for one in dict.fromkeys(chosen) if one in addresses):
        try:
            outcome = await door(request, action, order, target, *given)
            results.append(Result(addresses[target], outcome))
        except REFUSED as refusal:
            results.append(Result(addresses[target], refusal=refusal))
    return await order_shown(request, results=results) if results else _to(request, order)


async def order_shown(
    request: Request,
    *,
    refusal: Refusal | None = None,
    typed: Verified | Named | None = None,
    results: Sequence[Result] = (),
) -> Response:
    seen = await looking(request, order_page, request.path_params["order"])
    assert seen.member
    shown = page(
        request,
        "moderation/order.html",
        seen,
        results=results,
        error=why(request, seen, refusal),
        typed_verified=typed.verified if isinstance(typed, Verified) else "",
        typed_addresses=typed.addresses if isinstance(typed, Named) else "",
        may_take_in=may_take_in(seen.member),
        may_answer=may_answer(seen.member, seen.found.answer.order),
    )
    return refused(shown, refusal)


async def _form(
    request: Request, typed: TakenIn | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, _may_take_in)
    typed = typed or TakenIn(key=uuid4().hex)
    shown = page(
        request, "moderation/new_order.html", seen, typed=typed, most=MOST, kinds=list(Authority),
        error=why(request, seen, refusal),
    )  # fmt: skip
    return refused(shown, refusal)


async def _refusal(
    request: Request, typed: Refused | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, order_to_answer, request.path_params["order"])
    shown = page(
        request, "moderation/order_answer.html", seen, refusing=True,
        because=typed.because if typed else "", error=why(request, seen, refusal),
    )  # fmt: skip
    return refused(shown, refusal)


def _may_take_in(_session: Session, member: Member) -> None:
    require(may_take_in(member))


def _lines(addresses: str, home: str) -> Sequence[str]:
    """Those of our own pages without the name of the site, as the rest of us knows them, however
    whoever wrote the order has put that."""
    site = re.escape(urlsplit(home).netloc)
    ours = re.compile(rf"\A(?:https?://)?{site}(?=[/?#]|\Z)", re.IGNORECASE)
    return [ours.sub("", line.strip()) for line in addresses.splitlines()]


def _to(request: Request, order: int) -> Response:
    return RedirectResponse(request.app.url_path_for("legal_order", order=order), 303)


HERE = "/moderation/orders/{order:id}"
routes = [
    Route("/moderation/orders", index, methods=["GET"], name="legal_orders"),
    Route("/moderation/orders", take_in, methods=["POST"]),
    Route("/moderation/orders/new", new, name="new_legal_order"),
    Route(HERE, show, name="legal_order"),
    Route(HERE + "/verification", verify, methods=["POST"], name="verify_order"),
    Route(HERE + "/addresses", name_more, methods=["POST"], name="name_more"),
    Route(HERE + "/compliance", complying, methods=["GET"], name="comply_with_order"),
    Route(HERE + "/compliance", comply, methods=["POST"]),
    Route(HERE + "/refusal", refusing, methods=["GET"], name="refuse_order"),
    Route(HERE + "/refusal", refuse, methods=["POST"]),
    Route(HERE + "/agreement", second, methods=["POST"], name="second_refusal"),
    Route(HERE + "/proof", proof, name="order_proof"),
]
