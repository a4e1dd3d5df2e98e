"""Atom feeds (RFC 4287) of what visitors see, the same for everybody: programs that read them show
them to others, and sign in nowhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.errors import NotFound
from community.members.models import Member
from community.places import CLUSTER_NAMES, THEME_NAMES, Cluster, Lens, Theme, region_name
from community.words import _
from forum.categories import category_called
from forum.public import newest_posts, newest_topics
from forum.tags import LONGEST
from forum.topics.models import Post
from web.doors import Seen, settings_of, visiting
from web.fetching import xml
from web.forms import asked
from web.lenses import Filter, address
from web.pages import fragment
from web.words import locale_of, said_in

ATOM = "application/atom+xml"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # an empty feed has changed once, too
OF_A_TOPIC = _("Post %(number)s by %(author)s")


class Entry(Protocol):
    """`path` is also its id: it stays the same for as long as there is the thing. `post` is what is
    to be read."""

    @property
    def path(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def post(self) -> Post: ...
    @property
    def updated(self) -> datetime: ...


class Item(NamedTuple):
    path: str
    title: str
    post: Post

    @property
    def updated(self) -> datetime:
        return self.post.edited_at or self.post.written_at


async def topics(request: Request) -> Response:
    lens, locale = asked(request, Filter).lens, locale_of(request)
    seen = await visiting(request, lambda session, _reader: newest_topics(session, lens))
    title = " · ".join([said_in(locale, _("Topics")), *_words_of(lens, locale)])
    return feed_of(request, seen, "/topics", lens, title=title, items=_started(seen.found))


async def category(request: Request) -> Response:
    lens, slug = asked(request, Filter).lens, request.path_params["slug"]
    seen = await visiting(request, _in_category, lens, slug)
    name, posts = seen.found
    title = " · ".join([name, *_words_of(lens, locale_of(request))])
    path = f"/categories/{slug}"
    return feed_of(request, seen, path, lens, title=title, items=_started(posts))


async def tag(request: Request) -> Response:
    lens, wanted = asked(request, Filter).lens, request.path_params["tag"]
    if len(wanted) > LONGEST:
        raise NotFound
    seen = await visiting(
        request, lambda session, _reader: newest_topics(session, lens, tag=wanted)
    )
    title = " · ".join([f"#{wanted}", *_words_of(lens, locale_of(request))])
    path = request.app.url_path_for("tag_page", tag=wanted)
    return feed_of(request, seen, str(path), lens, title=title, items=_started(seen.found))


async def topic(request: Request) -> Response:
    seen = await visiting(
        request, lambda session, _reader: newest_posts(session, request.path_params["topic"])
    )
    topic, posts = seen.found
    items = _said(posts, locale_of(request))
    return feed_of(request, seen, f"/topics/{topic.id}", Lens(), title=topic.title, items=items)


def _in_category(
    session: Session, _reader: Member | None, lens: Lens, slug: str
) -> tuple[str, Sequence[Post]]:
    return category_called(session, None, slug).name, newest_topics(session, lens, slug)


def _started(posts: Sequence[Post]) -> list[Item]:
    return [Item(f"/topics/{post.stream_id}", post.topic.title, post) for post in posts]


def _said(posts: Sequence[Post], locale: str) -> list[Item]:
    def title(post: Post) -> str:
        return said_in(locale, OF_A_TOPIC, {"number": post.seq, "author": post.author.name})

    return [Item(f"/posts/{post.id}", title(post), post) for post in posts]


def feed_of(
    request: Request, seen: Seen[Any], path: str, lens: Lens, *, title: str, items: Sequence[Entry]
) -> Response:
    """Of the page at `path`, seen through the lens."""
    changed_at = max((item.updated for item in items), default=BEGINNING)
    text = fragment(
        locale_of(request),
        "forum/feed.xml",
        home=settings_of(request).public_url,
        page=address(path, lens),
        here=address(f"{path}/feed", lens),
        title=f"{title} · {seen.site.name}",
        updated=changed_at,
        items=items,
    )
    return xml(request, ATOM, text, changed_at)


def _words_of(lens: Lens, locale: str) -> list[str]:
    names = (
        region_name(lens.region),
        said_in(locale, CLUSTER_NAMES[Cluster(lens.cluster)]) if lens.cluster else "",
        said_in(locale, THEME_NAMES[Theme(lens.theme)]) if lens.theme else "",
    )
    return [name for name in names if name]


routes = [
    Route("/topics/feed", topics, name="topics_feed"),
    Route("/categories/{slug}/feed", category, name="category_feed"),
    Route("/tags/{tag}/feed", tag, name="tag_feed"),
    Route("/topics/{topic:id}/feed", topic, name="topic_feed"),
]
