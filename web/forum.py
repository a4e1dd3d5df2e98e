"""The doors into forum/: topics and posts."""

from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.places import Lens
from forum.announcements.queries import announcements_listed
from forum.topics import actions
from forum.topics.events import PostChanged
from forum.topics.policies import may_reply
from forum.topics.queries import thread_for, topics_listed
from web.doors import acting, visiting
from web.forms import Form, filled_in
from web.ids import Id, Key, Words
from web.pages import page


class Reply(Form, frozen=True, kw_only=True):
    body: Words
    key: Key
    parent: Id | None = None
    mandate: Id | None = None


async def index(request: Request) -> Response:
    lens = Lens.read(request.query_params)
    return page(
        request, "forum/topics.html", await visiting(request, topics_listed, lens), lens=lens
    )


async def announcements(request: Request) -> Response:
    lens = Lens.read(request.query_params)
    seen = await visiting(request, announcements_listed, lens)
    return page(request, "forum/announcements.html", seen, lens=lens)


async def show(request: Request) -> Response:
    seen = await visiting(request, thread_for, request.path_params["topic"])
    topic, posts, *_ = seen.found
    return page(
        request,
        "forum/topic.html",
        seen,
        topic=topic,
        posts=[PostChanged.of(topic, post) for post in posts],
        may_reply=may_reply(seen.member, topic) if seen.member else None,
        key=uuid4().hex,
    )


async def reply(request: Request) -> Response:
    fields, topic = await filled_in(request, Reply), request.path_params["topic"]
    post = await acting(
        request,
        actions.reply,
        topic,
        fields.body,
        key=fields.key,
        parent_id=fields.parent,
        mandate_id=fields.mandate,
    )
    return RedirectResponse(f"/topics/{topic}#post-{post.id}", 303)


routes = [
    Route("/topics", index, name="topics"),
    Route("/topics/{topic:id}", show, name="topic"),
    Route("/topics/{topic:id}/posts", reply, methods=["POST"], name="reply"),
    Route("/announcements", announcements, name="announcements"),
]
