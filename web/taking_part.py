"""The page for members who may only read for now: why, and what they can do about it.

When the terms have changed they look at what is new here, and agree.
"""

from typing import Annotated

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community import terms
from community.errors import Conflict
from community.guardians import agree_as_member
from community.members.models import Member
from moderation.decisions.registrations import Registration, answer, registration_of
from web.doors import acting_alone, looking
from web.errors import refused
from web.forms import Form, Next, asked, filled_in, inside
from web.pages import page, why


class Answered(Form, frozen=True, kw_only=True):
    words: Annotated[str, Meta(max_length=2_000, pattern=r"\A(?=[\s\S]*\S)[^\0]+\Z")]


class Agreed(Next, frozen=True, kw_only=True):
    terms: Annotated[str, Meta(max_length=40)]


async def show(request: Request) -> Response:
    return await _shown(request, asked(request, Next).next)


async def agree(request: Request) -> Response:
    given = await filled_in(request, Agreed)
    try:
        await acting_alone(request, agree_as_member, given.terms)
    except Conflict as refusal:
        return await _shown(request, given.next, refusal)
    return RedirectResponse(inside(given.next), 303)


async def answer_moderator(request: Request) -> Response:
    given = await filled_in(request, Answered)
    try:
        await acting_alone(request, answer, given.words)
    except Conflict as refusal:
        return await _shown(request, "/", refusal)
    return RedirectResponse(request.app.url_path_for("taking_part"), 303)


async def _shown(request: Request, to: str, refusal: Conflict | None = None) -> Response:
    seen = await looking(request, _look)
    assert seen.member
    shown = page(
        request,
        "community/taking_part.html",
        seen,
        agreed=terms.has_agreed(seen.member),
        terms=terms.TERMS,
        change=terms.CHANGES.get(terms.TERMS, ""),
        back=inside(to),
        error=why(request, seen, refusal),
    )
    return refused(shown, refusal)


def _look(session: Session, member: Member) -> Registration | None:
    return registration_of(session, member)


routes = [
    Route("/taking-part", show, name="taking_part"),
    Route("/taking-part/consent", agree, methods=["POST"], name="agree"),
    Route("/taking-part/answer", answer_moderator, methods=["POST"], name="answer_moderator"),
]
