"""The door to the search: one box, and the same as a form."""

from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from msgspec import Meta, field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.errors import Invalid
from community.places import CLUSTER_NAMES, provinces, regencies_of
from community.search import MOST, Order
from community.text import LONGEST, plain
from community.tokens import marked
from community.wanted import Wanted, read, written
from community.words import _
from web.doors import visiting
from web.forms import Form, asked
from web.ids import Id, MaybeDay
from web.pages import page, why
from web.searching import Part, results_for

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
HAS = {"link": _("a link"), "code": _("code")}
IS = {"unread": _("not read yet"), "followed": _("in what I follow"), "answered": _("answered")}


class Searching(Form, frozen=True, kw_only=True):
    """`older` is the last entry seen."""

    q: Said = ""
    part: Part = Part.ALL
    order: Order = Order.NEWEST
    older: Id | None = None

    author: Said = field(name="from", default="")
    within: Said = field(name="in", default="")
    region: Said = ""
    cluster: Said = ""
    since: MaybeDay = field(name="after", default="")
    until: MaybeDay = field(name="before", default="")
    has: Literal["", "link", "code"] = ""
    state: Literal["", "unread", "followed", "answered"] = field(name="is", default="")

    @property
    def filters(self) -> str:
        """What was chosen in the form, as words."""
        return written({
            "from": self.author, "in": self.within, "region": self.region,
            "cluster": self.cluster, "after": self.since, "before": self.until,
            "has": self.has, "is": self.state,
        })  # fmt: skip


async def search(request: Request) -> Response:
    """Forms lead to the address that says in words what they say."""
    searching = asked(request, Searching)
    if searching.filters:
        words = f"{searching.q} {searching.filters}".strip()
        return RedirectResponse(_address(request, searching, q=words), 303)
    try:
        wanted, wrong = read(searching.q), None
    except Invalid as invalid:
        wanted, wrong = Wanted(), invalid
    seen = await visiting(
        request, results_for, wanted, searching.part, searching.order, searching.older or 0
    )
    shown = page(
        request,
        "community/search.html",
        seen,
        status=422 if wrong else 200,
        wrong=why(request, seen, wrong),
        **_about(request, searching, wanted, seen.found.last),
    )
    shown.headers["x-robots-tag"] = "noindex"
    return shown


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
    query = {"q": searching.q, "part": searching.part, "order": searching.order, **other}
    plain_query = {name: value for name, value in query.items() if value not in {"", "newest"}}
    return f"{request.scope['path']}?{urlencode(plain_query)}"


routes = [Route("/search", search, name="search")]
