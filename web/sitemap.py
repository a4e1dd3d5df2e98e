"""The map of what visitors see, for search engines (sitemaps.org): an index of parts, each of so
many ids, so that neither grows with the community nor is anything counted."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from community.members.models import Member
from forum.categories import categories_listed
from forum.public import (
    organisations_in_part,
    parts_of_organisations,
    parts_of_topics,
    topics_in_part,
)
from web.doors import settings_of, visiting
from web.fetching import xml
from web.forms import Form, asked

XML = "application/xml"
NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


class Part(Form, frozen=True, kw_only=True):
    """Counted from none; what lies beyond the last one is empty."""

    part: Annotated[int, Meta(ge=0, le=10**6)] = 0


async def index(request: Request) -> Response:
    seen = await visiting(request, _parts)
    topics, organisations = seen.found
    home = settings_of(request).public_url
    parts = [
        f"{home}/sitemap-categories.xml",
        *(f"{home}/sitemap-topics.xml?part={part}" for part in range(topics)),
        *(f"{home}/sitemap-organisations.xml?part={part}" for part in range(organisations)),
    ]
    listed = "\n".join(f"<sitemap><loc>{part}</loc></sitemap>" for part in parts)
    return xml(request, XML, f"{HEAD}<sitemapindex {NAMES}>\n{listed}\n</sitemapindex>\n")


async def topics(request: Request) -> Response:
    part = asked(request, Part).part
    seen = await visiting(request, lambda session, _reader: topics_in_part(session, part))
    return _map(request, ((f"/topics/{id}", moved_at) for id, moved_at in seen.found))


async def categories(request: Request) -> Response:
    """Also the pages that there is one of."""
    seen = await visiting(request, lambda session, _reader: categories_listed(session, None))
    paths = ["/", "/topics", "/categories", "/announcements", "/organisations"]
    paths += [request.app.url_path_for("category", slug=one.slug) for one in seen.found]
    return _map(request, ((path, None) for path in paths))


async def organisations(request: Request) -> Response:
    part = asked(request, Part).part
    seen = await visiting(request, lambda session, _reader: organisations_in_part(session, part))
    return _map(request, ((f"/organisations/{id}", None) for id in seen.found))


async def robots(request: Request) -> Response:
    """RFC 9309: all may be read; what is not for search engines says so itself."""
    home = settings_of(request).public_url
    return PlainTextResponse(f"User-agent: *\nAllow: /\n\nSitemap: {home}/sitemap.xml\n")


def _parts(session: Session, _reader: Member | None) -> tuple[int, int]:
    return parts_of_topics(session), parts_of_organisations(session)


def _map(request: Request, places: Iterable[tuple[str, datetime | None]]) -> Response:
    home = settings_of(request).public_url
    listed = "\n".join(_place(f"{home}{path}", changed_at) for path, changed_at in places)
    return xml(request, XML, f"{HEAD}<urlset {NAMES}>\n{listed}\n</urlset>\n")


def _place(address: str, changed_at: datetime | None) -> str:
    """Ours are made of numbers and slugs, which XML takes as they are."""
    changed = f"<lastmod>{changed_at:%Y-%m-%d}</lastmod>" if changed_at else ""
    return f"<url><loc>{address}</loc>{changed}</url>"


routes = [
    Route("/sitemap.xml", index, name="sitemap"),
    Route("/sitemap-topics.xml", topics, name="sitemap_topics"),
    Route("/sitemap-categories.xml", categories, name="sitemap_categories"),
    Route("/sitemap-organisations.xml", organisations, name="sitemap_organisations"),
    Route("/robots.txt", robots, name="robots"),
]
