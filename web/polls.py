"""The doors to polls: to ask, to vote, to see who chose what, to end one."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.database import Transaction
from community.errors import Conflict, Denied, Invalid, Refusal
from community.members.models import Member
from community.policies import Verdict
from community.words import _
from forum.polls import actions
from forum.polls.models import MOST, Wanted
from forum.polls.policies import may_ask
from forum.polls.queries import ballot_for
from forum.topics.models import Post
from forum.topics.queries import post_for
from web.doors import acting, looking, visiting
from web.errors import refused
from web.forms import Before, Form, asked, filled_in
from web.ids import Id, Line, MaybeLine, Ticked
from web.pages import page, why
from web.words import at_zone
from web.writing import place_of

REFUSED = (Conflict, Denied, Invalid)  # what the form is shown again for
Choice = Annotated[int, Meta(ge=0, lt=MOST)]


class Asked(Form, frozen=True, kw_only=True):
    question: Line
    option: list[MaybeLine] = []
    multiple: Ticked = ""
    named: Ticked = ""
    of_organisations: Ticked = ""
    ends_at: Annotated[str, Meta(max_length=32)] = ""

    def wanted(self, zone: str) -> Wanted:
        """The end was typed in `zone`. Raises Invalid."""
        try:
            ends_at = at_zone(self.ends_at, zone) if self.ends_at else None
        except (ValueError, OverflowError):
            raise Invalid(_("Say by which day and hour.")) from None
        options = [option.strip() for option in self.option if option.strip()]
        return Wanted(
            self.question.strip(),
            options,
            multiple=bool(self.multiple),
            named=bool(self.named),
            of_organisations=bool(self.of_organisations),
            ends_at=ends_at,
        )


class Voted(Form, frozen=True, kw_only=True):
    choice: list[Choice] = []
    mandate: Id | None = None


async def new(request: Request) -> Response:
    return await _form(request)


async def ask(request: Request) -> Response:
    given = await filled_in(request, Asked)
    try:
        post = await acting(request, _asked, request.path_params["post"], given)
    except REFUSED as refusal:
        return await _form(request, given, refusal)
    return RedirectResponse(place_of(post), 303)


async def show(request: Request) -> Response:
    return await _ballot(request, before=asked(request, Before).before)


async def vote(request: Request) -> Response:
    """Leads to the results, which the voter may see from now on."""
    given, post_id = await filled_in(request, Voted), request.path_params["post"]
    try:
        await acting(request, actions.vote, post_id, set(given.choice), given.mandate)
    except REFUSED as refusal:
        return await _ballot(request, given.choice, refusal=refusal)
    return RedirectResponse(request.app.url_path_for("poll", post=post_id), 303)


async def end(request: Request) -> Response:
    post = await acting(request, actions.end, request.path_params["post"])
    return RedirectResponse(place_of(post), 303)


def _asked(tx: Transaction, member: Member, post_id: int, given: Asked) -> Post:
    return actions.ask(tx, member, post_id, given.wanted(member.zone))


async def _form(
    request: Request, given: Asked | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, _askable, request.path_params["post"])
    post, may = seen.found
    error = why(request, seen, refusal)
    shown = page(request, "forum/poll_form.html", seen, post=post, may_ask=may, given=given,
                 error=error, most=MOST)  # fmt: skip
    return refused(shown, refusal)


async def _ballot(
    request: Request,
    chosen: Sequence[int] = (),
    *,
    before: int | None = None,
    refusal: Refusal | None = None,
) -> Response:
    seen = await visiting(request, ballot_for, request.path_params["post"], before)
    error = why(request, seen, refusal)
    shown = page(request, "forum/poll.html", seen, ballot=seen.found, error=error,
                 chosen=chosen or seen.found.mine)  # fmt: skip
    return refused(shown, refusal)


def _askable(session: Session, member: Member, post_id: int) -> tuple[Post, Verdict]:
    post = post_for(session, member, post_id)
    return post, may_ask(member, post)


routes = [
    Route("/posts/{post:id}/poll", show, methods=["GET"], name="poll"),
    Route("/posts/{post:id}/poll", ask, methods=["POST"], name="ask_poll"),
    Route("/posts/{post:id}/poll/new", new, name="new_poll"),
    Route("/posts/{post:id}/poll/votes", vote, methods=["POST"], name="vote"),
    Route("/posts/{post:id}/poll/end", end, methods=["POST"], name="end_poll"),
]
