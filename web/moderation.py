"""The doors into moderation/ for those who moderate: the queue and the log. cases.py has a case."""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.places import CLUSTER_NAMES, THEME_NAMES, Lens, provinces
from moderation.listing import PAGE, Age, Show, Wanted, queue_page, row_for
from moderation.models import SubjectKind
from moderation.reasons import LOWEST
from web.doors import looking
from web.forms import Form, asked
from web.ids import Id
from web.pages import page

Code = Annotated[str, Meta(max_length=40)]


class Filter(Form, frozen=True, kw_only=True):
    show: Show = "waiting"
    reason: Code = ""
    priority: Annotated[int, Meta(ge=0, le=LOWEST)] | None = None
    kind: SubjectKind | None = None
    age: Age | None = None
    region: Code = ""
    cluster: Code = ""
    theme: Code = ""
    after: Id | None = None

    @property
    def filters(self) -> dict[str, str]:
        """Those that are set, for an address."""
        names = ("reason", "priority", "kind", "age", "region", "cluster", "theme")
        given = {name: getattr(self, name) for name in names}
        return {name: str(value) for name, value in given.items() if value not in ("", None)}


async def queue(request: Request) -> Response:
    given = asked(request, Filter)
    lens = Lens.read(request.query_params)
    wanted = Wanted(given.show, given.reason, given.priority, given.kind, given.age, lens)
    seen = await looking(request, queue_page, wanted, given.after or 0)
    rows = seen.found.rows
    return page(
        request,
        "moderation/queue.html",
        seen,
        wanted=wanted,
        filters=given.filters,
        more=rows[-1].case.id if len(rows) == PAGE else None,
        provinces=provinces(),
        clusters=CLUSTER_NAMES,
        themes=THEME_NAMES,
    )


async def row(request: Request) -> Response:
    """One line of the queue as this moderator may see it; the queue page fetches what changed."""
    seen = await looking(request, row_for, request.path_params["case"])
    return page(request, "moderation/row.html", seen)


routes = [
    Route("/moderation", queue, name="queue"),
    Route("/cases/{case:id}/row", row, name="case_row"),
]
