"""The doors to official responses: to ask for one, to follow it, and what offices do with it."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Conflict, Denied, Invalid, Refusal
from community.words import _
from forum.responses import actions
from forum.responses import models as responses
from forum.responses.models import TERMS, USUAL_TERM, WAYS, State
from forum.responses.queries import asking_at, handling
from web import register
from web.doors import acting, looking, visiting
from web.errors import refused
from web.forms import Form, filled_in
from web.ids import Id, MaybeDay
from web.pages import page, why
from web.writing import place_of

REFUSED = (Conflict, Denied, Invalid)  # what a page is shown again for
Reason = Annotated[str, Meta(max_length=actions.LONGEST_REASON, pattern=r"\A[^\0]*\Z")]


class Asked(Form, frozen=True, kw_only=True):
    agency: Id | None = None
    term: Literal[5, 14, 60] = 14


class Reasoned(Form, frozen=True, kw_only=True):
    reason: Reason = ""

    @property
    def about(self) -> tuple[Any, ...]:
        """What the deed is done with. Raises Invalid where something was not chosen."""
        return (self.reason,)


class Assigned(Form, frozen=True, kw_only=True):
    owner: Id | None = None

    @property
    def about(self) -> tuple[Any, ...]:
        return (_chosen(self.owner),)


class Answered(Form, frozen=True, kw_only=True):
    post: Id | None = None

    @property
    def about(self) -> tuple[Any, ...]:
        return (_chosen(self.post),)


class Handed(Reasoned, frozen=True, kw_only=True):
    agency: Id | None = None

    @property
    def about(self) -> tuple[Any, ...]:
        return _chosen(self.agency), self.reason


class Paused(Reasoned, frozen=True, kw_only=True):
    until: MaybeDay = ""

    @property
    def about(self) -> tuple[Any, ...]:
        return _day(self.until), self.reason


class Pressed(Form, frozen=True, kw_only=True):
    """A button alone."""

    about: ClassVar[tuple[Any, ...]] = ()


Told = Reasoned | Assigned | Answered | Pressed


async def new(request: Request) -> Response:
    return await _form(request)


async def ask(request: Request) -> Response:
    """Leads back to the post, below which it stands."""
    given, post_id = await filled_in(request, Asked), request.path_params["post"]
    try:
        found = await acting(request, actions.ask, post_id, _chosen(given.agency), given.term)
    except REFUSED as refusal:
        return await _form(request, given, refusal)
    return RedirectResponse(place_of(found.post), 303)


async def show(request: Request) -> Response:
    return await _shown(request)


async def assign(request: Request) -> Response:
    return await _done(request, actions.assign, Assigned)


async def answer(request: Request) -> Response:
    return await _done(request, actions.answer, Answered)


async def implement(request: Request) -> Response:
    return await _done(request, actions.implement, Reasoned)


async def refuse(request: Request) -> Response:
    return await _done(request, actions.refuse, Reasoned)


async def hand_over(request: Request) -> Response:
    return await _done(request, actions.hand_over, Handed)


async def pause(request: Request) -> Response:
    return await _done(request, actions.pause, Paused)


async def go_on(request: Request) -> Response:
    return await _done(request, actions.go_on, Pressed)


async def take_back(request: Request) -> Response:
    return await _done(request, actions.take_back, Pressed)


async def _done(
    request: Request, deed: Callable[..., responses.Response], form: type[Told]
) -> Response:
    """The page again, as it is then; where it was refused, with the reason and what was typed."""
    given = await filled_in(request, form)
    try:
        await acting(request, deed, _id(request), *given.about)
    except REFUSED as refusal:
        return await _shown(request, given, refusal)
    return _to(request, _id(request))


async def _form(
    request: Request, given: Asked | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, asking_at, request.path_params["post"])
    found = page(request, "forum/response_form.html", seen, given=given, terms=TERMS,
                 usual=USUAL_TERM, error=why(request, seen, refusal))  # fmt: skip
    return refused(found, refusal)


async def _shown(
    request: Request, given: Told | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await visiting(request, handling, _id(request))
    now_possible = {step for state, step in WAYS if state == State(seen.found.response.state)}
    found = page(request, "forum/response.html", seen, possible=now_possible, terms=TERMS,
                 sent=request.scope["path"].rpartition("/")[2] if given else "", given=given,
                 error=why(request, seen, refusal))  # fmt: skip
    return refused(found, refusal)


def _chosen(number: int | None) -> int:
    if number is None:
        raise Invalid(_("Please choose one first."))
    return number


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid(_("Say until which day.")) from None


def _to(request: Request, response_id: int) -> Response:
    return RedirectResponse(request.app.url_path_for("response", response=response_id), 303)


def _id(request: Request) -> int:
    number: int = request.path_params["response"]
    return number


routes = [
    *register.routes,
    Route("/posts/{post:id}/response", new, methods=["GET"], name="ask_officially"),
    Route("/posts/{post:id}/response", ask, methods=["POST"]),
    Route("/responses/{response:id}", show, name="response"),
    Route("/responses/{response:id}/owner", assign, methods=["POST"], name="assign_response"),
    Route("/responses/{response:id}/answer", answer, methods=["POST"], name="answer_response"),
    Route("/responses/{response:id}/implementation", implement, methods=["POST"],
          name="implement_response"),
    Route("/responses/{response:id}/refusal", refuse, methods=["POST"], name="refuse_response"),
    Route("/responses/{response:id}/agency", hand_over, methods=["POST"],
          name="hand_over_response"),
    Route("/responses/{response:id}/pause", pause, methods=["POST"], name="pause_response"),
    Route("/responses/{response:id}/going-on", go_on, methods=["POST"], name="go_on_response"),
    Route("/responses/{response:id}/taking-back", take_back, methods=["POST"],
          name="take_back_response"),
]  # fmt: skip
