"""The doors into moderation/ for those who moderate: the queue and the log. cases.py has a case."""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.places import CLUSTER_NAMES, THEME_NAMES, Lens, provinces
from community.words import _
from moderation.listing import PAGE, Age, Show, Wanted, queue_page, row_for
from moderation.log import Sought, log_page
from moderation.models import SubjectKind
from moderation.reasons import LOWEST
from web.doors import looking
from web.forms import Form, asked
from web.ids import Id, MaybeLine
from web.pages import page

VERBS = {  # what is looked for in the log
    "case.flagged": _("Reports"),
    "case.claimed": _("Claims"),
    "case.taken_over": _("Cases taken over"),
    "case.lapsed": _("Claims that ended by themselves"),
    "case.applied": _("Applications"),
    "case.decided": _("Decisions"),
    "mandate.offered": _("Mandates offered"),
    "mandate.withdrawn": _("Mandates ended"),
    "restriction.ended": _("Restrictions that ended"),
    "topic.locked": _("Topics locked"),
    "channel.removed": _("Members removed from a channel"),
    "member.appointed": _("Roles given or taken back"),
    "member.suspended": _("Members suspended"),
    "announcement.published": _("Announcements published"),
}

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


class Search(Form, frozen=True, kw_only=True):
    actor: MaybeLine = ""
    verb: Code = ""
    subject: MaybeLine = ""
    before: Id | None = None


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


async def log(request: Request) -> Response:
    given = asked(request, Search)
    sought = Sought(given.actor, given.verb, given.subject)
    seen = await looking(request, log_page, sought, given.before or 0)
    entries = seen.found.entries
    more = entries[-1].id if len(entries) == PAGE else None
    return page(request, "moderation/log.html", seen, sought=sought, more=more, verbs=VERBS)


routes = [
    Route("/moderation", queue, name="queue"),
    Route("/moderation/log", log, name="log"),
    Route("/cases/{case:id}/row", row, name="case_row"),
]
