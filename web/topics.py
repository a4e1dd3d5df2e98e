"""The doors to one topic: its posts, starting and reading it."""

from contextlib import suppress
from functools import partial
from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import NotFound
from forum.discussions import asks_alone
from forum.moving.queries import post_moved_from
from forum.topics import actions
from forum.topics.models import Aim
from forum.topics.policies import may_arrange, may_close, may_lock, may_reply
from forum.topics.queries import PAGE, thread_stamp
from moderation.before import actions as before
from moderation.before.asking import prints_in
from web import words
from web.doors import acting, noting, settings_of, visiting
from web.forms import Form, asked, by_our_picture, filled_in
from web.ids import Rev
from web.looks import View, remember, view_of
from web.pages import locale_of, page
from web.threads import replies, shown
from web.whole import whole
from web.writing import Desk, answer, composer, place_of, write, write_at

FARTHEST = 10**9  # the seq of a post; one page more can still be counted in every database


class At(Form, frozen=True, kw_only=True):
    """A post by its seq, or a page by its number."""

    at: Annotated[int, Meta(ge=0, le=FARTHEST)] = 1  # 0: the first that is not read yet
    page: Annotated[int, Meta(ge=1, le=FARTHEST // PAGE)] | None = None
    view: View | None = None

    @property
    def seq(self) -> int:
        return (self.page - 1) * PAGE + 1 if self.page else self.at

    @property
    def query(self) -> str:
        return f"page={self.page}" if self.page else f"at={self.at}"


class Reached(Form, frozen=True, kw_only=True):
    seq: Rev


async def show(request: Request) -> Response:
    """The view stands in the address; the one that was chosen here last is remembered."""
    asked_for, topic_id = asked(request, At), request.path_params["topic"]
    at, view = asked_for.seq, asked_for.view or "tree"
    if asked_for.view is None and view_of(request) == "flat":
        return RedirectResponse(f"/topics/{topic_id}?{asked_for.query}&view=flat", 303)
    ask = partial(thread_stamp, topic_id=topic_id, at=max(at, 1))

    async def draw() -> Response:
        return await _show(request, topic_id, asked_for, view)

    try:  # who does not arrive is led nowhere, so their page is none for who does
        response = await (whole(request, ask, draw) if _arrives(request) else draw())
    except NotFound:
        return await _lead_on(request, topic_id, at)
    chosen = asked_for.view and request.headers.get("sec-fetch-site") == "same-origin"
    if chosen and view != view_of(request):
        remember(request, response, view=view)
    return response


async def _show(request: Request, topic_id: int, at: At, view: View) -> Response:
    seen = await visiting(request, shown, topic_id, at.seq, view, words.locale_of(request))
    thread, member, locale = seen.found.thread, seen.member, locale_of(request, seen)
    topic = thread.topic
    if topic.stubs and not at.page and _arrives(request):
        with suppress(NotFound):
            return await _lead_on(request, topic_id, at.seq)
    may = may_reply(member, topic) if member else None
    desk = (
        Desk(topic.address, may, topic, mandates=thread.mandates, left=seen.found.left)
        if may
        else None
    )
    return page(
        request,
        "forum/topic.html",
        seen,
        thread=thread,
        topic=topic,
        view=view,
        heading=seen.found.heading,
        replies=replies(locale, member, seen.found),
        last=thread.first + PAGE - 1,
        home=settings_of(request).public_url,
        first_words=seen.found.first_words,
        held=seen.found.held,
        may_reply=may,
        may_lock=may_lock(member, seen.found.appointment, topic) if member else None,
        may_close=may_close(member, seen.found.appointment, topic) if member else None,
        may_arrange=may_arrange(member, seen.found.appointment, topic) if member else None,
        asked=topic.aim == Aim.QUESTION,
        answers=seen.found.answers,
        asks=asks_alone(topic, thread.mandates),
        **(composer(desk) if desk else {}),
    )


async def _lead_on(request: Request, topic_id: int, at: int) -> Response:
    """To where the post is now that stood there. Raises NotFound."""
    seen = await visiting(request, post_moved_from, topic_id, at)
    return RedirectResponse(place_of(seen.found), 303)


def _arrives(request: Request) -> bool:
    """By a link; a page that asks how it reads now is not led away from where its reader is."""
    return request.headers.get("sec-fetch-dest", "document") == "document"


async def new(request: Request) -> Response:
    return await write_at(request, "new")


async def start(request: Request) -> Response:
    return await write(
        request,
        lambda writing: acting(
            request, before.start, writing.chosen, writing.titled, writing.said,
            writing.lens, key=writing.keyed, mandate_id=writing.mandate, filed=writing.filed,
            knowing=prints_in(writing.knowing), repeats=request.state.repeats,
        ),
        lambda post: f"/topics/{post.stream_id}",
    )  # fmt: skip


async def reply(request: Request) -> Response:
    return await answer(request, topic_id=request.path_params["topic"])


async def read(request: Request) -> Response:
    """Asked as a picture by browsers without scripts: who opens a page reads up to its end.

    It changes something though it is a GET, so only pictures of our own pages may ask it: no link
    that somebody wrote does."""
    at = asked(request, At).at
    if by_our_picture(request):
        await noting(request, actions.read, request.path_params["topic"], at)
    return Response(status_code=204)


async def reading(request: Request) -> Response:
    """What a tab says over its socket, for networks that let none through."""
    told = await filled_in(request, Reached)
    await noting(request, actions.read, request.path_params["topic"], told.seq)
    return RedirectResponse(f"/topics/{request.path_params['topic']}", 303)


routes = [
    Route("/topics", start, methods=["POST"], name="start"),
    Route("/topics/new", new, name="new_topic"),
    Route("/topics/{topic:id}", show, name="topic"),
    Route("/topics/{topic:id}/posts", reply, methods=["POST"], name="reply"),
    Route("/topics/{topic:id}/read", read, name="read_topic"),
    Route("/topics/{topic:id}/reading", reading, methods=["POST"], name="reading"),
]
