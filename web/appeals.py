"""The doors to another look at a decision: asked for by whom it concerns, taken by moderators.

Whoever is kept out has no sign-in. The page that tells them why (suspended.py) holds a ticket for
each decision, signed and good for a while: with it they ask for another look, and for nothing else.
"""

from datetime import timedelta
from typing import Annotated

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.clock import now
from community.database import Transaction
from community.errors import Refusal, SignedOut
from community.members.models import Member
from community.proofs import prove, proven
from community.words import _
from moderation.appeals import LONGEST, Appeal, appeal, appeal_as_reporter
from moderation.decisions import reopening
from moderation.decisions.reviewing import reverse, rule
from moderation.models import Decision
from moderation.statements import Statement, statement_for
from web.attempts import appealing_by, not_too_often
from web.cases import REFUSED, Acting, Action, Door, Versioned, judged, moved, step
from web.doors import acting, acting_alone, asking, proving, settings_of, visiting
from web.errors import refused
from web.forms import Form, filled_in
from web.ids import Key
from web.pages import page

GOOD_FOR = timedelta(hours=2)  # to read, and to find the words
OVER = _("This page was open for too long. Sign in once more, and you are shown it again.")

Words = Annotated[str, Meta(max_length=LONGEST, pattern=r"\A[^\0]*\Z")]


class Asked(Form, frozen=True, kw_only=True):
    words: Words = ""


class AskedFromOutside(Asked, frozen=True, kw_only=True):
    ticket: Annotated[str, Meta(max_length=200)]


class Because(Versioned, frozen=True, kw_only=True):
    why: Words = ""


class Anew(Because, frozen=True, kw_only=True):
    key: Key


def ticket_for(key: bytes, session: Session, member: Member, decision: Decision) -> str:
    """For this member, about this decision, from now; it ends with their password."""
    told = f"{member.id}.{decision.id}.{now(session).timestamp():.0f}"
    return prove(key, _salt(member), told)


async def ask(request: Request) -> Response:
    """By its author, who may only read for now, too."""
    decision, given = request.path_params["decision"], await filled_in(request, Asked)
    await acting_alone(request, appeal, decision, given.words)
    return RedirectResponse(f"/decisions/{decision}#another-look-{decision}", 303)


async def ask_as_reporter(request: Request) -> Response:
    flag, given = request.path_params["flag"], await filled_in(request, Asked)
    made = await acting_alone(request, appeal_as_reporter, flag, given.words)
    return RedirectResponse(f"/flags/{flag}#another-look-{made.decision_id}", 303)


async def ask_from_outside(request: Request) -> Response:
    """By whoever proved a while ago who they are and may not come in."""
    given, key = await filled_in(request, AskedFromOutside), settings_of(request).secret()
    await not_too_often(request, appealing_by(request))
    refusal: Refusal | None = None
    try:
        await asking(request, _appeal, key, given.ticket, given.words)
    except REFUSED as why:
        refusal = why

    def found(session: Session, _reader: Member | None) -> Statement:
        member, decision_id = _told(session, key, given.ticket)
        return statement_for(session, member, decision_id)

    seen = await visiting(request, found)
    shown = page(
        request,
        "moderation/appealed.html",
        seen,
        ticket=given.ticket,
        refusal=refusal,
        typed=given.words if refusal else "",
    )
    shown.headers["cache-control"] = "private, no-store"  # it quotes what they wrote
    return refused(shown, refusal)


async def ruling(request: Request) -> Response:
    return await judged(request, rule)


async def reversal(request: Request) -> Response:
    return await _with_key(request, reverse, door=proving)


async def reopen(request: Request) -> Response:
    return await _with_key(request, reopening.propose_reopening)


async def leave_closed(request: Request) -> Response:
    given = await filled_in(request, Because)
    why, version = given.why, given.version
    return await moved(request, reopening.leave_closed, why, words=why, version=version)


async def _with_key(request: Request, action: Action, *, door: Acting = acting) -> Response:
    given = await filled_in(request, Anew)
    return await moved(request, action, given.why, door=door, words=given.why,
                       version=given.version, key=given.key)  # fmt: skip


def _appeal(tx: Transaction, key: bytes, ticket: str, words: str) -> Appeal:
    member, decision_id = _told(tx, key, ticket)
    return appeal(tx, member, decision_id, words)


def _told(session: Session, key: bytes, ticket: str) -> tuple[Member, int]:
    """Raises SignedOut where it is none of ours, or not good any more."""
    id = ticket.partition(".")[0]
    member = session.get(Member, int(id)) if id.isdecimal() and len(id) < 18 else None
    told = proven(key, _salt(member), ticket) if member else None
    if member is None or told is None:
        raise SignedOut(OVER)
    _id, decision_id, at = told.split(".")
    if now(session).timestamp() - int(at) > GOOD_FOR.total_seconds():
        raise SignedOut(OVER)
    return member, int(decision_id)


def _salt(member: Member) -> str:
    return f"appeal:{member.id}:{member.password_hash}"


def _post(path: str, door: Door, name: str) -> Route:
    return Route(path, door, methods=["POST"], name=name)


routes = [
    _post("/decisions/{decision:id}/appeal", ask, "appeal"),
    _post("/flags/{flag:id}/appeal", ask_as_reporter, "appeal_as_reporter"),
    _post("/appeal", ask_from_outside, "appeal_from_outside"),
    _post("/cases/{case:id}/ruling", ruling, "rule"),
    _post("/cases/{case:id}/reversal", reversal, "reverse"),
    _post("/cases/{case:id}/reopening", reopen, "reopen"),
    _post(
        "/cases/{case:id}/reopening/agreement", step(reopening.agree_to_reopen), "agree_to_reopen"
    ),
    _post("/cases/{case:id}/reopening/objection", leave_closed, "leave_closed"),
]
