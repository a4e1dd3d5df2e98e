"""The doors to how moderation goes: the page, and each of its tables for a spreadsheet."""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.lists import written
from moderation.records.numbers import PERIODS, Numbers, Spread, numbers
from web.doors import glancing, looking
from web.forms import Form, asked
from web.pages import page

Days = Annotated[Literal[7, 30, 90], Meta(description="of PERIODS")]
Row = Sequence[Any]


class Period(Form, frozen=True, kw_only=True):
    days: Days = 7


class Sheet(NamedTuple):
    """Headings are the same in every tongue, so that what reads them goes on working."""

    head: Row
    rows: Callable[[Numbers], Iterable[Row]]


SHEETS = {
    "open": Sheet(
        ("priority", "within_1_day", "within_3_days", "within_7_days", "older", "late"),
        lambda found: ((one.priority, *one.ages, one.late) for one in found.open),
    ),
    "flow": Sheet(
        ("day", "came", "went"),
        lambda found: ((one.day.isoformat(), one.came, one.went) for one in found.flow),
    ),
    "pace": Sheet(
        (
            "priority", "claimed", "claimed_p50_seconds", "claimed_p90_seconds",
            "decided", "decided_p50_seconds", "decided_p90_seconds", "in_time",
            "hidden", "hidden_p50_seconds", "hidden_p90_seconds",
        ),
        lambda found: (
            (one.priority, *_seconds(one.first), *_seconds(one.decided), one.in_time,
             *_seconds(one.hidden))
            for one in found.pace
        ),
    ),
    "load": Sheet(
        ("moderator", "decided", "a_day"),
        lambda found: ((one.name, one.decided, round(one.a_day, 2)) for one in found.load),
    ),
    "reasons": Sheet(
        ("reason", "decided", "changed"),
        lambda found: ((reason.code, *held) for reason, held in found.by_reason),
    ),
    "moderators": Sheet(
        ("moderator", "decided", "changed"),
        lambda found: ((name, *held) for name, held in found.by_moderator),
    ),
}  # fmt: skip


class Wanted(Period, frozen=True, kw_only=True):
    sheet: Annotated[str, Meta(pattern=rf"\A(?:{'|'.join(SHEETS)})\Z")]


async def show(request: Request) -> Response:
    days = asked(request, Period).days
    seen = await looking(request, numbers, days)
    return page(request, "moderation/numbers.html", seen, periods=PERIODS)


async def download(request: Request) -> Response:
    wanted = asked(request, Wanted)
    found = await glancing(request, numbers, wanted.days)
    name = f"{wanted.sheet}-{wanted.days}.csv"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    sheet = SHEETS[wanted.sheet]
    text = written([sheet.head, *sheet.rows(found)])
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


def _seconds(spread: Spread) -> Row:
    """How many, half of them and nine of ten; nothing of none."""
    times = (spread.half, spread.most)
    return spread.many, *(int(one.total_seconds()) if one is not None else "" for one in times)


routes = [
    Route("/moderation/numbers", show, name="numbers"),
    Route("/moderation/numbers.csv", download, name="numbers_sheet"),
]
