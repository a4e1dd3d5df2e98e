"""The doors into the log: as a page, and as a file for administrators."""

from collections.abc import AsyncIterator
from datetime import UTC, date
from typing import Annotated, Any

from msgspec import Meta, json
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from community.audit import AuditEntry
from community.database import Database
from community.errors import Invalid
from community.lists import written
from community.members.policies import may_administer
from community.words import _
from moderation.records.log_search import Sought, begin_export, lines_of, log_page
from web.doors import database_of, looking, proving
from web.forms import Form, asked, filled_in
from web.ids import Id, MaybeDay, MaybeLine
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
COLUMNS = ("seal", "id", "done_at", "actor_id", "verb", "subject", "details", "hash", "key_id")

Code = Annotated[str, Meta(max_length=40)]


class Search(Form, frozen=True, kw_only=True):
    actor: MaybeLine = ""
    verb: Code = ""
    subject: MaybeLine = ""
    since: MaybeDay = ""
    until: MaybeDay = ""

    @property
    def sought(self) -> Sought:
        """Raises Invalid for a day that no month has."""
        days = _day(self.since), _day(self.until)
        return Sought(self.actor.strip(), self.verb, self.subject.strip(), *days)

    @property
    def filters(self) -> dict[str, str]:
        """Those that are set, for an address."""
        names = ("actor", "verb", "subject", "since", "until")
        return {name: value for name in names if (value := getattr(self, name))}


class Page(Search, frozen=True, kw_only=True):
    before: Id | None = None


async def log(request: Request) -> Response:
    given = asked(request, Page)
    seen = await looking(request, log_page, given.sought, given.before or 0)
    assert seen.member
    return page(
        request,
        "moderation/log.html",
        seen,
        given=given,
        filters=given.filters,
        verbs=VERBS,
        may_export=may_administer(seen.member),
    )


async def export(request: Request) -> Response:
    sought = (await filled_in(request, Search)).sought
    administrator = await proving(request, begin_export)
    file = _file(database_of(request), administrator.id, sought)
    headers = {"content-disposition": 'attachment; filename="log.csv"'}
    return StreamingResponse(file, media_type="text/csv; charset=utf-8", headers=headers)


async def _file(db: Database, administrator: int, sought: Sought) -> AsyncIterator[str]:
    """Ids and codes as they are kept, in no words of anybody; whoever loses the role meanwhile gets
    no more of it."""
    yield written([COLUMNS])
    before = 0
    while lines := await db.look(lines_of, administrator, sought, before):
        before = lines[-1].id
        yield written([_cells(line) for line in lines])


def _cells(line: AuditEntry) -> tuple[Any, ...]:
    at, seal = line.done_at.astimezone(UTC).isoformat(), line.seal
    of_seal = (seal.hash, seal.key_id) if seal else ("", "")
    details = json.encode(line.details).decode()
    number = seal.number if seal else ""
    return (number, line.id, at, line.actor_id, line.verb, line.subject, details, *of_seal)


def _day(day: str) -> date | None:
    try:
        return date.fromisoformat(day) if day else None
    except ValueError:
        raise Invalid(_("This is not a day.")) from None


routes = [
    Route("/moderation/log", log, name="log"),
    Route("/moderation/log/file", export, methods=["POST"], name="export_log"),
]
