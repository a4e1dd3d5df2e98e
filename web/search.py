"""The door to the search: one box, and the same as a form."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlencode

from msgspec import Meta, field
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Invalid
from community.members.models import Member
from community.places import CLUSTER_NAMES, provinces, regencies_of
from community.search.models import Order
from community.search.queries import MOST
from community.searches import (
    KeptSearch,
    end_search,
    keep_search,
    open_search,
    searches_of,
    told_of,
)
from community.text import LONGEST, plain
from community.tokens import marked
from community.wanted import Wanted, read, written
from community.words import _
from web.doors import acting_alone, noting, visiting
from web.forms import Form, asked, by_our_picture, filled_in
from web.ids import Id, MaybeDay
from web.pages import locale_of, page, why
from web.searching import Part, Results, results_for

Said = Annotated[str, Meta(max_length=200, pattern=r"\A[^\0\r\n]*\Z")]
PARTS = {
    Part.ALL: _("All"),
    Part.TOPICS: _("Topics"),
    Part.REPLIES: _("Replies"),
    Part.MESSAGES: _("Messages"),
    Part.ANNOUNCEMENTS: _("Announcements"),
    Part.PEOPLE: _("People"),
    Part.ORGANISATIONS: _("Organisations"),
}
HAS = {"link": _("a link"), "code": _("code"), "file": _("a file")}
IS = {"unread": _("not read yet"), "followed": _("in what I follow"), "answered": _("answered")}


class Searching(Form, frozen=True, kw_only=True):
    """`older` is the last entry seen, `channel` the one from which somebody looks."""

    q: Said = ""
    part: Part = Part.ALL
    order: Order = Order.NEWEST
    older: Id | None = None
    channel: Id | None = None

    author: Said = field(name="from", default="")
    within: Said = field(name="in", default="")
    tag: Said = ""
    region: Said = ""
    cluster: Said = ""
    since: MaybeDay = field(name="after", default="")
    until: MaybeDay = field(name="before", default="")
    has: Literal["", "link", "code", "file"] = ""
    state: Literal["", "unread", "followed", "answered"] = field(name="is", default="")

    def filters(self, locale: str) -> str:
        """What was chosen in the form, as words of that tongue."""
        return written({
            "from": self.author, "in": self.within, "tag": self.tag, "region": self.region,
            "cluster": self.cluster, "after": self.since, "before": self.until,
            "has": self.has, "is": self.state,
        }, locale)  # fmt: skip


class Kept(Form, frozen=True, kw_only=True):
    q: Annotated[str, Meta(max_length=200, pattern=r"\A(?=.*\S)[^\0\r\n]+\Z")]


class Looked(NamedTuple):
    results: Results
    kept: Sequence[KeptSearch] = ()  # by the reader
    told_of: int = 0  # the kept one that is shown, where a notice about it was not read yet


async def search(request: Request) -> Response:
    """Forms lead to the address that says in words what they say."""
    searching = asked(request, Searching)
    if filters := searching.filters(locale_of(request)):
        words = f"{searching.q} {filters}".strip()
        return RedirectResponse(_address(request, searching, q=words), 303)
    try:
        wanted, wrong = read(searching.q), None
    except Invalid as invalid:
        wanted, wrong = Wanted(), invalid
    seen = await visiting(request, _looked, wanted, searching)
    shown = page(
        request,
        "community/search.html",
        seen,
        status=422 if wrong else 200,
        wrong=why(request, seen, wrong),
        **_about(request, searching, wanted, seen.found.results.last),
    )
    shown.headers["x-robots-tag"] = "noindex"
    return shown


async def keep(request: Request) -> Response:
    """Also whoever may only read is told of what they look for."""
    kept = await acting_alone(request, keep_search, (await filled_in(request, Kept)).q)
    return RedirectResponse(kept.link, 303)


async def opened(request: Request) -> Response:
    """Asked as a picture of the page with the finds, so that no other site can ask it."""
    if by_our_picture(request):
        await noting(request, open_search, request.path_params["search"])
    return Response(status_code=204)


async def end(request: Request) -> Response:
    await acting_alone(request, end_search, request.path_params["search"])
    return RedirectResponse(request.app.url_path_for("search"), 303)


def _looked(
    session: Session, reader: Member | None, wanted: Wanted, searching: Searching
) -> Looked:
    found = results_for(
        session, reader, wanted, searching.part, searching.order, searching.older or 0
    )
    if reader is None:
        return Looked(found)
    kept = searches_of(session, reader)
    return Looked(found, kept, told_of(session, reader, kept, searching.q))


def _about(
    request: Request, searching: Searching, wanted: Wanted, last: int | None
) -> dict[str, Any]:
    """What the page shows beside what was found."""
    return {
        "searching": searching,
        "wanted": wanted,
        "most": MOST,
        "parts": PARTS,
        "to": lambda **other: _address(request, searching, **other),
        "older": _address(request, searching, older=last) if last else None,
        "marked": lambda text: marked(plain(text, LONGEST), wanted.terms),
        "provinces": provinces(),
        "regencies_of": regencies_of,
        "clusters": CLUSTER_NAMES,
        "has": HAS,
        "states": IS,
    }


def _address(request: Request, searching: Searching, **other: str | int) -> str:
    """Of the same search, but for what is given; the first page of it."""
    query: dict[str, str | int] = {
        "q": searching.q, "part": searching.part, "order": searching.order,
        "channel": searching.channel or "", **other,
    }  # fmt: skip
    plain_query = {name: value for name, value in query.items() if value not in {"", "newest"}}
    return f"{request.scope['path']}?{urlencode(plain_query)}"


routes = [
    Route("/search", search, name="search"),
    Route("/searches", keep, methods=["POST"], name="keep_search"),
    Route("/searches/{search:id}/opened", opened, name="search_opened"),
    Route("/searches/{search:id}/end", end, methods=["POST"], name="end_search"),
]
