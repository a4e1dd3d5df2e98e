"""The days on which offices do not work: those of the file, and what administrators set right."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, NamedTuple

from msgspec import Meta
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.clock import now
from community.errors import Invalid
from community.members.models import Member
from community.words import _
from community.working_days import (
    FARTHEST,
    LONGEST,
    WIB,
    Holiday,
    change_day,
    frozen,
    holidays_in,
)
from web.administration.seeing import overseeing
from web.doors import acting
from web.forms import Form, asked, back, filled_in
from web.ids import MaybeDay, MaybeLine
from web.pages import page

Year = Annotated[int, Meta(ge=2000, le=2100)]


class Listing(Form, frozen=True, kw_only=True):
    year: Year | None = None
    saved: Annotated[str, Meta(max_length=40)] = ""


class Added(Form, frozen=True, kw_only=True):
    day: MaybeDay = ""
    name: MaybeLine = ""


class TakenAway(Form, frozen=True, kw_only=True):
    day: MaybeDay = ""


class Listed(NamedTuple):
    year: int
    years: Sequence[int]
    holidays: Sequence[Holiday]
    lost: Sequence[Holiday]  # of the file, that are none any more


async def show(request: Request) -> Response:
    listing = asked(request, Listing)
    seen = await overseeing(request, _listed, listing.year)
    return page(request, "administration/holidays.html", seen, saved=listing.saved,
                longest=LONGEST)  # fmt: skip


async def add(request: Request) -> Response:
    given = await filled_in(request, Added)
    await acting(request, change_day, _day(given.day), given.name, holiday=True)
    return back(request, "holidays", given.day)


async def take_away(request: Request) -> Response:
    given = await filled_in(request, TakenAway)
    await acting(request, change_day, _day(given.day), "", holiday=False)
    return back(request, "holidays", given.day)


def _listed(session: Session, _administrator: Member, year: int | None) -> Listed:
    today = now(session).astimezone(WIB).date()
    known = {one.year for one in frozen()} | {today.year + n for n in range(FARTHEST // 366)}
    wanted = year or today.year
    return Listed(wanted, sorted(known), *holidays_in(session, wanted))


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Invalid(_("This is not a day.")) from None


routes = [
    Route("/administration/holidays", show, methods=["GET"], name="holidays"),
    Route("/administration/holidays", add, methods=["POST"]),
    Route("/administration/holidays/removal", take_away, methods=["POST"],
          name="take_holiday_away"),
]  # fmt: skip
