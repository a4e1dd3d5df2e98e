"""The doors to lists of topics: all there are, or those of a category, by place and view."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import NotFound
from community.members.models import Member
from community.places import Cluster, Theme, provinces, regencies_of
from forum.categories import Category, categories_listed, category_among
from forum.following.queries import Chosen, chosen_for_category, chosen_for_lens
from forum.holding import HeldPost, topics_held
from forum.listing import (
    BY_START,
    FOR_MEMBERS,
    PAGE,
    ListedTopic,
    View,
    Wanted,
    categories_counted,
    list_stamp,
    page_listed,
)
from forum.starting import Position, position_of
from forum.tags import LONGEST, tag_called
from web.doors import Seen, visiting
from web.forms import asked
from web.lenses import Listing, address, cursor_of
from web.pages import page
from web.whole import whole


class TopicListing(Listing, frozen=True, kw_only=True):
    view: View = View.ACTIVITY

    @property
    def wanted(self) -> Wanted:
        return Wanted(self.view, self.lens, self.last_seen)

    def address(self, path: str, view: View | None = None, **more: str) -> str:
        """Of the list through the same lens; of this view, if no other is given."""
        shown = view or self.view
        named = {} if shown == View.ACTIVITY else {"view": shown}
        return address(path, self.lens, **named, **more)


class Listed(NamedTuple):
    category: Category | None
    categories: Sequence[Category]
    pinned: Sequence[ListedTopic]
    topics: Sequence[ListedTopic]
    chosen: Chosen | None  # by a member, for the category or the lens they look through
    position: Position | None  # where a member is told of more
    held: Sequence[HeldPost] = ()  # that they wanted to begin, and moderators see first


async def index(request: Request) -> Response:
    return await _list(request)


async def category(request: Request) -> Response:
    return await _list(request, request.path_params["slug"])


async def categories(request: Request) -> Response:
    return page(request, "forum/categories.html", await visiting(request, categories_counted))


async def tag(request: Request) -> Response:
    """One that is longer than any is not even asked for: what was asked lately is remembered."""
    wanted = request.path_params["tag"]
    if len(wanted) > LONGEST:
        raise NotFound
    return await _list(request, tag=wanted)


async def _list(request: Request, slug: str = "", tag: str = "") -> Response:
    listing, path = asked(request, TopicListing), request.scope["path"]
    if listing.province:
        return RedirectResponse(listing.address(path), 303)
    wanted = listing.wanted._replace(tag=tag)

    async def draw() -> Response:
        seen = await visiting(request, _listed, wanted, slug)
        return page(request, "forum/topics.html", seen, tag=tag, **_shown(seen, listing, path))

    return await whole(request, partial(list_stamp, wanted=wanted, slug=slug), draw)


def _listed(session: Session, reader: Member | None, wanted: Wanted, slug: str) -> Listed:
    categories = categories_listed(session, reader)
    here = category_among(categories, slug) if slug else None
    pinned, topics = page_listed(session, reader, wanted, here)
    if wanted.tag and not topics:
        tag_called(session, reader, wanted.tag)
    chosen = _chosen(session, reader, wanted, here) if reader else None
    position = position_of(session, reader) if reader and _grows(wanted) else None
    held = topics_held(session, reader) if reader and not (wanted.before or wanted.tag) else ()
    held = [one for one in held if here in (None, one.category) and wanted.lens.holds(one)]
    return Listed(here, categories, pinned, topics, chosen, position, held)


def _grows(wanted: Wanted) -> bool:
    moving = wanted.view == View.ACTIVITY or wanted.view in BY_START
    return moving and not wanted.before and not wanted.tag


def _chosen(
    session: Session, reader: Member, wanted: Wanted, here: Category | None
) -> Chosen | None:
    if here:
        return chosen_for_category(session, reader, here)
    return chosen_for_lens(session, reader, wanted.lens) if any(wanted.lens) else None


def _shown(seen: Seen[Listed], listing: TopicListing, path: str) -> dict[str, Any]:
    """What every list of topics is drawn from."""
    lens, view, topics = listing.lens, listing.view, seen.found.topics
    last = topics[-1] if len(topics) == PAGE else None
    cursor = cursor_of(last.moment(view), last.topic.id) if last else ""
    views = [one for one in View if seen.member or one not in FOR_MEMBERS]
    pinned = seen.found.pinned
    on_top = {one.topic.id for one in pinned}
    return {
        **seen.found._asdict(),
        "topics": [*pinned, *(one for one in topics if one.topic.id not in on_top)],
        "lens": lens,
        "view": view,
        "views": {one: listing.address(path, one) for one in views},
        "provinces": provinces(),
        "regencies": regencies_of(lens.region[:2]) if lens.region else {},
        "clusters": list(Cluster),
        "themes": list(Theme),
        "older": listing.address(path, before=cursor) if last else None,
        "newest": listing.address(path),
        "further": listing.before is not None,
        "place": address,
    }


routes = [
    Route("/topics", index, methods=["GET"], name="topics"),
    Route("/tags/{tag}", tag, name="tag_page"),
    Route("/categories", categories, name="categories"),
    Route("/categories/{slug}", category, name="category"),
]
