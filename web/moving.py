"""The doors through which moderators move posts: into a topic of their own, into another one, or a
whole topic into another one. Nothing moves before they have seen what will."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Invalid, Refusal
from community.members.models import Member
from community.members.queries import live_appointment_of
from community.policies import Verdict, require
from community.words import _
from forum.categories import Category, categories_listed, category_for
from forum.moving import actions
from forum.moving.policies import may_bring, may_merge, may_move
from forum.moving.queries import (
    MOST,
    PAGE,
    Extent,
    Leaving,
    every_post,
    posts_chosen,
    posts_to_choose,
)
from forum.topics.models import Post, Topic
from forum.topics.policies import may_lock
from forum.topics.queries import page_of, post_for, topic_for
from web.destinations import (
    REFUSED,
    Destination,
    Destined,
    allowed,
    most_first,
    topics_asked_for,
)
from web.doors import Seen, acting, looking
from web.errors import refused
from web.forms import Form, asked, filled_in
from web.ids import Id, MaybeLine, Numbers
from web.pacing import not_too_fast
from web.pages import page, why
from web.topics import FARTHEST

To = Literal["new", "there", "merge"]


class From(Form, frozen=True, kw_only=True):
    """Where the list begins, or the post it begins with, which is chosen then."""

    first: Annotated[int, Meta(ge=1, le=FARTHEST)] = 1
    post: Id | None = None


class Wanted(Destined, frozen=True, kw_only=True):
    """What is moved, where to, and why; `posts` are those that were found to be moved."""

    post: list[Id] = []
    posts: Numbers = ""
    extent: Extent = Extent.THESE
    to: To = "new"
    reason: MaybeLine = ""

    @property
    def ids(self) -> list[int]:
        return [int(one) for one in self.posts.split(",") if one] or self.post


class Choice(NamedTuple):
    """Posts of a topic to choose from, and where they can go."""

    topic: Topic
    may: Verdict
    posts: Sequence[Post]
    further: int | None  # the next page begins at this seq
    categories: Sequence[Category]


class Plan(NamedTuple):
    """What will move, and where to."""

    topic: Topic
    posts: Sequence[Leaving]
    destination: Destination

    @property
    def authors(self) -> Sequence[tuple[str, int]]:
        return most_first(post.author for post in self.posts)

    @property
    def readers(self) -> tuple[bool, bool]:
        """Whether only some may read them: now, and then."""
        here = self.topic.category
        return here.restricted, (self.destination.place or here).restricted


async def choosing(request: Request) -> Response:
    start = asked(request, From)
    chosen = [start.post] if start.post else []
    return await _choosing(request, start, Wanted(post=chosen))


async def preview(request: Request) -> Response:
    """Of several topics that are called so, which one is asked first."""
    wanted = await filled_in(request, Wanted)
    try:
        seen = await looking(request, _planned, _id(request), wanted)
    except REFUSED as refusal:
        return await _choosing(request, From(), wanted, refusal)
    return page(request, "forum/moving_preview.html", seen, plan=seen.found, wanted=wanted)


async def do(request: Request) -> Response:
    """It leads to where the last line of the other topic says what was done."""
    wanted = await filled_in(request, Wanted)
    try:
        await not_too_fast(request)
        target = await _done(request, wanted)
    except REFUSED as refusal:
        return await _choosing(request, From(), wanted, refusal)
    return RedirectResponse(f"/topics/{target.id}?page={page_of(target.last_seq)}", 303)


async def _done(request: Request, wanted: Wanted) -> Topic:
    topic_id, why_so = _id(request), wanted.reason
    if wanted.to == "new":
        return await acting(
            request, actions.split, topic_id, wanted.ids, wanted.titled, wanted.chosen,
            reason=why_so,
        )  # fmt: skip
    if wanted.to == "merge":
        return await acting(request, actions.merge, topic_id, wanted.aimed, reason=why_so)
    return await acting(request, actions.bring, topic_id, wanted.ids, wanted.aimed, reason=why_so)


async def _choosing(
    request: Request, start: From, wanted: Wanted, refusal: Refusal | None = None
) -> Response:
    seen: Seen[Choice] = await looking(request, _choice, _id(request), start)
    shown: Mapping[str, Any] = {"wanted": wanted, "most": MOST, "start": start.first}
    error = why(request, seen, refusal)
    return refused(page(request, "forum/moving.html", seen, **shown, error=error), refusal)


def _choice(session: Session, member: Member, topic_id: int, start: From) -> Choice:
    topic, appointment = topic_for(session, member, topic_id), live_appointment_of(session, member)
    may = may_lock(member, appointment, topic)
    first = post_for(session, member, start.post).seq if start.post else start.first
    posts = posts_to_choose(session, topic, first) if may else []
    further = posts[PAGE].seq if len(posts) > PAGE else None
    open_ones = [
        category
        for category in categories_listed(session, member)
        if may_move(member, appointment, topic, category)
    ]
    return Choice(topic, may, posts[:PAGE], further, open_ones)


def _planned(session: Session, member: Member, topic_id: int, wanted: Wanted) -> Plan:
    topic, appointment = topic_for(session, member, topic_id), live_appointment_of(session, member)
    require(may_lock(member, appointment, topic))
    if not wanted.reason.strip():
        raise Invalid(_("Please say why: their authors and everybody here will read it."))
    if wanted.to == "merge":
        found = topics_asked_for(session, member, wanted)
        topics = allowed((one, may_merge(member, appointment, topic, one)) for one in found)
        return Plan(topic, every_post(session, topic), Destination(topics))
    posts = posts_chosen(session, topic, wanted.ids, wanted.extent)
    if wanted.to == "there":
        found = topics_asked_for(session, member, wanted)
        topics = allowed((one, may_bring(member, appointment, topic, one)) for one in found)
        return Plan(topic, posts, Destination(topics))
    _title, category = wanted.titled, category_for(session, member, wanted.chosen)
    require(may_move(member, appointment, topic, category))
    return Plan(topic, posts, Destination(category=category))


def _id(request: Request) -> int:
    topic_id: int = request.path_params["topic"]
    return topic_id


routes = [
    Route("/topics/{topic:id}/moving", choosing, methods=["GET"], name="moving"),
    Route("/topics/{topic:id}/moving", do, methods=["POST"], name="bring"),
    Route("/topics/{topic:id}/moving/preview", preview, methods=["POST"], name="moving_preview"),
]
