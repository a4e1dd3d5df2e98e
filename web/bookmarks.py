"""The doors to bookmarks: laying one on a topic or a post, and the page of one's own."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from forum.bookmarks import (
    PAGE,
    Place,
    bookmark_post,
    bookmark_topic,
    bookmarks_of,
    place_of_post,
    place_of_topic,
    remove_bookmark,
)
from web.doors import Seen, looking, noting
from web.forms import Before, Form, asked, filled_in
from web.ids import MaybeLine
from web.pages import page


class Note(Form, frozen=True, kw_only=True):
    note: MaybeLine = ""


async def index(request: Request) -> Response:
    before = asked(request, Before).before or 0
    seen = await looking(request, bookmarks_of, before)
    older = f"?before={seen.found[-1].id}" if len(seen.found) == PAGE else None
    return page(request, "forum/bookmarks.html", seen, older=older, further=bool(before))


async def of_topic(request: Request) -> Response:
    return _page(request, await looking(request, place_of_topic, request.path_params["topic"]))


async def of_post(request: Request) -> Response:
    return _page(request, await looking(request, place_of_post, request.path_params["post"]))


async def lay_on_topic(request: Request) -> Response:
    given, topic = await filled_in(request, Note), request.path_params["topic"]
    return _back(await noting(request, bookmark_topic, topic, given.note.strip()))


async def lay_on_post(request: Request) -> Response:
    given, post = await filled_in(request, Note), request.path_params["post"]
    return _back(await noting(request, bookmark_post, post, given.note.strip()))


async def remove(request: Request) -> Response:
    await noting(request, remove_bookmark, request.path_params["bookmark"])
    return RedirectResponse("/bookmarks", 303)


def _page(request: Request, seen: Seen[Place]) -> Response:
    return page(request, "forum/bookmark.html", seen, **seen.found._asdict())


def _back(place: Place) -> Response:
    """To what it is on; the browser is there already."""
    topic = f"/topics/{place.topic.id}"
    there = f"{topic}?at={place.post.seq}#post-{place.post.id}" if place.post else topic
    return RedirectResponse(there, 303)


routes = [
    Route("/bookmarks", index, name="bookmarks"),
    Route("/bookmarks/{bookmark:id}/removal", remove, methods=["POST"], name="remove_bookmark"),
    Route("/topics/{topic:id}/bookmark", of_topic, methods=["GET"], name="topic_bookmark"),
    Route("/topics/{topic:id}/bookmark", lay_on_topic, methods=["POST"], name="bookmark_topic"),
    Route("/posts/{post:id}/bookmark", of_post, methods=["GET"], name="post_bookmark"),
    Route("/posts/{post:id}/bookmark", lay_on_post, methods=["POST"], name="bookmark_post"),
]
