"""The doors into moderation/ for those who moderate: the queue and the log. cases.py has a case."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import uuid4

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from community.places import CLUSTER_NAMES, THEME_NAMES, Lens, provinces
from moderation.decisions.claiming import claim_next
from moderation.queue.filtering import KINDS, Age, Show, Wanted
from moderation.queue.listing import PAGE, queue_page, row_for
from moderation.reasons import LOWEST
from web.doors import acting, looking
from web.forms import Form, asked, filled_in
from web.ids import Id
from web.pages import page

Code = Annotated[str, Meta(max_length=40)]


class Filter(Form, frozen=True, kw_only=True):
    show: Show = "waiting"
    reason: Code = ""
    priority: Annotated[int, Meta(ge=0, le=LOWEST)] | None = None
    kind: Annotated[str, Meta(pattern=rf"\A(?:{'|'.join(KINDS)})\Z")] | None = None
    age: Age | None = None
    region: Code = ""
    cluster: Code = ""
    theme: Code = ""
    after: Id | None = None

    @property
    def wanted(self) -> Wanted:
        lens = Lens.read({"region": self.region, "cluster": self.cluster, "theme": self.theme})
        kind = KINDS[self.kind] if self.kind else None
        return Wanted(self.show, self.reason, self.priority, kind, self.age, lens)

    @property
    def query(self) -> str:
        """For an address, with its question mark."""
        return f"?{urlencode(self.filters)}" if self.filters else ""

    @property
    def filters(self) -> dict[str, str]:
        """Those that are set, for an address."""
        names = ("reason", "priority", "kind", "age", "region", "cluster", "theme")
        given = {name: getattr(self, name) for name in names}
        return {name: str(value) for name, value in given.items() if value not in ("", None)}


class Onward(Filter, frozen=True, kw_only=True):
    past: Id | None = None  # the case they come from


async def queue(request: Request) -> Response:
    given = asked(request, Filter)
    wanted = given.wanted
    seen = await looking(request, queue_page, wanted, given.after or 0)
    rows = seen.found.rows
    return page(
        request,
        "moderation/queue.html",
        seen,
        wanted=wanted,
        filters=given.filters,
        query=given.query,
        key=uuid4().hex,
        more=rows[-1].case.id if len(rows) == PAGE else None,
        provinces=provinces(),
        clusters=CLUSTER_NAMES,
        themes=THEME_NAMES,
    )


async def row(request: Request) -> Response:
    """One line of the queue as this moderator may see it; the queue page fetches what changed."""
    query = asked(request, Filter).query
    seen = await looking(request, row_for, request.path_params["case"])
    return page(request, "moderation/row.html", seen, query=query)


async def go_on(request: Request) -> Response:
    """To the next case, which is theirs from now on; where there is none, to the queue."""
    given = await filled_in(request, Onward)
    return await onward(request, given, given.past or 0)


async def onward(request: Request, given: Filter, past: int) -> Response:
    case = await acting(request, claim_next, given.wanted, past=past)
    return RedirectResponse((f"/cases/{case.id}" if case else "/moderation") + given.query, 303)


routes = [
    Route("/moderation", queue, name="queue"),
    Route("/moderation/next", go_on, methods=["POST"], name="next_case"),
    Route("/cases/{case:id}/row", row, name="case_row"),
]
