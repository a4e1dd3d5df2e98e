"""The doors to what anybody may know of moderation: the rules, the log, and the report of
a half-year."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.clock import now
from community.errors import NotFound
from community.lists import written
from community.members.models import Member
from community.tampering import Anchor, anchor_of
from moderation.reasons import all_reasons
from moderation.records.transparency import (
    FEW,
    WIB,
    Counts,
    Log,
    Span,
    counts_of,
    half_of,
    log_of,
    month_of,
)
from web.doors import visiting
from web.forms import Form, asked
from web.pages import page


class Month(Form, frozen=True, kw_only=True):
    month: Annotated[str, Meta(pattern=r"\A2[01][0-9]{2}-(?:0[1-9]|1[0-2])\Z")] | None = None


class Half(Form, frozen=True, kw_only=True):
    half: Annotated[str, Meta(pattern=r"\A2[01][0-9]{2}-[12]\Z")] | None = None


async def rules(request: Request) -> Response:
    """With the deadlines and the words that administrators have set."""
    seen = await visiting(request, lambda session, _reader: all_reasons(session))
    return page(request, "moderation/rules.html", seen)


async def log(request: Request) -> Response:
    """A page for each month."""
    wanted = asked(request, Month).month

    def look(session: Session, _reader: Member | None) -> tuple[Log, int, int, datetime]:
        today = now(session).astimezone(WIB)
        year, month = _parts(wanted) if wanted else (today.year, today.month)
        return log_of(session, month_of(year, month)), year, month, today

    seen = await visiting(request, look)
    found, year, month, today = seen.found
    begins = month_of(year, month).since
    older = _month_name(year, month - 1) if found.since < begins else None
    newer = _month_name(year, month + 1) if month_of(year, month).until <= today else None
    return page(request, "moderation/public_log.html", seen, begins=begins, older=older,
                newer=newer, few=FEW)  # fmt: skip


async def report(request: Request) -> Response:
    seen = await visiting(request, _counted, asked(request, Half).half)
    return page(request, "moderation/transparency.html", seen, few=FEW)


async def sheet(request: Request) -> Response:
    """The same, for a spreadsheet. Headings are the same in every tongue."""
    found = (await visiting(request, _counted, asked(request, Half).half)).found
    text = written([("table", "code", "value"), *_rows(found.counts)])
    headers = {"content-disposition": f'attachment; filename="transparency-{found.name}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


class Reported(NamedTuple):
    counts: Counts
    span: Span
    name: str  # "2026-2"
    halves: Sequence[str]  # that there is something to tell of, the latest first
    at: datetime
    end: Anchor | None  # of the audit, for whoever wants to compare it later

    def lasted(self, table: str, code: str = "median") -> timedelta:
        return timedelta(seconds=self.counts.tables[table][code])


def _counted(session: Session, _reader: Member | None, wanted: str | None) -> Reported:
    today = now(session).astimezone(WIB)
    this = f"{today.year}-{1 if today.month <= 6 else 2}"
    name = wanted or this
    if name > this:
        raise NotFound
    span = half_of(*_parts(name))
    counts = counts_of(session, span)
    first = counts.since.astimezone(WIB)
    years = range(today.year, max(first.year, today.year - 5) - 1, -1)
    halves = [f"{year}-{half}" for year in years for half in (2, 1)]
    begun = f"{first.year}-{1 if first.month <= 6 else 2}"
    halves = [one for one in halves if begun <= one <= this]
    return Reported(counts, span, name, halves, today, anchor_of(session))


def _rows(counts: Counts) -> Iterator[tuple[str, str, int]]:
    for table, cells in sorted(counts.tables.items()):
        yield from ((table, code, many) for code, many in sorted(cells.items()))


def _parts(name: str) -> tuple[int, int]:
    year, part = name.split("-")
    return int(year), int(part)


def _month_name(year: int, month: int) -> str:
    """Also of the month before the first of a year, and after its last."""
    months = year * 12 + month - 1
    return f"{months // 12}-{months % 12 + 1:02}"


routes = [
    Route("/rules", rules, name="rules"),
    Route("/rules/log", log, name="public_log"),
    Route("/rules/report", report, name="transparency"),
    Route("/rules/report.csv", sheet, name="transparency_sheet"),
]
