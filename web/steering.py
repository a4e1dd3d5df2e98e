"""The doors to what is done with a whole topic. Each deed is a line in its timeline."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.database import Transaction
from community.errors import Busy, Conflict, Denied, Invalid, Refusal
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import Verdict
from forum import aims, lasting, tags
from forum.aims import may_accept, may_take_back
from forum.categories import Category, categories_listed
from forum.moving.actions import move as move_to
from forum.moving.policies import may_move
from forum.tags import tags_in_use
from forum.topics import actions
from forum.topics.models import Aim, Post, Topic
from forum.topics.policies import may_arrange, may_close, may_lock
from forum.topics.queries import page_of, post_for, topic_for
from web.doors import acting, looking
from web.errors import refused
from web.forms import Form, filled_in
from web.ids import Id, MaybeDay, MaybeLine
from web.pacing import not_too_fast
from web.pages import page, why
from web.words import end_of

POLICIES = (may_arrange, may_lock, may_close)
REFUSED = (Invalid, Denied, Conflict, Busy)  # what a page explains, with what was written


class Because(Form, frozen=True, kw_only=True):
    reason: MaybeLine = ""


class Turned(Because, frozen=True, kw_only=True):
    aim: Aim


class Dated(Because, frozen=True, kw_only=True):
    """Up to the end of that day."""

    until: MaybeDay = ""


class Tagged(Because, frozen=True, kw_only=True):
    tag: list[MaybeLine] = []


class Moved(Because, frozen=True, kw_only=True):
    category: Id


class Steered(NamedTuple):
    """A topic, and what whoever looks at it may do with it."""

    topic: Topic
    tags: Sequence[str]  # to choose from
    categories: Sequence[Category]  # to move to
    may_arrange: Verdict
    may_lock: Verdict
    may_close: Verdict


class Accepting(NamedTuple):
    post: Post
    accepted: bool
    may: Verdict


async def steering(request: Request) -> Response:
    return await _steering(request)


async def turn(request: Request) -> Response:
    turned = await filled_in(request, Turned)
    return await _done(request, aims.turn, turned.aim, turned.reason)


async def lock(request: Request) -> Response:
    because = await filled_in(request, Because)
    return _at(await acting(request, actions.lock, _id(request), because.reason))


async def unlock(request: Request) -> Response:
    because = await filled_in(request, Because)
    return _at(await acting(request, actions.unlock, _id(request), because.reason))


async def tag(request: Request) -> Response:
    tagged = await filled_in(request, Tagged)
    return await _done(request, tags.tag, tagged.tag, tagged.reason)


async def pin(request: Request) -> Response:
    return await _until(request, lasting.pin)


async def unpin(request: Request) -> Response:
    return await _done(request, lasting.unpin, (await filled_in(request, Because)).reason)


async def move(request: Request) -> Response:
    moved = await filled_in(request, Moved)
    return await _done(request, move_to, moved.category, moved.reason)


async def close_later(request: Request) -> Response:
    return await _until(request, lasting.close_later)


async def leave_open(request: Request) -> Response:
    return await _done(request, lasting.leave_open, (await filled_in(request, Because)).reason)


async def acceptance(request: Request) -> Response:
    seen = await looking(request, _accepting, request.path_params["post"])
    return page(request, "forum/acceptance.html", seen)


async def accept(request: Request) -> Response:
    topic = await acting(request, aims.accept, request.path_params["post"])
    return RedirectResponse(f"/topics/{topic.id}", 303)


async def take_back(request: Request) -> Response:
    topic = await acting(request, aims.take_back, request.path_params["post"])
    return RedirectResponse(f"/topics/{topic.id}", 303)


async def _until(request: Request, action: Callable[..., Topic]) -> Response:
    """The day ends where the moderator is."""
    dated = await filled_in(request, Dated)

    def lasting_so(tx: Transaction, moderator: Member, topic_id: int) -> Topic:
        until = end_of(dated.until, moderator.zone)
        return action(tx, moderator, topic_id, until, dated.reason)

    return await _done(request, lasting_so)


async def _done(request: Request, action: Callable[..., Topic], *args: Any) -> Response:
    """The end of the timeline says what was done, or the page says why it was not."""
    try:
        await not_too_fast(request)
        topic = await acting(request, action, _id(request), *args)
    except REFUSED as refusal:
        return await _steering(request, refusal)
    return _at(topic)


async def _steering(request: Request, refusal: Refusal | None = None) -> Response:
    seen = await looking(request, _steered, _id(request))
    error = why(request, seen, refusal)
    return refused(page(request, "forum/steering.html", seen, error=error), refusal)


def _steered(session: Session, member: Member, topic_id: int) -> Steered:
    topic, appointment = topic_for(session, member, topic_id), live_appointment_of(session, member)
    may = (policy(member, appointment, topic) for policy in POLICIES)
    others = [
        category
        for category in categories_listed(session, member)
        if category.id != topic.category_id and may_move(member, appointment, topic, category)
    ]
    return Steered(topic, tags_in_use(session, member), others, *may)


def _accepting(session: Session, member: Member, post_id: int) -> Accepting:
    post, appointment = post_for(session, member, post_id), live_appointment_of(session, member)
    accepted = post.seq == post.topic.answer_seq
    may = (may_take_back if accepted else may_accept)(member, appointment, post)
    return Accepting(post, accepted, may)


def _id(request: Request) -> int:
    topic_id: int = request.path_params["topic"]
    return topic_id


def _at(topic: Topic) -> Response:
    """The end of its timeline."""
    return RedirectResponse(f"/topics/{topic.id}?page={page_of(topic.last_seq)}", 303)


routes = [
    Route("/topics/{topic:id}/steering", steering, name="steering"),
    Route("/topics/{topic:id}/aim", turn, methods=["POST"], name="turn"),
    Route("/topics/{topic:id}/lock", lock, methods=["POST"], name="lock"),
    Route("/topics/{topic:id}/unlock", unlock, methods=["POST"], name="unlock"),
    Route("/topics/{topic:id}/tags", tag, methods=["POST"], name="tag"),
    Route("/topics/{topic:id}/category", move, methods=["POST"], name="move"),
    Route("/topics/{topic:id}/pin", pin, methods=["POST"], name="pin"),
    Route("/topics/{topic:id}/pin/end", unpin, methods=["POST"], name="unpin"),
    Route("/topics/{topic:id}/closing", close_later, methods=["POST"], name="close_later"),
    Route("/topics/{topic:id}/closing/end", leave_open, methods=["POST"], name="leave_open"),
    Route("/posts/{post:id}/acceptance", acceptance, methods=["GET"], name="acceptance"),
    Route("/posts/{post:id}/acceptance", accept, methods=["POST"], name="accept"),
    Route("/posts/{post:id}/acceptance/withdrawal", take_back, methods=["POST"], name="take_back"),
]
