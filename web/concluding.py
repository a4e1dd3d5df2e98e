"""The doors to the conclusion of a decision, and to what it said before."""

import asyncio

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.differences import difference
from community.errors import Busy, Conflict, Denied, Invalid, Refusal
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import Verdict
from forum.conclusions import LONGEST, conclude, concluded_in, may_conclude
from forum.topics.models import Topic
from forum.topics.queries import topic_for
from web.doors import acting, looking, visiting
from web.errors import refused
from web.forms import Before, Form, asked, filled_in
from web.ids import Words
from web.pacing import not_too_fast
from web.pages import page, why


class Concluding(Form, frozen=True, kw_only=True):
    conclusion: Words


async def show(request: Request) -> Response:
    return await _form(request)


async def write(request: Request) -> Response:
    concluding = await filled_in(request, Concluding)
    topic_id = request.path_params["topic"]
    try:
        await not_too_fast(request)
        topic = await acting(request, conclude, topic_id, concluding.conclusion)
    except (Invalid, Denied, Conflict, Busy) as refusal:
        return await _form(request, concluding.conclusion, refusal)
    return RedirectResponse(f"/topics/{topic.id}", 303)


async def history(request: Request) -> Response:
    before = asked(request, Before).before
    seen = await visiting(request, concluded_in, request.path_params["topic"], before)
    pairs = [(earlier, one.body) for one, earlier in seen.found.conclusions]
    changes = await asyncio.to_thread(lambda: [difference(*pair) for pair in pairs])
    return page(request, "forum/conclusion_history.html", seen, changes=changes)


async def _form(
    request: Request, typed: str | None = None, refusal: Refusal | None = None
) -> Response:
    seen = await looking(request, _at_hand, request.path_params["topic"])
    topic, may = seen.found
    shown = page(
        request,
        "forum/conclusion.html",
        seen,
        topic=topic,
        may=may,
        conclusion=topic.conclusion if typed is None else typed,
        error=why(request, seen, refusal),
        most=LONGEST,
    )
    return refused(shown, refusal)


def _at_hand(session: Session, member: Member, topic_id: int) -> tuple[Topic, Verdict]:
    topic = topic_for(session, member, topic_id)
    return topic, may_conclude(member, live_appointment_of(session, member), topic)


routes = [
    Route("/topics/{topic:id}/conclusion", show, methods=["GET"], name="conclusion"),
    Route("/topics/{topic:id}/conclusion", write, methods=["POST"], name="conclude"),
    Route("/topics/{topic:id}/conclusion/history", history, name="conclusion_history"),
]
